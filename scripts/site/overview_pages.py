"""Writes the overview pages: the course map, the guide, all claims, all results."""

import course_graph
import links
import markup
import shell
import study_page
from content import ORIGINS, VERDICTS, refuted_by_origin, source, tally
from shell import escape


def index(course):
    """Returns the course map."""
    claims = list(course.claims.values())
    sums = tally(claims)
    refuted = '<a href="claims.html?verdict=refuted">refuted</a>'
    parts = [
        "<h1>Optimization for machine learning, step by step</h1>\n",
        "<p class=\"lead\"><em>Gradus</em> is Latin for a step, and for a textbook that teaches step by step. In this one every sentence that "
        "claims something is bound to a measurement that one command regenerates.</p>\n",
        f'<p>{len(claims)} <a href="claims.html">claims</a>: {sums["holds"]} hold, {sums["refuted"]} came out {refuted}, '
        f'{sums["undecided"]} are undecided. {whose(claims)} {guide_hint(course)}</p>\n',
        general_banner(course),
        picture(course),
        '<h2 id="map">The course</h2>\n',
        course_map(course),
        others(course),
    ]
    return shell.page("index.html", "Gradus", "".join(parts), "Optimization for machine learning, every claim measured", without=course.without)


def whose(claims):
    """Says who made the refuted claims, so that a refuted reading of ours does not look like a mistake of the lecture."""
    counted = refuted_by_origin(claims)
    return f"Refuted are {counted}." if counted else ""


def guide_hint(course):
    return "" if "guide.html" in course.without else 'Where to begin? The <a href="guide.html">guide</a> recommends an order of reading for students, lecturers and researchers.'


def general_banner(course, up=""):
    stale = [study for study in course.studies if study.stale]
    if not stale:
        return ""
    named = ", ".join(f'<a href="{up}{study.page}">{study.name}</a>' for study in stale)
    return shell.banner(f"These results come from an older version of the code: {named}. <code>make regenerate</code> updates them.")


def picture(course):
    path = course.root / "results/momentum/ravine.svg"
    return shell.figure(path.read_text(encoding="utf-8").strip()) if path.is_file() else ""


def course_map(course):
    numbers = sorted({n.number for n in course.notebooks} | {s.number for s in course.studies})
    return f'<ol class="map">\n{"".join(entry(number, course) for number in numbers)}</ol>\n'


def entry(number, course):
    """Returns one line of the map: a notebook, or the studies of a notebook that does not exist yet."""
    notebook, studies = course.notebook(number), course.studies_of(number)
    page = notebook.page if notebook else studies[0].page
    title = notebook.title if notebook else studies[0].title
    question = (notebook.question if notebook else "") or next((s.question for s in studies), "")
    facts = [f"{notebook.minutes} min" if notebook else "results only", shell.counts(course.claims_of(number), course.live(number))]
    facts += [f'<a href="{study.page}">{study.name}</a>' for study in studies]
    stale = any(study.stale for study in studies) or (notebook is not None and notebook.current is False)
    return line(number, page, title, question, " · ".join(facts), stale)


def others(course):
    entries = []
    if "demo.html" not in course.without:
        entries.append('<li><a href="demo.html">Demo</a>: a linear classifier in the plane and a race of optimizers, live.</li>')
    entries += [f'<li><a href="{path}">{escape(title)}</a></li>' for path, title in course.extras]
    entries += [f'<li><a href="results/{name}.html">{title}</a>: {what}</li>' for name, title, what in study_page.measured(course)]
    return f'<h2 id="more">More</h2>\n<ul>{"".join(entries)}</ul>\n' if entries else ""


def guide(course):
    """Returns notebooks/README.md as a page."""
    path = course.root / "notebooks/README.md"
    text = path.read_text(encoding="utf-8")
    shown, headings = markup.markdown(text)
    shown = links.notebooks_named(links.rewritten(shown, course, "notebooks", ""), course, "")
    # The graph goes before the table that it shows.
    before, table, after = shown.partition('<div class="scroll"')
    shown = before + course_graph.svg(text) + table + after
    return shell.page("guide.html", "Guide", f'<article class="guide">{shown}</article>\n', "", shell.contents(headings), course.without)


WHOSE = (
    "Every claim says whose it is. <em>Said by the source</em>: the source's own sentence. <em>Our reading</em>: the idea is the source's, and "
    "we made it strict enough to be measured; the claim says how. <em>Ours</em>: this project says so. A refuted reading or sentence of ours is no "
    "mistake of the source."
)


def claims(course):
    """Returns the page of all claims, which can be filtered."""
    parts = [
        f'<h1>Claims</h1>\n<p>Every sentence is bound to a measurement. {shell.counts(course.claims.values())}</p>\n',
        f"<p>{whose(course.claims.values())} {WHOSE}</p>\n",
        general_banner(course),
        filters(course),
    ]
    for study in course.studies:
        if not study.claims:
            continue
        notebook = course.notebook(study.number)
        where = f'<a href="{notebook.page}">notebook {notebook.number}</a> · ' if notebook else ""
        parts.append(
            f'<section class="study" data-number="{study.number}"><h2 id="{study.name}">{study.number} · {escape(study.title)}</h2>\n'
            f'<p class="facts">{where}<a href="{study.page}">charts and tables</a> · {shell.counts(study.claims)}</p>\n'
            f"{shell.claims_table(study.claims, '', lambda c, s=study: f'{s.page}#claim-{c.id}', extra=lambda c: whereabouts(c, course))}</section>\n"
        )
    parts.append('<script defer src="assets/claims.js"></script>\n')
    return shell.page("claims.html", "Claims", "".join(parts), "All claims with their verdicts", without=course.without)


def whereabouts(claim, course):
    """Returns a link to the claim's row in its notebook, and the claim's name."""
    shown = course.shown_in(claim)
    inside = [f'<a href="{shown.page}#claim-{claim.id}" aria-label="{claim.id} in notebook {shown.number}">notebook {shown.number}</a>'] if shown else []
    return [*inside, f"<code>{claim.id}</code>"]


def filters(course):
    """Returns the form that filters claims. It is hidden until a script enables it."""
    choice = lambda name, word, values: (
        f'<label>{word} <select name="{name}"><option value="">all</option>'
        + "".join(f"<option>{value}</option>" for value in values)
        + "</select></label>\n"
    )
    found = course.claims.values()
    return (
        '<form class="filters" hidden aria-label="Filter">\n'
        + choice("verdict", "Verdict", VERDICTS)
        + choice("origin", "Who says so", [origin for origin in ORIGINS if any(claim.origin == origin for claim in found)])
        + choice("kind", "Kind", sorted({claim.kind for claim in found}))
        + choice("notebook", "Notebook", sorted({claim.notebook for claim in found}))
        + '<label>Containing <input type="search" name="words" autocomplete="off"></label>\n<output aria-live="polite"></output>\n</form>\n'
    )


def results(course):
    """Returns the page of all results."""
    entries = "".join(result(study) for study in course.studies)
    more = "".join(f'<li><a href="../{path}">{escape(title)}</a></li>' for path, title in course.extras)
    more += "".join(f'<li><a href="{name}.html">{title}</a>: {what}</li>' for name, title, what in study_page.measured(course))
    files = '<a href="claims.csv">claims.csv</a>, <a href="manifest.json">manifest.json</a> (seed, commit, machine and a hash of every file)'
    body = (
        f"<h1>Results</h1>\n<p>Written by <code>gradus run</code>, checked by <code>gradus verify</code>. As files: {files}.</p>\n"
        f'{general_banner(course, "../")}<ol class="map">\n{entries}</ol>\n<h2 id="more">More</h2>\n<ul>{more}</ul>\n'
    )
    return shell.page("results/index.html", "Results", body, "All results", without=course.without)


def result(study):
    facts = f"{shell.counts(study.claims)} · {len(study.entry['figures'])} charts · {len(study.entry['tables'])} tables"
    return line(study.number, "../" + study.page, study.title, study.question, facts, study.stale)


def line(number, page, title, question, facts, stale):
    """Returns a line of a map. `facts` is HTML."""
    mark = ' <span class="badge stale">stale</span>' if stale else ""
    return (
        f'<li><span class="ordinal">{number}</span><div><a class="title" href="{page}">{escape(title)}</a>{mark}'
        f'<p>{escape(question)}</p><p class="facts">{facts}</p></div></li>\n'
    )
