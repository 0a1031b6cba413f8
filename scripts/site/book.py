#!/usr/bin/env python3
"""Prints the whole course as a book: book.py --studies FILE [--out FILE]

FILE of --studies contains the output of `gradus list studies --format json` (- for standard input), which tells which results
come from the present code. The book is one PDF with a table of contents, page numbers, an outline and links. Chromium prints
it, twice: the first print tells on which page each heading is. Run this script by `make book`.

Exit codes: 0 printed, 2 something is missing or wrong.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent), str(ROOT / "demo/tests")]

import pypdf
from browser import chromium

import build
import content
import links
import markup
import notebook_page
import shell
from content import ORIGINS, VERDICTS, Wrong, refuted_by_origin, source, tally
from shell import escape

TITLE = "Optimization for machine learning, step by step"
# Headings that the table of contents leaves out, because every chapter has them.
EVERYWHERE = {"sources", "exercises", "what-to-remember", "solutions"}
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-extensions", "--no-pdf-header-footer", "--generate-pdf-document-outline", "--force-color-profile=srgb"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder (default: this one)")
    parser.add_argument("--out", type=Path, default=ROOT / "target/gradus.pdf", help="where to (default: target/gradus.pdf)")
    parser.add_argument("--studies", help="the output of `gradus list studies --format json`, or - for standard input")
    options = parser.parse_args()
    try:
        course = content.read(options.root, build.states(options.studies), build.notebook_keys(options.root))
        pages = print_book(course, options.out)
    except (Wrong, OSError) as error:
        print(f"gradus: {error}", file=sys.stderr)
        return 2
    print(f"{pages} pages, {options.out.stat().st_size / 1e6:.1f} MB: {options.out.as_uri()}")
    return 0


def print_book(course, out):
    """Writes the book, and returns its number of pages. A file that exists is replaced at the end."""
    if not chromium():
        raise Wrong("Chromium, which prints the book, is missing: please run scripts/browser.sh")
    with tempfile.TemporaryDirectory(prefix="gradus-book-") as folder:
        folder = Path(folder)
        first = printed(html(course), folder)
        numbers = page_numbers(first)
        book = printed(html(course, numbers), folder)
        if page_numbers(book) != numbers:
            raise Wrong("the page numbers in the table of contents moved the pages")
        pages = len(pypdf.PdfReader(book).pages)
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = out.with_name(out.name + ".tmp")
        aside.write_bytes(book.read_bytes())
        aside.rename(out)
    return pages


def printed(text, folder):
    """Prints a page with Chromium, and returns the path of the PDF."""
    page, pdf = folder / "book.html", folder / "book.pdf"
    page.write_text(text, encoding="utf-8")
    pdf.unlink(missing_ok=True)
    # The time budget is virtual: it lets the script on the page finish.
    command = [chromium(), *FLAGS, f"--user-data-dir={folder}/profile", "--virtual-time-budget=60000", f"--print-to-pdf={pdf}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if not pdf.is_file():
        raise Wrong(f"Chromium did not print the book: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'it said nothing'}")
    return pdf


def page_numbers(pdf):
    """Returns the page of each place that a link of the book leads to, by its name. The first page is 1."""
    reader = pypdf.PdfReader(pdf)
    return {name.lstrip("/"): reader.get_destination_page_number(place) + 1 for name, place in reader.named_destinations.items()}


def html(course, numbers=None):
    """Returns the whole book as one page. `numbers` are the page numbers for the table of contents, by anchor."""
    chapters = [Chapter(notebook, course) for notebook in course.notebooks]
    names = set().union(*(chapter.names for chapter in chapters))
    body = "".join(leads_inside(chapter.html, names) for chapter in chapters)
    running = "\n".join(chapter.running for chapter in chapters)
    return f"""<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>Gradus. {TITLE}</title>
<meta name="description" content="Optimization for machine learning, every claim measured">
<style>
{style()}
{running}
</style>
</head>
<body class="book">
{front(course)}
{contents(chapters, numbers or {})}
{body}
<script>
{(HERE / "assets/book.js").read_text(encoding="utf-8")}
</script>
</body>
</html>
"""


def style():
    """Returns the style sheet: that of the site without its rules for screens of different width, and that of the book."""
    site = re.sub(r"^@media \(m(?:ax|in)-width: [\d.]+rem\) \{\n.*?^\}\n", "", build.style(), flags=re.S | re.M)
    return site + (HERE / "assets/book.css").read_text(encoding="utf-8")


class Chapter:
    """A notebook as a chapter. Names inside it start with its number, since all chapters share one page."""

    def __init__(self, notebook, course):
        self.number, self.title = notebook.number, notebook.title
        self.headings, parts = [], []
        for cell in notebook.cells:
            if cell["cell_type"] == "markdown":
                shown, found = markup.markdown(source(cell))
                self.headings += found
                shown = links.rewritten(shown, course, "notebooks", "")
                parts.append(links.notebooks_named(shown, course, "", notebook.number))
            elif cell["cell_type"] == "code":
                parts.append(in_pieces(notebook_page.code_cell(cell, course, "")))
        text = re.sub(r"<h1\b[^>]*>.*?</h1>\n?", "", "".join(parts), count=1, flags=re.S)
        counts = shell.counts(course.claims_of(notebook.number), course.live(notebook.number))
        head = (
            f'<h1 id="top"><span class="ordinal">{notebook.number}</span> {escape(notebook.title)}</h1>\n'
            f'<p class="facts">{notebook.minutes} minutes · {counts}</p>\n{notebook_page.banners(notebook, course)}'
        )
        text = titled(unfolded(head + text))
        self.names = {f"{notebook.number}-{name}" for name in re.findall(r'<[^>]*\sid="([^"]+)"', text)}
        text = re.sub(r'(<[^>]*\sid=")([^"]+")', rf"\g<1>{notebook.number}-\2", text)
        text = re.sub(r'(<a\b[^>]*\shref=")#([^"]+")', rf"\g<1>#{notebook.number}-\2", text)
        self.html = f'<section class="chapter" style="page: chapter{notebook.number}">\n{text}</section>\n'

    @property
    def running(self):
        """Returns the rule that prints the title above each page of the chapter."""
        title = f"{self.number} · {self.title}".replace("\\", "\\\\").replace('"', '\\"')
        return f'@page chapter{self.number} {{ @top-right {{ content: "{title}"; }} }}'


# A piece of code of more lines may be divided by the end of a page.
WHOLE = 30


def in_pieces(text):
    """Returns HTML whose code is parted where it has empty lines, so that a page ends between two pieces and not within one."""

    def piece(lines):
        tall = " tall" if len(lines.splitlines()) > WHOLE else ""
        return f'<span class="piece{tall}">{lines}</span>'

    return re.sub(
        r'(<pre class="code"[^>]*><code>)(.*?)(?=</code></pre>)',
        # The colours of a line end with it, so every empty line is outside of them.
        lambda found: found[1] + "".join(map(piece, re.split(r"\n\n+", found[2]))),
        text,
        flags=re.S,
    )


def unfolded(text):
    """Returns HTML in which everything that folds is open and marked by a line beside it."""
    kind = lambda title: "derivation" if title.startswith("Derivation") else "answer" if re.match(r"Expected|Solution|Answer", title) else "aside"
    opened = re.sub(
        r"<details\b[^>]*>\s*<summary>(.*?)</summary>",
        lambda found: f'<div class="fold {kind(found[1])}"><p class="fold-title">{found[1]}</p>',
        text,
        flags=re.S,
    )
    return opened.replace("</details>", "</div>")


def titled(text):
    """Returns HTML in which the caption of a table is a paragraph above it. A caption is no wider than its table, and a narrow
    table would break it into many lines."""
    return re.sub(r"(<table\b[^>]*>)\s*<caption\b[^>]*>(.*?)</caption>", r'<p class="table-title">\2</p>\1', text, flags=re.S)


LINK = re.compile(r'<a\b[^>]*\shref="([^"]*)"[^>]*>(.*?)</a>', re.S)


def leads_inside(text, names):
    """Returns HTML whose links lead into the book or to the web. A link to a page of the site becomes plain text."""

    def lead(found):
        address, inside = found.groups()
        if re.match(r"https?:|mailto:", address):
            return f'<a href="{address}">{inside}</a>'
        chapter = re.match(r"notebooks/(\d\d)_[\w-]*\.html(?:#(.*))?$", address)
        if chapter:
            number, place = chapter.groups()
            address = f"#{number}-{place}" if f"{number}-{place}" in names else f"#{number}-top"
        if address.startswith("#") and address[1:] in names:
            return f'<a href="{address}">{inside}</a>'
        return inside

    return LINK.sub(lead, text)


def front(course):
    """Returns the title page, and a page that says how to read the book."""
    claims = list(course.claims.values())
    sums = tally(claims)
    verdicts = ", ".join(f"{n} {word}" for verdict, word in (("holds", "hold"), ("refuted", "are refuted"), ("undecided", "are undecided")) if (n := sums[verdict]))
    origins = ", ".join(f"{sum(claim.origin == origin for claim in claims)} {words}" for origin, words in ORIGINS.items())
    refuted = refuted_by_origin(claims)
    badges = " ".join(shell.badge(verdict) for verdict in VERDICTS)
    return f"""<section class="title-page">
<p class="name">Gradus</p>
<p class="subtitle">{TITLE}</p>
<p class="about">A lecture in {len(course.notebooks)} notebooks. Every sentence that makes a claim is bound to a measurement.</p>
<p class="about">{version(course.root)}</p>
</section>
<section class="preface">
<h1 id="preface">How to read this book</h1>
<p>Each chapter is a notebook: text, code in Rust, and what the code printed or drew when it was executed. It asks one question,
which stands below its title, and it stands on its own. Students read the chapters in order. If you already know losses and
gradients, start with chapter 04.</p>
<p>A claim is a sentence with a measurement and a verdict: {badges}. The book rests on {len(claims)} claims: {verdicts}. Who makes
a claim stands beside it: {origins}. {f"Refuted are {refuted}." if refuted else ""} Claims that are checked in a cell of a chapter come on top.</p>
<p>What folds on the screen is open here. A line on the left marks it: <span class="sample derivation">a derivation</span>,
<span class="sample answer">the answer to an exercise</span>. Cover the answers before you have tried.</p>
<p>To run the cells, change them and measure again, get the sources of Gradus: <code>make lab</code> opens the notebooks, <code>make
reproduce</code> runs every measurement, <code>make site</code> builds these chapters as pages with a search, and <code>make book</code>
prints this book. MIT or Apache-2.0, at your option. The font of the formulas is a part of Latin Modern Math (GUST Font License).</p>
</section>
"""


def version(root):
    """Returns the commit from which the book is printed, as words; empty without git."""
    try:
        shown = subprocess.run(["git", "-C", str(root), "show", "-s", "--format=%h of %cs"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return f"Printed from commit {escape(shown.stdout.strip())}" if shown.returncode == 0 and shown.stdout.strip() else ""


def contents(chapters, numbers):
    """Returns the table of contents with page numbers, as far as they are known."""
    line = lambda kind, name, inside: (
        f'<li class="{kind}"><a href="#{name}"><span class="what">{inside}</span><span class="dots"></span>'
        f'<span class="page">{numbers.get(name, "")}</span></a></li>\n'
    )
    entries = []
    for chapter in chapters:
        entries.append(line("chapter-line", f"{chapter.number}-top", f'<span class="ordinal">{chapter.number}</span> {escape(chapter.title)}'))
        for level, name, inside in chapter.headings:
            if level == 2 and name not in EVERYWHERE:
                entries.append(line("section-line", f"{chapter.number}-{name}", inside))
    return f'<nav class="contents-page"><h1 id="contents">Contents</h1>\n<ol>\n{"".join(entries)}</ol>\n</nav>\n'


if __name__ == "__main__":
    sys.exit(main())
