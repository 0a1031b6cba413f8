#!/usr/bin/env python3
"""Tests of lab_copies.py. They take a second. Run with .setup/venv/bin/python."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lab_copies import RECORD, update

SCRIPT = Path(__file__).resolve().parent / "lab_copies.py"


def notebook(*sources, shown="1"):
    output = new_output("execute_result", {"text/plain": shown}, execution_count=1)
    cells = [new_code_cell(source, outputs=[output], id=f"cell-{at}") for at, source in enumerate(sources)]
    return nbformat.writes(new_notebook(cells=cells))


class Copies(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.originals, self.copies = self.folder / "notebooks", self.folder / "lab"
        self.originals.mkdir()
        # Signatures go into this folder.
        before = os.environ.get("JUPYTER_DATA_DIR")
        os.environ["JUPYTER_DATA_DIR"] = str(self.folder / "data")
        self.addCleanup(lambda: os.environ.pop("JUPYTER_DATA_DIR") if before is None else os.environ.update(JUPYTER_DATA_DIR=before))
        self.write(self.originals, "a", notebook("let lr = 1.0;"))
        self.write(self.originals, "b", notebook("let lr = 2.0;"))
        self.assertEqual(self.update(), (["a", "b"], [], []))

    def write(self, folder, name, text):
        (folder / f"{name}.ipynb").write_text(text)

    def copy(self, name):
        return (self.copies / f"{name}.ipynb").read_text()

    def update(self):
        return tuple([name.removesuffix(".ipynb") for name in names] for names in update(self.originals, self.copies))

    def test_copies_are_the_originals_and_are_signed(self):
        self.assertEqual(self.copy("a"), (self.originals / "a.ipynb").read_text())
        notary = NotebookNotary()
        self.addCleanup(notary.store.close)
        self.assertTrue(notary.check_signature(nbformat.reads(self.copy("a"), as_version=4)))
        self.assertFalse(notary.check_signature(nbformat.reads(notebook("other"), as_version=4)))

    def test_nothing_is_done_twice(self):
        self.assertEqual(self.update(), ([], [], []))

    def test_a_copy_is_renewed_after_a_change_of_the_original_and_a_run_of_the_copy_is_no_change(self):
        self.write(self.copies, "a", notebook("let lr = 1.0;", shown="run by the reader"))
        for new in (notebook("let lr = 3.0;"), notebook("let lr = 3.0;", shown="other outputs")):
            self.write(self.originals, "a", new)
            self.assertEqual(self.update(), ([], ["a"], []))
            self.assertEqual(self.copy("a"), new)

    def test_a_changed_copy_is_kept_whatever_happens_to_the_original(self):
        mine = notebook("let lr = 9.0;")
        self.write(self.copies, "a", mine)
        self.assertEqual(self.update(), ([], [], []))
        self.write(self.originals, "a", notebook("let lr = 1.0;", shown="other outputs"))
        self.assertEqual(self.update(), ([], [], []), "nothing to take")
        self.write(self.originals, "a", notebook("let lr = 3.0;"))
        for _ in range(2):
            self.assertEqual(self.update(), ([], [], ["a"]), "said each time")
            self.assertEqual(self.copy("a"), mine)
        (self.copies / "a.ipynb").rename(self.copies / "mine.ipynb")
        self.assertEqual(self.update(), (["a"], [], []))
        self.assertEqual((self.copies / "mine.ipynb").read_text(), mine)

    def test_a_copy_that_is_no_notebook_any_more_is_kept(self):
        self.write(self.copies, "a", "<<<<<<< mine")
        self.write(self.originals, "a", notebook("let lr = 3.0;"))
        self.assertEqual(self.update(), ([], [], ["a"]))
        self.assertEqual(self.copy("a"), "<<<<<<< mine")

    def test_without_the_record_changed_copies_are_kept_too(self):
        for lost in (None, "{", "[]"):
            record = self.copies / RECORD
            record.unlink() if lost is None else record.write_text(lost)
            self.write(self.copies, "a", notebook("let lr = 9.0;"))
            self.assertEqual(self.update(), ([], [], ["a"]))
            self.assertIn("9.0", self.copy("a"))

    def test_the_command_says_what_it_did_and_refuses_in_one_sentence(self):
        run = lambda *words: subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, cwd=self.folder)
        self.write(self.copies, "a", notebook("let lr = 9.0;"))
        for name in "ab":
            self.write(self.originals, name, notebook("let lr = 3.0;"))
        said = run("notebooks", "lab")
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        self.assertIn("lab: 1 notebook renewed", said.stdout)
        self.assertIn("lab/a.ipynb: kept, because you changed it", said.stdout)
        self.assertEqual(run("notebooks", "lab").stdout.count("\n"), 1, "only what is kept")
        refused = run("nothing", "lab")
        self.assertEqual((refused.returncode, refused.stderr), (2, "gradus: there is no folder nothing\n"))
        (self.folder / "file").write_text("")
        refused = run("notebooks", "file")
        self.assertEqual((refused.returncode, refused.stderr.count("\n")), (2, 1), refused.stderr)
        self.assertEqual(list(self.copies.glob("*.tmp")) + list(self.copies.glob(".*.tmp")), [])
        self.assertEqual(set(json.loads((self.copies / RECORD).read_text())), {"a.ipynb", "b.ipynb"})


if __name__ == "__main__":
    unittest.main()
