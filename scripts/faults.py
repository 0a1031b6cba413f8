#!/usr/bin/env python3
"""Puts deliberate faults into the library, one at a time, and writes which tests and which claims notice: tests/FAULTS.md.

  faults.py [NAME…] [--list] [--no-claims] [--no-tests]

Works in a worktree of the last commit below target/faults. All faults are compiled in at once, each behind a switch, so that
the library is built once and not once for each fault: GRADUS_FAULT=NAME switches one on. What was found is kept in
target/faults/found.json, so the faults may be tried in several calls; a new commit starts anew. Exit code 1 if a fault is
noticed by nothing, 2 if a fault cannot be put in (its line has changed) or the library fails without one."""
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

# name: (what is wrong, file, the text there, the text with the fault); the texts are expressions, of which the switch chooses
# one, or statements where the text with the fault is "".
FAULTS = {
    "adam-second-correction": (
        "Adam without the correction of its second moment",
        "src/optimizer/first_order/adam.rs",
        "1.0 / self.correction(self.beta2, t).sqrt()",
        "1.0",
    ),
    "adam-betas-exchanged": (
        "Adam with β₁ and β₂ exchanged in its moments",
        "src/optimizer/first_order/adam.rs",
        """AdamStep {
            beta1: F::of(self.beta1),
            rest1: F::of(1.0 - self.beta1),
            beta2: F::of(self.beta2),
            rest2: F::of(1.0 - self.beta2),
            rate: F::of(lr.wide() / self.correction(self.beta1, t)),
            unroot: F::of(unroot),
            eps: F::of(eps),
        }""",
        """AdamStep {
            beta1: F::of(self.beta2),
            rest1: F::of(1.0 - self.beta2),
            beta2: F::of(self.beta1),
            rest2: F::of(1.0 - self.beta1),
            rate: F::of(lr.wide() / self.correction(self.beta1, t)),
            unroot: F::of(unroot),
            eps: F::of(eps),
        }""",
    ),
    "nesterov-is-momentum": (
        "Nesterov's rule without its look ahead",
        "src/optimizer/first_order/nesterov.rs",
        "lr * (g + rho * *v)",
        "lr * *v",
    ),
    "svm-right-class": (
        "the multiclass SVM's gradient counts the right class among the violated ones",
        "src/loss/svm.rs",
        "            row[label] -= violated;",
        "            row[label] -= violated - F::one();",
    ),
    "warmup-late": (
        "a warm-up that is one step late",
        "src/schedule/shapes.rs",
        "from + (1.0 - from) * stretch(steps)",
        "from + (1.0 - from) * stretch(steps + 1)",
    ),
    "wolfe-curvature": (
        "Moré and Thuente's search ignores c₂ of the strong Wolfe conditions",
        "src/line_search/more_thuente.rs",
        "at.slope.abs() <= -self.curvature * ray.slope",
        "true",
    ),
    "shuffle-biased": (
        "a shuffle that never leaves an element in its place (Sattolo's)",
        "src/rng.rs",
        "stream.random_range(0..=i)",
        "stream.random_range(0..i)",
    ),
    "batches-in-order": (
        "epochs that visit the examples in the same order",
        "src/data/batches.rs",
        "first == 0 {",
        "first == 0 && self.drawn == 1 {",
    ),
    "variance-over-n": (
        "the variance of a mean over n in place of n − 1",
        "src/compare/statistics.rs",
        "(n - 1.0)",
        "n",
    ),
    "holm-uncorrected": (
        "p values that are not corrected for the number of tests",
        "src/compare/paired.rs",
        "(order.len() - place) as f64",
        "1.0",
    ),
    "ranks-no-ties": (
        "equal values get different ranks",
        "src/compare/ranks.rs",
        "(start + 1 + end) as f64 / 2.0",
        "(start + 1) as f64",
    ),
    "lbfgs-oldest-pair": (
        "L-BFGS counts the pair that it has just overwritten",
        "src/optimizer/second_order/lbfgs.rs",
        "self.count.min(self.memory - 1)",
        "self.count",
    ),
    "polak-ribiere-negative": (
        "Polak and Ribière's β without its max(0, ·)",
        "src/optimizer/second_order/conjugate_gradient.rs",
        "F::zero().max((squared - vector::dot(grad, before)) / of_before)",
        "(squared - vector::dot(grad, before)) / of_before",
    ),
}


# Appended to the library: which fault is on.
SWITCH = """
/// Whether this deliberate fault is switched on (scripts/faults.py).
pub(crate) fn fault(name: &str) -> bool {
    static ON: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    ON.get_or_init(|| std::env::var("GRADUS_FAULT").unwrap_or_default()) == name
}
"""
# Without reports and the command, which none of the faults is in, and little optimized, the tests compile in a minute.
TESTS = ["cargo", "test", "--profile", "mutants", "--no-default-features", "--features", "lapack,studies", "--lib", "--test", "it"]


def run(*command, fault="", **options):
    environment = os.environ | {"CARGO_TARGET_DIR": str(HOME / "build"), "OPENBLAS_NUM_THREADS": "1", "GRADUS_FAULT": fault}
    return subprocess.run(command, cwd=TREE, env=environment, text=True, capture_output=True, **options)


def head():
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, text=True, capture_output=True).stdout.strip()


def tree_with_switches():
    """The last commit in a worktree of its own, with all faults behind their switches."""
    if not TREE.is_dir():
        HOME.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=True)
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(TREE), "HEAD"], cwd=ROOT, check=True)
    texts = {}
    for name, (_, file, old, new) in FAULTS.items():
        committed = run("git", "show", f"{head()}:{file}").stdout
        text = texts.setdefault(file, committed)
        if text.count(old) != 1:
            print(f"faults.py: the line of '{name}' stands {text.count(old)} times in {file}, not once: please bring it up to date", file=sys.stderr)
            raise SystemExit(2)
        texts[file] = text.replace(old, switched(name, old, new))
    texts["src/lib.rs"] = run("git", "show", f"{head()}:src/lib.rs").stdout + SWITCH
    run("git", "checkout", "--quiet", "--detach", head())
    for changed in run("git", "diff", "--name-only", "HEAD").stdout.split():
        texts.setdefault(changed, run("git", "show", f"{head()}:{changed}").stdout)
    for file, text in texts.items():
        # A file that stays as it is keeps its date, so that nothing is compiled again.
        if (TREE / file).read_text() != text:
            (TREE / file).write_text(text)


def switched(name, old, new):
    """Rust that is `new` if the fault is switched on, and otherwise `old`."""
    condition = f'crate::fault("{name}")'
    if old.endswith(";"):
        return f"if {condition} {{ {new} }} else {{ {old} }}"
    if old.endswith(" {"):
        return f"(if {condition} {{ {new[:-2]} }} else {{ {old[:-2]} }}) {{"
    return f"(if {condition} {{ {new} }} else {{ {old} }})"


def build(*command):
    built = run(*command)
    if built.returncode:
        print("faults.py: this does not compile:\n" + built.stderr[-3000:], file=sys.stderr)
        raise SystemExit(2)


def failing_tests(fault):
    """The names of the tests that fail, or None if there is no word of them."""
    tested = run(*TESTS, "--no-fail-fast", fault=fault)
    if "test result:" not in tested.stdout:
        print(tested.stderr[-3000:], file=sys.stderr)
        raise SystemExit(2)
    return sorted(set(re.findall(r"^test (\S+)(?: - should panic)? \.\.\. FAILED$", tested.stdout, re.M)))


def light_studies(fault):
    """What the light studies give: the verdict of each claim, and the text of each table."""
    folder = HOME / "reproduction"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    command = [str(HOME / "build/release/gradus"), "reproduce", "--light", "--out", str(folder)]
    shown = run(*command, fault=fault)
    table = folder / "claims.csv"
    if shown.returncode not in (0, 1) or not table.is_file():
        return {"failed": (shown.stderr.strip().splitlines() or ["?"])[-1]}
    with table.open() as file:
        verdicts = {row["id"]: row["verdict"] for row in csv.DictReader(file)}
    tables = {str(path.relative_to(folder)): path.read_text() for path in folder.glob("*/*.csv")}
    return {"verdicts": verdicts, "tables": {name: text for name, text in tables.items() if name.count("/") == 1}}


def noticed(found, right, again):
    """The claims with another verdict than without a fault, and the tables that differ and do not differ by themselves."""
    if "failed" in found:
        return {"claims": None, "tables": []}
    claims = [claim for claim, verdict in right["verdicts"].items() if found["verdicts"].get(claim) != verdict]
    steady = [name for name, text in right["tables"].items() if again["tables"].get(name) == text]
    return {"claims": sorted(claims), "tables": sorted(name for name in steady if found["tables"].get(name) != right["tables"][name])}


def row(name, found):
    def few(names, shorten):
        shown = ", ".join(f"`{shorten(n)}`" for n in names[:3])
        return f"{len(names)}: {shown}{' …' if len(names) > 3 else ''}" if names else "none"

    last = lambda test: test.split("::")[-1]
    table = lambda path: path.removesuffix(".csv")
    tests = few(found["tests"], last) if "tests" in found else "not run"
    if "claims" not in found:
        return f"| {FAULTS[name][0]} | {tests} | not run | not run |"
    claims = "a study fails" if found["claims"] is None else few(found["claims"], str)
    return f"| {FAULTS[name][0]} | {tests} | {claims} | {few(found['tables'], table)} |"


def page(found):
    lines = [
        "# Deliberate faults, and what notices them",
        "",
        f"`scripts/faults.py` has put {len(FAULTS)} faults into the library (commit {found['commit'][:7]}), switched on one after the other, and",
        f"run the {found['run']} tests of the library and of tests/it that need neither reports nor the command, and then the light studies",
        f"(`gradus reproduce --light`: {len(found['right']['verdicts']) if found.get('right') else 0} claims). A number says how many tests fail, claims have another verdict than without a",
        "fault, or tables have another cell. A fault in the comparison's statistics cannot move a claim of the light studies, which",
        "compare no optimizers; the tests must find it.",
        "",
        "| fault | tests that fail | claims with another verdict | tables that differ |",
        "|---|---|---|---|",
        *(row(name, found["faults"][name]) for name in FAULTS if name in found["faults"]),
        "",
    ]
    PAGE.write_text("\n".join(lines))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME", help="faults to put in (all)")
    arguments.add_argument("--list", action="store_true", help="list the faults and stop")
    arguments.add_argument("--no-claims", action="store_true", help="run the tests only")
    arguments.add_argument("--no-tests", action="store_true", help="run the studies only")
    chosen = arguments.parse_args()
    if chosen.list:
        return print("\n".join(f"{name:24}{what}" for name, (what, *_) in FAULTS.items()))
    unknown = [name for name in chosen.names if name not in FAULTS]
    if unknown:
        arguments.error(f"there is no fault '{unknown[0]}'; the faults are {', '.join(FAULTS)}")
    tree_with_switches()
    found = json.loads(FOUND.read_text()) if FOUND.is_file() else {}
    if found.get("commit") != head():
        found = {"commit": head(), "faults": {}, "run": 0}
    if not chosen.no_tests:
        build(*TESTS, "--no-run")
    if not chosen.no_tests and not found["run"]:
        clean = run(*TESTS, "--no-fail-fast")
        if clean.returncode:
            print("faults.py: tests fail without a fault:\n" + clean.stdout[-3000:] + clean.stderr[-1000:], file=sys.stderr)
            raise SystemExit(2)
        found["run"] = sum(map(int, re.findall(r"^test result: ok\. (\d+) passed", clean.stdout, re.M)))
        FOUND.write_text(json.dumps(found, indent=1))
    if not chosen.no_claims:
        build("cargo", "build", "--release")
        if "right" not in found:
            # Twice: a table with times differs by itself.
            found["right"], found["again"] = light_studies(""), light_studies("")
            FOUND.write_text(json.dumps(found, indent=1))
    for name in chosen.names or FAULTS:
        here = found["faults"].setdefault(name, {})
        if not chosen.no_tests and "tests" not in here:
            here["tests"] = failing_tests(name)
        if not chosen.no_claims and "claims" not in here:
            here |= noticed(light_studies(name), found["right"], found["again"])
        FOUND.write_text(json.dumps(found, indent=1))
        page(found)
        print(row(name, here), flush=True)
    missed = [name for name, here in found["faults"].items() if not here.get("tests", True) and here.get("claims", []) == []]
    if missed:
        raise SystemExit(f"faults.py: no test and no claim notices {', '.join(missed)}")


if __name__ == "__main__":
    main()
