"""What the Python sides share: the lines of text (see ../src/protocol.rs), the clock, and the data.

The data is written once by `side data FOLDER`; every side gets that folder as its only argument.
"""
import sys
import time
from pathlib import Path

import numpy as np

BATCH, EPOCHS, TOLERANCE, LAMBDA = 128, 2, 1e-4, 1e-4


def serve(name, version, workloads):
    """Answers until the input ends. `workloads` maps the first part of a workload's name to a function, which is given the
    other parts, warms up, and gives the function that makes one repetition: () → (seconds, check)."""
    print(f"ready {name} {version}", flush=True)
    work = None
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "prepare":
                work = None
                first, *rest = words[1].split("/")
                work = workloads[first](*rest) if first in workloads else None
                answer = f"ok {getattr(work, 'remark', '')}".strip() if work else f"lacks no {words[1]} here"
            elif words == ["run"] and work:
                answer = "{:e} {!r}".format(*map(float, work()))
            else:
                answer = f"error nothing is prepared for {line.strip()!r}"
        except Exception as error:  # The measurement goes on without this one.
            work, answer = None, f"error {type(error).__name__}: {' '.join(str(error).split())}"
        print(answer, flush=True)


def timed(call):
    """Seconds of a call, and what it gives."""
    started = time.perf_counter()
    outcome = call()
    return time.perf_counter() - started, outcome


def repeated(call):
    """Mean seconds of a call, over as many as fit into a twentieth of a second."""
    started, times = time.perf_counter(), 0
    while True:
        call()
        times += 1
        spent = time.perf_counter() - started
        if spent >= 0.05:
            return spent / times


def folder():
    return Path(sys.argv[1])


def examples(features, dtype=np.float32):
    """Features and labels, as many as whole batches hold."""
    x = np.fromfile(folder() / f"x{features}.f32", np.float32).reshape(-1, features)
    y = np.fromfile(folder() / f"y{features}.u8", np.uint8)
    rows = len(y) // BATCH * BATCH
    return x[:rows].astype(dtype), y[:rows].astype(np.int64)


def byte_examples(features):
    """The same as bytes, ((bytes, mean), labels): a feature is byte / 255 − mean."""
    x = np.fromfile(folder() / f"x{features}.u8", np.uint8).reshape(-1, features)
    mean = np.fromfile(folder() / f"mean{features}.f64").astype(np.float32)
    y = np.fromfile(folder() / f"y{features}.u8", np.uint8)
    rows = len(y) // BATCH * BATCH
    return (x[:rows], mean), y[:rows].astype(np.int64)


def all_examples():
    """All images in double precision, for W4."""
    x = np.fromfile(folder() / "x784.u8", np.uint8).reshape(-1, 784) * (1 / 255)
    x -= np.fromfile(folder() / "mean784.f64")
    return x, np.fromfile(folder() / "y784.u8", np.uint8).astype(np.int64)


def point():
    """Where W4's gradient is taken: W (10 × 784) and b (10)."""
    flat = np.fromfile(folder() / "point.f64", np.float64)
    return flat[:7840].reshape(10, 784), flat[7840:]


def rates(count=3):
    """W8: a few of the 36 learning rates, from which the time of all 360 runs is extrapolated."""
    grid = 10.0 ** np.linspace(-5, 2, 36)
    return [float(lr) for lr in grid[np.linspace(5, 25, count).astype(int)]]


def rule_start(n):
    """W5: gradient and parameters, the same on every side."""
    i = np.arange(n)
    grad = ((i % 17).astype(np.float32) - np.float32(8)) * np.float32(0.1)
    return grad, (i % 13).astype(np.float32) * np.float32(0.01)
