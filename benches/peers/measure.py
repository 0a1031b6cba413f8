#!/usr/bin/env python3
"""Times ours and its peers in turn, in one run, and writes their ratios as a CSV file. `make peers` sets up what this needs."""
import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path

from arithmetic import agree, quartiles, ratio, verdict
from process import Lacking, Side
from workloads import FRESH, GROUPS, KERNEL, KERNEL_TAKES, NOTES, QUICK, WORKLOADS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLUMNS = ["workload", "title", "kind", "peer", "version", "median_s", "q1_s", "q3_s", "unit", "rounds",
           "ratio", "ratio_low", "ratio_high", "target", "verdict", "note"]
# Seconds before each run. The threads of a side go on spinning after its work (those of torch's OpenMP for a fifth of a second),
# and would take a core from whoever comes next.
REST = 0.25
PYTHON_SIDES = {"numpy": "numpy_side.py", "scipy": "scipy_side.py", "torch": "torch_side.py", "jax": "jax_side.py",
                "sklearn-newton-cg": "sklearn_side.py", "sklearn-lbfgs": "sklearn_side.py"}


def refuse(sentence):
    print(f"error: {sentence}", file=sys.stderr)
    sys.exit(2)


class Sides:
    """The processes, each started when it is first needed; one that cannot start is remembered with the reason."""

    def __init__(self, binary, python, folder):
        self.binary, self.python, self.folder, self.open, self.gone = binary, python, folder, {}, {}

    def command(self, name):
        data = str(self.folder / "data")
        if name in PYTHON_SIDES:
            extra = [name.removeprefix("sklearn-")] if name.startswith("sklearn-") else []
            return [self.python, "-B", str(HERE / "sides" / PYTHON_SIDES[name]), data, *extra]
        return [self.binary, name.split(":")[0], data]

    def get(self, name):
        if name in self.gone:
            raise Lacking(self.gone[name])
        if name not in self.open:
            try:
                self.open[name] = Side(name, self.command(name), self.folder / f"{name.replace(':', '-').replace('/', '-')}.log")
            except Lacking as why:
                self.gone[name] = str(why)
                raise
        return self.open[name]

    def forget(self):
        """Ends the sides, and with them all that they hold in memory."""
        for side in self.open.values():
            side.end()
        self.open = {}


def run_in_turn(workload, sides, rounds):
    """Times by side, their remarks, and the reasons of those that are missing. In each round every side runs once, beginning
    with another one each time."""
    names = ["gradus", *workload.peers, *(f"limits:{limit}" for limit, _, _ in workload.limits)]
    times, checks, remarks, missing = {}, {}, {}, {}
    for name in names:
        try:
            remarks[name] = sides.get(name).prepare(name.split(":")[1] if ":" in name else workload.name)
            times[name] = []
        except Lacking as why:
            missing[name] = str(why)
    for turn in range(rounds):
        present = [name for name in names if name in times]
        for name in present[turn % max(len(present), 1):] + present[:turn % max(len(present), 1)]:
            try:
                time.sleep(REST)
                seconds, checks[name] = sides.get(name).run()
                times[name].append(seconds)
            except Lacking as why:
                del times[name]
                missing[name] = str(why)
    if "gradus" in times:
        for name in [name for name in workload.peers if name in times]:
            if not agree(checks[name], checks["gradus"], workload.same):
                del times[name]
                missing[name] = f"it did other work: its check is {checks[name]:.6g}, ours {checks['gradus']:.6g}"
    return times, remarks, missing


def rows(workload, times, remarks, missing, version):
    """The rows of a workload: ours, the peers, the limits."""
    ours = times.get("gradus")
    found = []

    def row(kind, peer, name, scale=1.0, target=None):
        entry = dict.fromkeys(COLUMNS, "") | {"workload": workload.name, "title": workload.title, "kind": kind, "peer": peer,
                                              "unit": workload.unit, "target": "" if target is None else target}
        if name in times:
            measured = [scale * seconds for seconds in times[name]]
            q1, middle, q3 = quartiles(measured)
            entry |= {"version": version(name), "median_s": middle, "q1_s": q1, "q3_s": q3, "rounds": len(measured)}
            notes = [remarks.get(name, ""), NOTES.get(workload.name, "") if kind == "peer" else "", workload.settings if kind == "ours" else ""]
            entry["note"] = "; ".join(note for note in notes if note)
            if ours:
                middle, low, high = ratio(measured, ours)
                entry |= {"ratio": middle, "ratio_low": low, "ratio_high": high, "verdict": verdict(low, high, target)}
        else:
            entry["note"] = f"not measured: {missing[name]}"
        found.append(entry)

    row("ours", "gradus", "gradus")
    for peer in workload.peers:
        row("peer", peer, peer, target=workload.target_beside(peer))
    for limit, amount, share in workload.limits:
        row("limit", limit.split("/")[0], f"limits:{limit}", amount, share)
    return found


def kernel_rows(rounds):
    """W9: how long the notebook's kernel lets a reader wait, against what was promised."""
    python, times, reason = ROOT / ".setup/venv/bin/python", {what: [] for what in KERNEL}, ""
    if not python.exists():
        reason = "the notebooks' kernel is not set up: run `make setup`"
    for _ in range(0 if reason else rounds):
        said = subprocess.run([python, ROOT / "scripts/kernel_latency.py"], capture_output=True, text=True)
        for what in KERNEL:
            numbers = [line.removeprefix(what).split() for line in said.stdout.splitlines() if line.startswith(what)]
            if said.returncode or not numbers:
                reason = "scripts/kernel_latency.py failed: " + (said.stderr.strip().splitlines() or ["no times"])[-1]
                break
            times[what].append(float(numbers[0][0]))
    found = []
    for what, bound in KERNEL.items():
        entry = dict.fromkeys(COLUMNS, "") | {"workload": f"W9/{what.replace(' ', '-')}", "title": f"notebook kernel: {what}", "unit": "wait"}
        if reason:
            found.append(entry | {"kind": "ours", "peer": "gradus", "note": f"not measured: {reason}"})
            continue
        found += against_promise(entry, times[what], bound)
    return found


def against_promise(entry, times, bound, note=""):
    """What was waited, and the bound that was promised."""
    q1, middle, q3 = quartiles(times)
    share, low, high = ratio([bound] * len(times), times)
    ours = {"kind": "ours", "peer": "gradus", "median_s": middle, "q1_s": q1, "q3_s": q3, "rounds": len(times), "ratio": 1.0,
            "ratio_low": 1.0, "ratio_high": 1.0, "note": note}
    promised = {"kind": "bound", "peer": "promised", "median_s": bound, "q1_s": bound, "q3_s": bound, "ratio": share,
                "ratio_low": low, "ratio_high": high, "target": 1.0, "verdict": verdict(low, high, 1.0)}
    return [entry | ours, entry | promised]


def fresh_rows(path):
    """W10: how long it takes from nothing, as scripts/fresh.sh last found, against what was promised."""
    found = []
    for name, (title, parts, bound) in FRESH.items():
        entry = dict.fromkeys(COLUMNS, "") | {"workload": f"W10/{name}", "title": title, "unit": "set-up"}
        try:
            with open(path, newline="") as file:
                lines = list(csv.DictReader(file))
            times = {line["what"]: float(line["seconds"]) for line in lines}
            took, commit = sum(times[part] for part in parts), lines[0]["commit"]
        except (OSError, KeyError, ValueError, TypeError, IndexError):
            found.append(entry | {"kind": "ours", "peer": "gradus", "note": "not measured: run `make fresh`, which takes half an hour"})
            continue
        note = f"by `make fresh` at {commit}; " + ", ".join(f"{part} {times[part]:.0f} s" for part in parts)
        found += against_promise(entry, [took], bound, note)
    return found


def chosen(only, quick):
    """The workloads that an option names: W1, W5, or one such as W7/bfgs/100."""
    if not only:
        names = QUICK if quick else [w.name for w in WORKLOADS] + ["W9", "W10"]
    else:
        names = []
        for word in only.split(","):
            matching = [w.name for w in WORKLOADS if word in (w.name, w.group)] + [word] * (word in ("W9", "W10"))
            if not matching:
                refuse(f"there is no workload '{word}': they are {', '.join(GROUPS)}, or one such as W7/bfgs/100")
            names += matching
    return [w for w in WORKLOADS if w.name in names], [name for name in ("W9", "W10") if name in names]


def measured(workloads, others, sides, quick):
    """All rows; says on the way how it goes."""
    found = []
    group = None
    for workload in workloads:
        if workload.group != group:
            sides.forget()
            group = workload.group
        times, remarks, missing = run_in_turn(workload, sides, 2 if quick else workload.rounds)
        new = rows(workload, times, remarks, missing, lambda name: sides.get(name).version)
        for entry in new:
            tell(entry)
        found += new
    sides.forget()
    if "W9" in others:
        new = kernel_rows(3)
        for entry in new:
            tell(entry)
        found += new
    if "W10" in others:
        new = fresh_rows(ROOT / "target/fresh.csv")
        for entry in new:
            tell(entry)
        found += new
    return found


def tell(entry):
    who = f"{entry['workload']:20} {entry['peer']:18}"
    if entry["median_s"] == "":
        print(f"{who} {entry['note']}", flush=True)
        return
    times = f"{entry['median_s']:10.3e} s  [{entry['q1_s']:.3e}, {entry['q3_s']:.3e}]"
    against = "" if entry["ratio"] == "" or entry["kind"] == "ours" else f"  × {entry['ratio']:.3g} [{entry['ratio_low']:.3g}, {entry['ratio_high']:.3g}]"
    aim = f" of {entry['target']:g}: {entry['verdict']}" if entry["target"] != "" and against else ""
    print(f"{who} {times}{against}{aim}{'  (' + entry['note'] + ')' if entry['note'] else ''}", flush=True)


def write(found, path):
    """The whole file or none."""
    aside = path.with_suffix(".tmp")
    with open(aside, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    aside.replace(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="W1,W4", help="these workloads alone")
    parser.add_argument("--quick", action="store_true", help="three small workloads, two rounds: whether it all works")
    parser.add_argument("--python", default=str(ROOT / ".setup/peers/bin/python"), help="the Python of the peers")
    parser.add_argument("--side", default=str(HERE / "target/release/side"), help="the program of ours, of the other crates and of the limits")
    parser.add_argument("--out", type=Path, default=ROOT / "target/peers/peers.csv", help="the file to write (default: %(default)s)")
    options = parser.parse_args()
    workloads, others = chosen(options.only, options.quick)
    if not Path(options.python).exists():
        refuse(f"there is no Python of the peers at {options.python}: run `make peers`")
    if not Path(options.side).exists():
        refuse(f"there is no program at {options.side}: run `make peers`")
    folder = options.out.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    takes = sum(w.takes for w in workloads) + KERNEL_TAKES * ("W9" in others)
    print(f"measuring {len(workloads) + len(others)} workloads in turn, about {1 if options.quick else max(1, round(takes / 60))} min; leave the machine alone meanwhile", flush=True)
    if subprocess.run([options.side, "data", folder / "data"]).returncode:
        refuse("the data could not be written")
    sides = Sides(options.side, options.python, folder)
    try:
        found = measured(workloads, others, sides, options.quick)
    finally:
        sides.forget()
    write(found, options.out)
    print(f"{len(found)} rows in {options.out}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
