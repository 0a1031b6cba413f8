"""What stands between Jupyter and evcxr_jupyter: it passes messages on, one request at a time, and mends their meaning."""
import json
import signal
import sys
import threading
import time
import uuid
from collections import deque
from pathlib import Path

import zmq

from cells import end_compilers
from completion import Completion
from engine import Engine, request
from message import Signer
from sentences import LOSSES, interrupted, of_evcxr, of_failure

# How the library says that a cell failed (notebooks/kernel/src/lib.rs).
FAILURE = "application/vnd.gradus.failure+json"
# What the prelude does in the process that runs the cells, and must be done again in a new one.
PRELUDE = "gradus::kernel::start();"
SESSION = uuid.uuid4().hex
# How often that is tried: evcxr may notice at the first try that the old process is gone.
ATTEMPTS = 3
# How long a cell may take to end after an interrupt, in seconds. Then its process is ended, with all variables.
GRACE = 2
SOCKETS = {"shell": zmq.ROUTER, "control": zmq.ROUTER, "stdin": zmq.ROUTER, "iopub": zmq.PUB}


class Task:
    """A request that evcxr is working on."""

    def __init__(self, request):
        self.request = request
        self.answer = None
        self.errors = []
        # When a cell that was interrupted must have ended; None if it was not interrupted.
        self.must_end_at = None
        # Whether the process of the cells was ended, because the cell did not end by itself.
        self.ended_by_force = False
        self.process_ended = False
        self.attempt = 0
        self.awaits_answer = request.type in ("execute_request", "complete_request", "inspect_request", "is_complete_request")

    @property
    def runs_a_cell(self):
        return self.request.type == "execute_request"

    @property
    def interrupted(self):
        return self.must_end_at is not None


class Front:
    def __init__(self, program, connection_file):
        connection = json.loads(Path(connection_file).read_text())
        self.signer = Signer(connection.get("key", ""))
        self.context = zmq.Context()
        self.sockets = {name: self._bind(kind, connection, f"{name}_port") for name, kind in SOCKETS.items()}
        threading.Thread(target=beat, args=(connection,), daemon=True).start()
        self.engine = Engine(program, self.context)
        self.completion = Completion()
        self.waiting = deque()
        self.task = None
        self.count = 0
        self.ending = False
        self.say_idle_at = None

    def _bind(self, kind, connection, port):
        bound = self.context.socket(kind)
        bound.linger = 1000
        if kind == zmq.ROUTER:
            # A page that is reloaded comes back under its old name.
            bound.router_handover = 1
        if kind == zmq.PUB:
            bound.sndhwm = 0
        bound.bind(address(connection, port))
        return bound

    def run(self):
        # Jupyter interrupts by a message. A signal that reaches the whole terminal must not end the kernel.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            self._say("starting")
            self.engine.start()
            self._say("idle")
            return self._serve()
        finally:
            self.engine.close()
            self.context.destroy(linger=1000)

    def _serve(self):
        poller = zmq.Poller()
        served = [self.sockets[name] for name in ("shell", "control", "stdin")]
        for each in [*served, *(self.engine.sockets[name] for name in ("shell", "iopub", "stdin", "control"))]:
            poller.register(each, zmq.POLLIN)
        while not self.ending:
            interrupted = self.task is not None and self.task.interrupted
            poller.poll(100 if interrupted else 500)
            self._control()
            self._input()
            while message := self.engine.receive("shell"):
                self._answered(message)
            while message := self.engine.receive("iopub"):
                self._heard(message)
            while self.engine.receive("control"):
                pass
            self._end_interrupted()
            self._take_requests()
            self._next()
            if self.say_idle_at and time.monotonic() > self.say_idle_at and self.task is None:
                self.say_idle_at = None
                self._say("idle")
            if (code := self.engine.ended()) is not None and not self.ending:
                print(f"gradus: evcxr_jupyter ended ({code})", file=sys.stderr, flush=True)
                return 1
        return 0

    # What Jupyter sends.

    def _receive(self, channel):
        return self.signer.receive(self.sockets[channel])

    def _take_requests(self):
        while message := self._receive("shell"):
            self.waiting.append(message)

    def _input(self):
        """Passes questions of a cell to the reader, and answers back."""
        while message := self.engine.receive("stdin"):
            self._send("stdin", message)
        while message := self._receive("stdin"):
            self.engine.send("stdin", message)

    def _control(self):
        while message := self._receive("control"):
            if message.type == "kernel_info_request":
                self._send("control", message.reply(self.engine.info))
            elif message.type == "interrupt_request":
                self._interrupt()
                self._send("control", message.reply({"status": "ok"}))
            elif message.type == "shutdown_request":
                self.ending = True
                self._send("control", message.reply({"status": "ok", "restart": message.content.get("restart", False)}))

    def _interrupt(self):
        """Asks the cell that runs to end. A second interrupt does not wait for that."""
        if self.task is None or not self.task.runs_a_cell:
            return
        asked = not self.task.interrupted and self.engine.cells.ask_to_end()
        self.task.must_end_at = time.monotonic() + (GRACE if asked else 0)
        self._end_interrupted()

    def _end_interrupted(self):
        """Ends a cell that was interrupted and goes on. What was not run yet costs nothing: its compiler is ended. Else evcxr
        ends the process of the cells, and all variables are gone."""
        task = self.task
        if task is None or not task.interrupted or task.ended_by_force:
            return
        if end_compilers(self.engine.process.pid):
            task.must_end_at = time.monotonic() + GRACE
        elif time.monotonic() >= task.must_end_at:
            task.ended_by_force = True
            self.engine.send("control", request("interrupt_request", {}))

    # One request after the other goes to evcxr.

    def _next(self):
        while self.waiting and self.task is None:
            asked = self.waiting.popleft()
            self._status(asked, "busy")
            if (answer := self._own_answer(asked)) is not None:
                self._send("shell", asked.reply(answer))
                self._status(asked, "idle")
            elif asked.type in ("comm_msg", "comm_close"):
                self._status(asked, "idle")
            else:
                if asked.type == "execute_request":
                    self.count += 1
                    self.completion.saw(asked.content.get("code", ""))
                self.task = Task(asked)
                self.engine.send("shell", asked)

    def _own_answer(self, asked):
        """Answers what evcxr never answers, and what it has answered already."""
        if asked.type == "kernel_info_request":
            # Whoever asks for the first time may hear iopub only after the answer.
            self.say_idle_at = time.monotonic() + 1
            return self.engine.info
        if asked.type == "comm_info_request":
            return {"status": "ok", "comms": {}}
        if asked.type == "history_request":
            return {"status": "ok", "history": []}
        return None

    def _answered(self, message):
        if self.task and message.parent == self.task.request.id:
            self.task.answer = message

    def _heard(self, message):
        task = self.task
        of_task = task is not None and message.parent == task.request.id
        if message.type == "status":
            # "busy" was said when the task was taken; "idle" follows the answer.
            if of_task and message.content.get("execution_state") == "idle":
                self._finish(task)
        elif message.type == "error" and of_task:
            error = of_evcxr(message.content, self.count, task.ended_by_force)
            task.process_ended |= error["ename"] in LOSSES
            self._fail(task, error)
        elif message.parent_header.get("session") == "front":
            pass
        elif of_task and message.type == "execute_result" and FAILURE in message.content.get("data", {}):
            self._fail_by_result(task, message)
        else:
            if "execution_count" in message.content:
                message.content["execution_count"] = self.count
            self._send("iopub", message)

    def _fail_by_result(self, task, message):
        """A failure that the library reports comes among the results of the cell."""
        data = message.content["data"]
        failure = data.pop(FAILURE)
        if data:
            message.content["execution_count"] = self.count
            self._send("iopub", message)
        self._fail(task, of_failure(failure if isinstance(failure, dict) else {"message": str(failure)}))

    def _fail(self, task, content):
        if task.interrupted and not task.process_ended:
            # The end of the task says in one sentence what the interrupt did.
            return
        task.errors.append(content)
        if task.request.header.get("session") != "front":
            self._send("iopub", task.request.child("error", content))

    def _finish(self, task):
        """Ends a request: the answer first, then "idle", as Jupyter's own kernel does."""
        if task.awaits_answer and task.answer is None:
            # The answer travels on another socket, and is on its way.
            if self.engine.sockets["shell"].poll(5000):
                while message := self.engine.receive("shell"):
                    self._answered(message)
        if task.interrupted and not task.process_ended:
            # If evcxr was told to end the process and has not noticed its end, the cell had just ended by itself.
            task.process_ended = task.ended_by_force
            self._say_interrupted(task)
        self.task = None
        failed = task.runs_a_cell and bool(task.errors)
        # What is sent after the answer is not stopped by this failure. So look at what waits before the answer.
        stopped = self._waiting_cells() if failed and task.request.content.get("stop_on_error", True) else []
        if task.awaits_answer:
            self._send("shell", task.request.reply(self._content(task)))
        self._status(task.request, "idle")
        for asked in stopped:
            self._abort(asked)
        if task.process_ended and task.attempt < ATTEMPTS:
            self._start_again(task.attempt + 1)

    def _say_interrupted(self, task):
        self.engine.cells.let_go_on()
        content = interrupted(lost=task.ended_by_force)
        task.errors.append(content)
        self._send("iopub", task.request.child("error", content))

    def _content(self, task):
        content = dict(task.answer.content) if task.answer else {"status": "error"}
        if "execution_count" in content or task.runs_a_cell:
            content["execution_count"] = self.count
        if task.errors:
            return content | task.errors[0] | {"status": "error"}
        if task.request.type == "complete_request":
            return self.completion.arrange(content, task.request.content.get("code", ""))
        if task.runs_a_cell:
            content.setdefault("payload", [])
            content.setdefault("user_expressions", {})
        if content["status"] == "error":
            content.setdefault("evalue", "")
            content.setdefault("traceback", [])
        return content

    def _start_again(self, attempt):
        """Prepares the new process that runs the cells, as the prelude prepared the first. If evcxr only notices now that the
        old one is gone, this request fails like a cell, and is made again."""
        content = {"code": PRELUDE, "silent": True, "store_history": False, "allow_stdin": False}
        self.task = Quiet(request("execute_request", content), attempt)
        self.engine.send("shell", self.task.request)

    def _waiting_cells(self):
        """Takes the cells that wait out of the queue. Other requests keep their places."""
        # "Run All" sends all cells at once. They may still be on their way from the server.
        time.sleep(0.02)
        self._take_requests()
        cells = [asked for asked in self.waiting if asked.type == "execute_request"]
        self.waiting = deque(asked for asked in self.waiting if asked.type != "execute_request")
        return cells

    def _abort(self, asked):
        """Answers a cell that does not run, because one before it failed."""
        self._status(asked, "busy")
        self._send("shell", asked.reply({"status": "aborted"}))
        self._status(asked, "idle")

    # What Jupyter hears.

    def _send(self, channel, message):
        # A kernel has a session of its own. evcxr answers under that of whoever asked, and JupyterLab drops messages whose
        # session is not that of the last one.
        message.header["session"] = SESSION
        self.sockets[channel].send_multipart(self.signer.encode(message))

    def _say(self, state):
        """Says what the kernel does without being asked. JupyterLab takes no notice of states that belong to a question for the
        kernel's description, and asks nothing else after a restart."""
        message = request("status", {"execution_state": state})
        message.identities = [b"status"]
        self._send("iopub", message)

    def _status(self, asked, state):
        if asked.header.get("session") == "front":
            return
        message = asked.child("status", {"execution_state": state})
        message.identities = [b"status"]
        self._send("iopub", message)


def address(connection, port):
    return f"{connection['transport']}://{connection['ip']}:{connection[port]}"


def beat(connection):
    """Answers heartbeats, also while evcxr starts."""
    heart = zmq.Context().socket(zmq.REP)
    heart.bind(address(connection, "hb_port"))
    while True:
        heart.send_multipart(heart.recv_multipart())


class Quiet(Task):
    """A request of the front itself, of which Jupyter hears nothing."""

    def __init__(self, request, attempt):
        super().__init__(request)
        self.awaits_answer = False
        self.attempt = attempt

    @property
    def runs_a_cell(self):
        return False
