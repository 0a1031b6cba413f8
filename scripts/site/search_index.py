"""Builds the index of the search from the finished pages: every section with its whole text."""

import json
import re
from html.parser import HTMLParser

# What readers do not search for: frames, scripts, the TeX of formulas, forms.
LEFT_OUT = {"header", "footer", "nav", "aside", "script", "style", "annotation", "form", "button"}
# Elements without an end tag.
EMPTY = {"br", "img", "input", "link", "meta", "hr", "wbr"}
HEADINGS = {"h1", "h2", "h3"}
# Elements that separate words.
BLOCKS = {"p", "div", "li", "td", "th", "tr", "pre", "table", "section", "figure", "figcaption", "summary", "dt", "dd", "title", "desc", "br", *HEADINGS}


class Sections(HTMLParser):
    """Collects the sections of a page as [anchor, heading, text]. A claim is a section, and so is a figure or table with an
    anchor."""

    def __init__(self, known=()):
        super().__init__()
        # Claims that other pages show.
        self.known = set(known)
        self.sections, self.open, self.inside = [], [], None
        self.section = self._begin("", "")
        # Sections that end with an element, and the section after it.
        self.ends = []

    def _begin(self, anchor, heading):
        self.sections.append([anchor, heading, ""])
        return self.sections[-1]

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in EMPTY:
            self.section[2] += " " if tag in BLOCKS else ""
            return
        self.open.append((tag, self._left_out(tag, given)))
        if self.skipped():
            return
        anchor = given.get("id") or ""
        if tag in HEADINGS:
            # The first heading names the page; text before it belongs to it.
            self.section = self.section if tag == "h1" and not self.section[1] else self._begin(anchor, "")
            self.inside = tag
        elif anchor and tag in ("tr", "section", "div"):
            self.ends.append((len(self.open), self.section))
            self.section = self._begin(anchor, "Claim" if tag == "tr" else named(anchor))
        if tag in BLOCKS:
            self.section[2] += " "

    def _left_out(self, tag, given):
        if tag in LEFT_OUT or given.get("class") in ("number", "whole number", "formula", "facts", "origin") or given.get("aria-hidden") == "true":
            return True
        # Of a drawing, only its description is read.
        return tag == "text" or tag == "tr" and (given.get("id") or "").removeprefix("claim-") in self.known

    def skipped(self):
        return any(left_out for _, left_out in self.open)

    def handle_endtag(self, tag):
        if tag in EMPTY or not self.open:
            return
        if tag == self.inside:
            self.inside = None
        while self.ends and len(self.open) <= self.ends[-1][0]:
            self.section = self.ends.pop()[1]
        self.open.pop()
        if tag in BLOCKS:
            self.section[2] += " "

    def handle_data(self, data):
        if not self.open or self.skipped() or not any(tag == "main" for tag, _ in self.open):
            return
        self.section[1 if self.inside else 2] += data


def named(anchor):
    """Returns the name of a figure or table, by its anchor."""
    words = anchor.removesuffix("-table").replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def sections(page, known=()):
    """Returns the sections of a page that contain something, with single spaces."""
    found = Sections(known)
    found.feed(page)
    tidy = lambda text: re.sub(r"\s+([,.;:)])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return [[anchor, tidy(heading), tidy(text)] for anchor, heading, text in found.sections if tidy(heading + text)]


def script(pages, known, more=()):
    """Returns the index as a script, because a page that was opened from disk may not read files. `pages` contains
    (address, title, HTML, what kind of page), `known` the claims that the pages of studies show, and `more` pages of which
    only the title is searched, as (address, title)."""
    listed = [[address, title, kind] for address, title, _, kind in pages] + [[address, title, ""] for address, title in more]
    found = [[i, *section] for i, (_, _, text, kind) in enumerate(pages) for section in sections(text, known if kind != "results" else ())]
    found += [[len(pages) + i, "", title, ""] for i, (_, title) in enumerate(more)]
    text = json.dumps({"pages": listed, "sections": found}, ensure_ascii=False, separators=(",", ":"))
    return f"window.GRADUS = {text};\n"
