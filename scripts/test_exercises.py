#!/usr/bin/env python3
"""The exercises of every notebook are there, in three grades, and each has its solution; and the same check on doctored notebooks.

The last cells of a notebook are: a Markdown cell that begins with `## Exercises`, the exercises, and a Markdown cell `## Sources`.
The exercises stand under `### Compute` (pen and paper), `### Code` and `### Prove`, and are numbered through. The solution of one
to compute or to prove is folded (`<details><summary>Solution</summary>`) and stands right below it. That of one to code is a cell
of code right below it, with the tag `solution`, hidden in JupyterLab and folded on the site; it has an `assert!`, so that
executing the notebook shows that the solution is right."""

import json
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRADES = {"Compute": 3, "Code": 3, "Prove": 2}
HEADING = re.compile(r"^### (\w+)[^\n]*$", re.M)
NUMBERED = re.compile(r"^(\d+)\. ", re.M)
SOLUTION = "<details><summary>Solution</summary>"


def source(cell):
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def is_solution(cell):
    return cell["cell_type"] == "code" and "solution" in cell.get("metadata", {}).get("tags", [])


def section(cells):
    """Returns the cells from `## Exercises` up to `## Sources`; raises ValueError if they do not end the notebook."""
    starts = [i for i, cell in enumerate(cells) if cell["cell_type"] == "markdown" and source(cell).startswith("## Exercises")]
    if len(starts) != 1:
        raise ValueError("no cell, or several, begin with ## Exercises")
    last = cells[-1]
    if last["cell_type"] != "markdown" or not source(last).startswith("## Sources"):
        raise ValueError("the last cell is not ## Sources")
    return cells[starts[0] : -1]


def exercises(cells):
    """Returns the exercises as (grade, number, text, cell of the solution or None)."""
    found, grade = [], None
    for i, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            continue
        # A heading, an exercise, or what follows one, in the order of the text.
        text = source(cell)
        marks = sorted([*HEADING.finditer(text), *NUMBERED.finditer(text)], key=lambda mark: mark.start())
        for mark, after in zip(marks, [*marks[1:], None]):
            if not mark[1].isdigit():
                grade = mark[1]
                continue
            below = cells[i + 1] if after is None and i + 1 < len(cells) and cells[i + 1]["cell_type"] == "code" else None
            found.append((grade, int(mark[1]), text[mark.start() : after and after.start()], below))
    return found


def wrong(cells):
    """Returns what is wrong with a notebook's exercises, as sentences."""
    try:
        part = section(cells)
    except ValueError as error:
        return [str(error)]
    found, said = exercises(part), []
    for grade, count in GRADES.items():
        there = sum(one[0] == grade for one in found)
        if there < count:
            said.append(f"{grade}: {there} exercises, not {count}")
    if [number for _, number, _, _ in found] != list(range(1, len(found) + 1)):
        said.append(f"the exercises are not numbered through: {[number for _, number, _, _ in found]}")
    for grade, number, text, below in found:
        if grade == "Code":
            said += [f"exercise {number}: {what}" for what in wrong_code(below)]
        elif SOLUTION not in text or len(text.split(SOLUTION, 1)[1].split("</details>")[0].split()) < 5:
            said.append(f"exercise {number}: no solution is folded below it")
    for cell in part:
        if cell["cell_type"] == "code" and not is_solution(cell):
            said.append(f"{cell.get('id')}: a cell among the exercises without the tag `solution`")
    return said


def wrong_code(cell):
    """Returns what is wrong with the cell of a solution."""
    if cell is None or not is_solution(cell):
        return ["no cell with the tag `solution` is right below it"]
    hidden = cell["metadata"].get("jupyter", {})
    said = [] if hidden.get("source_hidden") and hidden.get("outputs_hidden") else ["its solution is not hidden"]
    code = re.sub(r"//[^\n]*", "", source(cell))
    return said if re.search(r"\bassert(_eq|_ne)?!\(", code) else [*said, "its solution asserts nothing"]


class Notebooks(unittest.TestCase):
    def test_every_notebook_has_its_exercises(self):
        for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
            with self.subTest(path.stem):
                self.assertEqual(wrong(json.loads(path.read_text(encoding="utf-8"))["cells"]), [])


class Doctored(unittest.TestCase):
    def setUp(self):
        solved = "Why?\n\n<details><summary>Solution</summary>\n\nBecause it is as it is, $x$.\n\n</details>\n"
        code = {"cell_type": "code", "id": "solution-4", "source": ["assert!((2.0f64 - 2.0).abs() < 1e-9);"],
                "metadata": {"tags": ["solution"], "jupyter": {"source_hidden": True, "outputs_hidden": True}}}
        text = lambda *lines: {"cell_type": "markdown", "id": "e", "metadata": {}, "source": ["\n".join(lines)]}
        self.cells = [
            text("# 07"),
            text("## Exercises", "", "### Compute", "", f"1. {solved}", f"2. {solved}", f"3. {solved}"),
            *[cell for n in "456" for cell in (text("### Code\n" if n == "4" else "", f"{n}. Write it. Solution: unfold the cell below."), json.loads(json.dumps(code)))],
            text("### Prove", "", f"7. {solved}", f"8. {solved}"),
            text("## Sources", "", "- A."),
        ]

    def test_the_layout_passes(self):
        self.assertEqual(wrong(self.cells), [])

    def test_what_is_missing_is_said(self):
        def change(at, old, new):
            self.assertIn(old, source(self.cells[at]))
            self.cells[at]["source"] = source(self.cells[at]).replace(old, new, 1)

        def drop(at):
            del self.cells[at]

        for change_it, sentence in [
            (lambda: change(1, "1. Why", "2. Why"), "not numbered through"),
            (lambda: change(1, "Because it is as it is", ""), "exercise 1: no solution"),
            (lambda: change(9 - 1, "<summary>Solution", "<summary>Expected"), "exercise 7: no solution"),
            (lambda: change(1, "### Compute", "### Think"), "Compute: 0 exercises, not 3"),
            (lambda: change(3, "assert!", "// assert!"), "exercise 4: its solution asserts nothing"),
            (lambda: self.cells[3]["metadata"].pop("jupyter"), "exercise 4: its solution is not hidden"),
            (lambda: self.cells[3]["metadata"].pop("tags"), "exercise 4: no cell with the tag"),
            (lambda: drop(3), "exercise 4: no cell with the tag"),
            (lambda: drop(-1), "the last cell is not ## Sources"),
            (lambda: drop(1), "no cell, or several"),
        ]:
            self.setUp()
            change_it()
            self.assertTrue(any(sentence in one for one in wrong(self.cells)), (sentence, wrong(self.cells)))


if __name__ == "__main__":
    unittest.main()
