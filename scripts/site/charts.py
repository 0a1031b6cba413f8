"""Fits the library's drawings into pages: panels that stack on a phone, titles and legends as text.

The library draws a figure as one SVG: a title, panels in a grid, one legend for all or one below each panel. A page needs
the parts: on a phone two panels do not fit beside each other, and a title has to wrap. This module cuts the drawing along
the gaps between its panels. It leaves a drawing whole if it does not recognize its structure.
"""

import math
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree

NAMESPACE = "{http://www.w3.org/2000/svg}"
# Units of the drawing in a pixel, and its measures in pixels; see src/report/charts/layout.rs.
UNITS = 10
EDGE = 18
FIGURE_TITLE, LABEL, INK = "160", "115", "#212124"
# The empty room between two rows of panels is larger than any within a panel.
ROW_GAP = 15 * UNITS
# The card behind a drawing; the page draws its own.
CARD = {"fill": "#fdfdfc", "stroke": "#e2e2de", "rx": "80"}
DARK = Path(__file__).resolve().parents[2] / "src/report/charts/dark.css"
# The style of a notebook's drawing, which follows the system and not the page's theme.
STYLE = re.compile(r"<style>.*?</style>\n?", re.S)


@dataclass
class Part:
    """An element of a drawing with its extent in units of the drawing."""

    element: ElementTree.Element
    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Grid:
    """The columns of a drawing, in pixels."""

    columns: int
    cell: float
    gap: float

    def start(self, column):
        """Returns where a column begins, in units of the drawing."""
        return (EDGE + column * (self.cell + self.gap)) * UNITS


PLOTS = {596: Grid(1, 560, 22), 918: Grid(2, 430, 22), 1070: Grid(3, 330, 22)}


def grid_of(width, drawn):
    """Returns the grid of a drawing of this width, or None. Images in a row share the width of the page."""
    if width in PLOTS:
        return PLOTS[width]
    columns = len({part.left for part in drawn if part.element.tag in (NAMESPACE + "svg", NAMESPACE + "image")})
    if columns == 0:
        return None
    cell = min(max((720 - 6 * (columns - 1)) / columns, 72), 240)
    return Grid(columns, cell, 6) if math.ceil(2 * EDGE + columns * cell + 6 * (columns - 1)) == width else None


@dataclass
class Drawing:
    """A drawing in parts: the title, panels in reading order, and the legend's entries as (swatch, label)."""

    title: str
    description: str
    columns: int
    # The extent of each panel, and its elements.
    panels: list
    legend: list


def extent(element):
    """Returns the extent of an element and its children; the width of letters is unknown and not counted, but for text that
    is turned upward, which needs room below its place."""
    number = lambda name: float(element.get(name, 0))
    tag = element.tag.removeprefix(NAMESPACE)
    if "points" in element.attrib:
        pairs = [tuple(map(float, pair.split(","))) for pair in element.get("points").split()]
        xs, ys = zip(*pairs)
    elif tag == "circle":
        xs, ys = [number("cx") - number("r"), number("cx") + number("r")], [number("cy") - number("r"), number("cy") + number("r")]
    elif tag == "text":
        half = number("font-size") / 2
        xs, ys = [number("x")], [number("y") - half, number("y") + half]
    elif tag in ("rect", "image", "svg"):
        xs, ys = [number("x"), number("x") + number("width")], [number("y"), number("y") + number("height")]
    elif tag == "line":
        xs, ys = [number("x1"), number("x2")], [number("y1"), number("y2")]
    elif (turned := upward(element)) is not None:
        half, x, y = float(turned.get("font-size")) / 2, float(turned.get("x")), float(turned.get("y"))
        below = length(turned) if turned.get("text-anchor") == "end" else 0
        xs, ys = [x - half, x + half], [y - (length(turned) - below), y + below]
    elif tag == "g" and len(element):
        boxes = [extent(child) for child in element]
        xs, ys = [v for box in boxes for v in (box[0], box[2])], [v for box in boxes for v in (box[1], box[3])]
    else:
        raise ValueError(f"unknown element {tag}")
    return min(xs), min(ys), max(xs), max(ys)


def parts(svg):
    """Returns the parts of a drawing of the library, or None if its structure is not that of a figure."""
    try:
        root = ElementTree.fromstring(svg)
        width = float(root.get("viewBox").split()[2]) / UNITS
        described = {child.tag.removeprefix(NAMESPACE): child.text or "" for child in root if child.tag in (NAMESPACE + "title", NAMESPACE + "desc")}
        drawn = [child for child in root if child.tag not in (NAMESPACE + "title", NAMESPACE + "desc")]
        card, *drawn = [Part(child, *extent(child)) for child in drawn]
    except (ElementTree.ParseError, ValueError, AttributeError, IndexError, KeyError):
        return None
    grid = grid_of(width, drawn)
    if grid is None or any(card.element.get(name) != value for name, value in CARD.items()):
        return None
    heading = 0
    while heading < len(drawn) and drawn[heading].element.get("font-size") == FIGURE_TITLE:
        heading += 1
    body, legend = without_legend(drawn[heading:], grid)
    panels = cut(body, grid)
    if not panels:
        return None
    return Drawing(described.get("title", ""), described.get("desc", ""), grid.columns, panels, legend)


def without_legend(drawn, grid):
    """Splits off the legend of the whole figure, which is drawn last. A legend of one panel stays with its panel."""
    # Nothing but legends is below the last tick or label of an axis.
    below = max((part.bottom for part in drawn if is_axis(part)), default=None)
    if below is None or not is_label(drawn[-1]):
        return drawn, []
    start = len(drawn)
    while start and drawn[start - 1].top > below - 1:
        start -= 1
    entries, swatch = [], []
    for part in drawn[start:]:
        if is_label(part):
            entries.append((swatch, part))
            swatch = []
        else:
            swatch.append(part)
    if swatch or not entries or not all(swatch for swatch, _ in entries):
        return drawn, []
    # The legend of one of several panels begins where its panel does, and is no wider. That of the figure is in the middle.
    left, right = min(part.left for swatch, _ in entries for part in swatch), max(label.left for _, label in entries)
    starts = [grid.start(column) + 4 * UNITS for column in range(grid.columns)]
    if grid.columns > 1 and any(abs(left - start) < 6 * UNITS and right < start + grid.cell * UNITS for start in starts):
        return drawn, []
    return drawn[:start], entries


def is_text(part):
    return part.element.tag == NAMESPACE + "text"


def is_label(part):
    """Tells whether a text looks like a label of a legend."""
    e = part.element
    return is_text(part) and e.get("font-size") == LABEL and e.get("fill", "").lower() == INK and e.get("text-anchor") == "start"


def is_axis(part):
    """Tells whether a part is a tick or the label of a tick or axis."""
    e = part.element
    return is_text(part) and e.get("fill", "").lower() == "#54545a" or e.get("stroke", "").lower() == "#808086"


def cut(body, grid):
    """Returns the panels in reading order, each as its extent and its elements, or None if an element crosses a gap."""
    borders = [-math.inf, *(grid.start(column) - grid.gap / 2 * UNITS for column in range(1, grid.columns)), math.inf]
    panels = []
    for top, bottom in bands(body):
        for column, (left, right) in enumerate(zip(borders, borders[1:])):
            inside = [part for part in body if top <= part.top and part.bottom <= bottom and left <= part.left and part.right <= right]
            if inside:
                start, margin = grid.start(column), min(4, grid.gap / 2) * UNITS
                box = (start - margin, top - margin, start + grid.cell * UNITS + margin, bottom + margin)
                panels.append((box, [part.element for part in inside]))
    # Every element belongs to one panel, and the order in which elements are drawn stays.
    return panels if sum(len(elements) for _, elements in panels) == len(body) else None


def bands(body):
    """Returns the top and bottom of each row of panels."""
    rows = []
    for part in sorted(body, key=lambda part: part.top):
        if rows and part.top - rows[-1][1] < ROW_GAP:
            rows[-1][1] = max(rows[-1][1], part.bottom)
        else:
            rows.append([part.top, part.bottom])
    return [tuple(row) for row in rows]


def html(svg):
    """Returns a drawing as HTML: a heading, panels that stack where there is no room, a legend that wraps."""
    svg = STYLE.sub("", svg)
    drawing = parts(svg)
    if drawing is None:
        return f'<div class="scroll" tabindex="0" role="group" aria-label="chart">{svg}</div>'
    heading = f'<p class="chart-title" aria-hidden="true">{escape(drawing.title)}</p>' if drawing.title else ""
    panels = []
    for i, (box, elements) in enumerate(drawing.panels):
        name = drawing.title if len(drawing.panels) == 1 else f"{drawing.title}, panel {i + 1} of {len(drawing.panels)}"
        described = f"<desc>{escape(drawing.description)}</desc>" if i == 0 and drawing.description else ""
        head = f"<title>{escape(name)}</title>{described}"
        panels.append(f'<div class="scroll" tabindex="0" role="group" aria-label="chart">{fragment(box, elements, head)}</div>')
    legend = ""
    if drawing.legend:
        legend = f'<p class="legend">{"".join(key(swatch, label) for swatch, label in drawing.legend)}</p>'
    return f'{heading}<div class="panels columns-{drawing.columns}">{"".join(panels)}</div>{legend}'


def fragment(box, elements, head, attributes='role="img"'):
    """Returns elements as a drawing of its own. `box` is its extent."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    for text in (inner for element in elements if upward(element) is None for inner in element.iter(NAMESPACE + "text")):
        fit(text, left, left + width)
    inside = "".join(written(element) for element in elements)
    return (
        f'<svg width="{width / UNITS:g}" height="{height / UNITS:g}" viewBox="{left:g} {top:g} {width:g} {height:g}" {attributes} '
        f'font-family="sans-serif" stroke-linejoin="round" stroke-linecap="round">{head}{inside}</svg>'
    )


def key(swatch, label):
    """Returns an entry of a legend."""
    left, right = min(part.left for part in swatch) - 10, max(part.right for part in swatch) + 10
    middle = (label.top + label.bottom) / 2
    drawn = fragment((left, middle - 80, right, middle + 80), [part.element for part in swatch], "", 'aria-hidden="true"')
    return f'<span class="key">{drawn} {escape(label.element.text or "")}</span> '


# The mean width of a letter in a wide font (DejaVu Sans), as a share of its size, and how much larger a phone draws it.
LETTER, ON_PHONE = 0.57, 1.1


def upward(element):
    """Returns the text of a group that turns it upward, or None."""
    is_turned = element.tag == NAMESPACE + "g" and element.get("transform", "").startswith("rotate(-90 ")
    return element.find(NAMESPACE + "text") if is_turned else None


def length(text):
    """Returns the length of a text in a wide font, on a phone."""
    return LETTER * ON_PHONE * float(text.get("font-size", LABEL)) * len("".join(text.itertext()))


def fit(element, left, right):
    """Makes a text smaller that would not fit between two edges in a wide font. The library measures a narrower one."""
    x, size, needed = float(element.get("x", 0)), float(element.get("font-size", LABEL)), length(element)
    room = {"middle": 2 * min(x - left, right - x), "end": x - left}.get(element.get("text-anchor"), right - x)
    if needed > room > 0:
        # A style, since the rules for a phone set the size of all letters of a drawing.
        element.set("style", f"font-size:{size * room / needed:.0f}px")


def written(element):
    """Returns an element as text without the declaration of its namespace."""
    text = ElementTree.tostring(element, encoding="unicode")
    return re.sub(r' xmlns(:\w+)?="[^"]*"|(?<=<)ns\d+:|(?<=</)ns\d+:', "", text).strip()


def dark(root):
    """Returns the style that turns drawings light on dark below `root`. The library writes its rules (src/report/charts/theme.rs).
    What lies on an embedded picture keeps its colours, as the picture does."""
    return f"{root} figure.chart .card:not(.light) svg {{\n{DARK.read_text(encoding='utf-8')}}}\n"
