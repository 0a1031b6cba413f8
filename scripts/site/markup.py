"""Converts Markdown, mathematics and code to HTML."""

import html
import re

import math_core
import mistune
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from content import Wrong

# Code, which may look like mathematics, and then mathematics: displayed before inline.
CODE_OR_MATH = re.compile(
    r"(?P<code>^```.*?^```|(?P<ticks>`+).+?(?P=ticks)|<(?:code|pre)\b.*?</(?:code|pre)>)"
    r"|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^\s$](?:[^$]*[^\s$])?)\$",
    re.S | re.M,
)
# A placeholder for a formula while Markdown is parsed. None of its letters has a meaning in Markdown.
PLACE = "MATHEMATICS{}HERE"
# The space after a line of a formula, which the converter would print literally.
LINE_SPACE = re.compile(r"\\\\\[[\d.]+(?:ex|em|pt)\]")
# A root of one letter or number, alone or with a power. Browsers let the sign, which is taller than a small letter, hang below the
# line; a box as tall as a capital brings it up.
SMALL_ROOT = re.compile(r"<msqrt>(<(m[in])>[^<]</\2>|<msup><mi>[^<]</mi><(m[ino])>[^<]*</\3></msup>)</msqrt>")
FORMATTER = HtmlFormatter(nowrap=True, classprefix="k-")
LIGHT, DARK = "default", "github-dark"

_to_mathml = math_core.LatexToMathML()


def mathml(latex, display=False):
    """Converts a formula to MathML. The parts of a displayed formula that are side by side wrap if there is no room."""
    if not display:
        return converted(latex, False)
    parts = "".join(converted(part, True) for part in side_by_side(latex))
    return f'<div class="formula" tabindex="0">{parts}</div>'


def converted(latex, display):
    try:
        drawn = _to_mathml.convert_with_local_state(LINE_SPACE.sub(r"\\\\", latex.strip()), displaystyle=display)
    except math_core.LatexError as error:
        why = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0]
        raise Wrong(f"the formula {latex.strip()!r} cannot be drawn: {why}") from None
    return SMALL_ROOT.sub(r'<msqrt><mpadded height="0.7em" depth="0">\1</mpadded></msqrt>', drawn)


def side_by_side(latex):
    """Splits a formula at the wide spaces that are outside of brackets and environments."""
    parts, depth = [""], 0
    for token in re.findall(r"\\qquad(?![A-Za-z])|\\(?:begin|end|left|right)(?![A-Za-z])|\\.|.", latex, re.S):
        depth += {"{": 1, "\\begin": 1, "\\left": 1, "}": -1, "\\end": -1, "\\right": -1}.get(token, 0)
        if token == "\\qquad" and depth == 0:
            parts.append("")
        else:
            parts[-1] += token
    return [part for part in parts if part.strip()]


def code(text, language="rust"):
    """Converts a block of code to HTML with syntax colours."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return f'<pre class="code" tabindex="0"><code>{highlight(text, lexer, FORMATTER).rstrip()}</code></pre>\n'


def colours(style, page=""):
    """Returns the style sheet of coloured code: LIGHT or DARK. `page` selects the pages to which it applies."""
    rules = HtmlFormatter(style=style, classprefix="k-").get_style_defs(f"{page} .code".strip())
    return "\n".join(line for line in rules.splitlines() if ".code .k-" in line and ".k-err " not in line) + "\n"


def anchor(text):
    """Returns the anchor of a heading, by the rules of GitHub."""
    words = html.unescape(re.sub(r"<[^>]+>", "", text)).lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words).strip())


class Renderer(mistune.HTMLRenderer):
    """Renders headings with anchors, coloured code, and tables in boxes that scroll."""

    def __init__(self):
        super().__init__(escape=False)
        self.headings = []

    def heading(self, text, level, **attributes):
        name = PLACE_PATTERN.sub("", text)
        self.headings.append((level, anchor(name), text))
        return f'<h{level} id="{anchor(name)}">{text}</h{level}>\n'

    def block_code(self, text, info=None):
        return code(text, (info or "text").split()[0])

    def table(self, text):
        return scroll(f"<table>{text}</table>", "table")


PLACE_PATTERN = re.compile(PLACE.format(r"(\d+)"))
# The number of signs from which on a formula within a line may be wider than a phone.
LONG = 26
# A formula with adjacent brackets and punctuation, which must stay on the same line.
HELD_TOGETHER = re.compile(r"([(\[“\"]+)?" + PLACE_PATTERN.pattern + r"([)\],.;:?!”\"]+)?")


def scroll(inside, name):
    """Wraps HTML in a box that scrolls horizontally if it is too narrow, also with the keyboard."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{name}">{inside}</div>\n'


def markdown(text):
    """Converts Markdown to HTML, and returns it with its headings as (level, anchor, HTML)."""
    formulas = []

    def set_aside(found):
        if found["code"]:
            return found["code"]
        display = found["display"] is not None
        formulas.append(mathml(found["display"] if display else found["inline"], display))
        return PLACE.format(len(formulas) - 1)

    put_back = lambda found: formulas[int(found[1])]

    def held(found):
        before, number, after = found.groups(default="")
        formula = formulas[int(number)]
        # A formula within a line does not break. One that is wider than a phone scrolls there.
        long = len(re.sub(r"<[^>]+>", "", formula)) > LONG and "formula" not in formula
        names = " ".join(["held"] * bool(before or after) + ["long"] * long)
        return f'<span class="{names}">{before}{formula}{after}</span>' if names else formula

    renderer = Renderer()
    parse = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough", "url"])
    shown = parse(CODE_OR_MATH.sub(set_aside, text))
    shown = re.sub(rf"<p>({PLACE_PATTERN.pattern})</p>", r"\1", shown)
    headings = [(level, name, PLACE_PATTERN.sub(put_back, inside)) for level, name, inside in renderer.headings]
    return HELD_TOGETHER.sub(held, shown), headings
