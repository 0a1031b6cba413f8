"""Writes the lecture in fifty minutes: notebooks/talk.md as slides with figures, verdicts and speaker's notes."""

import re
from dataclasses import dataclass

import links
import markup
import shell
from content import VERDICTS, Wrong
from shell import escape

PAGE = "talk.html"
MINUTES = 50
FIGURE = re.compile(r"^!\[[^\]]*\]\(\.\./results/([\w-]+)/([\w-]+)\.svg\)\s*$", re.M)
FACTS = re.compile(r"^Notebook (\d\d) · (\d+) minutes? · claims? ((?:`[\w/-]+`(?:, )?)+)\s*$", re.M)
MESSAGE = re.compile(r"^> (.+(?:\n> .+)*)", re.M)
NOTES = re.compile(r"^- (?:.|\n)+", re.M)


@dataclass
class Slide:
    """A slide of the talk. `message` and `notes` are Markdown."""

    title: str
    study: str
    figure: str
    notebook: str
    minutes: int
    claims: list
    message: str
    notes: str


def source(root):
    return root / "notebooks/talk.md"


def read(text):
    """Returns the title of the talk, its introduction (Markdown) and its slides."""
    head, *parts = re.split(r"^## ", text, flags=re.M)
    title, _, introduction = head.strip().removeprefix("# ").partition("\n")
    slides = [slide(part) for part in parts]
    minutes = sum(one.minutes for one in slides)
    if minutes != MINUTES:
        raise Wrong(f"the slides of notebooks/talk.md take {minutes} minutes instead of {MINUTES}")
    return title, introduction.strip(), slides


def slide(part):
    title, _, rest = part.partition("\n")
    found = {name: pattern.search(rest) for name, pattern in (("figure", FIGURE), ("facts", FACTS), ("message", MESSAGE), ("notes", NOTES))}
    missing = [name for name, one in found.items() if one is None]
    if missing:
        raise Wrong(f"notebooks/talk.md: the slide {title!r} has no {' and no '.join(missing)} (the first slide shows the form)")
    notebook, minutes, claims = found["facts"].groups()
    message = re.sub(r"\n> ", " ", found["message"][1])
    return Slide(title, *found["figure"].groups(), notebook, int(minutes), re.findall(r"`([^`]+)`", claims), message, found["notes"][0])


def page(course):
    title, introduction, slides = read(source(course.root).read_text(encoding="utf-8"))
    shown, _ = markup.markdown(introduction)
    parts = [
        f"<h1>{escape(title)}</h1>\n",
        f'<div class="opening">{links.notebooks_named(shown, course, "")}\n{CONTROLS}</div>\n',
    ]
    start = 0
    for number, one in enumerate(slides, 1):
        parts.append(section(number, len(slides), start, one, course))
        start += one.minutes
    parts.append(BAR)
    body = f'<article class="talk">\n{"".join(parts)}</article>\n'
    head = '<link rel="stylesheet" href="assets/talk.css">\n<script defer src="assets/talk.js"></script>\n'
    contents = shell.contents([(2, str(number), f"{number} · {escape(one.title)}") for number, one in enumerate(slides, 1)])
    return shell.page(PAGE, title, head + body, "Ten figures in order, with notes for the speaker", contents, course.without)


CONTROLS = """<p class="present"><button type="button" class="start" hidden>Present full screen</button></p>
<p class="keys" hidden>Or press <kbd>f</kbd>. While presenting: <kbd>→</kbd>, <kbd>space</kbd> or a swipe for the next slide, <kbd>←</kbd> for the one
before, <kbd>Home</kbd> and <kbd>End</kbd>, <kbd>n</kbd> for the notes, <kbd>Esc</kbd> to end. On paper, each slide is a page.</p>"""
BAR = """<div class="bar" role="toolbar" aria-label="Presentation" hidden>
<button type="button" data-go="before" aria-label="Previous slide">←</button>
<output aria-live="polite"></output>
<button type="button" data-go="next" aria-label="Next slide">→</button>
<button type="button" data-go="notes" aria-pressed="false">Notes</button>
<button type="button" data-go="end">End</button>
</div>
"""


def section(number, count, start, one, course):
    """Returns a slide as HTML. `start` is its first minute."""
    study, notebook = course.study(one.study), course.notebook(one.notebook)
    figure = next((f for f in study.entry["figures"] if f["name"] == one.figure), None) if study else None
    path = course.root / f"results/{one.study}/{one.figure}.svg"
    if figure is None or not path.is_file():
        raise Wrong(f"notebooks/talk.md names the figure {one.study}/{one.figure}, which does not exist")
    unknown = [claim for claim in one.claims if claim not in course.claims]
    if unknown:
        raise Wrong(f"notebooks/talk.md names the claim {unknown[0]}, which does not exist")
    message, notes = markup.markdown(one.message)[0], markup.markdown(one.notes)[0]
    link = f'<a href="{notebook.page}">Notebook {notebook.number}: {escape(notebook.title)}</a>' if notebook else ""
    drawing = shell.figure(path.read_text(encoding="utf-8").strip(), escape(figure["caption"]))
    stale = ' <span class="badge stale">stale</span>' if study.stale else ""
    return (
        f'<section class="slide" id="{number}" tabindex="-1" aria-labelledby="title-{number}" aria-roledescription="slide">\n'
        f'<p class="place">{number} of {count} · {one.minutes} min · minutes {start} to {start + one.minutes}{stale}</p>\n'
        f'<h2 id="title-{number}">{escape(one.title)}</h2>\n<div class="message">{message}</div>\n'
        f'<div class="picture">{drawing}</div>\n<div class="rest"></div>\n'
        f'<ul class="evidence">{"".join(evidence(course.claims[claim], course) for claim in one.claims)}</ul>\n'
        f'<div class="notes"><h3>Notes</h3>\n{links.notebooks_named(notes, course, "")}<p class="more">{link}</p></div>\n</section>\n'
    )


def evidence(claim, course):
    """Returns a claim in one line: its verdict, which links to the measurement, and its sentence."""
    address = f"{course.study(claim.study).page}#claim-{claim.id}"
    return (
        f'<li><a href="{address}" aria-label="{VERDICTS[claim.verdict]}: {escape(claim.id)}">{shell.badge(claim.verdict)}</a> '
        f'<span>{escape(claim.sentence)}: measured {escape(claim.measured)}, claimed {escape(claim.bound)}</span></li>'
    )
