#!/usr/bin/env python3
"""Puts deliberate faults into the library, one at a time, and writes which tests and which claims notice: tests/FAULTS.md.

  faults.py [NAME…] [--list] [--no-claims]

Works in a worktree of the last commit below target/faults, whose build folder is kept, so that the next run compiles less.
A fault takes some minutes. What a run has found is kept in target/faults/found.json, and faults that are not named keep
their rows. Exit code 1 if a fault is noticed by nothing, 2 if a fault cannot be put in (its line has changed)."""
import argparse
import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "target/faults"
TREE = HOME / "tree"
FOUND = HOME / "found.json"
PAGE = ROOT / "tests/FAULTS.md"

# name: (what is wrong, file, the text there, the text with the fault)
FAULTS = {
    "adam-second-correction": (
        "Adam without the correction of its second moment",
        "src/optimizer/first_order/adam.rs",
        "let unroot = 1.0 / self.correction(self.beta2, t).sqrt();",
        "let unroot = 1.0;",
    ),
    "adam-betas-exchanged": (
        "Adam with β₁ and β₂ exchanged in its moments",
        "src/optimizer/first_order/adam.rs",
        "beta1: F::of(self.beta1),\n            rest1: F::of(1.0 - self.beta1),\n            beta2: F::of(self.beta2),\n            rest2: F::of(1.0 - self.beta2),",
        "beta1: F::of(self.beta2),\n            rest1: F::of(1.0 - self.beta2),\n            beta2: F::of(self.beta1),\n            rest2: F::of(1.0 - self.beta1),",
    ),
    "nesterov-is-momentum": (
        "Nesterov's rule without its look ahead",
        "src/optimizer/first_order/nesterov.rs",
        "*x -= lr * (g + rho * *v);",
        "*x -= lr * *v;",
    ),
    "svm-right-class": (
        "the multiclass SVM's gradient counts the right class among the violated ones",
        "src/loss/svm.rs",
        "row[label] -= violated;",
        "row[label] -= violated - F::one();",
    ),
    "warmup-late": (
        "a warm-up that is one step late",
        "src/schedule/shapes.rs",
        "from + (1.0 - from) * stretch(steps),",
        "from + (1.0 - from) * stretch(steps + 1),",
    ),
    "wolfe-curvature": (
        "Moré and Thuente's search ignores c₂ of the strong Wolfe conditions",
        "src/line_search/more_thuente.rs",
        "if at.value <= armijo && at.slope.abs() <= -self.curvature * ray.slope {",
        "if at.value <= armijo {",
    ),
    "shuffle-biased": (
        "a shuffle that never leaves an element in its place (Sattolo's)",
        "src/rng.rs",
        "items.swap(i, stream.random_range(0..=i));",
        "items.swap(i, stream.random_range(0..i));",
    ),
    "batches-in-order": (
        "epochs that visit the examples in the same order",
        "src/data/batches.rs",
        "if first == 0 {",
        "if first == 0 && self.drawn == 1 {",
    ),
    "variance-over-n": (
        "the variance of a mean over n in place of n − 1",
        "src/compare/statistics.rs",
        ".sum::<f64>() / (n - 1.0);",
        ".sum::<f64>() / n;",
    ),
    "holm-uncorrected": (
        "p values that are not corrected for the number of tests",
        "src/compare/paired.rs",
        "(p[i] * (order.len() - place) as f64)",
        "(p[i] * (order.len() > place) as u8 as f64)",
    ),
    "ranks-no-ties": (
        "equal values get different ranks",
        "src/compare/ranks.rs",
        "let shared = (start + 1 + end) as f64 / 2.0;",
        "let shared = (start + 1) as f64;",
    ),
    "lbfgs-oldest-pair": (
        "L-BFGS counts the pair that it has just overwritten",
        "src/optimizer/second_order/lbfgs.rs",
        "self.count = self.count.min(self.memory - 1);",
        "",
    ),
    "polak-ribiere-negative": (
        "Polak and Ribière's β without its max(0, ·)",
        "src/optimizer/second_order/conjugate_gradient.rs",
        "F::zero().max((squared - vector::dot(grad, before)) / of_before),",
        "(squared - vector::dot(grad, before)) / of_before,",
    ),
}


def run(*command, **options):
    environment = os.environ | {"CARGO_TARGET_DIR": str(HOME / "build"), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=TREE, env=environment, text=True, capture_output=True, **options)


def clean_tree():
    """The last commit in a worktree of its own, without a trace of an earlier fault."""
    if not TREE.is_dir():
        HOME.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=True)
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(TREE), "HEAD"], cwd=ROOT, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, text=True, capture_output=True).stdout.strip()
    run("git", "checkout", "--quiet", "--force", "--detach", head, check=True)


def put_in(name):
    _, file, old, new = FAULTS[name]
    path = TREE / file
    text = path.read_text()
    if text.count(old) != 1:
        print(f"faults.py: the line of '{name}' stands {text.count(old)} times in {file}, not once: please bring it up to date", file=sys.stderr)
        raise SystemExit(2)
    path.write_text(text.replace(old, new))


def failing_tests():
    """The names of the tests that fail. A fault that does not compile is an error of this script."""
    built = run("cargo", "test", "--release", "--no-run")
    if built.returncode:
        raise SystemExit("faults.py: the fault does not compile:\n" + built.stderr[-3000:])
    # The examples in the documentation take minutes to compile and test little that the tests do not.
    tested = run("cargo", "test", "--release", "--no-fail-fast", "--lib", "--tests")
    return sorted(set(re.findall(r"^test (\S+)(?: - should panic)? \.\.\. FAILED$", tested.stdout, re.M)))


def moved_claims():
    """The claims of the light studies whose verdict is another one than the committed."""
    folder = HOME / "reproduction"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    shown = run("cargo", "run", "--release", "--quiet", "--", "reproduce", "--light", "--out", str(folder))
    table = folder / "claims.csv"
    if shown.returncode not in (0, 1) or not table.is_file():
        return None, shown.stderr.strip().splitlines()[-1:]
    committed, here = verdicts(ROOT / "results/claims.csv"), verdicts(table)
    return sorted(claim for claim, verdict in here.items() if committed.get(claim, verdict) != verdict), []


def verdicts(path):
    with path.open() as file:
        return {row["id"]: row["verdict"] for row in csv.DictReader(file)}



def row(name, found):
    def few(names):
        shown = ", ".join(f"`{n.split('::')[-1]}`" for n in names[:3])
        return f"{len(names)}: {shown}{' …' if len(names) > 3 else ''}" if names else "none"

    claims = found["claims"]
    return f"| {FAULTS[name][0]} | {few(found['tests'])} | {'a study fails' if claims is None else few(claims)} |"


def page(found):
    lines = [
        "# Deliberate faults, and what notices them",
        "",
        "`scripts/faults.py` puts each fault into the library, runs the unit tests and the tests of this folder, and then the light",
        "studies, whose claims it compares with the committed verdicts. A number is how many tests fail, or claims have",
        "another verdict. A fault in the comparison's statistics cannot move a claim of the light studies, which compare no",
        "optimizers; the tests must find it.",
        "",
        "| fault | tests that fail | claims of light studies with another verdict |",
        "|---|---|---|",
        *(row(name, found[name]) for name in FAULTS if name in found),
        "",
    ]
    PAGE.write_text("\n".join(lines))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME", help="faults to put in (all)")
    arguments.add_argument("--list", action="store_true", help="list the faults and stop")
    arguments.add_argument("--no-claims", action="store_true", help="run the tests only")
    chosen = arguments.parse_args()
    if chosen.list:
        return print("\n".join(f"{name:24}{what}" for name, (what, *_) in FAULTS.items()))
    unknown = [name for name in chosen.names if name not in FAULTS]
    if unknown:
        arguments.error(f"there is no fault '{unknown[0]}'; the faults are {', '.join(FAULTS)}")
    found = json.loads(FOUND.read_text()) if FOUND.is_file() else {}
    for name in chosen.names or FAULTS:
        clean_tree()
        put_in(name)
        tests = failing_tests()
        claims, why = (found.get(name, {}).get("claims", []), []) if chosen.no_claims else moved_claims()
        found[name] = {"tests": tests, "claims": claims}
        FOUND.write_text(json.dumps(found, indent=1))
        page(found)
        print(row(name, found[name]), *why, flush=True)
    clean_tree()
    missed = [name for name in FAULTS if name in found and not found[name]["tests"] and found[name]["claims"] == []]
    if missed:
        raise SystemExit(f"faults.py: nothing notices {', '.join(missed)}")


if __name__ == "__main__":
    main()
