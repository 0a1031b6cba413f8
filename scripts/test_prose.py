#!/usr/bin/env python3
"""The prose of this project, held to notebooks/numbers.csv and to the notebooks that there are; and the scan itself, on doctored prose."""

import csv
import json
import re
import tempfile
import unittest
from pathlib import Path

import prose

ROOT = prose.ROOT


class Scan(unittest.TestCase):
    def numbers(self, text):
        text = prose.prose(text)
        return [text[a:b] for a, b in prose.numbers(text)]

    def test_measurements_are_found(self):
        for text, expected in {
            "Adam reaches 84.3 % in 12 seconds.": ["84.3 %", "12 seconds"],
            "It is 3 times faster, or 4× as fast, 5-fold.": ["3 times", "4×", "5-fold"],
            "Loss .253 and −1.5 after 7850 or 60,000 steps": [".253", "−1.5", "7850", "60,000"],
            "from 10⁻⁷ or $3\\cdot10^{-4}$ to 1e-3": ["10⁻⁷", "3\\cdot10^{-4}", "1e-3"],
            "| momentum | 0.9638 |": ["0.9638"],
            "<details><summary>Expected</summary>0.5</details>": ["0.5"],
        }.items():
            self.assertEqual(self.numbers(text), expected)

    def test_code_addresses_years_and_small_counts_are_left_alone(self):
        for text in [
            "`lr = 0.1` and <code>0.2</code>",
            "[page](https://example.org/0.5) https://example.org/1234",
            "```rust\nlet lr = 0.1;\n```",
            "## Sources\n\n- Somebody 1999, pages 123–456.",
            "Kingma & Ba 2015, notebook 07, SciPy 1.17.1, Apache-2.0, $x_{100}$, 32 images of 8×8 pixels, three seeds, $2 + 2$",
        ]:
            self.assertEqual(self.numbers(text), [], text)


class List(unittest.TestCase):
    """A doctored project of one notebook."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gradus-prose-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "notebooks").mkdir()
        (self.root / "results").mkdir()
        (self.root / "results/claims.csv").write_text("id\nrate\n", encoding="utf-8")
        manifest = {"studies": {"momentum": {"title": "T", "question": "Q?", "tables": [], "figures": [{"title": "", "caption": "It took 3.5 s for 0.25"}]}}}
        (self.root / "results/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (self.root / "src/study/lecture").mkdir(parents=True)
        (self.root / "src/study/lecture/momentum.rs").write_text('Figure::new("", "", format!("It took 3.5 s for {error}"))', encoding="utf-8")
        cell = {"cell_type": "markdown", "source": ["The rate is 0.98, with ρ = 0.9.\n", "It rose by\n12 %."]}
        solution = {"cell_type": "code", "id": "solution-4", "metadata": {"tags": ["solution"]}, "source": ["let rate = 0.98;\n", "assert!(rate < 1.0);"]}
        others = [solution | {"id": "no-solution", "metadata": {}}, solution | {"id": "no-assert", "source": ["let rate = 0.98;"]}]
        (self.root / "notebooks/07_momentum.ipynb").write_text(json.dumps({"cells": [cell, solution, *others]}), encoding="utf-8")

    def check(self, *rows):
        path = self.root / "notebooks/numbers.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([prose.COLUMNS, *rows])
        found, listed = prose.places(self.root), prose.read_list(path)
        missing = [text[slice(*span)] for _, text, span in prose.unjustified(found, listed)]
        return missing, list(prose.wrong_rows(found, listed, self.root))

    RIGHT = [
        ("07_momentum", "The rate is 0.98", "checked", "rate"),
        ("07_momentum", "ρ = 0.9", "setting", ""),
        ("07_momentum", "rose by 12 %", "arithmetic", "a reason"),
        ("results/momentum", "took 3.5 s", "waiting", ""),
    ]

    def test_a_whole_list_passes(self):
        self.assertEqual(self.check(*self.RIGHT), ([], []))
        by_cell = ("07_momentum", "The rate is 0.98", "checked", "cell solution-4")
        self.assertEqual(self.check(by_cell, *self.RIGHT[1:]), ([], []))

    def test_unlisted_numbers_fail(self):
        self.assertEqual(self.check()[0], ["0.98", "0.9", "12 %", "3.5 s"])
        self.assertEqual(self.check(*self.RIGHT[1:])[0], ["0.98"])
        # A number is not justified by a part of it, nor by one in another place.
        self.assertEqual(self.check(*self.RIGHT[1:], ("07_momentum", "The rate is 0.9", "setting", ""))[0], ["0.98"])
        self.assertEqual(self.check(*self.RIGHT[1:], ("results/momentum", "The rate is 0.98", "setting", ""))[0], ["0.98"])

    def test_stale_and_empty_rows_fail(self):
        for row, sentence in {
            ("07_momentum", "The rate is 0.97", "setting", ""): "no longer stands there",
            ("08_nesterov", "0.9", "setting", ""): "no such place",
            ("07_momentum", "It rose", "setting", ""): "no number",
            ("07_momentum", "0.98", "?", ""): "its kind is ?",
            ("07_momentum", "0.98", "lecture", ""): "does not say why",
            ("07_momentum", "0.98", "checked", "nobody"): "names no claim",
            ("07_momentum", "0.98", "checked", "tests/it/exercises.rs nothing"): "names no claim",
            ("07_momentum", "0.98", "checked", "cell no-assert"): "names no claim",
            ("07_momentum", "0.98", "checked", "cell no-solution"): "names no claim",
            ("07_momentum", "0.98", "checked", "cell nowhere"): "names no claim",
        }.items():
            wrong = self.check(*self.RIGHT, row)[1]
            self.assertEqual(len(wrong), 1, (row, wrong))
            self.assertIn(sentence, wrong[0])

    def test_only_strings_of_the_code_are_typed(self):
        source = self.root / "src/study/lecture/momentum.rs"
        source.write_text('// Don\'t say "one\nlet (mark, rate) = (\'"\', 0.5);\nlet text = "took 3.5 \\\n    s";\n', encoding="utf-8")
        written = prose.literals(self.root, "momentum")
        self.assertEqual(written.split(), ["took", "3.5", "s"])

    def test_what_a_command_writes_into_a_page_is_left_out(self):
        page = "It took 1.5 s.\n\n<!-- Written by `make peers`. -->\n\n| 2.5 s |\n\n<!-- The end of what `make peers` wrote. -->\n\nIt took 3.5 s."
        (self.root / "README.md").write_text(page, encoding="utf-8")
        self.assertEqual(self.check(*self.RIGHT)[0], ["1.5 s", "3.5 s"])

    def test_a_garbled_list_is_refused_in_one_sentence(self):
        path = self.root / "notebooks/numbers.csv"
        for text in ["", "a,b\n", "place,text,kind,why\nonly,three,cells\n"]:
            path.write_text(text, encoding="utf-8")
            with self.assertRaises(prose.Garbled):
                prose.read_list(path)


class Project(unittest.TestCase):
    def test_every_number_in_prose_is_justified(self):
        found, rows = prose.places(ROOT), prose.read_list(ROOT / "notebooks/numbers.csv")
        missing = [f"{place}: {text[slice(*span)]} in “{prose.around(text, span)}”" for place, text, span in prose.unjustified(found, rows)]
        problems = missing + list(prose.wrong_rows(found, rows, ROOT))
        self.assertFalse(problems, "\n".join(["see scripts/prose.py --help", *problems]))

    def test_the_map_and_the_table_name_every_notebook_and_no_other(self):
        there = {path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")}
        for page in ("README.md", "notebooks/README.md"):
            named = set(re.findall(r"\]\((?:notebooks/)?(\d\d_\w+\.ipynb)\)", (ROOT / page).read_text(encoding="utf-8")))
            self.assertEqual(named, there, page)

    def test_pictures_of_notebooks_are_outputs(self):
        # JupyterLab serves no file outside of the folder that it was opened in, such as ../results.
        for path in sorted(ROOT.glob("notebooks/*.ipynb")):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "markdown":
                    self.assertNotRegex("".join(cell["source"]), r"!\[[^\]]*\]\(\.\./", f"{path.name}: show it by results::figure_svg")

    def test_notebooks_are_called_by_numbers_that_are_there(self):
        numbers = {path.name[:2] for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")}
        for place, texts in prose.places(ROOT).items():
            for number in re.findall(r"\bnotebooks? (\d\d)\b", " ".join(text for text, _ in texts)):
                self.assertTrue(number in numbers or int(number) <= 16, f"{place} speaks of notebook {number}")


if __name__ == "__main__":
    unittest.main()
