"""Redirects the links of notebooks to pages of the site, and checks the links of the site."""

import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ATTRIBUTE = re.compile(r'(<(a|img)\b[^>]*?\s(?:href|src)=")([^"]*)("[^>]*>)(?:(.*?)(</a>))?', re.S)
NOTEBOOK = re.compile(r"\b([Nn]otebook) (\d\d)\b(?![^<]*</(?:a|code|pre|math)>)")


def rewritten(html, course, base, up):
    """Returns `html` with links that work on the site. They are relative to the project's folder `base` at first; `up` is
    the path from the page to the top of the site. A link to a file that is not on the site becomes plain text."""

    def lead(found):
        opening, tag, address, closing, inside, end = found.groups()
        if urlsplit(address).scheme or address.startswith("#"):
            return found[0]
        target = on_site(posixpath.normpath(posixpath.join(base, address)), course)
        if target is None:
            return f'<span class="path" title="{address}">{inside}</span>' if tag == "a" else found[0]
        return f"{opening}{up}{target}{closing}{inside or ''}{end or ''}"

    return ATTRIBUTE.sub(lead, html)


def on_site(path, course):
    """Returns the path on the site of a file of the project, or None."""
    file, _, fragment = path.partition("#")
    notebook = next((n for n in course.notebooks if file in (f"notebooks/{n.stem}.ipynb", n.page)), None)
    if notebook:
        return notebook.page + (f"#{fragment}" if fragment else "")
    if file in ("results/README.md", "results"):
        study = course.study(fragment)
        measured = (course.root / f"results/{fragment}.csv").is_file() and fragment != "claims"
        return study.page if study else f"results/{fragment}.html" if measured else "results/index.html"
    if file == "results/CLAIMS.md":
        return "claims.html"
    if file == "results/PEERS.md" and (course.root / "results/peers.csv").is_file():
        return "results/peers.html"
    if file in ("notebooks/README.md", "notebooks"):
        return "guide.html" + (f"#{fragment}" if fragment else "")
    if file == "notebooks/talk.md" and (course.root / file).is_file():
        return "talk.html"
    if file in ("README.md", "."):
        return "index.html"
    if file.startswith("demo"):
        # What follows the # is the state in which the demo opens.
        return "demo.html" + (f"#{fragment}" if fragment else "") if course.has_demo else None
    if file.startswith("results/") and (course.root / file).is_file():
        return file
    return None


def notebooks_named(html, course, up, own=""):
    """Returns `html` in which each "notebook 07" is a link."""

    def lead(found):
        notebook = course.notebook(found[2])
        if notebook is None or notebook.number == own:
            return found[0]
        return f'<a href="{up}{notebook.page}">{found[1]} {found[2]}</a>'

    return NOTEBOOK.sub(lead, html)


class Addresses(HTMLParser):
    """Collects the addresses that a page links to, and the names inside it that links can point to."""

    def __init__(self):
        super().__init__()
        self.wanted, self.names = [], set()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.names.update(filter(None, [given.get("id"), given.get("name") if tag == "a" else None]))
        for name in ("href", "src"):
            # Inside a drawing, `href` may refer to a picture in the file itself.
            if given.get(name) is not None:
                self.wanted.append(given[name])


def parsed(page):
    found = Addresses()
    found.feed(page)
    return found


def dead(folder):
    """Returns a sentence for each internal link of a built site that leads nowhere. Pages that other programs wrote (the demo,
    a comparison) are not searched for links, nor for places: what follows the # is their state."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))}
    pages = {path: parsed(text) for path, text in texts.items()}
    ours = {path: pages[path] for path, text in texts.items() if '<header class="site">' in text}
    sentences = []
    for path, found in ours.items():
        for address in found.wanted:
            target = urlsplit(address)
            if target.scheme:
                continue
            file = path if not target.path else Path(posixpath.normpath((path.parent / unquote(target.path)).as_posix()))
            if not file.is_file():
                sentences.append(f"{path.relative_to(folder)}: {address} leads to no file")
            elif target.fragment and file in ours and unquote(target.fragment) not in pages[file].names:
                sentences.append(f"{path.relative_to(folder)}: {address} leads to no place in that page")
    return sentences
