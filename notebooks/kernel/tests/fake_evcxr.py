#!/usr/bin/env python3
"""Stands in for evcxr_jupyter in the tests of the front: it speaks the same protocol and runs no Rust.

What a "cell" does is its code: see `run`. While the file in GRADUS_FAKE_HANGS exists and holds a number above 0, a start
takes one off and never answers."""
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import zmq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "front"))
from message import Signer  # noqa: E402

FAILURE = "application/vnd.gradus.failure+json"


class Fake:
    def __init__(self, path):
        connection = json.loads(Path(path).read_text())
        self.signer = Signer(connection["key"])
        context = zmq.Context()
        self.sockets = {}
        for name, kind in {"shell": zmq.ROUTER, "control": zmq.ROUTER, "stdin": zmq.ROUTER, "iopub": zmq.PUB}.items():
            self.sockets[name] = context.socket(kind)
            self.sockets[name].bind(f"tcp://127.0.0.1:{connection[f'{name}_port']}")
        self.stopped = threading.Event()
        # What the process of the cells is asked for: the library's runs end while this is set.
        self.asked = threading.Event()
        self.count = 1

    def publish(self, asked, kind, content):
        self.sockets["iopub"].send_multipart(self.signer.encode(asked.child(kind, content)))

    def serve(self):
        threading.Thread(target=self.control, daemon=True).start()
        threading.Thread(target=self.listen, daemon=True).start()
        while True:
            asked = self.signer.decode(self.sockets["shell"].recv_multipart())
            self.publish(asked, "status", {"execution_state": "busy"})
            reply = None
            if asked.type == "kernel_info_request":
                reply = {"status": "ok", "protocol_version": "5.3", "banner": "fake", "language_info": {"name": "Rust"}}
            elif asked.type == "execute_request":
                reply = self.execute(asked)
            elif asked.type == "complete_request":
                reply = {"status": "ok", "matches": ["x"]}
            if reply is not None:
                self.sockets["shell"].send_multipart(self.signer.encode(asked.reply(reply)))
            self.publish(asked, "status", {"execution_state": "idle"})

    def control(self):
        while True:
            asked = self.signer.decode(self.sockets["control"].recv_multipart())
            if asked.type == "interrupt_request":
                self.stopped.set()

    def listen(self):
        """Does what notebooks/kernel/src/lib.rs does in the process of the cells."""
        with socket.socket(socket.AF_UNIX) as front:
            front.connect(os.environ["GRADUS_INTERRUPTS"])
            while letter := front.recv(1):
                self.asked.set() if letter == b"1" else self.asked.clear()

    def execute(self, asked):
        self.count += 1
        self.publish(asked, "execute_input", {"execution_count": self.count, "code": asked.content["code"]})
        if error := self.run(asked, asked.content["code"]):
            self.publish(asked, "error", {"ename": "Error", "evalue": error, "traceback": [f"command_7:1 \x1b[38;5;200m{error}\x1b[0m\x1b[38;5;249m!"]})
            return {"status": "error", "execution_count": self.count}
        return {"status": "ok", "execution_count": self.count}

    def run(self, asked, code):
        """Does what the code says; returns evcxr's error."""
        if code == "wait":
            self.stopped.clear()
            self.publish(asked, "stream", {"name": "stdout", "text": "waiting\n"})
            self.stopped.wait()
            return "Subprocess terminated with status: signal: 9 (SIGKILL)"
        if code == "minimize":
            self.publish(asked, "stream", {"name": "stdout", "text": "waiting\n"})
            self.asked.wait()
            self.result(asked, {"text/plain": "interrupted after 5 iterations"})
        elif code == "minimize?":
            self.publish(asked, "stream", {"name": "stdout", "text": "waiting\n"})
            self.asked.wait()
            self.result(asked, {FAILURE: {"kind": "error", "message": "the comparison was interrupted"}})
        elif code == "compile":
            cargo = Path(os.environ["EVCXR_TMPDIR"]) / "cargo"
            cargo.write_text("#!/bin/sh\nsleep 60\n")
            cargo.chmod(0o755)
            compiler = subprocess.Popen([cargo])
            self.publish(asked, "stream", {"name": "stdout", "text": "waiting\n"})
            return f"Compilation failed ({compiler.wait()})"
        elif code == "asked":
            self.result(asked, {"text/plain": str(self.asked.is_set())})
        elif code == "panic":
            self.result(asked, {FAILURE: {"kind": "panicked", "message": "too far", "at": "src/x.rs:3"}})
        elif code == "exit":
            return "Subprocess terminated with status: exit status: 3"
        elif code == "colors":
            return "cannot find value `x`"
        elif code == "dep":
            return "no matching package found; you may wish to retry without the offline flag"
        elif code == "ask":
            question = asked.reply({"prompt": "name", "password": False})
            question.header["msg_type"] = "input_request"
            self.sockets["stdin"].send_multipart(self.signer.encode(question))
            answer = self.signer.decode(self.sockets["stdin"].recv_multipart())
            self.result(asked, {"text/plain": answer.content["value"]})
        elif code == "die":
            os._exit(7)
        else:
            self.result(asked, {"text/plain": code})
        return None

    def result(self, asked, data):
        self.publish(asked, "execute_result", {"execution_count": self.count, "data": data, "metadata": {}})


def main():
    hangs = Path(os.environ.get("GRADUS_FAKE_HANGS", "/nonexistent"))
    if hangs.exists() and int(hangs.read_text()) > 0:
        hangs.write_text(str(int(hangs.read_text()) - 1))
        time.sleep(600)
    Fake(sys.argv[2]).serve()


if __name__ == "__main__":
    main()
