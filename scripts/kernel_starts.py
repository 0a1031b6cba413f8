#!/usr/bin/env python3
"""Starts kernels, connects to each of them as JupyterLab does, and counts those that never answer.

JupyterLab's server opens a shell, a control and an iopub channel for a moment, asks on both for the kernel's description
until it is answered, closes them, and opens others for the browser. A page that is reloaded, or a notebook that is opened
while the kernel starts, does so again. evcxr_jupyter 0.22.0 sometimes hangs then: see notebooks/kernel/README.md.

  kernel_starts.py                         100 starts of the kernel "Rust (gradus)"
  kernel_starts.py --evcxr PROGRAM         the same for a bare evcxr_jupyter, without our library and what stands in front of it
  kernel_starts.py --evcxr PROGRAM --front the same for an evcxr_jupyter behind the front, without our library

Prints one line for each kernel that hung, and the counts. Exit code 1 if a kernel hung.
Run it with .setup/venv/bin/python. It takes about 4 seconds a start on two idle cores."""
import argparse
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import zmq
from jupyter_client.session import Session

ROOT = Path(__file__).resolve().parent.parent
CHANNELS = ("shell", "control", "stdin", "iopub", "hb")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Kernel:
    """A kernel process, and the ways to connect to it."""

    def __init__(self, command, environment, folder):
        self.ports = dict(zip(CHANNELS, free_ports(len(CHANNELS))))
        connection = {f"{name}_port": port for name, port in self.ports.items()} | {
            "ip": "127.0.0.1",
            "transport": "tcp",
            "signature_scheme": "hmac-sha256",
            "key": secrets.token_hex(16),
        }
        self.session = Session(key=connection["key"].encode())
        path = Path(folder) / f"{self.ports['shell']}.json"
        path.write_text(json.dumps(connection))
        arguments = [argument.replace("{connection_file}", str(path)) for argument in command]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            arguments, cwd=ROOT / "notebooks", env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.context = zmq.Context()

    def open(self, channel):
        kind = zmq.SUB if channel == "iopub" else zmq.DEALER
        opened = self.context.socket(kind)
        opened.linger = 0
        if channel == "iopub":
            opened.subscribe(b"")
        else:
            opened.identity = os.urandom(8).hex().encode()
        opened.connect(f"tcp://127.0.0.1:{self.ports[channel]}")
        return opened

    def ask(self, channel):
        self.session.send(channel, "kernel_info_request")

    def answers(self, seconds):
        """Whether the kernel answers on a new shell channel, asked once a second as JupyterLab's server does."""
        shell = self.open("shell")
        try:
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and self.process.poll() is None:
                self.ask(shell)
                if shell.poll(1000):
                    return True
            return False
        finally:
            shell.close()

    def visit(self):
        """A page that connects and leaves: three channels open at a time, and close at a time."""
        opened = [self.open(channel) for channel in ("shell", "control", "iopub", "stdin", "hb")]
        for channel in opened[:2]:
            self.ask(channel)
        time.sleep(random.uniform(0, 0.03))
        for channel in opened:
            channel.close()

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()
        self.context.destroy(linger=0)


def start(command, environment, folder, options):
    """Returns None, or what went wrong."""
    kernel = Kernel(command, environment, folder)
    try:
        # While the kernel starts, pages come and go.
        for _ in range(options.visits):
            kernel.visit()
        if not kernel.answers(options.patience):
            return "never answered after its start"
        for _ in range(options.visits):
            kernel.visit()
        if not kernel.answers(options.patience):
            return "answered at first, and not after reconnections"
        return None
    finally:
        kernel.end()


def kernel_command(options):
    """Returns the command line and the environment of the kernel."""
    environment = os.environ.copy()
    if options.evcxr:
        if options.front:
            return [sys.executable, str(ROOT / "notebooks/kernel/front"), options.evcxr, "{connection_file}"], environment
        return [options.evcxr, "--control_file", "{connection_file}"], environment
    path = ROOT / ".setup/venv/share/jupyter/kernels/gradus/kernel.json"
    if not path.is_file():
        sys.exit("gradus: the kernel is not installed: please run `make setup`")
    spec = json.loads(path.read_text())
    return spec["argv"], environment | spec["env"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=100, help="kernels to start (default: %(default)s)")
    parser.add_argument("--visits", type=int, default=10, help="connections before and after the first answer (default: %(default)s)")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for an answer (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="kernels at a time (default: %(default)s)")
    parser.add_argument("--evcxr", metavar="PROGRAM", help="start this evcxr_jupyter alone")
    parser.add_argument("--front", action="store_true", help="put the front before the program of --evcxr")
    options = parser.parse_args()
    command, environment = kernel_command(options)
    hung = 0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gradus-") as folder:
        environment["TMPDIR"] = folder
        with ThreadPoolExecutor(options.jobs) as pool:
            runs = [pool.submit(start, command, environment, folder, options) for _ in range(options.starts)]
            for number, run in enumerate(runs, 1):
                if wrong := run.result():
                    hung += 1
                    print(f"kernel {number}: {wrong}", flush=True)
    print(f"{options.starts} starts, {hung} hung, {time.monotonic() - begun:.0f} s")
    return 1 if hung else 0


if __name__ == "__main__":
    sys.exit(main())
