#!/usr/bin/env python3
"""Mutation testing of the whole library with one build: each mutant of cargo-mutants' list is a switch in it.

  mutants.py build     lists the mutants, writes a copy of the library with their switches to target/mutants/tree, compiles it
  mutants.py reach     runs each test alone, for its time and the mutants that it reaches
  mutants.py run       runs for each mutant the tests that reach it, until one fails   [--only TEXT] [--jobs N] [--part K/N] [--seconds S] [--budget S]
  mutants.py report    writes tests/MUTANTS.md, and tests/mutants/outcomes.csv, from which another machine goes on
  mutants.py all       all of these, one after another

What is done stays in target/mutants: `run` goes on where it was stopped, and after a new build it tries only those mutants again
that no test caught, or whose file changed. A new machine begins with the outcomes in tests/mutants/outcomes.csv. A mutant that
does not compile as a switch is left to cargo-mutants (`scripts/mutants.sh one-at-a-time`)."""
import argparse
import collections
import concurrent.futures
import csv
import hashlib
import json
import math
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "target/mutants"
TREE, LIST, DROPPED, REACH, RESULTS = (WORK / name for name in ("tree", "list.json", "dropped.json", "reach.jsonl", "results.jsonl"))
SAVED = ROOT / "tests/mutants/outcomes.csv"
LIBRARY = ["--profile", "mutants", "--no-default-features", "--features", "lapack"]
SLOWEST = 20.0  # seconds; a test that takes longer is left out
NICE = int(os.environ.get("NICE", 19))
MEMORY = 8 << 30  # bytes; a mutant that takes all memory is caught by this limit
CAUGHT, LOOPED, MISSED, WITHOUT, EXCUSED = "caught", "looped", "missed", "not compiled", "excused"


def cargo(*arguments, tool=False):
    """Runs cargo in the copy of the library, or (`tool`) for the rewriter; returns its messages."""
    folder, target = (ROOT / "tests/mutants", WORK / "tool") if tool else (TREE, WORK / "build")
    quiet = {} if tool else {"RUSTFLAGS": "-Awarnings"}  # switches leave needless parentheses
    form = "--message-format=json-render-diagnostics" if tool else "--message-format=json"
    done = subprocess.run(["cargo", *arguments, form], cwd=folder, env=os.environ | {"CARGO_TARGET_DIR": str(target)} | quiet,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.returncode, done.stdout


def executables(messages):
    found = (json.loads(line) for line in messages.splitlines())
    return {message["target"]["name"]: message["executable"] for message in found if message.get("executable")}


# The build


def mutants():
    """The mutants by number, from 1: the list of cargo-mutants."""
    return dict(enumerate(json.loads(LIST.read_text()), 1))


def copy_tree(rewritten):
    """Copies what git knows, but for the files that the rewriter writes."""
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    for name in files.stdout.split("\0"):
        source, target = ROOT / name, TREE / name
        if not name or name in rewritten and target.exists() or not source.is_file():
            continue
        if not target.exists() or (source.stat().st_mtime_ns, source.stat().st_size) != (target.stat().st_mtime_ns, target.stat().st_size):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def build():
    WORK.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(["cargo", "mutants", "--list", "--json"], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    LIST.write_text(listed.stdout)
    by_name = {mutant["name"]: number for number, mutant in mutants().items()}
    copy_tree({mutant["file"] for mutant in mutants().values()} | {"src/lib.rs"})
    code, messages = cargo("build", tool=True)
    if code:
        raise SystemExit("the rewriter in tests/mutants does not compile")
    tool = executables(messages)["schemata"]
    dropped = set(json.loads(DROPPED.read_text())) if DROPPED.exists() else set()
    while True:
        numbers = "\n".join(str(by_name[name]) for name in dropped if name in by_name)
        written = subprocess.run([tool, "rewrite", LIST, ROOT, TREE], input=numbers, stdout=subprocess.PIPE, text=True, check=True)
        code, messages = cargo("check", "--lib", *LIBRARY)
        if code == 0:
            break
        messages = "\n".join(line for line in messages.splitlines() if '"level":"error"' in line)
        blamed = subprocess.run([tool, "blame", TREE], input=messages, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        names = {mutants()[int(number)]["name"] for number in blamed}
        if names <= dropped:
            raise SystemExit("the copy in target/mutants/tree does not compile, and no mutant is to blame")
        dropped |= names
        DROPPED.write_text(json.dumps(sorted(dropped), indent=0))
        print(f"{len(names)} mutants do not compile as switches, {len(dropped)} so far", flush=True)
    code, messages = cargo("test", "--no-run", "--lib", "--test", "it", *LIBRARY)
    if code:
        rendered = (json.loads(line).get("message", {}).get("rendered") for line in messages.splitlines() if '"level":"error"' in line)
        raise SystemExit("the tests do not compile with the copy in target/mutants/tree:\n" + "\n".join(filter(None, rendered)))
    without = {mutants()[int(number)]["name"] for number in written.stdout.split()} | dropped
    (WORK / "build.json").write_text(json.dumps({"tests": executables(messages), "without": sorted(without & by_name.keys())}))


# The tests


def lines(path):
    """What was noted so far; the last line of a run that was stopped may be incomplete."""
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.endswith("}"):
            yield json.loads(line)


def note(path, entry):
    with path.open("a") as file:
        file.write(json.dumps(entry) + "\n")


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


def start(executable, tests, limit, **environment):
    """Runs some tests in one process, which is stopped after `limit` seconds of processor time (or if it waits for very long).
    Returns its output, None if it was stopped, its exit code, and the processor time."""
    def limits():
        os.nice(max(0, NICE - os.nice(0)))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 2))

    alone = {"OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "RUST_BACKTRACE": "0", "CARGO_MANIFEST_DIR": str(TREE)}
    process = subprocess.Popen([executable, "--exact", "--test-threads=1", *tests], cwd=TREE, env=os.environ | alone | environment,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace", preexec_fn=limits)
    patience = threading.Timer(120 + 30 * limit, process.kill)
    patience.start()
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    patience.cancel()
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    stopped = process.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    return None if stopped else output, process.returncode, usage.ru_utime + usage.ru_stime


def all_tests():
    for binary, executable in json.loads((WORK / "build.json").read_text())["tests"].items():
        listed = subprocess.run([executable, "--list", "--format=terse"], cwd=TREE, stdout=subprocess.PIPE, text=True, check=True).stdout
        for line in sorted(listed.splitlines()):
            if line.endswith(": test"):
                yield binary, executable, line.removesuffix(": test")


def reach(options):
    version = digest(LIST)
    known = {(entry["binary"], entry["test"]) for entry in lines(REACH) if entry["list"] == version}
    todo = [test for test in all_tests() if test[:1] + test[2:] not in known and options.tests in test[2]]
    todo = todo[options.part[0]::options.part[1]]
    end = time.monotonic() + options.seconds

    def one(test):
        binary, executable, name = test
        if time.monotonic() > end:
            return
        file = WORK / f"reached-{os.getpid()}-{threading.get_ident()}"
        _, code, seconds = start(executable, [name], 5 * SLOWEST, GRADUS_REACH=str(file))
        if code == 0 and seconds > 0.3:  # noting what is reached takes time too
            _, code, seconds = start(executable, [name], SLOWEST)
        passed = code == 0
        reached = [number for number, byte in enumerate(file.read_bytes()) if byte] if passed else []
        file.unlink(missing_ok=True)
        note(REACH, {"list": version, "binary": binary, "test": name, "passed": passed, "seconds": round(seconds, 4), "reached": reached})

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as workers:
        for count, _ in enumerate(workers.map(one, todo), 1):
            if count % 50 == 0:
                print(f"{count} of {len(todo)} tests", flush=True)


# The mutants


def key(mutant):
    """What an outcome holds for: the mutant, and the text of its file."""
    return f"{mutant['name']} @ {digest(ROOT / mutant['file'])}"


def function(mutant):
    return (mutant.get("function") or {}).get("function_name", "")


class Tests:
    """The tests that reach each mutant, the most promising first."""

    def __init__(self):
        version = digest(LIST)
        self.executable = {(binary, name): executable for binary, executable, name in all_tests()}
        self.seconds, self.of = {}, collections.defaultdict(list)
        for entry in lines(REACH):
            test = entry["binary"], entry["test"]
            if entry["list"] == version and entry["passed"] and test in self.executable:
                self.seconds[test] = entry["seconds"]
                for number in entry["reached"]:
                    self.of[number].append(test)
        self.kills = collections.Counter()

    def caught(self, mutant, test):
        self.kills[mutant["file"], test] += 1
        self.kills[mutant["file"], function(mutant), test] += 1

    def ordered(self, number, mutant):
        def promise(test):
            here = self.kills[mutant["file"], function(mutant), test]
            file = self.kills[mutant["file"], test]
            return self.seconds[test] / (1 + 20 * here + 2 * file)
        return sorted(self.of[number], key=promise)


def try_mutant(number, mutant, tests, budget):
    """Runs the tests that reach a mutant, in processes of 1, 2, 4 … tests; returns the outcome and the test that failed.
    The outcome is None if the tests left would take longer than the budget."""
    left, size, spent = tests.ordered(number, mutant), 1, 0.0
    while left:
        binary = left[0][0]
        chunk = [test for test in left[:size] if test[0] == binary]
        left, size = [test for test in left if test not in set(chunk)], min(2 * size, 64)
        seconds = sum(tests.seconds[test] for test in chunk)
        spent += seconds
        if spent > budget:
            return None, None
        names = [name for _, name in chunk]
        output, code, _ = start(tests.executable[chunk[0]], names, 10 * seconds + 5, GRADUS_MUTANT=str(number))
        if output is None:
            return LOOPED, chunk[0]
        if code != 0:
            failed = re.findall(r"^test (?!result:)(\S+) .*(?:FAILED|panicked)", output, re.M)
            begun = re.findall(r"^test (?!result:)(\S+) ", output, re.M)
            return CAUGHT, (binary, (failed or begun or [chunk[0][1]])[-1])
    return MISSED, None


def build_version():
    return "".join(digest(path) for path in sorted(json.loads((WORK / "build.json").read_text())["tests"].values()))


def outcomes():
    """The newest outcome of each mutant whose file is the same."""
    return saved_outcomes() | {entry["key"]: entry for entry in lines(RESULTS)}


# The outcomes in the repository: for each file a letter for each of its mutants, in the order of their names.
LETTERS = {CAUGHT: "c", LOOPED: "l", MISSED: "m", None: "-"}


def by_file():
    """The mutants of each file in the order of their names, and a digest of the file and of the names."""
    files = collections.defaultdict(list)
    for mutant in mutants().values():
        files[mutant["file"]].append(mutant)
    for file, listed in sorted(files.items()):
        listed.sort(key=lambda mutant: mutant["name"])
        names = "\n".join(mutant["name"] for mutant in listed)
        yield file, listed, hashlib.sha256((digest(ROOT / file) + names).encode()).hexdigest()[:16]


def save_outcomes():
    known, rows = outcomes(), []
    for file, listed, version in by_file():
        letters = "".join(LETTERS[(known.get(key(mutant)) or {"outcome": None})["outcome"]] for mutant in listed)
        rows.append([file, version, letters])
    with SAVED.open("w", newline="") as table:
        csv.writer(table, lineterminator="\n").writerows([["file", "version", "outcomes"], *rows])


def saved_outcomes():
    """The outcomes of another machine; what is missed there is tried again here."""
    if not SAVED.exists():
        return {}
    with SAVED.open() as table:
        saved = {(row["file"], row["version"]): row["outcomes"] for row in csv.DictReader(table)}
    words = {letter: outcome for outcome, letter in LETTERS.items() if outcome}
    return {
        key(mutant): {"outcome": words[letter], "test": None, "build": None}
        for file, listed, version in by_file()
        for mutant, letter in zip(listed, saved.get((file, version), ""))
        if letter in words
    }


def run(options):
    tests, version, known = Tests(), build_version(), outcomes()
    without = set(json.loads((WORK / "build.json").read_text())["without"])
    keys = {number: key(mutant) for number, mutant in mutants().items()}
    todo = []
    for number, mutant in mutants().items():
        entry = known.get(keys[number])
        if entry and entry["test"]:
            tests.caught(mutant, tuple(entry["test"]))
        if options.only in mutant["name"] and mutant["name"] not in without and not (entry and (entry["outcome"] != MISSED or entry["build"] == version)):
            todo.append(number)
    random.Random(0).shuffle(todo)
    todo = todo[options.part[0]::options.part[1]]
    began, done, counts = time.monotonic(), 0, collections.Counter()

    def one(number):
        if time.monotonic() > began + options.seconds:
            return None
        mutant, start_time = mutants_by_number[number], time.monotonic()
        outcome, test = try_mutant(number, mutant, tests, options.budget)
        if outcome is None:
            return "put off"
        if test:
            tests.caught(mutant, test)
        note(RESULTS, {"key": keys[number], "outcome": outcome, "test": test, "tests": len(tests.of[number]),
                       "seconds": round(time.monotonic() - start_time, 2), "build": version})
        return outcome

    mutants_by_number = mutants()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as workers:
        for outcome in workers.map(one, todo):
            if outcome is None:
                continue
            done, counts[outcome] = done + 1, counts[outcome] + 1
            if done % 100 == 0:
                left = (time.monotonic() - began) / done * (len(todo) - done)
                print(f"{done} of {len(todo)}: {dict(counts)}, {left / 60:.0f} minutes to go", flush=True)
    print(f"{done} of {len(todo)}: {dict(counts)}", flush=True)


# The report


def module(file):
    """src/optimizer/first_order/adam.rs -> optimizer::first_order, src/loss/huber.rs -> loss."""
    parts = [part.removesuffix(".rs") for part in Path(file).parts[1:]]
    return "::".join(parts[:2]) if parts[0] == "optimizer" and len(parts) > 2 else parts[0]


def excuse(mutant):
    """What a row of tests/mutants.csv names: the file, the text of the line, and the change. Lines may move."""
    line = (ROOT / mutant["file"]).read_text().splitlines()[mutant["span"]["start"]["line"] - 1]
    return mutant["file"], line.strip(), mutant["name"].split(": ", 1)[1]


def wilson(caught, tried):
    """Bounds of a share in %, with 95 % confidence."""
    z, share = 1.96, caught / tried
    middle, half = share + z * z / 2 / tried, z * math.sqrt(share * (1 - share) / tried + z * z / 4 / tried**2)
    return [100 * (middle + side * half) / (1 + z * z / tried) for side in (-1, 1)]


def report():
    save_outcomes()
    known = outcomes()
    without = set(json.loads((WORK / "build.json").read_text())["without"])
    with (ROOT / "tests/mutants.csv").open() as file:
        excused = {(row["file"], row["line"], row["mutation"]) for row in csv.DictReader(file)}
    used, counts, missed = set(), collections.defaultdict(collections.Counter), []
    for mutant in mutants().values():
        entry = known.get(key(mutant))
        outcome = WITHOUT if mutant["name"] in without else entry["outcome"] if entry else "to do"
        if outcome == MISSED and excuse(mutant) in excused:
            outcome = EXCUSED
            used.add(excuse(mutant))
        elif outcome == MISSED:
            missed.append(mutant["name"])
        counts[module(mutant["file"])][outcome] += 1
    total = sum(counts.values(), collections.Counter())

    def row(name, count):
        judged = count[CAUGHT] + count[LOOPED] + count[MISSED]
        share = f"{100 * (count[CAUGHT] + count[LOOPED]) / judged:.1f} %" if judged else "–"
        return f"| {name} | {sum(count.values())} | {count[CAUGHT]} | {count[LOOPED]} | {count[MISSED]} | {count[EXCUSED]} | {count[WITHOUT]} | {share} |"

    text = [
        "# Mutation testing: the score by module",
        "",
        "[cargo-mutants](https://mutants.rs) lists changes of one operator or one returned value (`.cargo/mutants.toml`); the unit tests and",
        "`tests/it` must notice each. `make mutants` makes this table. *Looped* are mutants that had to be stopped after ten times the",
        "time of the tests; they count as caught. *Excused* are survivors that [mutants.csv](mutants.csv) explains; they are left out of the",
        "share, and so are those that do not compile as a switch.",
        "",
        "| module | mutants | caught | looped | missed | excused | not compiled | share |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *(row(name, count) for name, count in sorted(counts.items())),
        row("**all**", total),
        "",
    ]
    tests = Tests()
    if len(tests.seconds) < len(tests.executable):
        text += [f"{len(tests.seconds)} of {len(tests.executable)} tests take part. The others are too slow, or were not timed yet; they may catch some that are missed.", ""]
    if total["to do"] and total[CAUGHT]:
        low, high = wilson(total[CAUGHT] + total[LOOPED], total[CAUGHT] + total[LOOPED] + total[MISSED])
        text += [
            f"{total['to do']} mutants are not tried yet. `mutants.py run` takes them in random order, so the share of all is an estimate:",
            f"{low:.1f} % to {high:.1f} % with 95 % confidence (Wilson's interval), if what is equivalent among the others is excused as here.",
            f"With the excused counted as missed it is {100 * (total[CAUGHT] + total[LOOPED]) / (total[CAUGHT] + total[LOOPED] + total[MISSED] + total[EXCUSED]):.1f} %.",
            "",
        ]
    if missed:
        text += ["## Missed", "", *(f"- `{name}`" for name in sorted(missed)), ""]
    (ROOT / "tests/MUTANTS.md").write_text("\n".join(text))
    for file, line, change in sorted(excused - used):
        print(f"tests/mutants.csv excuses what is caught, or is no mutant: {file}: {line}: {change}")
    print(row("all", total))


def part(text):
    number, of = map(int, text.split("/"))
    return number, of


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["build", "reach", "run", "report", "all"])
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--part", type=part, default=(0, 1), help="part K of N, from 0")
    parser.add_argument("--budget", type=float, default=float("inf"), help="put off mutants whose tests take longer, in seconds")
    parser.add_argument("--only", default="", help="run only mutants whose names contain this text, such as src/loss/")
    parser.add_argument("--tests", default="", help="reach: run only tests whose names contain this text, such as recorded_")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="start nothing after that time")
    options = parser.parse_args()
    if options.what in ("build", "all"):
        build()
    if options.what in ("reach", "all"):
        reach(options)
    if options.what in ("run", "all"):
        run(options)
    if options.what in ("report", "all"):
        report()


if __name__ == "__main__":
    main()
