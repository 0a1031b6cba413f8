#!/usr/bin/env python3
"""Measures how long a reader waits for the kernel "Rust (gradus)": until it is ready, for the first cell, and for a
typical cell (the median of a fixed list). With --assert, exits with 1 if a bound is exceeded."""
import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

BOUNDS = {"ready": 6.0, "first cell": 3.0, "median cell": 0.6}
ROOT = Path(__file__).resolve().parent.parent

# Typical cells: bind library values without a written type, define a function or a struct, display a value.
CELLS = [
    'let x = array![1.0, 2.0, 3.0];',
    'x.sum()',
    'let table = gradus::table::Table::new("rates", "Learning rates").float("lr", [0.1, 0.2]);',
    'fn half(x: f64) -> f64 { x / 2.0 }',
    'table.names()',
    'struct Point { x: f64, y: f64 }\nlet p = Point { x: half(x[0]), y: 0.0 };',
    'let squares: Vec<f64> = (0..10).map(|i| (i * i) as f64).collect();\nlet total: f64 = squares.iter().sum();',
    'println!("{total} {} {}", p.x, p.y);',
    'let a = Array2::<f64>::eye(3);\nlet b = a.dot(&x);',
    'b[0] + total',
]


def measure(kernel_name):
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=kernel_name)
    begun = time.monotonic()
    log = tempfile.TemporaryFile()
    manager.start_kernel(cwd=str(ROOT / "notebooks"), stdout=log, stderr=log)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        ready = time.monotonic() - begun
        seconds = []
        for code in CELLS:
            errors = []

            def hear(message):
                kind, content = message["msg_type"], message["content"]
                if kind == "error" or (kind == "stream" and content["name"] == "stderr"):
                    errors.append(content.get("text") or "\n".join(content["traceback"]))

            start = time.monotonic()
            reply = client.execute_interactive(code, timeout=120, output_hook=hear)
            seconds.append(time.monotonic() - start)
            if errors or reply["content"]["status"] != "ok":
                sys.exit(f"this cell failed:\n{code}\n{''.join(errors)}")
        return ready, seconds
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assert", dest="check", action="store_true", help="exit 1 if a bound is exceeded")
    parser.add_argument("--kernel", default="gradus", help="name of the kernel (default: %(default)s)")
    parser.add_argument("--cells", action="store_true", help="also print every cell's time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gradus-") as folder:
        # A kernel that is ended immediately leaves its build folder behind.
        os.environ["TMPDIR"] = folder
        ready, seconds = measure(options.kernel)
    measured = {"ready": ready, "first cell": seconds[0], "median cell": statistics.median(seconds[1:])}
    print(f"{'':12} {'seconds':>8} {'bound':>6}")
    for name, value in measured.items():
        print(f"{name:12} {value:8.2f} {BOUNDS[name]:6.1f}{'' if value <= BOUNDS[name] else '  too slow'}")
    if options.cells:
        for code, value in zip(CELLS, seconds):
            print(f"{value:8.2f} s  {code.splitlines()[0]}")
    if options.check and any(value > BOUNDS[name] for name, value in measured.items()):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
