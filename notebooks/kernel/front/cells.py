"""The process in which the cells run, as far as the front knows it without evcxr: it can be asked to end the library's runs.

evcxr can only end that process, and all variables with it. So the process connects to a socket of the front when it starts
(notebooks/kernel/src/lib.rs), and the front sends it one letter: REQUEST, and WITHDRAW before the next cell."""
import os
import signal
import socket
import subprocess

REQUEST, WITHDRAW = b"1", b"0"
# The environment variable that names the socket.
VARIABLE = "GRADUS_INTERRUPTS"
COMPILERS = ("cargo", "rustc")


class Cells:
    def __init__(self, path):
        self.path = str(path)
        self.process = None
        self.listener = None
        try:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(self.path)
            self.listener.listen()
            self.listener.setblocking(False)
        except (AttributeError, OSError):
            # No such sockets, or the path is too long for one: an interrupt then ends the process at once.
            self.close()

    def ask_to_end(self):
        """Asks the library's runs to end. Returns whether the process can be asked."""
        return self._tell(REQUEST)

    def let_go_on(self):
        self._tell(WITHDRAW)

    def _tell(self, letter):
        self._meet()
        if self.process is None:
            return False
        try:
            self.process.sendall(letter)
            return True
        except OSError:
            self.process = None
            return False

    def _meet(self):
        """Turns to the process that connected last. evcxr starts another one after the end of the first."""
        while self.listener:
            try:
                process, _ = self.listener.accept()
            except OSError:
                return
            if self.process:
                self.process.close()
            self.process = process

    def close(self):
        for each in (self.process, self.listener):
            if each:
                each.close()
        self.process = self.listener = None


def end_compilers(engine):
    """Ends what compiles a cell for the process `engine`. Returns whether there was something to end."""
    started = children()
    compilers = [number for number, name in started.get(engine, []) if name in COMPILERS]
    for compiler in compilers:
        for number in [compiler, *below(compiler, started)]:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                pass
    return bool(compilers)


def children():
    """Returns what every process of this machine has started: numbers and names."""
    try:
        table = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    started = {}
    for line in table.splitlines():
        number, parent, name = line.split(None, 2)
        started.setdefault(int(parent), []).append((int(number), os.path.basename(name.strip())))
    return started


def below(number, started):
    """Returns the numbers of all processes that a process has started, directly or not."""
    found = []
    for child, _ in started.get(number, []):
        found += [child, *below(child, started)]
    return found
