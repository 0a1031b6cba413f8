#!/usr/bin/env python3
"""The page of a comparison in a real browser: test_comparison.py FOLDER

FOLDER is what `gradus compare --out FOLDER` wrote; any comparison of at least two optimizers and two problems will do.
"""

import json
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo/tests"))
from browser import Browser, missing  # noqa: E402

READY = "document.documentElement.dataset.ready !== undefined"
LARGEST = 3_000_000


class Comparison(unittest.TestCase):
    page = None

    @classmethod
    def setUpClass(cls):
        text = cls.page.read_text()
        cls.size = len(text.encode())
        cls.data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])
        cls.browser = Browser(1200, 1000)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.open()

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [], "the console is silent")
        outside = [address for address in self.browser.requests() if not address.startswith(("file:", "about:", "data:"))]
        self.assertEqual(outside, [], "nothing is asked of the network")

    def open(self, fragment=""):
        self.browser.open("about:blank")
        self.browser.complaints(), self.browser.requests()
        self.browser.open(self.page.as_uri() + fragment)
        self.browser.wait(READY, "the page")

    def click(self, selector):
        self.browser.run("document.querySelector(args[0]).click()", selector)

    def choose(self, selector, value):
        self.browser.run("const s = document.querySelector(args[0]); s.value = args[1]; s.dispatchEvent(new Event('change'))", selector, value)

    def hash(self):
        return self.browser.run("return location.hash")

    def column(self, table, name):
        """The cells of a column as they are shown."""
        return self.browser.run(
            "const t = document.querySelector(`[data-table='${args[0]}'] table`);"
            "const at = [...t.tHead.rows[0].cells].findIndex(c => c.textContent === args[1]);"
            "return [...t.tBodies[0].rows].map(r => r.cells[at].textContent)",
            table,
            name,
        )

    def test_the_page_is_small_enough_to_send(self):
        self.assertLess(self.size, LARGEST)

    def test_a_click_on_a_heading_sorts_and_another_turns_it(self):
        number = lambda text: float(text.replace("∞", "inf").replace("−", "-"))
        self.click("[data-table=ranks] [data-sort=mean_rank]")
        up = [number(text) for text in self.column("ranks", "mean rank")]
        self.assertEqual(up, sorted(up))
        self.click("[data-table=ranks] [data-sort=mean_rank]")
        down = [number(text) for text in self.column("ranks", "mean rank")]
        self.assertEqual(down, sorted(down, reverse=True))
        self.assertIn("sort=mean_rank%3Adown", self.hash())
        self.assertEqual(self.browser.run("return document.querySelector('[data-table=ranks] [aria-sort=descending]').textContent"), "mean rank")
        self.assertEqual(self.browser.run("return document.activeElement.dataset.sort"), "mean_rank", "the keyboard stays where it was")

    def test_an_optimizer_is_switched_off_everywhere(self):
        name = self.data["optimizers"][0]["name"]
        self.browser.run("document.querySelector(`[data-optimizer='${CSS.escape(args[0])}']`).click()", name)
        for view, table in (("ranks", "ranks"), ("winners", "verdicts"), ("runs", "runs")):
            self.click(f"#view-{view}")
            self.assertNotIn(name, self.column(table, "optimizer"), view)
        self.click("#view-curves")
        self.assertNotIn(name, self.browser.run("return [...document.querySelectorAll('[data-line]')].map(l => l.dataset.line)"))

    def test_the_best_few_and_all_again(self):
        self.open("#view=curves")
        count = "return document.querySelectorAll('[data-line]').length"
        before = self.browser.run(count)
        self.click("#best")
        # Six, momentum, Adam and the one that is not the library's.
        self.assertLessEqual(self.browser.run(count), 9)
        self.click("#all")
        self.assertEqual(self.browser.run(count), before)

    def test_runs_are_filtered_by_phase_and_by_words(self):
        self.open("#view=runs&phase=best")
        self.assertEqual(set(self.column("runs", "phase")), {"best"})
        name = self.data["optimizers"][-1]["name"]
        self.browser.type("#find", name)
        self.assertTrue(all(name in text for text in self.browser.run("return [...document.querySelectorAll('[data-table=runs] tbody tr')].map(r => r.textContent)")))
        self.assertIn("find=", self.hash())

    def test_axes_change_and_the_address_remembers(self):
        self.open("#view=curves")
        label = "return document.querySelector('.chart svg').getAttribute('aria-label')"
        self.assertIn("over", self.browser.run(label))
        path = "return [...document.querySelectorAll('[data-line]')].map(l => l.getAttribute('d')).join()"
        self.choose("#choose-x", "iterations")
        self.assertIn("over iterations", self.browser.run(label))
        self.choose("#choose-xs", "linear")
        linear = self.browser.run(path)
        self.choose("#choose-xs", "log")
        logarithmic = self.browser.run(path)
        self.assertEqual(len({linear, logarithmic}), 2)
        fragment = self.hash()
        self.open(fragment)
        self.assertEqual(self.browser.run(path), logarithmic, "a link shows the same")

    def test_a_problem_is_a_link_to_its_curves_and_back_comes_back(self):
        self.click("#view-winners")
        name = self.data["problems"][-1]["name"]
        self.browser.run("[...document.querySelectorAll('[data-table=winners] td a')].find(a => a.textContent === args[0]).click()", name)
        self.browser.wait("document.querySelector('#choose-problem') !== null", "the curves")
        self.assertEqual(self.browser.run("return document.querySelector('#choose-problem').value"), name)
        self.browser.run("history.back()")
        self.browser.wait("document.querySelector('[data-table=winners]') !== null", "the way back")

    def test_values_are_read_by_pointer_and_by_keys(self):
        self.open("#view=curves")
        box = self.browser.run("const b = document.querySelector('.chart svg').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]")
        middle = [box[0] + box[2] / 2, box[1] + box[3] / 2]
        self.browser.drag([middle[0] - 40, middle[1]], middle)
        tip = "return document.querySelector('.tip').hidden ? '' : document.querySelector('.tip').textContent"
        shown = self.browser.run(tip)
        self.assertTrue(any(optimizer["name"] in shown for optimizer in self.data["optimizers"]), shown)
        height, rows = self.browser.run("const t = document.querySelector('.tip'); return [t.getBoundingClientRect().height, t.children.length]")
        self.assertLess(height, 40 * rows, "a row for each value")
        self.browser.run("document.querySelector('.chart svg').focus()")
        self.browser.press("right")
        self.browser.press("right")
        moved = self.browser.run(tip)
        self.assertTrue(moved and moved != shown, (shown, moved))

    def test_every_view_draws_in_both_themes_and_on_a_phone(self):
        views = ["ranks", "winners", "curves", "sensitivity", "profiles", "tuning", "runs"]
        try:
            self.browser.phone(375)
            for view in views:
                self.open(f"#view={view}")
                self.click("#theme")
                wide = self.browser.run("return [document.documentElement.scrollWidth, innerWidth]")
                self.assertLessEqual(*wide, f"{view} scrolls sideways on a phone")
                self.assertGreater(self.browser.run("return document.querySelectorAll('#shown .card').length"), 0, view)
        finally:
            self.browser.cdp("Emulation.clearDeviceMetricsOverride")
            self.browser.cdp("Emulation.setTouchEmulationEnabled", enabled=False)

    def test_a_comparison_that_is_too_small_says_why_it_tells_nothing_apart(self):
        seeds = self.data["seeds"]
        column = next(c for c in self.data["tables"]["verdicts"]["columns"] if c["name"] == "problem")
        problems = [column["words"][place] for place in column["values"]]
        counts = [problems.count(problem) - 1 for problem in set(problems) if problems.count(problem) > 1]
        # The smallest probability of n pairs, 2^(1−n), after the correction for all comparisons on a problem.
        enough = lambda comparisons: next(n for n in range(1, 60) if 2 ** (1 - n) * comparisons <= self.data["level"])
        self.open("#view=winners")
        note = self.browser.run("return document.querySelector('#too-few-seeds')?.textContent ?? ''")
        verdicts = set(self.column("verdicts", "verdict"))
        if seeds >= enough(min(counts)):
            self.assertEqual(note, "")
            return
        self.assertIn(f"Why {seeds} seed", note)
        self.assertIn(f"2/{2**seeds}", note)
        self.assertIn(f"--seeds {enough(max(counts))}", note)
        self.assertLessEqual(verdicts, {"best", "none solves", "cannot tell apart"})
        self.open()
        self.click("#about a")
        self.browser.wait("document.querySelector('#too-few-seeds')", "the reason")

    def test_a_wrong_address_shows_the_beginning(self):
        self.open("#view=nothing&problem=<b>&sort=x&off=%25")
        self.assertEqual(self.browser.run("return document.querySelector('[aria-current]').id"), "view-ranks")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Comparison.page = (pathlib.Path(sys.argv.pop()) / "index.html").resolve()
    if not Comparison.page.is_file():
        sys.exit(f"{Comparison.page} is not there: write it by `gradus compare --quick --out FOLDER`")
    if missing():
        sys.exit(f"these are not here: {', '.join(missing())}; scripts/browser.sh installs them")
    unittest.main()
