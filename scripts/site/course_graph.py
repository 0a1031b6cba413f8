"""Draws which notebook builds on which, from the table in notebooks/README.md."""

import itertools
import re

from shell import escape

ROW = re.compile(r"^\| (\d\d) \| \[([^\]]+)\]\((\d\d_\w+)\.ipynb\) \|([^|]*)\|", re.M)
# Pixels: a box, and the distance between the centres of neighbours.
WIDTH, HEIGHT, ACROSS, DOWN = 224, 34, 238, 66


def entries(markdown):
    """Returns, for each notebook's number, its title, file and the notebooks that it builds on."""
    found = {number: (title, stem, needed(on)) for number, title, stem, on in ROW.findall(markdown)}
    return {number: (title, stem, [n for n in on if n in found and n < number]) for number, (title, stem, on) in found.items()}


def needed(text):
    """Returns the numbers in a list such as "04–06, 09"."""
    numbers = []
    for first, last in re.findall(r"(\d\d)(?:\s?[–-]\s?(\d\d))?", text):
        numbers += [f"{n:02}" for n in range(int(first), int(last or first) + 1)]
    return numbers


def lines(course):
    """Returns the pairs of notebooks that build on each other, without those that follow from other pairs."""

    def above(number):
        return {higher for on in course[number][2] for higher in {on, *above(on)}}

    return [(on, number) for number, (_, _, all_on) in course.items() for on in all_on if not any(on in above(other) for other in all_on)]


def places(course, drawn):
    """Returns the centre of each box. Its row is the length of the longest path from the start."""
    depth = {}
    for number in sorted(course):
        depth[number] = 1 + max((depth[on] for on, to in drawn if to == number), default=-1)
    rows = {}
    for number in sorted(course):
        rows.setdefault(depth[number], []).append(number)
    widest = max(map(len, rows.values()))
    centre = lambda row, i: (widest / 2 + i - (len(row) - 1) / 2) * ACROSS
    at = {number: (centre(row, i), (level + 0.5) * DOWN) for level, row in rows.items() for i, number in enumerate(row)}
    return at, widest * ACROSS, (max(rows) + 1) * DOWN


def way(at, on, number, width):
    """Returns the points of a line from one box to another. The line avoids the boxes between, because it would seem to start
    at a box that it passes behind."""
    (x0, y0), (x1, y1) = at[on], at[number]
    points = [(x0, y0 + HEIGHT / 2)]
    for step in range(1, round((y1 - y0) / DOWN)):
        level = y0 + step * DOWN
        beside = {x + side * ACROSS / 2 for x, y in at.values() if y == level for side in (-1, 1)}
        x = min(beside, key=lambda x: abs(x - points[-1][0]))
        points += [(min(max(x, 1), width - 1), level + side * HEIGHT / 2) for side in (-1, 1)]
    return [*points, (x1, y1 - HEIGHT / 2)]


def svg(markdown):
    """Returns the drawing, or an empty string if there is no table."""
    course = entries(markdown)
    if not course:
        return ""
    drawn = lines(course)
    at, width, height = places(course, drawn)
    parts = [f'<figure class="graph"><div class="scroll" tabindex="0" role="group" aria-label="graph"><svg role="img" width="{width}" height="{height}" '
             f'viewBox="0 0 {width} {height}" font-size="13"><title>What builds on what; the table below says the same</title>']
    for on, number in drawn:
        (x, y), *others = way(at, on, number, width)
        path = f"M{x:g} {y:g}"
        for (x0, y0), (x1, y1) in itertools.pairwise([(x, y), *others]):
            path += f" C{x0:g} {y1:g} {x1:g} {y0:g} {x1:g} {y1:g}"
        parts.append(f'<path d="{path}"/>')
    for number, (title, stem, _) in course.items():
        x, y = at[number]
        parts.append(
            f'<a href="notebooks/{stem}.html" tabindex="-1"><rect x="{x - WIDTH / 2:g}" y="{y - HEIGHT / 2:g}" width="{WIDTH}" height="{HEIGHT}" rx="7"/>'
            f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle">{number} {escape(title)}</text></a>'
        )
    return "".join(parts) + "</svg></div></figure>\n"
