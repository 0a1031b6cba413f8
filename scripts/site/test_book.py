#!/usr/bin/env python3
"""Tests of the printable book: test_book.py [FILE]

FILE is the PDF that scripts/book.sh printed. Nothing is printed here.
"""

import html
import pathlib
import re
import sys
import tempfile
import unittest
from functools import cache

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo/tests"))

import pypdf

import book
import content
import links
from browser import Browser, missing

BOOK = ROOT / "target/gradus.pdf"

# What is wider than the text, or covers what is below it.
FAULTS = r"""
const wrong = [], right = document.body.getBoundingClientRect().right;
for (const e of document.querySelectorAll("body *")) {
    if (e.closest("svg *, math *, script")) continue;
    const box = e.getBoundingClientRect();
    if (box.width && box.right > right + 2) wrong.push(`${Math.round(box.right - right)} too wide: <${e.tagName.toLowerCase()} class="${e.className}"> ${e.textContent.trim().slice(0, 60)}`);
}
for (const e of document.querySelectorAll("pre, .scroll > table, .formula > math")) {
    const zoom = Number(getComputedStyle(e).zoom);
    if (zoom < .5) wrong.push(`shrunk to ${zoom}: ${e.textContent.trim().slice(0, 60)}`);
}
return wrong;
"""


def plain(text):
    """Returns the words of a text as a PDF prints them: without spaces, ligatures and hyphens, which depend on the setting."""
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    for ligature, letters in (("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi"), ("ﬄ", "ffl")):
        text = text.replace(ligature, letters)
    return re.sub(r"[\s\u00ad\u2010-]", "", text)


class Page(unittest.TestCase):
    """The book as HTML, before it is printed."""

    @classmethod
    def setUpClass(cls):
        cls.course = content.read(ROOT)
        cls.html = book.html(cls.course)
        cls.found = links.parsed(cls.html)

    def test_code_is_parted_at_empty_lines_and_loses_nothing(self):
        code = '<pre class="code" tabindex="0"><code>fn a() {\n<span class="k-kd">let</span> x;\n\n}\n\nlet y;</code></pre>'
        parted = book.in_pieces(code)
        self.assertEqual(parted.count('<span class="piece">'), 3)
        self.assertEqual(plain(parted), plain(code))
        self.assertIn("piece tall", book.in_pieces(code.replace("let y;", "line\n" * 40)))

    def test_every_notebook_is_a_chapter_with_all_its_cells(self):
        self.assertEqual(self.html.count('<section class="chapter"'), len(self.course.notebooks))
        for notebook in self.course.notebooks:
            self.assertIn(f'id="{notebook.number}-top"', self.html)
        code = sum(cell["cell_type"] == "code" for notebook in self.course.notebooks for cell in notebook.cells)
        self.assertEqual(self.html.count('<div class="cell">'), code)

    def test_names_occur_once_and_links_lead_to_them_or_to_the_web(self):
        names = re.findall(r'<[a-z][^>]*\sid="([^"]+)"', self.html)
        self.assertEqual(len(names), len(set(names)))
        inside = [address for address in self.found.wanted if not address.startswith(("http", "data:"))]
        self.assertGreater(len(inside), 150)
        for address in inside:
            self.assertTrue(address.startswith("#") and address[1:] in self.found.names, address)

    def test_everything_that_folds_is_open_and_marked(self):
        self.assertNotIn("<details", self.html)
        cells = [content.source(cell) for notebook in self.course.notebooks for cell in notebook.cells if cell["cell_type"] == "markdown"]
        folded = [title for text in cells for title in re.findall(r"<summary>(.*?)</summary>", text, re.S)]
        self.assertGreaterEqual(self.html.count('<p class="fold-title">'), len(folded))
        self.assertGreaterEqual(self.html.count('class="fold derivation"'), sum(title.startswith("Derivation") for title in folded))

    def test_kinds_of_folds(self):
        opened = book.unfolded("<details><summary>Derivation: x</summary>a</details><details open><summary>Expected</summary>b</details>")
        self.assertEqual(opened, '<div class="fold derivation"><p class="fold-title">Derivation: x</p>a</div>'
                                 '<div class="fold answer"><p class="fold-title">Expected</p>b</div>')

    def test_a_cell_with_a_solution_is_marked(self):
        cell = {"cell_type": "code", "source": "1 + 1", "outputs": [], "metadata": {"tags": ["solution"]}, "execution_count": 1}
        notebook = content.Notebook(ROOT / "notebooks/99_test.ipynb", [cell])
        course = content.Course(ROOT, [notebook])
        course.without = ()
        marked = '<div class="fold answer"><p class="fold-title">Solution</p>\n<div class="cell">'
        self.assertEqual(book.Chapter(notebook, course).html.count('<p class="fold-title">Solution</p>'), 1)
        self.assertIn(marked, book.Chapter(notebook, course).html)

    def test_links_to_pages_of_the_site_become_text(self):
        names = {"07-top", "07-the-rule"}
        cases = {"notebooks/07_m.html#the-rule": '<a href="#07-the-rule">x</a>', "notebooks/07_m.html": '<a href="#07-top">x</a>',
                 "notebooks/07_m.html#gone": '<a href="#07-top">x</a>', "results/momentum.html": "x", "notebooks/08_n.html": "x",
                 "https://example.org": '<a href="https://example.org">x</a>', "#07-the-rule": '<a href="#07-the-rule">x</a>', "#nowhere": "x"}
        self.assertEqual({address: book.leads_inside(f'<a class="y" href="{address}">x</a>', names) for address in cases}, cases)

    def test_the_width_of_a_screen_changes_nothing(self):
        self.assertNotRegex(book.style(), r"@media[^{]*(min|max)-width")

    def test_nothing_is_wider_than_the_page(self):
        with tempfile.TemporaryDirectory(prefix="gradus-book-") as folder, Browser(1200, 900) as browser:
            path = pathlib.Path(folder) / "book.html"
            path.write_text(self.html, encoding="utf-8")
            browser.open("about:blank")
            browser.complaints(), browser.requests()
            browser.open(path.as_uri())
            self.assertEqual(browser.run(FAULTS), [])
            self.assertEqual(browser.complaints(), [])
            asked = [address for address in browser.requests() if not address.startswith((path.as_uri(), "data:", "about:"))]
            self.assertEqual(asked, [], "the book asks for nothing")


class Printed(unittest.TestCase):
    """The PDF."""

    @classmethod
    def setUpClass(cls):
        cls.course = content.read(ROOT)
        cls.reader = pypdf.PdfReader(BOOK)
        cls.numbers = book.page_numbers(BOOK)

    @classmethod
    @cache
    def text(cls, number):
        """Returns the words of a page, by its number from 1."""
        return plain(cls.reader.pages[number - 1].extract_text())

    def test_no_page_is_blank(self):
        # What draws a page: one with nothing but its number and running title takes less than 2 kB.
        drawn = [len(page.get_contents().get_data()) for page in self.reader.pages]
        empty = [number for number, size in enumerate(drawn, 1) if number > 1 and size < 4_000]
        self.assertEqual([number for number in empty if len(self.text(number)) < 100], [])

    def test_pages_have_their_number_and_the_title_of_their_chapter(self):
        # Reading a page takes a tenth of a second, so every seventh is read.
        for number in range(2, len(self.reader.pages) + 1, 7):
            chapter = max((n for n in self.course.notebooks if self.numbers[f"{n.number}-top"] <= number), key=lambda n: n.number, default=None)
            self.assertIn(str(number), self.text(number))
            if chapter:
                self.assertIn(plain(f"{chapter.number} · {chapter.title}"), self.text(number), f"page {number}")

    def test_chapters_begin_on_new_pages_in_order(self):
        pages = [self.numbers[f"{notebook.number}-top"] for notebook in self.course.notebooks]
        self.assertEqual(pages, sorted(set(pages)))
        for notebook, page in zip(self.course.notebooks, pages):
            self.assertTrue(self.text(page).replace(plain(f"{notebook.number} · {notebook.title}"), "", 1).find(plain(notebook.title)) < 40, notebook.title)

    def test_the_contents_name_the_page_of_each_heading(self):
        chapters = [book.Chapter(notebook, self.course) for notebook in self.course.notebooks]
        listed = re.findall(r'href="#([^"]+)"><span class="what">(.*?)</span><span class="dots"></span><span class="page">(\d*)</span>',
                            book.contents(chapters, self.numbers))
        self.assertGreater(len(listed), 100)
        first = min(self.numbers[f"{notebook.number}-top"] for notebook in self.course.notebooks)
        printed = "".join(self.text(number) for number in range(3, first))
        outline, last = self.outline(), 0
        for position, (name, inside, page) in enumerate(listed):
            self.assertTrue(page and int(page) >= last, name)
            last = int(page)
            if "<math" in inside:
                continue
            words = plain(inside)
            self.assertIn(words + page, printed, "the contents as printed")
            self.assertIn((words, last), outline, name)
            # A sample is also read on its page.
            if position % 5 == 0:
                self.assertIn(words.removeprefix(name[:2]), self.text(last), f"{name} is not on page {page}")

    @classmethod
    @cache
    def outline(cls):
        """Returns the headings of the outline with their pages."""

        def walk(entries):
            for entry in entries:
                yield from walk(entry) if isinstance(entry, list) else [(plain(entry.title), cls.reader.get_destination_page_number(entry) + 1)]

        return set(walk(cls.reader.outline))

    def test_the_outline_has_the_chapters(self):
        for notebook in self.course.notebooks:
            self.assertIn((plain(notebook.number + notebook.title), self.numbers[f"{notebook.number}-top"]), self.outline())

    def test_it_is_a4_and_says_what_it_is(self):
        self.assertIn("Optimization for machine learning", self.reader.metadata.title)
        self.assertEqual({tuple(round(float(v)) for v in page.mediabox[2:]) for page in self.reader.pages}, {(595, 842)})
        self.assertLess(BOOK.stat().st_size, 40e6)


if __name__ == "__main__":
    if len(sys.argv) > 1 and pathlib.Path(sys.argv[1]).is_file():
        BOOK = pathlib.Path(sys.argv.pop(1)).resolve()
    if not BOOK.is_file():
        sys.exit(f"test_book.py: {BOOK} is missing; please run `make book`")
    if missing():
        sys.exit(f"test_book.py: please install {' and '.join(missing())} (Debian: chromium, chromium-driver)")
    unittest.main(verbosity=2)
