"""A side as a process that answers line by line."""
import os
import queue
import subprocess
import threading

# No single answer takes longer on two cores, preparation and data included.
PATIENCE = 300


class Lacking(Exception):
    """The side does not have this workload, or cannot do it; says why."""


class Side:
    """Started at once; `version` is known as soon as it is ready. Its complaints go into a log."""

    def __init__(self, name, command, log, threads=2):
        self.name, self.log = name, log
        environment = {**os.environ, **{f"{library}_NUM_THREADS": str(threads) for library in
                                        ("OPENBLAS", "OMP", "MKL", "RAYON", "NUMEXPR", "VECLIB_MAXIMUM")}}
        # They would hold OpenBLAS to another processor's kernels than the wheels choose by themselves.
        for setting in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
            environment.pop(setting, None)
        try:
            with open(log, "w") as complaints:
                self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True, env=environment)
        except OSError as error:
            raise Lacking(f"it does not start: {error}") from None
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        try:
            self.version = self._greeting()
        except Lacking:
            self.end()
            raise

    def _greeting(self):
        words = self._answer().split()
        if len(words) < 3 or words[0] != "ready":
            raise Lacking(f"it says {' '.join(words)!r} instead of its name")
        return words[2]

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def _answer(self):
        try:
            line = self.lines.get(timeout=PATIENCE)
        except queue.Empty:
            self.end()
            raise Lacking(f"no answer within {PATIENCE} s") from None
        if line is None:
            raise Lacking(self._last_words())
        return line

    def _last_words(self):
        """What a process that ended said last, such as which module is missing."""
        with open(self.log) as log:
            said = [line.strip() for line in log if line.strip()]
        return said[-1] if said else "it ended without a word"

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except OSError:
            raise Lacking(self._last_words()) from None
        answer = self._answer()
        for refusal in ("lacks ", "error "):
            if answer.startswith(refusal):
                raise Lacking(answer[len(refusal):])
        return answer

    def prepare(self, workload):
        """Ready to run; gives a remark if the side has one."""
        return self.ask(f"prepare {workload}").removeprefix("ok").strip()

    def run(self):
        """Seconds of a unit of work, and the check."""
        seconds, check = self.ask("run").split()
        return float(seconds), float(check)

    def end(self):
        """Ends the process, and waits for it."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except OSError:  # What was not yet written to a process that is gone.
            pass
