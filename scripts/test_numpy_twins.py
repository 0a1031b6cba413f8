#!/usr/bin/env python3
"""The NumPy twins of the notebooks, executed; and the comparison itself, on twins that are wrong."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy_twins
from numpy_twins import Number

ROOT = numpy_twins.ROOT


def twin(code):
    return f"Words.\n\n<details><summary>The same in NumPy</summary>\n\n```python\n{code}\n```\n\n</details>"


def code_cell(printed, **metadata):
    outputs = [{"output_type": "stream", "name": "stdout", "text": [printed]}] if printed else []
    return {"cell_type": "code", "id": "cell-01", "metadata": metadata, "source": [], "outputs": outputs}


class Numbers(unittest.TestCase):
    def test_numbers_are_found_in_printed_text(self):
        for text, expected in {
            "SVM 2.90, softmax 2.04": [2.9, 2.04],
            "[[0.2, -1.0],\n [1e-5, 3]]": [0.2, -1, 1e-5, 3],
            "[0.2 -1.   1.e-05]": [0.2, -1, 1e-5],
            "cat  3.2  −1.7  12,346  7.81×10⁻⁷  45°": [3.2, -1.7, 12346, 7.81e-7, 45],
            "W[3, 20..24] = .5": [3, 20, 24, 0.5],
            "x1 is W1 in f64": [],
            "[1,234]": [1234],
        }.items():
            self.assertEqual([number.value for number in numpy_twins.numbers(text)], expected, text)
        self.assertEqual(len(numpy_twins.numbers("nan and -inf, infinite")), 2)

    def test_numbers_agree_to_the_digits_that_both_have(self):
        for twin_prints, cell_prints in [("2.9", "2.90"), ("2.0404", "2.04"), ("2.04", "2.0404"), ("3.", "3"), ("1e-05", "1.0e-5"),
                                         ("0.1234567", "0.1234568"), ("nan", "NaN"), ("-0.00", "0.00")]:
            self.assertTrue(Number(twin_prints).agrees(Number(cell_prints)), (twin_prints, cell_prints))
        for twin_prints, cell_prints in [("2.05", "2.04"), ("2.046", "2.04"), ("10", "11"), ("10.3", "10"), ("1234.6", "1235"), ("1.0e-5", "1.1e-5"), ("0.123456", "0.123457"),
                                         ("nan", "1"), ("inf", "1"), ("-2.04", "2.04")]:
            self.assertFalse(Number(twin_prints).agrees(Number(cell_prints)), (twin_prints, cell_prints))


class Doctored(unittest.TestCase):
    """Notebooks of two cells."""

    def wrong(self, *cells):
        cells = [{"cell_type": "markdown", "id": "twin", "source": [cell]} if isinstance(cell, str) else cell for cell in cells]
        with tempfile.TemporaryDirectory(prefix="gradus-twins-") as folder:
            path = Path(folder) / "07_momentum.ipynb"
            path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
            return numpy_twins.check_all([path])

    def test_a_twin_that_prints_the_same_passes(self):
        code = "import numpy as np\nprint(np.array([1.0, 2.0]) / 3)"
        self.assertEqual(self.wrong(code_cell("[0.333, 0.667]\n"), twin(code)), (1, []))

    def test_a_solution_between_does_not_count(self):
        self.assertEqual(self.wrong(code_cell("1.5"), code_cell("2.5", tags=["solution"]), twin("print(1.5)")), (1, []))

    def test_what_is_wrong_is_said(self):
        for cells, sentence in [
            ([code_cell("1.5"), twin("print(1.6)")], "number 1 is 1.6, in the cell above it is 1.5"),
            ([code_cell("1.5 2.5"), twin("print(1.5)")], "prints 1 numbers, the cell above it 2"),
            ([code_cell("1.5"), twin("print(1.5, 2)")], "prints 2 numbers, the cell above it 1"),
            ([code_cell("1.5"), twin("x = 1.5")], "prints no number"),
            ([code_cell("words"), twin("print(1.5)")], "the code cell above it has printed no number"),
            ([code_cell(""), twin("print(1.5)")], "the code cell above it has printed no number"),
            ([twin("print(1.5)"), code_cell("1.5")], "there is no code cell above it"),
            ([code_cell("1.5", tags=["solution"]), twin("print(1.5)")], "there is no code cell above it"),
            ([code_cell("1.5"), twin("print(1 / 0)")], "ZeroDivisionError"),
            ([code_cell("1.5"), twin("print(1.5").replace("```\n\n</details>", "</details>")], "not laid out"),
        ]:
            _, wrong = self.wrong(*cells)
            self.assertEqual(len(wrong), 1, cells)
            self.assertIn(sentence, wrong[0])


class Notebooks(unittest.TestCase):
    def test_every_twin_prints_the_numbers_of_its_cell(self):
        count, wrong = numpy_twins.check_all(sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")))
        self.assertEqual(wrong, [])
        self.assertGreater(count, 0)


if __name__ == "__main__":
    unittest.main()
