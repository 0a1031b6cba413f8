"""Writes a notebook as a page."""

import re

import links
import live
import markup
import shell
from content import CLAIMS, Claim, is_solution, joined, source
from shell import escape

LOADED = re.compile(r'results::(?:figure_svg|table|claims)\("([\w-]+)"(?:,\s*"([\w-]+)")?\)')


def page(notebook, course):
    """Returns the whole page."""
    up = "../"
    body, headings = [], []
    places = live.Places(notebook) if course.has_live else None
    for cell in notebook.cells:
        if cell["cell_type"] == "markdown":
            shown, found = markup.markdown(source(cell))
            headings += found
            body.append(linked(shown, notebook, course, up))
        elif cell["cell_type"] == "code":
            body.append(code_cell(cell, course, up, places and places.of(cell)))
    text = "".join(body)
    # The facts that a reader wants to know before reading go below the title.
    head, title, rest = text.partition("</h1>\n")
    top = banners(notebook, course) + facts(notebook, course, up)
    text = head + title + top + rest if title else f"<h1>{escape(notebook.title)}</h1>\n{top}{text}"
    body = f'<article class="notebook">\n{text}</article>\n{neighbours(notebook, course, up)}'
    if places:
        body += live.script(places, up)
    return shell.page(notebook.page, f"{notebook.number} · {notebook.title}", body, notebook.question, shell.contents(headings), course.without)


def linked(shown, notebook, course, up):
    shown = links.rewritten(shown, course, "notebooks", up)
    return links.notebooks_named(shown, course, up, notebook.number)


def banners(notebook, course):
    """Returns warnings, such as that outputs are stale."""
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    if not all(cell.get("execution_count") for cell in code):
        return shell.banner(f"This notebook has not been executed: <code>gradus notebook run {notebook.number}</code> does.")
    stale = [study for study in course.studies_of(notebook.number) if study.stale]
    if stale:
        names = " ".join(study.name for study in stale)
        return shell.banner(
            f"What this page loads was measured by other code than the present one. <code>gradus run {names}</code>, then "
            f"<code>gradus notebook run {notebook.number}</code>, bring it up to date."
        )
    if notebook.current is False:
        return shell.banner(
            "The outputs below are of other cells, code or results than the present ones. "
            f"<code>gradus notebook run {notebook.number}</code> brings them up to date."
        )
    return ""


def facts(notebook, course, up):
    studies = "".join(f' · <a href="{up}{s.page}">results of <code>{s.name}</code></a>' for s in course.studies_of(notebook.number))
    file = f'<a href="{notebook.path.name}">notebook file</a>'
    return f'<p class="facts">{notebook.minutes} minutes · {shell.counts(course.claims_of(notebook.number), course.live(notebook.number))}{studies} · {file}</p>\n'


def neighbours(notebook, course, up):
    """Returns links to the previous and the next notebook."""
    at = course.notebooks.index(notebook)
    before, after = course.notebooks[max(at - 1, 0) : at], course.notebooks[at + 1 : at + 2]
    link = lambda n, rel, word: f'<a rel="{rel}" href="{up}{n.page}"><small>{word}</small><br>{n.number} · {escape(n.title)}</a>'
    entries = [link(n, "prev", "← Before") for n in before] + [link(n, "next", "Next →") for n in after]
    return f'<nav class="neighbours" aria-label="Neighbouring notebooks">{"".join(entries)}</nav>\n'


def code_cell(cell, course, up, moving=None):
    """Returns a code cell with its outputs. `moving` is its entry in the list of live figures."""
    text = source(cell).rstrip()
    shown = "".join(output(o, course, up) for o in cell.get("outputs", []))
    if moving:
        shown = live.marked(shown, moving) if "<figure " in shown else shown + live.empty(moving)
    origin = "".join(dict.fromkeys(whence(study, name, course, up) for study, name in LOADED.findall(text)))
    if shown and origin:
        shown += f'<p class="origin">{origin}</p>\n'
    whole = f'<div class="cell">\n{markup.code(text)}{shown}</div>\n'
    # The solution of an exercise is folded, as JupyterLab hides it.
    return f'<details class="solution"><summary>Solution</summary>\n{whole}</details>\n' if is_solution(cell) else whole


def whence(study, name, course, up):
    """Returns links to the pages from which a cell loads its numbers."""
    known = course.study(study)
    if known is None:
        return ""
    place = f"#{name}" if name else "#claims"
    return f'<a href="{up}{known.page}{place}">from results/{study}{"/" + name if name else ""}</a> '


def output(found, course, up):
    kind = found["output_type"]
    if kind == "stream":
        return f'<pre class="output" tabindex="0">{escape(joined(found["text"]).rstrip())}</pre>\n'
    if kind == "error":
        return f'<pre class="output error" tabindex="0">{escape(found.get("evalue", ""))}</pre>\n'
    data = found.get("data", {})
    if CLAIMS in data:
        return claims(data[CLAIMS], course, up)
    if "image/svg+xml" in data:
        return shell.figure(*split_caption(joined(data["image/svg+xml"]), joined(data.get("text/plain", ""))))
    if "image/png" in data:
        alt = escape(joined(data.get("text/plain", "chart")))
        return f'<figure class="chart"><img alt="{alt}" src="data:image/png;base64,{joined(data["image/png"]).strip()}"></figure>\n'
    if "text/html" in data:
        return markup.scroll(joined(data["text/html"]), "table")
    return f'<pre class="output" tabindex="0">{escape(joined(data.get("text/plain", "")))}</pre>\n'


CAPTION = re.compile(r'<g class="caption">.*?</g>\n?', re.S)
HEIGHTS = re.compile(r'(<svg[^>]*viewBox="0 0 \d+ )(\d+)("[^>]*>)(.*?<rect [^>]*height=")(\d+)(")', re.S)


def split_caption(svg, caption):
    """Returns a drawing and its caption as HTML. A caption that the notebook has drawn below is taken out of the drawing, since a
    text of the page is readable on a phone and in a dark theme."""
    drawn = CAPTION.search(svg)
    if not drawn:
        return svg, escape(caption)
    first = int(re.search(r' y="(\d+)"', drawn[0])[1]) - 85
    without = CAPTION.sub("", svg, count=1)
    without = HEIGHTS.sub(lambda found: f"{found[1]}{first}{found[3]}{found[4]}{first - 10}{found[6]}", without, count=1)
    # Only of the drawing itself: a wide one has no height, and a picture inside it has its own.
    return re.sub(r'\A(\s*<svg[^>]*? height=")[\d.]+(")', lambda found: f"{found[1]}{first // 10}{found[2]}", without), escape(caption)


def claims(found, course, up):
    """Returns the claims that a cell displayed. A claim of a study links to its row in the results."""
    shown = [Claim.from_json(one) for one in found]
    for claim in shown:
        known = course.claims.get(claim.id)
        if known:
            claim.source, claim.origin, claim.reading = known.source, known.origin, known.reading
        else:
            claim.source = "live in this notebook"

    def rows(claim):
        known = course.claims.get(claim.id)
        return f"{course.study(known.study).page}#claim-{claim.id}" if known else None

    return shell.claims_table(shown, up, rows)
