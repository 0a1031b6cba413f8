#!/usr/bin/env python3
"""Tests of the builder of the site, without a browser: test_build.py"""

import html
import json
import os
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

import build
import charts
import content
import course_graph
import links
import live
import markup
import notebook_page
import numerals
import search_index
import shell
import talk
from content import Wrong

ROOT = Path(__file__).resolve().parents[2]


class Numbers(unittest.TestCase):
    def test_they_are_those_of_the_library(self):
        cases = {0.0: "0", 1234.5678: "1235", 0.0123456: "0.01235", -2.5: "−2.5", 12345.6: "12,346", 1e-9: "10⁻⁹", 2.34567e8: "2.346×10⁸",
                 999_999.9: "10⁶", float("nan"): "–", float("-inf"): "−∞"}
        self.assertEqual({value: numerals.plain(value) for value in cases}, cases)

    def test_every_claim_reads_as_on_the_committed_page(self):
        page = (ROOT / "results/CLAIMS.md").read_text(encoding="utf-8").replace("\\|", "|")
        checked = 0
        for study in json.loads((ROOT / "results/manifest.json").read_text(encoding="utf-8"))["studies"]:
            for row in content.rows(ROOT / "results" / study / "claims.csv"):
                claim = content.Claim.from_row(row, study)
                line = next(line for line in page.splitlines() if f"[{claim.id}]({study}/claims.csv#L" in line)
                self.assertIn(f"| {claim.measured} | {claim.bound} | {claim.kind} |".replace("\u00a0", " "), line)
                checked += 1
        self.assertGreaterEqual(checked, 60)


class Claims(unittest.TestCase):
    """Who makes a claim, in words and in counts."""

    ROW = {"id": "a", "sentence": "x", "kind": "exact", "verdict": "refuted", "notebook": "01", "source": "slide 3", "note": "",
           "measured": "2", "low": "2", "high": "2", "bound": "≤ 1"}

    def claim(self, **changed):
        return content.Claim.from_row(self.ROW | changed, "study")

    def test_a_claim_says_whose_it_is(self):
        said = {(content.SAID, ""): "said by slide 3", (content.READING, "to six digits"): "our reading of slide 3: to six digits",
                (content.OURS, ""): "ours; see slide 3", ("", ""): "slide 3"}
        self.assertEqual({key: self.claim(origin=key[0], reading=key[1]).whose for key in said}, said)
        self.assertEqual(self.claim().whose, "slide 3", "results of older code have no such column")
        self.assertEqual(self.claim(origin=content.OURS, source="gradus").whose, "ours")

    def test_refuted_claims_are_counted_by_who_makes_them(self):
        claims = [self.claim(origin=content.SAID), self.claim(origin=content.OURS), self.claim(origin=content.OURS),
                  self.claim(origin=content.READING, verdict="holds")]
        self.assertEqual(content.refuted_by_origin(claims), "1 of what a source says, 2 of our own sentences")

    def test_the_table_shows_and_carries_it(self):
        table = shell.claims_table([self.claim(origin=content.READING, reading="to six digits")], "", lambda claim: None)
        self.assertIn('data-origin="our reading"', table)
        self.assertIn('<td data-label="who says so">our reading</td>', table)
        self.assertIn("our reading of slide 3: to six digits", table)


class Captions(unittest.TestCase):
    SVG = ('<svg width="596" height="{px}" viewBox="0 0 5960 {h}" role="img">\n<title>T</title>\n'
           '<rect x="5" y="5" width="5950" height="{card}" rx="80"/>\n{more}</svg>\n')

    def test_a_caption_in_a_drawing_becomes_a_text_of_the_page(self):
        more = '<g class="caption">\n<text x="220" y="4525">A &lt; B.</text>\n</g>\n'
        with_caption = self.SVG.format(px=469, h=4695, card=4685, more=more)
        plain = self.SVG.format(px=444, h=4440, card=4430, more="")
        self.assertEqual(notebook_page.split_caption(with_caption, "A < B."), (plain, "A &lt; B."))
        self.assertEqual(notebook_page.split_caption(plain, "A < B."), (plain, "A &lt; B."))

    def test_a_picture_inside_a_wide_drawing_keeps_its_height(self):
        picture = '<svg x="9" y="9" width="1312" height="1312" viewBox="0 0 9 9"></svg>\n'
        wide = '<svg viewBox="0 0 9180 {h}" style="max-width:918px">\n<rect x="5" y="5" width="9170" height="{card}" rx="80"/>\n' + picture
        more = '<g class="caption">\n<text x="220" y="4525">A.</text>\n</g>\n'
        shown, _ = notebook_page.split_caption(wide.format(h=4695, card=4685) + more + "</svg>", "A.")
        self.assertEqual(shown, wide.format(h=4440, card=4430) + "</svg>")


class Markup(unittest.TestCase):
    def test_formulas_become_mathml_and_code_stays(self):
        shown, headings = markup.markdown("## On $x_1$\n\nHere `$a$` and $\\alpha_1 < 2$, not <code>$b$</code>.\n\n$$\\frac12$$\n")
        self.assertEqual(shown.count("<math"), 3)
        self.assertIn("<code>$a$</code>", shown)
        self.assertIn("<code>$b$</code>", shown)
        self.assertIn('<div class="formula" tabindex="0"><math display="block">', shown)
        self.assertNotRegex(shown, r"<p>\s*<div")
        self.assertEqual([(level, name) for level, name, _ in headings], [(2, "on")])

    def test_formulas_side_by_side_are_parted_but_not_within_brackets(self):
        parts = markup.side_by_side(r"a_{x} = 1, \qquad\qquad b = \text{c \qquad d} \qquad \left( e \qquad f \right) \{ g")
        self.assertEqual([part.strip() for part in parts], ["a_{x} = 1,", r"b = \text{c \qquad d}", r"\left( e \qquad f \right) \{ g"])
        self.assertEqual(markup.markdown(r"$$a \qquad b$$")[0].count("<math"), 2)

    def test_the_root_of_a_small_letter_stands_on_the_line(self):
        for small in (r"\sqrt\rho", r"\sqrt2", r"\sqrt{\rho^\ast}"):
            self.assertIn('<msqrt><mpadded height="0.7em" depth="0">', markup.mathml(small))
        self.assertNotIn("mpadded", markup.mathml(r"\sqrt{\beta_2} + \sqrt{\rho\,(1-x)}"))

    def test_the_space_between_lines_of_a_formula_is_not_written_out(self):
        shown, _ = markup.markdown(r"$$s = \begin{cases} a & b \\[2ex] c & d \end{cases}$$")
        self.assertEqual((shown.count("<mtr"), "2" in shown.split("<annotation")[0]), (2, False))

    def test_a_drawing_is_wide_by_the_width_it_was_made_with(self):
        widths = {' width="596" height="454"': 596, ' width="100%" viewBox="0 0 9180 10" style="max-width:918px;height:auto"': 918, "": 0}
        self.assertEqual({head: shell.width_of(f"<svg{head}><rect width=\"5\"/></svg>") for head in widths}, widths)

    def test_a_formula_that_cannot_be_drawn_stops_the_build(self):
        with self.assertRaisesRegex(Wrong, r"the formula '\\\\foo' cannot be drawn"):
            markup.markdown("See $\\foo$.")

    def test_folded_answers_keep_their_formulas(self):
        shown, _ = markup.markdown("1. Why?\n   <details><summary>Expected</summary>Since $x^2$ is.</details>\n")
        self.assertRegex(shown, r"<details><summary>Expected</summary>Since <math>.+</details>")


class Drawings(unittest.TestCase):
    """Committed drawings, in parts."""

    def drawings(self):
        return {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "results").rglob("*.svg"))}

    def test_all_are_recognized_and_nothing_is_lost(self):
        drawings = self.drawings()
        self.assertGreater(len(drawings), 70)
        for path, svg in drawings.items():
            drawing = charts.parts(svg)
            self.assertIsNotNone(drawing, path)
            shown = charts.html(svg)
            for words in map(html.unescape, re.findall(r"<text[^>]*>([^<]*)</text>", svg)):
                self.assertTrue(words in html.unescape(shown) or words in drawing.title, f"{path}: {words}")
            # The card is left out; everything else is drawn once.
            for tag in ("circle", "polyline", "polygon", "image", "rect"):
                self.assertEqual(shown.count(f"<{tag} "), svg.count(f"<{tag} ") - (tag == "rect"), f"{path}: {tag}")

    def test_panels_and_legends_are_told_apart(self):
        read = lambda name: charts.parts((ROOT / f"results/{name}.svg").read_text(encoding="utf-8"))
        shape = lambda drawing: (drawing.columns, len(drawing.panels), len(drawing.legend))
        # One legend for all; one for each panel; rows of panels, the last one short.
        self.assertEqual(shape(read("momentum/ravine")), (2, 2, 3))
        self.assertEqual(shape(read("momentum/noise")), (2, 2, 0))
        self.assertEqual(shape(read("in-practice/sensitivity")), (2, 5, 3))
        self.assertEqual(shape(read("momentum/forms")), (1, 1, 2))
        # Rows of images.
        self.assertEqual(shape(read("linear-classifiers/templates-digits")), (5, 10, 0))
        self.assertEqual(shape(read("neural-network/hidden-digits")), (10, 20, 0))
        for box, elements in read("in-practice/sensitivity").panels:
            for left, top, right, bottom in map(charts.extent, elements):
                self.assertTrue(box[0] <= left and right <= box[2] and box[1] <= top and bottom <= box[3])

    def test_what_is_no_figure_stays_whole(self):
        for svg in ('<svg viewBox="0 0 9180 100"><path d="M0 0"/></svg>', "<svg", '<svg viewBox="0 0 9180 100"></svg>', '<svg width="3"></svg>'):
            self.assertIsNone(charts.parts(svg))
            self.assertIn(svg, charts.html(svg))

    def test_the_style_of_a_notebook_is_left_out_since_the_page_has_a_theme(self):
        svg = (ROOT / "results/momentum/forms.svg").read_text(encoding="utf-8")
        styled = svg.replace("</desc>", "</desc>\n<style>\n@media screen and (prefers-color-scheme:dark) {\n}\n</style>")
        self.assertNotEqual(styled, svg)
        self.assertEqual(charts.html(styled), charts.html(svg))

    def test_dark_colours_can_be_read(self):
        card = luminance("#1c1c20")
        pairs = re.findall(r'\[fill="#(\w{6})"\].*\{fill:#(\w{6})\}', charts.DARK.read_text(encoding="utf-8"))
        contrast = {light: (luminance("#" + dark) + 0.05) / (card + 0.05) for light, dark in pairs}
        self.assertGreater(len(contrast), 20)
        for code in ("212124", "54545a", "28282c"):
            self.assertGreater(contrast[code], 7, code)
        self.assertEqual(contrast["fdfdfc"], 1)
        # A grid recedes; every line of data can be seen.
        pale = {code for code, seen in contrast.items() if seen < 3}
        self.assertLessEqual(pale, {"fdfdfc", "e2e2de", "e8e8e6", "959eaa", "a8b0ba", "bac1c9", "cdd2d8"})


def luminance(code):
    channel = lambda v: v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
    return sum(share * channel(int(code[i : i + 2], 16) / 255) for share, i in ((0.2126, 1), (0.7152, 3), (0.0722, 5)))


class Search(unittest.TestCase):
    PAGE = """<header>Menu</header><main><h1>07 · Momentum</h1><p>It <em>moves</em>.</p><h2 id="rule">The rule</h2>
<p>with <math><mi>x</mi><annotation>\\x</annotation></math>.</p><pre>let a = <span>AdamW</span>::new();</pre>
<table><tr id="claim-one"><td>✓ holds</td><td>Known</td></tr><tr id="claim-live"><td>Live</td></tr></table><p>After.</p>
<section id="noise_map-table"><p>Caption</p><table class="data"><tr><td class="number">0.25</td><td>words</td></tr></table></section></main><footer>F</footer>"""

    def test_sections_have_their_text(self):
        self.assertEqual(search_index.sections(self.PAGE), [
            ["", "07 · Momentum", "It moves."],
            ["rule", "The rule", "with x. let a = AdamW::new(); After."],
            ["claim-one", "Claim", "✓ holds Known"],
            ["claim-live", "Claim", "Live"],
            ["noise_map-table", "Noise map", "Caption words"],
        ])
        self.assertNotIn("claim-one", [anchor for anchor, *_ in search_index.sections(self.PAGE, {"one"})])


class Lengths(unittest.TestCase):
    def test_reading_times_are_what_the_readme_says(self):
        course = content.read(ROOT)
        minutes = [notebook.minutes for notebook in course.notebooks]
        for name in ("README.md", "notebooks/README.md"):
            text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
            self.assertRegex(text, "ten minutes (and|to) half an hour")
        self.assertTrue(10 <= min(minutes) and max(minutes) <= 30, minutes)
        # Neither a twin nor exercises make a notebook longer.
        long = " ".join(["word"] * 2200)
        cells = [f"Ten {long}", f"<details><summary>The same in NumPy</summary>\n\n{long}\n\n</details>", f"## Exercises\n\n{long}", long]
        notebook = content.Notebook(ROOT / "x", [{"cell_type": "markdown", "source": text} for text in cells])
        self.assertEqual(notebook.minutes, 10)
        # The page says how long; a second number in the text would not agree with it.
        for notebook in course.notebooks:
            prose = " ".join(content.source(cell) for cell in notebook.cells if cell["cell_type"] == "markdown")
            self.assertNotRegex(prose, r"[Rr]eading takes", notebook.stem)


class Graph(unittest.TestCase):
    TABLE = "| 01 | [A](01_a.ipynb) | | x |\n| 02 | [B & C](02_b.ipynb) | 01 | x |\n| 03 | [D](03_d.ipynb) | 01–02, 09 | x |\n"

    def test_lines_that_follow_from_others_are_left_out(self):
        course = course_graph.entries(self.TABLE)
        self.assertEqual(course["03"][2], ["01", "02"])
        self.assertEqual(course_graph.lines(course), [("01", "02"), ("02", "03")])
        at, _, height = course_graph.places(course, course_graph.lines(course))
        self.assertEqual(len(set(at.values())), 3)
        self.assertEqual(height, 3 * course_graph.DOWN)

    def test_a_line_over_several_rows_goes_past_the_boxes_between(self):
        course = course_graph.entries((ROOT / "notebooks/README.md").read_text(encoding="utf-8"))
        drawn = course_graph.lines(course)
        at, width, _ = course_graph.places(course, drawn)
        long = [line for line in drawn if at[line[1]][1] - at[line[0]][1] > 1.5 * course_graph.DOWN]
        self.assertIn(("13", "15"), long)
        for line in long:
            for x, y in course_graph.way(at, *line, width)[1:-1]:
                beside = [abs(x - box[0]) for box in at.values() if abs(y - box[1]) < course_graph.DOWN / 2]
                self.assertGreater(min(beside), course_graph.WIDTH / 2)

    def test_the_drawing_names_and_links_everything(self):
        drawn = course_graph.svg(self.TABLE)
        self.assertIn("02 B &amp; C", drawn)
        self.assertEqual(drawn.count("<path"), 2)
        self.assertEqual(course_graph.svg("no table"), "")
        page = (ROOT / "notebooks/README.md").read_text(encoding="utf-8")
        self.assertEqual(sorted(f"{stem}.ipynb" for _, stem, _ in course_graph.entries(page).values()),
                         sorted(path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")))


class Sites(unittest.TestCase):
    """Builds sites from a changed copy of the project."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gradus-site-")
        self.addCleanup(folder.cleanup)
        self.root, self.out = Path(folder.name) / "project", Path(folder.name) / "site"
        for name in ("notebooks/07_momentum.ipynb", "notebooks/08_nesterov_momentum.ipynb"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, self.root / name)
        manifest = json.loads((ROOT / "results/manifest.json").read_text(encoding="utf-8"))
        manifest["studies"] = {name: manifest["studies"][name] for name in ("momentum", "nesterov")}
        for name in manifest["studies"]:
            shutil.copytree(ROOT / "results" / name, self.root / "results" / name)
        (self.root / "results/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (self.root / "results/claims.csv").write_text("id\n", encoding="utf-8")

    def build(self, states=None):
        return build.build(self.root, self.out, states, self.root / "no-demo.html", self.root / "compared/index.html", live_script=self.root / "live.js")

    def change(self, name, old, new):
        path = self.root / "notebooks" / name
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def write_scripts(self):
        for name in ("live.js", "live-digits.js"):
            (self.root / name).write_text("// the library", encoding="utf-8")

    def page(self, name):
        return (self.out / name).read_text(encoding="utf-8")

    def test_whatever_is_there_becomes_a_site(self):
        self.build()
        self.assertIn("07_momentum.html", self.page("index.html"))
        for name in ("index.html", "notebooks/07_momentum.html", "results/momentum.html"):
            self.assertNotIn("banner stale", self.page(name), name)
        # Notebooks that do not exist are not linked.
        self.assertNotIn("05_", self.page("notebooks/07_momentum.html"))

    def test_the_solution_of_an_exercise_is_folded_and_other_cells_are_not(self):
        path = self.root / "notebooks/07_momentum.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cell = {"cell_type": "code", "id": "solution-x", "execution_count": 99, "metadata": {"tags": ["solution"]},
                "source": ["let halved = 4.5 / 2.0;"], "outputs": [{"output_type": "stream", "name": "stdout", "text": ["2.25\n"]}]}
        notebook["cells"] += [cell, cell | {"id": "no-solution", "metadata": {}}]
        path.write_text(json.dumps(notebook), encoding="utf-8")
        self.build()
        page = self.page("notebooks/07_momentum.html")
        *_, folded, shown = re.findall(r'(<details class="solution"><summary>Solution</summary>\n)?<div class="cell">\n(.*?)</div>\n(</details>)?', page, re.S)
        self.assertTrue(folded[0] and folded[2])
        self.assertEqual((shown[0], shown[2]), ("", ""))
        for _, inside, _ in (folded, shown):
            self.assertIn("halved", inside)
            self.assertIn('<pre class="output" tabindex="0">2.25</pre>', inside)

    def test_claims_are_counted_alike_on_all_pages(self):
        self.build()
        course = content.read(self.root)
        for notebook in course.notebooks:
            counted = shell.counts(course.claims_of(notebook.number))
            live = course.live(notebook.number)
            self.assertTrue(live and all(claim.id not in course.claims for claim in live))
            both = counted.removesuffix("</span>") + f' <span class="count live">+ {len(live)} live</span></span>'
            self.assertIn(both, self.page("index.html"))
            self.assertIn(both, self.page(notebook.page))
            self.assertIn(counted, self.page("results/index.html"))
        self.assertIn("+ 1 live, 1 failed", shell.counts([], [content.Claim("a", "", "", "refuted", "", "")]))

    def test_the_search_knows_the_text_of_all_pages(self):
        self.build()
        index = json.loads(self.page("assets/index.js").removeprefix("window.GRADUS = ").rstrip(";\n"))
        addresses = [address for address, *_ in index["pages"]]
        self.assertLessEqual({"index.html", "notebooks/07_momentum.html", "results/momentum.html", "claims.html"}, set(addresses))
        for page, anchor, _, _ in index["sections"]:
            if anchor:
                self.assertIn(f'id="{anchor}"', self.page(addresses[page]))
        text = " ".join(found[3] for found in index["sections"])
        self.assertIn("Gradient descent has no memory.", text)
        self.assertIn("results::figure_svg(", text)
        self.assertEqual(sum(found[1] == "claim-forms-part" for found in index["sections"]), 1)

    def test_charts_have_the_rules_of_the_library_in_both_dark_themes(self):
        self.build()
        style = self.page("assets/style.css")
        self.assertEqual(style.count(charts.DARK.read_text(encoding="utf-8")), 2)

    def test_what_is_stale_says_so(self):
        self.build({"momentum": "stale", "nesterov": "current"})
        for name in ("index.html", "claims.html", "results/index.html", "notebooks/07_momentum.html", "results/momentum.html"):
            self.assertIn("banner stale", self.page(name), name)
            self.assertIn("momentum", re.search(r'class="banner stale".*?</p>', self.page(name), re.S)[0])
        for name in ("notebooks/08_nesterov_momentum.html", "results/nesterov.html"):
            self.assertNotIn("banner stale", self.page(name), name)

    def test_a_notebook_that_was_not_executed_says_so(self):
        path = self.root / "notebooks/08_nesterov_momentum.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"execution_count": None, "outputs": []}
        path.write_text(json.dumps(notebook), encoding="utf-8")
        self.build()
        self.assertIn("has not been executed", self.page("notebooks/08_nesterov_momentum.html"))

    def test_links_lead_to_pages_or_are_no_links(self):
        self.change("07_momentum.ipynb", "Gradient descent has no memory.",
                    "See [next](08_nesterov_momentum.ipynb#the-rule), [rows](../results/README.md#momentum), [code](../src/lib.rs), [web](https://example.org).")
        self.build()
        page = self.page("notebooks/07_momentum.html")
        self.assertIn('<a href="../notebooks/08_nesterov_momentum.html#the-rule">next</a>', page)
        self.assertIn('<a href="../results/momentum.html">rows</a>', page)
        self.assertIn('<span class="path" title="../src/lib.rs">code</span>', page)
        self.assertIn('<a href="https://example.org">web</a>', page)

    def test_a_link_to_the_demo_keeps_the_state_in_which_it_opens(self):
        self.change("07_momentum.ipynb", "Gradient descent has no memory.", "See [a race](../demo/README.md#view=race&surface=saddle).")
        self.build()
        self.assertIn('>a race</span>', self.page("notebooks/07_momentum.html"))
        (self.root / "no-demo.html").write_text("<!doctype html><title>D</title>", encoding="utf-8")
        self.build()
        self.assertIn('<a href="../demo.html#view=race&amp;surface=saddle">a race</a>', self.page("notebooks/07_momentum.html"))

    def test_a_dead_link_stops_the_build_and_leaves_the_old_site(self):
        self.build()
        self.change("07_momentum.ipynb", "Gradient descent has no memory.", "See [there](08_nesterov_momentum.ipynb#nowhere).")
        with self.assertRaisesRegex(Wrong, "08_nesterov_momentum.html#nowhere leads to no place"):
            self.build()
        self.assertIn("Gradient descent has no memory.", self.page("notebooks/07_momentum.html"))
        self.assertFalse(self.out.with_name("site.tmp").exists())

    def test_pages_among_the_results_are_linked_and_left_as_they_are(self):
        page = self.root / "results/comparison/index.html"
        page.parent.mkdir()
        page.write_text('<!doctype html><title>C</title><a href="#view=by-hand">view</a>', encoding="utf-8")
        self.build()
        self.assertIn('<a href="results/comparison/index.html">Comparison</a>', self.page("index.html"))
        self.assertEqual(self.page("results/comparison/index.html"), page.read_text(encoding="utf-8"))

    def test_a_comparison_to_browse_is_linked_where_there_is_one(self):
        self.build()
        self.assertNotIn("to browse", self.page("index.html"))
        page = self.root / "compared/index.html"
        page.parent.mkdir()
        page.write_text("<!doctype html><title>C</title>", encoding="utf-8")
        self.build()
        self.assertIn('<a href="results/compare.html">A small comparison to browse', self.page("index.html"))
        self.assertIn('<a href="../results/compare.html">A small comparison to browse', self.page("results/index.html"))
        self.assertEqual(self.page("results/compare.html"), page.read_text(encoding="utf-8"))

    def test_the_printed_book_is_offered_unless_it_is_old(self):
        book = self.root / "gradus.pdf"
        book.write_bytes(b"%PDF-1.4")
        make = lambda: build.build(self.root, self.out, None, self.root / "no-demo.html", self.root / "compared/index.html", book)
        make()
        self.assertIn('<a href="gradus.pdf">The notebooks as a printable book (PDF)</a>', self.page("index.html"))
        self.assertEqual((self.out / "gradus.pdf").read_bytes(), b"%PDF-1.4")
        os.utime(book, (0, 0))
        make()
        self.assertNotIn("gradus.pdf", self.page("index.html"))
        self.assertFalse((self.out / "gradus.pdf").exists())

    def test_a_talk_is_a_page_where_there_is_one(self):
        self.build()
        self.assertNotIn("talk.html", self.page("index.html"))
        self.change_talk()
        self.build()
        self.assertIn('<a href="talk.html">Talk</a>', self.page("index.html"))
        self.assertIn("#claim-momentum-rate", self.page("talk.html"))

    def change_talk(self):
        """Writes a talk of the slides whose studies this copy has."""
        text = talk.source(ROOT).read_text(encoding="utf-8")
        slides = talk.read(text)[2]
        head, *parts = re.split(r"(?m)^(?=## )", text)
        kept = [part for part, slide in zip(parts, slides) if slide.study == "momentum"]
        minutes = sum(slide.minutes for slide in slides if slide.study == "momentum")
        talk.source(self.root).write_text(head + "".join(kept).replace(f"· {minutes} minutes ·", f"· {talk.MINUTES} minutes ·"), encoding="utf-8")

    def test_what_was_measured_outside_of_studies_has_pages(self):
        (self.root / "results/peers.csv").write_text("workload,seconds\nepoch,0.25\n", encoding="utf-8")
        manifest = json.loads((self.root / "results/manifest.json").read_text(encoding="utf-8"))
        manifest["peers"] = manifest["wall_clock"] | {"key": "0-0-1"}
        (self.root / "results/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        self.change("07_momentum.ipynb", "Gradient descent has no memory.", "See [peers](../results/README.md#peers).")
        self.build({"momentum": "current", "nesterov": "current"})
        self.assertIn('<a href="results/peers.html">Compared with other libraries</a>', self.page("index.html"))
        self.assertIn('<a href="../results/peers.html">peers</a>', self.page("notebooks/07_momentum.html"))
        self.assertIn('<td class="number">0.25</td>', self.page("results/peers.html"))
        self.assertIn("banner stale", self.page("results/peers.html"))

    def test_pictures_have_knobs_where_there_is_a_script_for_them(self):
        self.build()
        self.assertNotIn("data-live", self.page("notebooks/07_momentum.html"))
        self.assertNotIn("live.js", self.page("notebooks/07_momentum.html"))
        self.write_scripts()
        self.build()
        self.assertEqual(self.page("assets/live.js"), "// the library")
        for number, stem in (("07", "07_momentum"), ("08", "08_nesterov_momentum")):
            page = self.page(f"notebooks/{stem}.html")
            self.assertEqual(page.count('<script defer src="../assets/live.js"></script>'), 1)
            told = {one["id"]: one["knobs"] for one in map(json.loads, map(html.unescape, re.findall(r'<figure id="live-[^"]*" data-live="([^"]*)"', page)))}
            self.assertEqual(told, {entry["id"]: entry["knobs"] for entry in live.entries() if entry["id"].startswith(number)})
            # The still picture is in the page.
            self.assertRegex(page, r'<figure id="live-[^>]*><div class="card">.*<svg')

    def test_knobs_that_do_not_start_at_the_numbers_of_their_cell_stop_the_build(self):
        self.write_scripts()
        self.change("07_momentum.ipynb", "(0.1, 0.8); // change these", "(0.1, 0.7); // change these")
        with self.assertRaisesRegex(Wrong, "the live figure 07-ravine .* has 0 cells"):
            self.build()

    def test_a_live_figure_whose_picture_is_gone_stops_the_build(self):
        self.write_scripts()
        self.change("07_momentum.ipynb", 'figure_svg(\\"momentum\\", \\"escapes\\")', 'figure_svg(\\"momentum\\", \\"forms\\")')
        with self.assertRaisesRegex(Wrong, "the live figure 07-escapes .* has 0 cells"):
            self.build()

    def test_files_that_are_gone_are_found(self):
        self.build()
        (self.out / "notebooks/08_nesterov_momentum.html").unlink()
        self.assertTrue(any("leads to no file" in sentence for sentence in links.dead(self.out)))

    def test_bad_input_is_one_sentence(self):
        (self.root / "notebooks/07_momentum.ipynb").write_text("{", encoding="utf-8")
        with self.assertRaisesRegex(Wrong, "07_momentum.ipynb is not a notebook"):
            self.build()
        (self.root / "results/manifest.json").unlink()
        (self.root / "notebooks/07_momentum.ipynb").unlink()
        with self.assertRaisesRegex(Wrong, "make regenerate"):
            self.build()
        garbled = self.root / "studies.json"
        garbled.write_text("[1]", encoding="utf-8")
        with self.assertRaisesRegex(Wrong, "is not what"):
            build.states(garbled)


class TurnedText(unittest.TestCase):
    def test_a_label_that_is_turned_upward_has_room_below(self):
        label = '<g xmlns="http://www.w3.org/2000/svg" transform="rotate(-90 10 50)"><text x="10" y="50" text-anchor="{}" font-size="100">sgd</text></g>'
        below, above = (charts.extent(ElementTree.fromstring(label.format(anchor))) for anchor in ("end", "start"))
        length = charts.LETTER * charts.ON_PHONE * 300
        for of_label, expected in ((below, (-40, 50, 60, 50 + length)), (above, (-40, 50 - length, 60, 50))):
            for edge, wanted in zip(of_label, expected):
                self.assertAlmostEqual(edge, wanted)


if __name__ == "__main__":
    unittest.main()
