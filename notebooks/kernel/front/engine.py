"""The evcxr_jupyter behind the front: its process, and one connection to it that lasts as long as the process does."""
import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import zmq

from cells import VARIABLE, Cells
from message import Message, Signer

# evcxr answers once it has run the prelude: after 3 seconds, or a minute on a machine that is busy with other things.
PATIENCE = 90
ATTEMPTS = 3
CHANNELS = ("shell", "control", "stdin", "iopub", "hb")
# Jupyter's clients use one identity for shell and stdin too: evcxr asks for input under that of the shell.
IDENTITY = b"front"
PR_SET_PDEATHSIG = 1


class NoEngine(Exception):
    """evcxr does not start."""


def request(kind, content):
    header = {"msg_id": secrets.token_hex(16), "msg_type": kind, "username": "front", "session": "front", "version": "5.3"}
    return Message(header | {"date": datetime.now(timezone.utc).isoformat()}, {}, {}, content)


class Engine:
    def __init__(self, program, context):
        self.program = program
        self.context = context
        self.folder = tempfile.mkdtemp(prefix="gradus-kernel-")
        self.cells = Cells(Path(self.folder) / "interrupts")
        self.process = None
        self.sockets = {}

    def start(self):
        """Starts evcxr and waits until it answers. Starts it again if it does not."""
        for attempt in range(1, ATTEMPTS + 1):
            if self._launch():
                return
            why = f"did not answer within {PATIENCE} s" if self.process.poll() is None else f"ended ({self.process.returncode})"
            self._stop()
            print(f"gradus: evcxr_jupyter {why} when it started (attempt {attempt} of {ATTEMPTS})", file=sys.stderr, flush=True)
        raise NoEngine(f"{self.program} {why} when it started, {ATTEMPTS} times; please see its messages above")

    def _launch(self):
        ports = dict(zip(CHANNELS, free_ports(len(CHANNELS))))
        key = secrets.token_hex(16)
        self.signer = Signer(key)
        connection = {f"{name}_port": port for name, port in ports.items()}
        connection |= {"ip": "127.0.0.1", "transport": "tcp", "key": key, "signature_scheme": "hmac-sha256"}
        path = Path(self.folder) / "connection.json"
        path.write_text(json.dumps(connection))
        # evcxr builds cells in a temporary folder, and leaves it behind if it is ended.
        cells = Path(self.folder) / "cells"
        shutil.rmtree(cells, ignore_errors=True)
        cells.mkdir()
        environment = os.environ | {"EVCXR_TMPDIR": str(cells), VARIABLE: self.cells.path}
        self.process = subprocess.Popen([self.program, "--control_file", path], env=environment, preexec_fn=die_with_parent)
        self.sockets = {name: self._connect(name, ports[name]) for name in ("shell", "control", "stdin", "iopub")}
        return self._answers()

    def _connect(self, channel, port):
        connected = self.context.socket(zmq.SUB if channel == "iopub" else zmq.DEALER)
        connected.linger = 0
        # evcxr opens its ports a moment after it starts.
        connected.reconnect_ivl = 20
        if channel == "iopub":
            connected.rcvhwm = 0
            connected.subscribe(b"")
        else:
            connected.identity = IDENTITY
        connected.connect(f"tcp://127.0.0.1:{port}")
        return connected

    def _answers(self):
        """Waits for the answer to a question, and for its end on iopub: from then on, no output is lost."""
        asked = request("kernel_info_request", {})
        self.send("shell", asked)
        answer, heard = None, False
        poller = zmq.Poller()
        for name in ("shell", "iopub"):
            poller.register(self.sockets[name], zmq.POLLIN)
        deadline, again = time.monotonic() + PATIENCE, None
        while time.monotonic() < deadline and self.process.poll() is None:
            for ready, _ in poller.poll(200):
                message = self.signer.decode(ready.recv_multipart())
                if message and message.type == "kernel_info_reply":
                    answer, again = message.content, time.monotonic() + 1
                heard |= bool(message and message.type == "status")
            if answer and heard:
                self.info = answer
                self._drain("iopub", 0.02)
                return True
            if again and time.monotonic() > again:
                self.send("shell", request("kernel_info_request", {}))
                again = time.monotonic() + 1
        return False

    def _drain(self, channel, seconds):
        while self.sockets[channel].poll(round(1000 * seconds)):
            self.sockets[channel].recv_multipart()

    def send(self, channel, message):
        self.sockets[channel].send_multipart(self.signer.encode(message))

    def receive(self, channel):
        """Returns the next message of a channel, or None if there is none."""
        return self.signer.receive(self.sockets[channel])

    def ended(self):
        return self.process.poll()

    def close(self):
        self._stop()
        self.cells.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self):
        for connected in self.sockets.values():
            connected.close()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()


def die_with_parent():
    """Lets the kernel of Linux end evcxr if the front is ended without warning. Elsewhere Jupyter ends both together."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_ports(count):
    """Returns ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
