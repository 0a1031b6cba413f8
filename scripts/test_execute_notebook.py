#!/usr/bin/env python3
"""Tests of execute_notebook.py with notebooks that are created here. They start seventeen kernels, two at a time (a minute)."""
import asyncio
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from execute_notebook import Failure, Streams, code_key, content

SCRIPT = Path(__file__).resolve().parent / "execute_notebook.py"


def claim(measured, verdict, name="loss-at-zero"):
    """Returns a cell that displays a claim as the library does."""
    claims = json.dumps([{"id": name, "measured": measured, "verdict": verdict, "bound": "at most 1"}])
    return (
        f'println!("EVCXR_BEGIN_CONTENT application/vnd.gradus.claims+json\\n{{}}\\nEVCXR_END_CONTENT", r#"{claims}"#);'
    )


# name: (cells, number of the cell that fails, part of the message)
BAD = {
    "panic": (["let v: Vec<f64> = vec![];", "let first = v[0];", "let x = 1;", "let y = 2;"], 2, "panicked: index out of bounds"),
    "question_mark": (['let n: i32 = "three".parse()?;'], 1, "invalid digit"),
    "compile_error": (["let x = 1;", "let y = x + nothing;"], 2, "cannot find value `nothing`"),
    "debug_text": (['let x = vec![1.0];\nTable::new("t", "").float("x", x)'], 1, "borrow the cell's variables"),
    "stderr": (['eprintln!("careful");'], 1, "careful"),
    "exit": (["std::process::exit(3);"], 1, "exit status: 3"),
    "time_out": (["std::thread::sleep(std::time::Duration::from_secs(600));"], 1, "took longer than 20 s"),
    "wrong_claim": (
        [claim(1.5, "refuted")],
        1,
        "claim loss-at-zero came out refuted (measured 1.5, bound at most 1); results/claims.csv says holds",
    ),
    "new_claim": ([claim(1.5, "undecided", "new")], 1, "it is not in results/claims.csv, so it must hold"),
    "other_claim": ([claim(0.5, "holds", "known-to-fail")], 1, "came out holds"),
}


class Channel:
    """The object from which nbclient reads messages."""

    def __init__(self, messages):
        self.messages = iter(messages)

    async def get_msg(self):
        return next(self.messages)


def line(name, text, cell):
    return {"msg_type": "stream", "parent_header": {"msg_id": f"request {cell}"}, "content": {"name": name, "text": text + "\n"}}


class LateLines(unittest.TestCase):
    def streams(self, *messages):
        channel = Channel(messages)
        streams = Streams(channel)
        for _ in messages:
            asyncio.run(channel.get_msg())
        return streams

    def test_a_line_that_comes_under_the_next_cells_name_is_of_the_cell_that_wrote_it(self):
        mark = lambda name, cell, of=None: line(name, f"gradus: code cell {cell} begins", of or cell)
        late = [line("stderr", "panicked: too late", 3), line("stdout", "two", 3)]
        streams = self.streams(*(mark(name, cell) for cell in (1, 2) for name in ("stderr", "stdout")), *late, mark("stdout", 3), mark("stderr", 3))
        self.assertEqual([streams.stdout(cell) for cell in (1, 2, 3)], ["", "two\n", ""])
        with self.assertRaises(Failure) as caught:
            streams.check()
        self.assertEqual(caught.exception.args, ("panicked: too late", 2))

    def test_text_without_an_end_of_line_is_of_its_cell(self):
        streams = self.streams(line("stdout", "gradus: code cell 1 begins", 1), line("stdout", "onegradus: code cell 2 begins", 2), line("stdout", "two", 2))
        self.assertEqual((streams.stdout(1), streams.stdout(2)), ("one", "two\n"))

    def test_a_mark_moves_no_line_and_spoils_no_command(self):
        self.assertEqual(Streams.marked(3, "let x = 1;\nx").count("\n"), 1)
        self.assertEqual(Streams.marked(3, ":dep x\n"), ":dep x\n")


class WhatOutputsDependOn(unittest.TestCase):
    def content(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(text)
            return content(path)

    def test_a_comment_of_its_own_line_makes_no_output_stale_and_code_does(self):
        code = self.content("a.rs", "/// One.\nfn f() {}\n")
        self.assertEqual(self.content("a.rs", "/// Two,\n    // and more.\nfn f() {}\n"), code)
        self.assertNotEqual(self.content("a.rs", "/// One.\nfn g() {}\n"), code)

    def test_every_line_of_a_table_counts(self):
        self.assertNotEqual(self.content("a.csv", "// one\n1\n"), self.content("a.csv", "// two\n1\n"))


    def test_an_archive_counts_by_its_manifest(self):
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "archive/standard"
            archive.mkdir(parents=True)
            keys = [code_key(Path(folder))]
            for text in ('{"name": "standard"}', '{"name": "other"}'):
                (archive / "manifest.json").write_text(text)
                keys.append(code_key(Path(folder)))
            self.assertEqual(len(set(keys)), 3)

    def test_tables_of_studies_count_and_those_of_times_beside_peers_and_of_the_clock_do_not(self):
        with tempfile.TemporaryDirectory() as folder:
            results = Path(folder) / "results"
            (results / "study").mkdir(parents=True)
            for counts, path in (True, results / "study/table.csv"), (False, results / "peers.csv"), (False, results / "wall_clock.csv"):
                before = code_key(Path(folder))
                path.write_text("a\n1\n")
                self.assertEqual(code_key(Path(folder)) != before, counts, path.name)


class ExecuteNotebook(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.claims = self.folder / "claims.csv"
        self.claims.write_text("id,verdict\nloss-at-zero,holds\nknown-to-fail,refuted\n")

    def notebook(self, name, cells):
        path = self.folder / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell("# Test"), *map(new_code_cell, cells)]), path)
        return path

    def run_script(self, *arguments):
        command = [sys.executable, SCRIPT, "--no-build", "--claims", self.claims, "--key", "k", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertNotIn("Traceback", done.stdout + done.stderr)
        return done.returncode, done.stdout + done.stderr

    def test_bad_notebooks_fail_with_their_reason_and_stay_as_they_are(self):
        paths = {name: self.notebook(name, cells) for name, (cells, _, _) in BAD.items()}
        before = {name: path.read_bytes() for name, path in paths.items()}
        code, output = self.run_script("--in-place", "--timeout", "20", *paths.values())
        self.assertEqual(code, 1, output)
        lines = output.splitlines()
        for name, (_, cell, message) in BAD.items():
            with self.subTest(name):
                reasons = [line for line in lines if line.startswith(f"gradus: {name}.ipynb, code cell {cell}: ")]
                self.assertEqual(len(reasons), 1, output)
                self.assertIn(message, reasons[0])
                self.assertEqual(paths[name].read_bytes(), before[name])
        self.assertEqual([path.name for path in self.folder.glob(".*")], [])

    def test_good_notebook_is_executed_once_and_reproducibly(self):
        prints = [f'println!("{i}");' for i in range(6)]
        cells = ["let a = array![1.0, 2.0];", 'println!("{}", a.sum());\na.len()', claim(0.5, "holds"), *prints]
        path = self.notebook("good", cells)
        code, output = self.run_script("--in-place", path)
        self.assertEqual(code, 0, output)
        first = path.read_text()
        cells = nbformat.read(path, as_version=4).cells[1:]
        self.assertEqual([cell.execution_count for cell in cells], list(range(1, 10)))
        self.assertEqual(cells[1].outputs[0].text, "3\n")
        self.assertEqual(cells[1].outputs[1].data["text/plain"], "2")
        self.assertEqual([cell.outputs[0].text for cell in cells[3:]], [f"{i}\n" for i in range(6)])
        self.assertIn("good: unchanged", self.run_script("--in-place", path)[1])
        code, output = self.run_script("--in-place", "--force", path)
        self.assertEqual((code, path.read_text()), (0, first), output)

    def test_what_the_first_question_mark_gives_is_shown_as_html(self):
        path = self.notebook("table", ['Ok::<Table, std::fmt::Error>(Table::new("t", ""))?'])
        code, output = self.run_script("--in-place", path)
        self.assertEqual(code, 0, output)
        self.assertIn("text/html", nbformat.read(path, as_version=4).cells[1].outputs[0].data)

    def test_two_good_notebooks_at_once_are_checked_and_not_written(self):
        paths = [self.notebook(f"0{i}", [f"let x = vec![{i}.0];", "x[0]"]) for i in (1, 2)]
        before = [path.read_bytes() for path in paths]
        code, output = self.run_script("--check", *paths)
        self.assertEqual(code, 0, output)
        self.assertEqual([path.read_bytes() for path in paths], before)

    def test_unknown_name(self):
        code, output = self.run_script("--check", "no_such_notebook")
        self.assertEqual(code, 2, output)
        self.assertIn("no notebook is called no_such_notebook", output)

    def test_garbled_notebook(self):
        path = self.folder / "garbled.ipynb"
        path.write_text("{")
        code, output = self.run_script("--check", path)
        self.assertEqual(code, 1, output)
        self.assertIn("garbled.ipynb is not a notebook", output)


if __name__ == "__main__":
    unittest.main()
