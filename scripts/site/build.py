#!/usr/bin/env python3
"""Builds the static site: build.py --studies FILE [--demo FILE] [--live FILE] [--comparison FILE]
[--book FILE] [--out FOLDER]

FILE of --studies contains the output of `gradus list studies --format json` (- for standard input), which tells which
results come from the present code. The site opens from disk and needs no network. Run this script by `make site`.

Exit codes: 0 built, 2 something is missing or a link leads nowhere.
"""

import argparse
import base64
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

import charts
import content
import execute_notebook
import links
import live
import markup
import notebook_page
import overview_pages
import search_index
import study_page
import talk
from content import Wrong

# Where the site stores the printed book.
BOOK = "gradus.pdf"
RESULT_FILES = {".csv", ".svg", ".parquet", ".json", ".html", ".pdf", ".tex"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder (default: this one)")
    parser.add_argument("--out", type=Path, default=ROOT / "target/site", help="where to (default: target/site)")
    parser.add_argument("--studies", help="the output of `gradus list studies --format json`, or - for standard input")
    parser.add_argument("--demo", type=Path, default=ROOT / "target/demo/gradus-demo.html", help="the demo page")
    parser.add_argument("--live", type=Path, default=ROOT / "target/demo/gradus-live.js", help="the script of the live figures; that with the digits is beside it")
    parser.add_argument("--comparison", type=Path, default=ROOT / "target/comparison/index.html", help="the page that `gradus compare` wrote")
    parser.add_argument("--book", type=Path, default=ROOT / "target/gradus.pdf", help="the book that `make book` printed")
    options = parser.parse_args()
    try:
        pages = build(
            options.root, options.out, states(options.studies), options.demo, options.comparison, options.book, options.live
        )
    except (Wrong, OSError) as error:
        print(f"gradus: {error}", file=sys.stderr)
        return 2
    print(f"{pages} pages: {(options.out / 'index.html').as_uri()}")
    return 0


def states(file):
    """Returns the state of each study's results by name."""
    if file is None:
        print("gradus: without --studies, the site does not mark stale results", file=sys.stderr)
        return None
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    try:
        return {study["name"]: study["results"] for study in json.loads(text)}
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"{file} is not what `gradus list studies --format json` writes") from None


def build(root, out, states, demo, comparison, book=None, live_script=None):
    """Writes all pages into a temporary folder, moves it into place, and returns the number of pages."""
    course = content.read(root, states, notebook_keys(root))
    course.has_demo = demo.is_file()
    course.has_live = live_script is not None and live_script.is_file()
    course.extras = extras(root)
    if comparison.is_file():
        course.extras.insert(0, (study_page.TO_BROWSE, "A small comparison to browse: sort, filter, choose axes, read values"))
    if book and is_newer(book, root):
        course.extras.append((BOOK, "The notebooks as a printable book (PDF)"))
    absent = {
        "demo.html": not course.has_demo,
        "guide.html": not (root / "notebooks/README.md").is_file(),
        talk.PAGE: not talk.source(root).is_file(),
    }
    course.without = tuple(name for name, gone in absent.items() if gone)
    aside = out.with_name(out.name + ".tmp")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        copy_files(root, aside, demo, comparison, course)
        if any(path == BOOK for path, _ in course.extras):
            shutil.copyfile(book, aside / BOOK)
        if course.has_live:
            live.copy(live_script, aside)
        pages = write_pages(course, aside)
        dead = links.dead(aside)
        if dead:
            raise Wrong(f"dead links: {'; '.join(dead[:20])}")
        shutil.rmtree(out, ignore_errors=True)
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return pages


def is_newer(book, root):
    """Tells whether a book exists and is newer than all that it was printed from."""
    sources = [root / "results/manifest.json", *(root / "notebooks").glob("*.ipynb")]
    return book.is_file() and book.stat().st_mtime >= max(path.stat().st_mtime for path in sources if path.is_file())


def notebook_keys(root):
    """Returns a function that tells whether a notebook's outputs come from the present code and results."""
    import nbformat

    key = execute_notebook.code_key() if root == ROOT else None
    return (lambda path: execute_notebook.is_current(nbformat.read(path, as_version=4), key)) if key else None


def extras(root):
    """Returns the pages that other programs wrote into the results, such as that of a comparison."""
    pages = sorted((root / "results").rglob("*.html"))
    title = lambda path: (path.parent.name if path.stem == "index" else path.stem).replace("_", " ").capitalize()
    return [(path.relative_to(root).as_posix(), title(path)) for path in pages if path.parent != root / "results" or path.stem != "index"]


def copy_files(root, out, demo, comparison, course):
    """Copies the files that pages link to: results, notebooks, the demo, a comparison, style sheets and scripts."""
    for path in sorted((root / "results").rglob("*")):
        if path.is_file() and path.suffix in RESULT_FILES:
            place = out / path.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    (out / "notebooks").mkdir(parents=True, exist_ok=True)
    for notebook in course.notebooks:
        shutil.copyfile(notebook.path, out / "notebooks" / notebook.path.name)
    if course.has_demo:
        shutil.copyfile(demo, out / "demo.html")
    if comparison.is_file():
        shutil.copyfile(comparison, out / study_page.TO_BROWSE)
    assets = out / "assets"
    assets.mkdir()
    for name in ("search.js", "claims.js", "theme.js", "talk.js", "talk.css"):
        shutil.copyfile(HERE / "assets" / name, assets / name)


def style():
    """Returns the style sheet. The font of the formulas is embedded, because some browsers load no font from a file on disk."""
    font = base64.b64encode((HERE / "assets/gradus-math.woff2").read_bytes()).decode()
    face = f'@font-face {{ font-family: "Gradus Math"; src: url(data:font/woff2;base64,{font}) format("woff2"); }}\n'
    dark = (HERE / "assets/dark.css").read_text(encoding="utf-8")
    text = (HERE / "assets/style.css").read_text(encoding="utf-8") + markup.colours(markup.LIGHT)
    # Dark where the reader chose it, or where the system is dark and the reader did not choose. Paper is always light.
    chosen, system = ':root[data-theme="dark"]', ':root:not([data-theme="light"])'
    block = lambda root: f"{root} {{\n{dark}\n}}\n{markup.colours(markup.DARK, root)}{charts.dark(root)}"
    text += f"@media screen {{\n{block(chosen)}}}\n"
    return text + f"@media screen and (prefers-color-scheme: dark) {{\n{block(system)}}}\n{face}"


def write_pages(course, out):
    pages = {notebook.page: notebook_page.page(notebook, course) for notebook in course.notebooks}
    pages |= {study.page: study_page.page(study, course) for study in course.studies}
    pages |= {"index.html": overview_pages.index(course), "claims.html": overview_pages.claims(course), "results/index.html": overview_pages.results(course)}
    if "guide.html" not in course.without:
        pages["guide.html"] = overview_pages.guide(course)
    if talk.PAGE not in course.without:
        pages[talk.PAGE] = talk.page(course)
    pages |= {f"results/{one[0]}.html": study_page.measured_page(course, *one) for one in study_page.measured(course)}
    for path, text in pages.items():
        (out / path).write_text(text, encoding="utf-8")
    (out / "assets/style.css").write_text(style(), encoding="utf-8")
    (out / "assets/index.js").write_text(index(course, pages), encoding="utf-8")
    return len(pages) + len(course.extras) + course.has_demo


def index(course, pages):
    """Returns the index of the search over all pages. The page of all claims is left out, because the pages of studies have
    the same claims."""
    titles = {notebook.page: f"{notebook.number} · {notebook.title}" for notebook in course.notebooks}
    titles |= {study.page: f"Results: {study.title}" for study in course.studies}
    titles |= {f"results/{name}.html": f"Results: {title}" for name, title, _ in study_page.measured(course)}
    titles |= {"index.html": "The course", "guide.html": "Guide", "results/index.html": "Results", talk.PAGE: "The lecture in fifty minutes"}
    kind = lambda path: path.split("/")[0] if "/" in path else "overview"
    kinds = {"notebooks": "notebook", "results": "results"}
    listed = [(path, titles[path], text, kinds.get(kind(path), "overview")) for path, text in pages.items() if path != "claims.html"]
    more = [("demo.html", "Demo: a linear classifier in the plane and a race of optimizers")] if course.has_demo else []
    return search_index.script(listed, course.claims, [("claims.html", "Claims"), *course.extras, *more])


if __name__ == "__main__":
    sys.exit(main())
