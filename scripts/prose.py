#!/usr/bin/env python3
"""Finds numbers in prose, and holds each to notebooks/numbers.csv, which says why it may stand there.

  prose.py          list what is not justified, and what is justified but no longer there
  prose.py --add    append a line for each number that is missing, with the kind `?`, to be filled in by hand

Prose never repeats a measured number, since it would go on saying it when the measurement says something else: a measured
number is displayed by a cell. What looks like a measurement and is none (a setting, a number of the lecture, a year, a fact about
a data set) is listed. Looked through are the Markdown cells of all notebooks, README.md, notebooks/README.md and talk.md, and the titles, questions
and captions of results/manifest.json as far as they are written in the code and not computed. Code, addresses and the sections "Sources" are
left out.

A line of numbers.csv is: place, text, kind, why. `text` is a piece of the prose around one number or several, long enough that
another number put in its place would not pass. Kinds:

  setting      a knob that the code beside it sets, or a choice of the study
  definition   a number that belongs to a formula, a name or a way of counting
  arithmetic   follows from numbers and formulas that stand there; `why` says how
  lecture      on a slide of the lecture or in its notes
  source       from a publication, which `why` names
  data         a fact about a data set or about this project's files
  checked      a number that code gives; `why` names a claim (its id), a test as tests/it/FILE.rs NAME, or a cell of the same
               notebook, as "cell ID", with the tag `solution` and an assert!, that holds it
  waiting      roughly how long a reader waits, or reads

Exit codes: 0 all is well, 1 something is not justified or no longer there, 2 the list cannot be read.
"""

import argparse
import csv
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ["place", "text", "kind", "why"]
KINDS = {"setting", "definition", "arithmetic", "lecture", "source", "data", "checked", "waiting"}
# Kinds whose text speaks for itself.
PLAIN = {"setting", "definition", "waiting"}

# What is no prose: code, tags, addresses, sources.
NO_PROSE = re.compile(
    # The second is the line of facts of a slide in talk.md.
    r"^```.*?^```|^Notebook \d\d · .*?$|^\s*<pre\b.*?</pre>|`[^`\n]*`|<code>.*?</code>|(?<=\])\([^)\s]*\)|https?://\S+|<[^>\n]+>|^## Sources\b.*?(?=^## |\Z)",
    re.S | re.M,
)
UNIT = r"(?:%|percent\b|points\b|times\b|-?fold\b|×(?!\s*\d)|[mµn]?s\b|seconds?\b|min(?:utes?)?\b|hours?\b|[KMG]i?B\b|bytes\b)"
NUMBER = re.compile(
    r"(?<![A-Za-z]-)(?<![\w.,^{])[-−]?(?:"
    r"(?:\d[\d.]*\s?(?:×|\\cdot)\s?)?10(?:\^\{[-−]?\d+\}|\^\d|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"  # powers of ten
    r"|\d+(?:\.\d+)?e[-−]?\d+"
    r"|\d*\.\d+(?!\.?\d)(?:\s?" + UNIT + r")?"  # decimals
    r"|\d{1,3}(?:,\d{3})+|\d{3,}"  # counts
    r"|\d+\s?" + UNIT + r")"
)
# A string of Rust; or a comment or a character, in which a quotation mark begins no string.
LITERAL = re.compile(r"""//[^\n]*|'(?:[^'\\\n]|\\.)'|\br(?P<hashes>#*)"(?P<raw>.*?)"(?P=hashes)|"(?P<text>(?:[^"\\]|\\.)*)\"""", re.S)
# Counts of four digits have a comma here, so this is a year.
YEAR = re.compile(r"(?:1[6-9]|20)\d\d")


class Garbled(Exception):
    """The list cannot be read: exit code 2."""


@dataclass(frozen=True)
class Row:
    place: str
    text: str
    kind: str
    why: str


def prose(markdown):
    """What a reader reads, on one line."""
    return " ".join(NO_PROSE.sub(" ", markdown).split())


def numbers(text):
    """Where in a text a number stands that looks like a measurement."""
    return [found.span() for found in NUMBER.finditer(text) if not YEAR.fullmatch(found[0])]


def places(root):
    """All prose: by place, pieces of text with the numbers that stand there."""
    found = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        join = lambda source: source if isinstance(source, str) else "".join(source)
        found[path.stem] = [prose(join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown"]
    for name in ("README.md", "notebooks/README.md", "notebooks/talk.md"):
        if (root / name).is_file():
            found[name] = [prose(paragraph) for paragraph in split((root / name).read_text(encoding="utf-8"))]
    found = {place: [(text, numbers(text)) for text in texts] for place, texts in found.items()}
    manifest = root / "results/manifest.json"
    if manifest.is_file():
        for name, study in json.loads(manifest.read_text(encoding="utf-8"))["studies"].items():
            written = literals(root, name)
            found[f"results/{name}"] = [(text, typed(text, written)) for text in captions(study)]
    return found


def captions(study):
    """What a study says beside its claims."""
    texts = [study["title"], study["question"]]
    texts += [one[key] for one in study["figures"] + study["tables"] for key in ("title", "caption")]
    return [" ".join(text.split()) for text in texts]


def literals(root, study):
    """The texts that are written in a study's code and in that of the comparison, in one."""
    source = root / "src/study/lecture" / study.replace("-", "_")
    files = [source.with_suffix(".rs"), *source.rglob("*.rs"), *(root / "src/compare").rglob("*.rs")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files if path.is_file())
    found = (literal["text"] or literal["raw"] or "" for literal in LITERAL.finditer(code))
    # Rust leaves out a line break after a backslash, and the spaces after it.
    return "\n".join(re.sub(r"\\\n\s*", "", text) for text in found)


def typed(text, written):
    """The numbers of a caption that stand in the code; the others are computed, so that no caption goes on saying them."""
    return [span for span in numbers(text) if spans(text[slice(*span)], written)]


def split(markdown):
    """Paragraphs, without code and without what a command has written there."""
    without = re.sub(r"^```.*?^```|^<!-- Written by .*?^<!-- The end of ", "", markdown, flags=re.S | re.M)
    return re.split(r"\n\s*\n", without)


def read_list(path):
    """The rows of the list."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise Garbled(f"{path} cannot be read: {error.strerror}") from None
    if not rows or rows[0] != COLUMNS:
        raise Garbled(f"{path}: its columns are not {', '.join(COLUMNS)}")
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS):
            raise Garbled(f"{path}: row {line} has {len(row)} cells in place of {len(COLUMNS)}")
    return [Row(*(" ".join(cell.split()) for cell in row)) for row in rows[1:]]


def unjustified(found, rows):
    """The numbers that no row covers, as (place, piece of prose, span)."""
    missing = []
    for place, texts in found.items():
        known = [row.text for row in rows if row.place == place and row.text]
        for text, there in texts:
            covered = [span for part in known for span in spans(part, text)]
            missing += [(place, text, span) for span in there if not any(a <= span[0] and span[1] <= b for a, b in covered)]
    return missing


def spans(part, text):
    """Where a piece of prose stands in a text, not beginning or ending within a number or word."""
    before = r"(?<![\w.])" if part[0].isalnum() else ""
    after = r"(?!\w)(?!\.\d)" if part[-1].isalnum() else ""
    return [found.span() for found in re.finditer(before + re.escape(part) + after, text)]


def wrong_rows(found, rows, root):
    """What is wrong with the list itself, as sentences."""
    for row in rows:
        name = f"numbers.csv, {row.place}: “{row.text}”"
        if row.place.startswith("results/") and row.place not in found:
            # Results that are not there (yet) say nothing.
            continue
        if row.place not in found:
            yield f"{name}: there is no such place any more; remove the row"
        elif not row.text or not any(spans(row.text, text) for text, _ in found[row.place]):
            yield f"{name} no longer stands there; remove the row"
        elif not any(a <= start and end <= b for text, there in found[row.place] for start, end in there for a, b in spans(row.text, text)):
            yield f"{name} has no number that needs a reason; remove the row"
        if row.kind not in KINDS:
            yield f"{name}: its kind is {row.kind or 'empty'}, not one of {', '.join(sorted(KINDS))}"
        elif not row.why and row.kind not in PLAIN:
            yield f"{name}: it does not say why"
        elif row.kind == "checked" and not is_checked(row, root):
            yield f"{name}: “{row.why}” names no claim of results/claims.csv, no claim of a notebook, no test and no solution that asserts"


def is_checked(row, root):
    """Whether a claim, test or solution of that name is there."""
    why = row.why
    cell = re.fullmatch(r"cell ([\w-]+)", why)
    if cell:
        return is_asserted(root / "notebooks" / f"{row.place}.ipynb", cell[1])
    test = re.search(r"(tests/[\w/]+\.rs) (\w+)", why)
    if test:
        path = root / test[1]
        return path.is_file() and f"fn {test[2]}(" in path.read_text(encoding="utf-8")
    words = set(re.findall(r"[\w-]+", why))
    with (root / "results/claims.csv").open(newline="", encoding="utf-8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    return bool(words & known) or any(f'(\\"{word}\\"' in path.read_text(encoding="utf-8") for word in words if "-" in word for path in (root / "notebooks").glob("*.ipynb"))


def is_asserted(path, identity):
    """Whether a notebook has the solution of an exercise in a cell of that id, with an assert."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []:
        if cell.get("id") == identity and "solution" in cell["metadata"].get("tags", []):
            return re.search(r"\bassert(?:_eq|_ne)?!\(", "".join(cell["source"])) is not None
    return False


def around(text, span, width=28):
    """A number with some words on both sides."""
    left = text.rfind(" ", 0, max(span[0] - width, 0)) + 1
    right = text.find(" ", min(span[1] + width, len(text)))
    return text[left : right if right >= 0 else len(text)]


def add(missing, path):
    """Appends rows to be filled in, one a number."""
    with path.open("a", newline="", encoding="utf-8") as file:
        write = csv.writer(file, lineterminator="\n")
        for place, text, span in missing:
            write.writerow([place, around(text, span, 12), "?", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--add", action="store_true", help="append lines for what is missing")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    options = parser.parse_args()
    path = options.root / "notebooks/numbers.csv"
    try:
        found, rows = places(options.root), read_list(path)
    except Garbled as error:
        print(f"gradus: {error}", file=sys.stderr)
        return 2
    missing, wrong = unjustified(found, rows), list(wrong_rows(found, rows, options.root))
    for place, text, span in missing:
        print(f"{place}: {text[slice(*span)]} in “{around(text, span)}”")
    if missing:
        print(
            f"{len(missing)} numbers in prose look like measurements. If one is measured, let a cell display it (`results::table`, `results::claims`, a live claim) "
            "and take it out of the sentence; else justify it in notebooks/numbers.csv (`scripts/prose.py --add` appends the lines)."
        )
    for sentence in wrong:
        print(sentence)
    if options.add:
        add(missing, path)
    return 1 if missing or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
