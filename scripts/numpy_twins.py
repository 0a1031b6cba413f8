#!/usr/bin/env python3
"""Executes the NumPy twins of the notebooks, and compares what they print with what the Rust cells printed.

  numpy_twins.py [NAME…]   NAME is a notebook such as `07` or `07_momentum`; without a name, all notebooks

A twin says in NumPy what the code cell above it says in Rust. It is a folded block in a Markdown cell, laid out like this:

  <details><summary>The same in NumPy</summary>

  ```python
  import numpy as np
  print(np.ones(3).sum())
  ```

  </details>

Each twin runs in a process of its own, in the folder of the notebooks, with nothing but Python and NumPy. It must print all
numbers that the nearest code cell above has printed (cells with the tag `solution` do not count), in the same order. Two
numbers are the same if they agree

  - to the digits that both have printed: the longer one, rounded, is the shorter one. Whole numbers are equal.
  - or to 1e-6, relative to the cell's number: NumPy adds in another order than the library, so last digits may differ.

Words and brackets do not count. A random draw of the library has no twin: print the draws in the cell and type them in the
twin, or let the cell do something that does not depend on a draw.

Exit codes: 0 all twins agree, 1 some do not, 2 unknown notebook or no NumPy.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUMMARY = "The same in NumPy"
TWIN = re.compile(rf"<details><summary>{SUMMARY}</summary>\n\n```python\n(.*?)\n```\n\n</details>", re.S)
RELATIVE = 1e-6
SECONDS = 60

MINUS = str.maketrans("−", "-")
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
POWER = re.compile(r"\s?(?:×\s?)10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
THOUSANDS = re.compile(r"(?<![\d,.])(\d{1,3})((?:,\d{3})+)(?![\d,])")
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![A-Za-z_])|(?<!\w)[-+]?(?:nan|inf)(?!\w)", re.I)


@dataclass(frozen=True)
class Number:
    """A number as it was printed."""

    text: str

    value = property(lambda self: float(self.text))

    @property
    def last_place(self):
        """The value of one unit of the last digit: 0.01 for 2.90, 0 for a whole number."""
        mantissa, _, exponent = self.text.lower().partition("e")
        decimals = len(mantissa.partition(".")[2])
        if not exponent and not decimals:
            return 0.0
        return 10.0 ** (int(exponent or 0) - decimals)

    def agrees(self, cell):
        """Whether a twin's number is the one that the cell printed."""
        a, b = self.value, cell.value
        if a != a or b != b:
            return a != a and b != b
        if a == b:
            return True
        # Both are rounded; the one with fewer digits is off by up to half a unit of its last digit. Whole numbers are exact.
        places = {self.last_place, cell.last_place}
        half = max(places) / 2 if len(places) == 2 and 0.0 not in places else 0.0
        return abs(a - b) <= max(half * (1 + 1e-9), RELATIVE * abs(b))


@dataclass(frozen=True)
class Twin:
    """A block of Python, and what the code cell above it has printed (None if there is no such cell)."""

    notebook: str
    cell: str
    code: str
    printed: str | None


def numbers(text):
    """Returns the numbers in a printed text, in their order."""
    text = text.translate(MINUS).replace("..", " .. ")
    text = POWER.sub(lambda found: "e" + found[1].translate(SUPERSCRIPTS), text)
    text = THOUSANDS.sub(lambda found: found[1] + found[2].replace(",", ""), text)
    return [Number(found[0]) for found in NUMBER.finditer(text)]


def joined(text):
    return text if isinstance(text, str) else "".join(text)


def printed(cell):
    """Returns the text that a code cell printed and displayed."""
    texts = []
    for output in cell.get("outputs", []):
        texts.append(joined(output.get("text", "")) or joined(output.get("data", {}).get("text/plain", "")))
    return "\n".join(texts)


def twins(path):
    """Returns the twins of a notebook. Raises ValueError if one is not laid out as the others."""
    found, above = [], None
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            if "solution" not in cell.get("metadata", {}).get("tags", []):
                above = printed(cell)
            continue
        text = joined(cell["source"])
        blocks = TWIN.findall(text)
        if len(blocks) != text.count(f"<summary>{SUMMARY}</summary>"):
            raise ValueError(f"{path.stem}, {cell.get('id')}: a twin is not laid out as scripts/numpy_twins.py describes")
        found += [Twin(path.stem, cell.get("id", "?"), code, above) for code in blocks]
    return found


def run(code, folder):
    """Executes a twin, and returns what it printed. Raises ValueError with the last line of its error."""
    try:
        # One BLAS thread, so that sums have the same order on every machine.
        done = subprocess.run([sys.executable, "-B", "-c", code], cwd=folder, capture_output=True, text=True, timeout=SECONDS,
                              env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}, check=False)
    except subprocess.TimeoutExpired:
        raise ValueError(f"took longer than {SECONDS} s") from None
    if done.returncode or done.stderr.strip():
        raise ValueError((done.stderr.strip().splitlines() or ["failed"])[-1])
    return done.stdout


def difference(shown, expected):
    """Returns what is different between what a twin and a cell printed, as a sentence; None if nothing is."""
    ours, theirs = numbers(shown), numbers(expected)
    if not theirs:
        return "the code cell above it has printed no number"
    if not ours:
        return "prints no number"
    for at, (a, b) in enumerate(zip(ours, theirs), 1):
        if not a.agrees(b):
            return f"number {at} is {a.text}, in the cell above it is {b.text}"
    if len(ours) != len(theirs):
        return f"prints {len(ours)} numbers, the cell above it {len(theirs)}"
    return None


def check(twin, folder):
    """Returns what is wrong with a twin, as a sentence; None if nothing is."""
    if twin.printed is None:
        wrong = "there is no code cell above it"
    else:
        try:
            wrong = difference(run(twin.code, folder), twin.printed)
        except ValueError as error:
            wrong = str(error)
    return wrong and f"{twin.notebook}, {twin.cell}: the NumPy twin: {wrong}"


def check_all(paths):
    """Returns the number of twins of these notebooks, and what is wrong with them."""
    found, wrong = [], []
    for path in paths:
        try:
            found += [(twin, path.parent) for twin in twins(path)]
        except ValueError as error:
            wrong.append(str(error))
    with ThreadPoolExecutor(2) as pool:
        wrong += [sentence for sentence in pool.map(lambda pair: check(*pair), found) if sentence]
    return len(found), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks (default: all)")
    options = parser.parse_args()
    paths = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    for name in options.names:
        if not any(name in (path.stem, path.stem.split("_")[0]) for path in paths):
            print(f"gradus: no notebook is called {name}", file=sys.stderr)
            return 2
    try:
        import numpy  # noqa: F401
    except ImportError:
        print("gradus: NumPy is missing: please run `make setup` and use .setup/venv/bin/python", file=sys.stderr)
        return 2
    chosen = [path for path in paths if not options.names or {path.stem, path.stem.split("_")[0]} & set(options.names)]
    count, wrong = check_all(chosen)
    for sentence in wrong:
        print(f"gradus: {sentence}", file=sys.stderr)
    print(f"{count} NumPy twins, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
