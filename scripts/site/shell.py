"""Writes the frame of every page: head, header, banners, footer."""

import html
import re

import charts
from content import VERDICTS, tally

MENU = [("index.html", "Course"), ("guide.html", "Guide"), ("talk.html", "Talk"), ("claims.html", "Claims"), ("results/index.html", "Results"), ("demo.html", "Demo")]


def escape(text):
    return html.escape(text, quote=True)


def page(path, title, body, description="", aside="", without=()):
    """Returns a whole page for the address `path` inside the site."""
    up = "../" * path.count("/")
    name = "Gradus" if path == "index.html" else f"{title} · Gradus"
    mark = lambda target: ' aria-current="page"' if target == path else ""
    menu = "".join(f'<li><a href="{up}{to}"{mark(to)}>{word}</a></li>' for to, word in MENU if to not in without)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="{escape(description or title)}">
<title>{escape(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{up}assets/style.css">
<script src="{up}assets/theme.js"></script>
<script defer src="{up}assets/search.js" data-up="{up}"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="site">
<a class="brand" href="{up}index.html">Gradus</a>
<nav aria-label="Site"><ul>{menu}</ul></nav>
<form class="search" role="search" hidden>
<input type="search" name="q" placeholder="Search the text" aria-label="Search the text of all pages" autocomplete="off" aria-controls="found">
<div class="found" hidden><output aria-live="polite"></output><ol id="found" aria-label="Found"></ol></div>
</form>
<button class="theme" type="button" aria-label="Dark theme" title="Light or dark" hidden></button>
</header>
<div class="columns">
{aside}<main id="content" tabindex="-1">
{body}</main>
</div>
<footer class="site"><p>Built by <code>make site</code> from the notebooks and results of Gradus. MIT or Apache-2.0, at your option;
the font of the formulas is a part of Latin Modern Math (GUST Font License).</p></footer>
</body>
</html>
"""


def contents(headings):
    """Returns the table of contents of a page."""
    entries = "".join(f'<li><a href="#{name}">{inside}</a></li>' for level, name, inside in headings if level == 2)
    if not entries:
        return ""
    return f'<aside class="contents"><nav aria-label="On this page"><p>On this page</p><ul>{entries}</ul></nav></aside>\n'


def banner(text, kind="stale"):
    """Returns a notice for the top of a page. `text` is HTML."""
    return f'<p class="banner {kind}" role="note"><strong>{kind.capitalize()}.</strong> {text}</p>\n'


def badge(verdict):
    return f'<span class="badge {verdict}">{VERDICTS[verdict]}</span>'


def counts(claims, live=()):
    """Returns a badge with the number of claims for each verdict that occurs, and the number of claims checked live."""
    words = {"holds": "hold", "refuted": "refuted", "undecided": "undecided"}
    shown = [f'<span class="count {verdict}">{n} {words[verdict]}</span>' for verdict, n in tally(claims).items() if n]
    failed = [claim for claim in live if claim.verdict != "holds"]
    shown += [f'<span class="count live">+ {len(live)} live{f", {len(failed)} failed" if failed else ""}</span>'] if live else []
    return f'<span class="counts">{" ".join(shown)}</span>' if shown else '<span class="counts none">no claims</span>'


def claims_table(claims, up, address, prefix="claim-", extra=None):
    """Returns claims as a table. `address` returns the page to which a claim's verdict links, `extra` more links."""
    body = []
    for claim in claims:
        to = address(claim)
        verdict = f'<a href="{up}{to}">{badge(claim.verdict)}</a>' if to else badge(claim.verdict)
        small = " · ".join(filter(None, [escape(claim.kind), escape(claim.whose), *(extra(claim) if extra else [])]))
        note = f'<br><em>{escape(claim.note)}</em>' if claim.note else ""
        body.append(
            f'<tr id="{prefix}{escape(claim.id)}" data-verdict="{claim.verdict}" data-kind="{escape(claim.kind)}" '
            f'data-notebook="{escape(claim.notebook)}" data-origin="{escape(claim.origin)}">'
            f'<td>{verdict}</td><td>{escape(claim.sentence)}{note}<br><small>{small}</small></td>'
            f'<td class="number" data-label="measured">{escape(claim.measured)}</td>'
            f'<td class="number" data-label="claimed">{escape(claim.bound)}</td>'
            f'<td data-label="who says so">{escape(claim.origin or claim.source or "–")}</td></tr>'
        )
    head = "<tr><th>verdict</th><th>claim</th><th>measured</th><th>claimed</th><th>who says so</th></tr>"
    return f'<table class="claims"><thead>{head}</thead>\n<tbody>{"".join(body)}</tbody></table>\n'


def figure(svg, caption="", link=""):
    """Returns a drawing with its caption. `caption` and `link` are HTML."""
    wide = " wide" if width_of(svg) > 700 else ""
    below = " ".join(filter(None, [caption, link]))
    below = f"<figcaption>{below}</figcaption>" if below else ""
    return f'<figure class="chart{wide}"><div class="card">{charts.html(svg)}</div>{below}</figure>\n'


def picture(address, alternative, svg, caption, link):
    """Returns a drawing that is loaded from its file when the reader scrolls to it."""
    head = svg[: svg.find(">")]
    size = " ".join(re.findall(r'\b(?:width|height)="[\d.]+"', head))
    wide = " wide" if width_of(svg) > 700 else ""
    image = f'<img loading="lazy" src="{escape(address)}" alt="{escape(alternative)}" {size}>'
    return f'<figure class="chart{wide}"><div class="card light"><div class="scroll" tabindex="0" role="group" aria-label="chart">{image}</div></div><figcaption>{caption} {link}</figcaption></figure>\n'


def width_of(svg):
    """Returns the width of a drawing in pixels. In a notebook this is the maximum width of a wide drawing."""
    found = re.search(r' width="([\d.]+)"|max-width:([\d.]+)px', svg[: svg.find(">")])
    return float(found[1] or found[2]) if found else 0.0
