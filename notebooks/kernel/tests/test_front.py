#!/usr/bin/env python3
"""Tests of the front (notebooks/kernel/front) with a stand-in for evcxr: what Jupyter hears. They take seconds.
Run with .setup/venv/bin/python."""
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file

HERE = Path(__file__).resolve().parent
FRONT = HERE.parent / "front"
sys.path[:0] = [str(FRONT), str(HERE.parents[2] / "scripts")]

from completion import KINDS, VARIABLE, Completion  # noqa: E402
from completion_names import declared  # noqa: E402


class Front(unittest.TestCase):
    hangs = 0
    patience = 60

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        hangs = Path(self.folder.name) / "hangs"
        hangs.write_text(str(self.hangs))
        # The stand-in is run by this Python, whose packages it needs.
        evcxr = Path(self.folder.name) / "evcxr_jupyter"
        evcxr.write_text(f"#!/bin/sh\nexec {sys.executable} {HERE / 'fake_evcxr.py'} \"$@\"\n")
        evcxr.chmod(0o755)
        self.path, _ = write_connection_file(os.path.join(self.folder.name, "kernel.json"))
        code = (
            f"import sys; sys.path.insert(0, {str(FRONT)!r}); import engine; engine.PATIENCE = {self.patience}\n"
            f"from front import Front\nsys.exit(Front({str(evcxr)!r}, {str(self.path)!r}).run())"
        )
        self.log = tempfile.TemporaryFile("w+")
        self.addCleanup(self.log.close)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=os.environ | {"GRADUS_FAKE_HANGS": str(hangs), "TMPDIR": self.folder.name},
            stderr=self.log,
            start_new_session=True,
        )
        self.addCleanup(self.end)
        self.client = self.connect()
        self.client.wait_for_ready(timeout=30)

    def connect(self):
        client = BlockingKernelClient()
        client.load_connection_file(self.path)
        client.start_channels()
        self.addCleanup(client.stop_channels)
        return client

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def execute(self, code, **options):
        """Returns the answer, and the messages between "busy" and "idle"."""
        heard = []
        reply = self.client.execute_interactive(code, timeout=10, output_hook=heard.append, **options)
        return reply["content"], [(message["msg_type"], message["content"]) for message in heard]

    def answer(self, asked):
        """Returns the answer to a request, by its id."""
        while True:
            reply = self.client.get_shell_msg(timeout=10)
            if reply["parent_header"]["msg_id"] == asked:
                return reply["content"]

    def errors(self, heard):
        return [content for kind, content in heard if kind == "error"]


class Messages(Front):
    def test_cells_are_numbered_from_one_and_show_their_results(self):
        for number in (1, 2):
            reply, heard = self.execute(f"{number}{number}")
            self.assertEqual((reply["status"], reply["execution_count"]), ("ok", number))
            results = [content for kind, content in heard if kind == "execute_result"]
            self.assertEqual([(r["execution_count"], r["data"]["text/plain"]) for r in results], [(number, f"{number}{number}")])

    def test_all_messages_are_of_one_session_which_is_the_kernels(self):
        other = self.connect()
        sessions = set()
        for client in (self.client, other):
            client.wait_for_ready(timeout=10)
            client.execute_interactive("x", timeout=10, output_hook=lambda message: sessions.add(message["header"]["session"]))
        self.assertEqual(len(sessions), 1)
        self.assertNotIn(self.client.session.session, sessions)

    def test_a_panic_is_an_error_of_one_line(self):
        reply, heard = self.execute("panic")
        self.assertEqual((reply["status"], reply["evalue"]), ("error", "panicked: too far (src/x.rs:3)"))
        self.assertEqual([kind for kind, _ in heard if kind not in ("status", "execute_input")], ["error"])

    def test_cells_that_wait_do_not_run_after_a_failure(self):
        asked = [self.client.execute(code) for code in ("first", "panic", "never", "neither")]
        self.assertEqual([self.answer(each)["status"] for each in asked], ["ok", "error", "aborted", "aborted"])
        self.assertEqual(self.execute("next")[0]["status"], "ok")

    def test_cells_run_on_after_a_failure_where_that_is_asked_for(self):
        asked = [self.client.execute("panic", stop_on_error=False), self.client.execute("next")]
        self.assertEqual([self.answer(each)["status"] for each in asked], ["error", "ok"])

    def interrupt(self):
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
        self.assertEqual(self.client.get_control_msg(timeout=10)["content"]["status"], "ok")

    def interrupted(self, code):
        """Interrupts a cell, and returns what it says and the seconds until its end."""
        asked = self.client.execute(code)
        self.hear("stream")
        begun = time.monotonic()
        self.interrupt()
        reply, seconds = self.answer(asked), time.monotonic() - begun
        self.assertEqual((reply["status"], reply["ename"]), ("error", "Interrupted"))
        errors = []
        while (message := self.client.get_iopub_msg(timeout=10))["content"].get("execution_state") != "idle":
            errors += [message["content"]["evalue"]] if message["msg_type"] == "error" else []
        self.assertEqual(errors, [reply["evalue"]], "one sentence")
        return reply["evalue"], seconds

    def test_an_interrupt_ends_runs_of_the_library_and_keeps_the_variables(self):
        for code in ("minimize", "minimize?"):
            sentence, seconds = self.interrupted(code)
            self.assertIn("All variables of earlier cells are still there", sentence)
            self.assertLess(seconds, 1)
            # The next cell is not asked to end.
            _, heard = self.execute("asked")
            self.assertEqual([c["data"]["text/plain"] for kind, c in heard if kind == "execute_result"], ["False"])

    def test_an_interrupt_ends_a_compiler_and_keeps_the_variables(self):
        sentence, seconds = self.interrupted("compile")
        self.assertIn("All variables of earlier cells are still there", sentence)
        self.assertLess(seconds, 1.5)

    def test_an_interrupt_of_another_loop_says_what_it_cost_and_prepares_the_new_process(self):
        sentence, seconds = self.interrupted("wait")
        self.assertIn("All variables of earlier cells are gone", sentence)
        self.assertGreater(seconds, 1.9)
        # The front's own request leaves no trace, and does not count.
        reply, heard = self.execute("next")
        self.assertEqual(reply["execution_count"], 2)
        self.assertNotIn("gradus::kernel::start", str(heard))

    def test_a_second_interrupt_does_not_wait(self):
        asked = self.client.execute("wait")
        self.hear("stream")
        begun = time.monotonic()
        self.interrupt()
        self.interrupt()
        self.assertIn("are gone", self.answer(asked)["evalue"])
        self.assertLess(time.monotonic() - begun, 1)

    def hear(self, kind):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.client.get_iopub_msg(timeout=10)["msg_type"] == kind:
                return
        self.fail(f"no message of type {kind}")

    def test_an_interrupt_of_nothing_costs_nothing(self):
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
        self.client.get_control_msg(timeout=10)
        self.assertEqual(self.execute("next")[0]["status"], "ok")

    def test_the_end_of_a_process_and_a_missing_crate_say_what_to_do(self):
        self.assertIn("(exit status: 3). All variables", self.execute("exit")[0]["evalue"])
        self.assertIn(":offline 0", self.execute("dep")[0]["evalue"])

    def test_colors_of_evcxr_become_bold_text_and_the_place_is_the_cell(self):
        (error,) = self.errors(self.execute("colors")[1])
        self.assertEqual(error["traceback"], ["cell 1:1 \x1b[1mcannot find value `x`\x1b[0m!"])

    def test_what_evcxr_never_answers_is_answered(self):
        for ask in (self.client.comm_info, self.client.history, self.client.kernel_info):
            self.assertEqual(self.answer(ask())["status"], "ok")
        self.assertEqual(self.answer(self.client.complete("x"))["matches"], ["x"])

    def test_a_cell_can_ask_its_reader(self):
        answers = []

        def answer(message):
            answers.append(message["content"]["prompt"])
            self.client.input("Ada")

        _, heard = self.execute("ask", allow_stdin=True, stdin_hook=answer)
        results = [content["data"]["text/plain"] for kind, content in heard if kind == "execute_result"]
        self.assertEqual((answers, results), (["name"], ["Ada"]))

    def test_two_pages_and_one_that_leaves_hear_the_same_kernel(self):
        other = self.connect()
        other.wait_for_ready(timeout=10)
        other.stop_channels()
        self.assertEqual(self.execute("still here")[0]["status"], "ok")

    def test_a_shutdown_ends_both_programs(self):
        self.client.shutdown()
        self.assertEqual(self.process.wait(10), 0)

    def test_the_end_of_evcxr_is_the_end_of_the_kernel(self):
        self.client.execute("die")
        self.assertEqual(self.process.wait(10), 1)


class Hangs(Front):
    hangs = 1
    patience = 4

    def test_an_evcxr_that_does_not_answer_is_started_again(self):
        self.assertEqual(self.execute("hello")[0]["status"], "ok")
        self.log.seek(0)
        self.assertIn("did not answer within 4 s when it started (attempt 1 of 3)", self.log.read())


class Names(unittest.TestCase):
    def test_declarations_are_private_or_public(self):
        source = """
pub struct Point {
    pub x: f64,
    secret: f64,
    pub(crate) half_secret: f64,
}
impl Point {
    pub const fn shown(&self) -> f64 { let inner: f64 = 1.0; inner }
    fn hidden(&self) {}
    pub(crate) unsafe fn half_hidden<T: Into<f64>>(&self) {}
}
impl<F> Iterator
    for Point
{
    fn next(&mut self) {}
}
impl<F> Point where for<'a> F: Fn(&'a f64) {
    fn bound_for(&self) {}
}
pub trait Shape {
    /// fn in_a_comment()
    fn area(&self);
}
fn alone() {}
"""
        private, public, own = declared(source)
        fields = {"secret", "half_secret"}
        functions = {"hidden", "half_hidden", "bound_for", "alone"}
        self.assertEqual(private, {("field", name) for name in fields} | {("function", name) for name in functions})
        self.assertEqual(public, {("field", "x"), *(("function", name) for name in ("shown", "next", "area"))})
        self.assertEqual(own, {("function", "shown"), ("function", "area")})


class Order(unittest.TestCase):
    def setUp(self):
        names = tempfile.NamedTemporaryFile("w", suffix=".names")
        self.addCleanup(names.close)
        names.write("private field parts\nprivate function grow\nprivate field mine\npublic function sum\n")
        names.flush()
        os.environ[VARIABLE] = names.name
        self.addCleanup(os.environ.pop, VARIABLE)
        self.completion = Completion()

    def arrange(self, code, *offered):
        kinds = [{"text": match, "type": kind} for match, kind in offered]
        content = {"status": "ok", "matches": [match for match, _ in offered], "cursor_start": len(code), "metadata": {KINDS: kinds}}
        arranged = self.completion.arrange(content, code)
        self.assertEqual([kind["text"] for kind in arranged["metadata"][KINDS]], arranged["matches"])
        return arranged["matches"]

    def test_what_belongs_to_a_value_comes_in_order_and_without_private_names(self):
        offered = [
            ("type_id()", "function"), ("if", "instance"), ("parts", "instance"), ("zip(other)", "function"), ("grow(by)", "function"),
            ("sum()", "function"), ("x", "instance"), ("chain(other)", "function"), ("mine", "instance"), ("sum()", "function"),
        ]
        self.assertEqual(self.arrange("found.", *offered), ["x", "sum()", "chain(other)", "zip(other)", "type_id()", "if"])
        self.completion.saw("struct Mine { mine: f64 }")
        self.assertEqual(self.arrange("found.", *offered)[:2], ["mine", "x"], "the reader's own names stay")

    def test_other_names_stay_as_they_are(self):
        offered = [("parts", "instance"), ("grow", "function"), ("a", "module")]
        self.assertEqual(self.arrange("let y = ", *offered), ["parts", "grow", "a"])

    def test_what_cannot_be_understood_is_passed_on(self):
        for content in ({"status": "error"}, {"status": "ok", "matches": ["x"]}, {"status": "ok", "matches": ["x"], "metadata": {}}):
            self.assertEqual(self.completion.arrange(content, "x."), content)

    def test_without_a_list_nothing_is_left_out(self):
        os.environ[VARIABLE] = "/nowhere"
        self.completion = Completion()
        self.assertEqual(self.arrange("x.", ("parts", "instance"), ("a", "instance")), ["a", "parts"])


if __name__ == "__main__":
    unittest.main()
