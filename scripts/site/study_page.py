"""Writes a study's results as a page: claims, charts, tables, and their origin."""

import markup
import numerals
import shell
from content import rows
from shell import escape

# The number of rows that are shown at once, and in total; the file has the others.
FIRST, SHOWN = 20, 150
# The bytes of drawings that a page embeds. If there are more, they are loaded when the reader scrolls to them.
INLINE = 700_000
# Where the site stores the page that `gradus compare` wrote.
TO_BROWSE = "results/compare.html"


def page(study, course):
    up = "../"
    parts = [f"<h1>{escape(study.number)} · {escape(study.title)}</h1>\n", stale(study), f"<p><em>{escape(study.question)}</em></p>\n"]
    parts.append(f'<p class="facts">{shell.counts(study.claims)} · {notebook_link(study, course, up)}{browse_link(study, course, up)}'
                 f"<code>{study.command}</code></p>\n")
    headings = []
    if study.claims:
        headings.append((2, "claims", "Claims"))
        parts += ['<h2 id="claims">Claims</h2>\n', claims(study, course, up)]
    if study.entry["figures"]:
        headings.append((2, "charts", "Charts"))
        parts += ['<h2 id="charts">Charts</h2>\n', *(figure(study, one, course) for one in study.entry["figures"])]
    if study.entry["tables"]:
        headings.append((2, "tables", "Tables"))
        parts += ['<h2 id="tables">Tables</h2>\n', *(table(study, one, course) for one in study.entry["tables"])]
    headings.append((2, "origin", "Where these numbers come from"))
    parts.append(origin(study.entry["provenance"]))
    return shell.page(study.page, study.title, "".join(parts), study.question, shell.contents(headings), course.without)


def stale(study):
    if not study.stale:
        return ""
    return shell.banner(
        f"These results are not those of the present code and settings ({escape(study.state)}). "
        f"<code>{study.command}</code> measures again."
    )


def notebook_link(study, course, up):
    notebook = course.notebook(study.number)
    return f'<a href="{up}{notebook.page}">notebook {notebook.number}</a> · ' if notebook else ""


def browse_link(study, course, up):
    """Returns a link to the page of a small comparison. Only the study named "comparison" has one."""
    there = study.name == "comparison" and any(path == TO_BROWSE for path, _ in course.extras)
    return f'<a href="{up}{TO_BROWSE}">a small one to browse</a> · ' if there else ""


def claims(study, course, up):
    def notebook(claim):
        """Returns the place in the notebook that displays the claim."""
        shown = course.shown_in(claim)
        return f"{shown.page}#claim-{claim.id}" if shown else None

    def whereabouts(claim):
        shown = notebook(claim)
        inside = [f'<a href="{up}{shown}" aria-label="{claim.id} in the notebook">in the notebook</a>'] if shown else []
        return [*inside, f'<a href="{study.name}/claims.csv"><code>{claim.id}</code></a>']

    return shell.claims_table(study.claims, up, notebook, extra=whereabouts)


def figure(study, described, course):
    name = described["name"]
    path = drawing(study, name, course)
    if not path.is_file():
        return ""
    link = f'<a href="{study.name}/{name}.svg" aria-label="{escape(described["title"])} as a file">SVG</a>'
    caption = escape(described["caption"])
    sizes = [one.stat().st_size for one in (drawing(study, d["name"], course) for d in study.entry["figures"]) if one.is_file()]
    if sum(sizes) > INLINE:
        shown = shell.picture(f"{study.name}/{name}.svg", f'{described["title"]}. {described["caption"]}', path.read_text(encoding="utf-8"), caption, link)
    else:
        shown = shell.figure(path.read_text(encoding="utf-8").strip(), caption, link)
    return f'<div id="{name}">{shown}</div>\n'


def drawing(study, name, course):
    return course.root / "results" / study.name / f"{name}.svg"


def table(study, described, course):
    name = described["name"]
    caption = escape(described["caption"])
    links = [f'<a href="{study.name}/{name}.{end}" aria-label="{name} as {word}">{word}</a>' for end, word in (("csv", "CSV"), ("parquet", "Parquet"))
             if (course.root / "results" / study.name / f"{name}.{end}").is_file()]
    read = rows(course.root / "results" / study.name / f"{name}.csv")
    # A figure may have the same name.
    same = any(one["name"] == name for one in study.entry["figures"])
    return f'<section id="{name}{"-table" if same else ""}">\n<p class="caption">{caption} ({" · ".join(links)})</p>\n{cut(read)}</section>\n'


def cut(read):
    """Returns a table that shows the first rows and folds the others."""
    if not read:
        return "<p>It is empty.</p>\n"
    columns = [(name, kind([row[name] for row in read])) for name in read[0]]
    head = "<tr>" + "".join(f'<th class="{which}">{escape(name.replace("_", " "))}</th>' for name, which in columns) + "</tr>"

    def body(part):
        line = lambda row: "<tr>" + "".join(f'<td class="{which}">{escape(shown(row[name], which))}</td>' for name, which in columns) + "</tr>"
        return f'<table class="data"><thead>{head}</thead><tbody>{"".join(map(line, part))}</tbody></table>'

    text = markup.scroll(body(read[:FIRST]), "table")
    more = read[FIRST:SHOWN]
    if more:
        text += f"<details><summary>{len(more)} more rows</summary>{markup.scroll(body(more), 'more rows')}</details>\n"
    if len(read) > SHOWN:
        text += f"<p>… and {len(read) - SHOWN} more rows in the file.</p>\n"
    return text


def kind(cells):
    """Returns the kind of a column: text, whole numbers, or numbers."""
    if any(numerals.number(cell) is None for cell in cells):
        return "text"
    whole = all(cell.lstrip("-").isdigit() for cell in cells)
    return "whole number" if whole else "number"


def shown(cell, which):
    if which == "text":
        return cell
    return numerals.signed(numerals.grouped(cell)) if which.startswith("whole") else numerals.plain(numerals.number(cell))


def origin(provenance):
    """Returns a list of seed, time, commit and machine."""
    machine = provenance["machine"]
    facts = [
        ("Seed", provenance["seed"]),
        ("Finished", provenance["finished"]),
        ("Took", f"{numerals.digits(provenance['seconds'], 3)} s"),
        ("Commit", provenance["commit"] or "unknown"),
        ("Machine", f"{machine.get('cores', '?')} × {machine.get('cpu', '?')}, {numerals.digits(machine.get('memory_gib', 0.0), 3)} GiB, {machine.get('os', '?')}"),
        ("Compiler", machine.get("rustc", "?")),
        ("BLAS", machine.get("blas", "?")),
        ("Code and settings", provenance["key"]),
    ]
    lines = "".join(f"<dt>{word}</dt><dd>{escape(str(value))}</dd>" for word, value in facts)
    return f'<section id="origin"><h2>Where these numbers come from</h2>\n<dl class="origin">{lines}</dl></section>\n'


# Results that belong to no study: the name of the file, a title, a description.
MEASURED = [
    ("wall_clock", "Wall-clock", "Running times: medians by Criterion with their confidence intervals, in nanoseconds."),
    ("time_to_target", "The comparison by the clock", "The time that each optimizer needs to reach the target of each problem, at its best setting: medians by Criterion with their confidence intervals, in seconds."),
    ("peers", "Compared with other libraries", "Other libraries do the same work, measured in turn in one run with Gradus."),
]


def measured(course):
    """Returns those whose files exist."""
    return [(name, title, what) for name, title, what in MEASURED if (course.root / f"results/{name}.csv").is_file()]


def measured_page(course, name, title, what):
    folder = course.root / "results"
    parts = [f"<h1>{title}</h1>\n", measured_stale(course, name), f"<p>{what}</p>\n"]
    if (folder / f"{name}.svg").is_file():
        svg = (folder / f"{name}.svg").read_text(encoding="utf-8").strip()
        parts.append(shell.figure(svg, "", f'<a href="{name}.svg">SVG</a>'))
    files = [f'<a href="{name}.{end}">{word}</a>' for end, word in (("csv", "CSV"), ("parquet", "Parquet")) if (folder / f"{name}.{end}").is_file()]
    parts += [f'<p class="caption">All of them ({" · ".join(files)})</p>\n', cut(rows(folder / f"{name}.csv"))]
    if course.manifest.get(name):
        parts.append(origin(course.manifest[name]))
    return shell.page(f"results/{name}.html", title, "".join(parts), what, without=course.without)


def measured_stale(course, name):
    """Returns a banner if the numbers come from other code. Their keys start with the hash of the code, like those of studies."""
    code = lambda provenance: provenance["key"].split("-")[:2]
    current = next((code(study.entry["provenance"]) for study in course.studies if study.state == "current"), None)
    if not course.manifest.get(name) or current in (None, code(course.manifest[name])):
        return ""
    return shell.banner(f"Measured with an older version of the code. <code>make {'bench' if name == 'wall_clock' else name}</code> measures again.")
