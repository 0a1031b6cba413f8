#!/usr/bin/env python3
"""Makes tests/MUTANTS.md from what cargo-mutants left in a folder: the share of mutants that the tests catch, by module.

  mutants.py FOLDER

A mutant counts as viable if it compiles. A survivor has a row in tests/mutants.csv if there is a reason why no test can or
need catch it (file, function, mutation, why); it is then counted as accepted."""
import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CAUGHT, MISSED, TIMEOUT, UNVIABLE = "CaughtMutant", "MissedMutant", "Timeout", "Unviable"


def module(file):
    """src/optimizer/first_order/adam.rs -> optimizer."""
    return Path(file).parts[1].removesuffix(".rs")


def key(mutant):
    function = (mutant.get("function") or {}).get("function_name", "")
    return mutant["file"], function, mutant["name"].split(": ", 1)[-1]


def outcomes(folder):
    """Every mutant that was tested, with its outcome; a later run of the same mutant replaces an earlier one."""
    found = {}
    for path in sorted(folder.rglob("outcomes.json"), key=lambda path: path.stat().st_mtime):
        for outcome in json.loads(path.read_text())["outcomes"]:
            if isinstance(outcome["scenario"], dict):
                mutant = outcome["scenario"]["Mutant"]
                found[mutant["name"]] = (mutant, outcome["summary"])
    return found


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__, file=sys.stderr)
        raise SystemExit(2)
    found = outcomes(Path(sys.argv[1]))
    with (ROOT / "tests/mutants.csv").open() as file:
        accepted = {(row["file"], row["function"], row["mutation"]): row["why"] for row in csv.DictReader(file)}
    counts, open_ones = defaultdict(Counter), []
    for mutant, summary in found.values():
        if summary == MISSED and key(mutant) in accepted:
            summary = "accepted"
        elif summary == MISSED:
            open_ones.append(key(mutant))
        counts[module(mutant["file"])][summary] += 1
    total = sum(counts.values(), Counter())

    def row(name, count):
        viable = count[CAUGHT] + count[TIMEOUT] + count[MISSED] + count["accepted"]
        judged = viable - count["accepted"]
        share = f"{100 * (count[CAUGHT] + count[TIMEOUT]) / judged:.0f} %" if judged else "–"
        return f"| {name} | {viable} | {count[CAUGHT]} | {count[TIMEOUT]} | {count[MISSED]} | {count['accepted']} | {share} |"

    lines = [
        "# Mutation testing: the score by module",
        "",
        "[cargo-mutants](https://mutants.rs) changes one operator or one returned value at a time (`.cargo/mutants.toml`), and the unit tests",
        "and the tests of this folder must notice. `make mutants` tests one shard of the mutants; the table has all that were tested so",
        f"far, {sum(total.values())} of them ({total[UNVIABLE]} do not compile). *Looped* are those that ran out of time. *Accepted* are survivors that",
        "[mutants.csv](mutants.csv) explains; they are left out of the share.",
        "",
        "| module | viable | caught | looped | missed | accepted | share |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(row(name, count) for name, count in sorted(counts.items())),
        row("**all**", total),
        "",
    ]
    if open_ones:
        lines += ["## Missed, and not yet explained", "", *(f"- `{file}` {function}: {mutation}" for file, function, mutation in sorted(open_ones)), ""]
    (ROOT / "tests/MUTANTS.md").write_text("\n".join(lines))
    print(row("all", total))


if __name__ == "__main__":
    main()
