#!/usr/bin/env python3
"""Writes tests/FUZZ.md from the logs of scripts/fuzz.sh, or chooses the seeds of a target.

  fuzz_page.py                  one row for each target; a target without a log here keeps the row that the page has
  fuzz_page.py --seeds TARGET   adds to fuzz/seeds/TARGET the smallest inputs of target/fuzz/whole/TARGET, 20 files and 4 kB at most"""
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "tests/FUZZ.md"
MOST_SEEDS, MOST_BYTES = 20, 4096


def targets():
    """The targets, each with the first sentence of its file up to the colon: what it reads."""
    names = re.findall(r'^path = "fuzz_targets/(.*)\.rs"$', (ROOT / "fuzz/Cargo.toml").read_text(), re.M)
    first = lambda name: (ROOT / f"fuzz/fuzz_targets/{name}.rs").read_text().splitlines()[0].removeprefix("//! ")
    return {name: re.split(r"[:.](?: |$)", first(name))[0] for name in names}


def processor():
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1].strip() if found else "a processor that does not give its name"


def row(name, reads, log):
    """The row of a log, or None if it is of a run that did not end by itself."""
    text = log.read_text(errors="replace")
    done = re.search(r"DONE +cov: (\d+).* corp: (\d+)/(\S+)", text)
    tried = re.search(r"^Done (\d+) runs in (\d+) second", text, re.M)
    busy = re.search(r"^processor seconds: (\d+)", text, re.M)
    if not (done and tried and busy):
        return None
    day = time.strftime("%Y-%m-%d", time.gmtime(log.stat().st_mtime))
    count = f"{int(tried[1]):,}"
    return f"| {name} | {reads} | {count} | {tried[2]} ({busy[1]}) | {done[1]} | {done[2]} | {processor()} | {day} |"


def page():
    kept = dict(re.findall(r"^(?=\| (\w+) \|)(.*)$", PAGE.read_text(), re.M)) if PAGE.is_file() else {}
    rows = []
    for name, reads in targets().items():
        log = ROOT / f"target/fuzz/{name}.log"
        found = (row(name, reads, log) if log.is_file() else None) or kept.get(name)
        rows += [found] if found else []
    lines = [
        "# What the fuzzer has tried",
        "",
        "`make fuzz` (scripts/fuzz.sh) writes this page. Each row is the last run of a target of [fuzz/](../fuzz) that found no",
        "fault: the inputs that it tried; the seconds that it ran, and in brackets the seconds for which it had the processor",
        "(other programs go first); the edges of the code that all its inputs together reach; and the number of inputs that reach",
        "something that no other does. An input that fails becomes a test, is mended, and the target runs again.",
        "",
        "| target | reads | inputs tried | seconds | edges | inputs kept | processor | day |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
    ]
    PAGE.write_text("\n".join(lines))


def seeds(name):
    folder = ROOT / f"fuzz/seeds/{name}"
    known = {file.read_bytes() for file in folder.iterdir()}
    room = MOST_BYTES - sum(map(len, known))
    for file in sorted((ROOT / f"target/fuzz/whole/{name}").iterdir(), key=lambda file: file.stat().st_size):
        content = file.read_bytes()
        if len(known) >= MOST_SEEDS or len(content) > room:
            return
        if content not in known:
            known.add(content)
            room -= len(content)
            (folder / file.name[:8]).write_bytes(content)


if __name__ == "__main__":
    seeds(sys.argv[2]) if sys.argv[1:2] == ["--seeds"] else page()
