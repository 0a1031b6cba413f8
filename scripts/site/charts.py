"""Fits the library's drawings into pages: panels that stack on a phone, titles and legends as text, colours that follow
the theme.

The library draws a figure as one SVG: a title, panels in a grid, one legend for all or one below each panel. A page needs
the parts: on a phone two panels do not fit beside each other, and a title has to wrap. This module cuts the drawing along
the gaps between its panels. It leaves a drawing whole if it does not recognize its structure.
"""

import math
import re
from dataclasses import dataclass
from html import escape
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
COLOUR = re.compile(r'\b(fill|stroke)="#([0-9A-Fa-f]{6})"')


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
    """Returns the extent of an element and its children; the width of letters is unknown and not counted."""
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
    drawing = parts(svg)
    if drawing is None:
        whole = themed(svg)
        return f'<div class="scroll" tabindex="0" role="group" aria-label="chart">{whole}</div>'
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
    inside = "".join(written(element) for element in elements)
    return (
        f'<svg width="{width / UNITS:g}" height="{height / UNITS:g}" viewBox="{left:g} {top:g} {width:g} {height:g}" {attributes} '
        f'font-family="sans-serif" stroke-linejoin="round" stroke-linecap="round">{head}{themed(inside)}</svg>'
    )


def key(swatch, label):
    """Returns an entry of a legend."""
    left, right = min(part.left for part in swatch) - 10, max(part.right for part in swatch) + 10
    middle = (label.top + label.bottom) / 2
    drawn = fragment((left, middle - 80, right, middle + 80), [part.element for part in swatch], "", 'aria-hidden="true"')
    return f'<span class="key">{drawn} {escape(label.element.text or "")}</span> '


def written(element):
    """Returns an element as text without the declaration of its namespace."""
    text = ElementTree.tostring(element, encoding="unicode")
    return re.sub(r' xmlns(:\w+)?="[^"]*"|(?<=<)ns\d+:|(?<=</)ns\d+:', "", text).strip()


def rules(pages):
    """Returns the definitions of the colours that pages use: those for light, and those for dark."""
    codes = sorted({code for page in pages for code in NAMED.findall(page)})
    return "".join(f"--c-{code}:#{code};" for code in codes), "".join(f"--c-{code}:{dark(code)};" for code in codes)


def themed(svg):
    """Returns a drawing whose colours follow the theme. What lies on an embedded picture keeps its colours, as the picture does."""
    pictures = [tuple(float(found[name]) for name in ("x", "y", "w", "h")) for found in IMAGE.finditer(svg)]
    # A bar of colours is a narrow picture.
    pictures = [(x, y, x + w, y + h) for x, y, w, h in pictures if w > 30 * UNITS]

    def replace(tag):
        text = tag[0]
        if pictures and inside(text, pictures):
            return text
        return COLOUR.sub(lambda found: f'{found[1]}="var(--c-{found[2].lower()})"', text)

    # A group, such as the halo of a letter, is where its content is.
    return re.sub(r"(?:<g\b[^>]*>\s*)*<\w[^>]*>", replace, svg)


NAMED = re.compile(r"var\(--c-([0-9a-f]{6})\)")
IMAGE = re.compile(r'<image x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" width="(?P<w>[\d.]+)" height="(?P<h>[\d.]+)"')


def inside(tag, pictures):
    """Tells whether an element lies on a picture."""
    points = [tuple(map(float, pair.split(","))) for pair in (re.search(r' points="([^"]*)"', tag) or ["", ""])[1].split()]
    at = lambda *names: [float(found[1]) if (found := re.search(rf' {name}="([-\d.]+)"', tag)) else None for name in names]
    for names in (("x", "y"), ("cx", "cy")):
        place = at(*names)
        if None not in place:
            points.append(tuple(place))
    # An axis runs along the edge of a picture and belongs to the page; a line across the picture begins and ends there.
    points += [((x0 + x1) / 2, (y0 + y1) / 2) for (x0, y0), (x1, y1) in zip(points, points[1:])]
    on = lambda x, y: any(left < x < right and top < y < bottom for left, top, right, bottom in pictures)
    return bool(points) and any(on(x, y) for x, y in points)


# The lightness of paper and ink in both themes, in OKLab.
LIGHT_PAPER, LIGHT_INK, DARK_PAPER, DARK_INK = 0.993, 0.247, 0.211, 0.923
# Colours at least as vivid as the second value stay light enough to read; those below the first are tints and turn dark.
TINT, VIVID, READABLE = 0.05, 0.1, 0.68


def dark(code):
    """Returns the counterpart of a colour on a dark page: the same hue, its lightness turned over."""
    lightness, a, b = oklab(*(int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)))
    turned = DARK_PAPER + (LIGHT_PAPER - lightness) / (LIGHT_PAPER - LIGHT_INK) * (DARK_INK - DARK_PAPER)
    vivid = min(max((math.hypot(a, b) - TINT) / (VIVID - TINT), 0), 1)
    turned += vivid * (max(turned, READABLE) - turned)
    return "#" + "".join(f"{round(255 * min(max(v, 0), 1)):02x}" for v in srgb(min(max(turned, 0), 1), a, b))


def oklab(*channels):
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels)
    l = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    m = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    s = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    )


def srgb(lightness, a, b):
    l, m, s = ((lightness + p * a + q * b) ** 3 for p, q in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480)))
    linear = (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )
    return [12.92 * v if v <= 0.0031308 else 1.055 * max(v, 0) ** (1 / 2.4) - 0.055 for v in linear]
