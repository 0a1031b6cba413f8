"""Gives figures of notebooks their knobs.

live.json lists the live figures. An entry names the notebook's picture that it belongs to, by the cell that shows it:
`shows` is the figure of a study that the cell displays, and `sets` are the names that the cell gives its numbers to, such as
`let (lr, rho) = (0.1, 0.8);`. Those numbers must be where the knobs start, so that the picture and the knobs agree.

The committed picture is in the page. The script of the live figures (demo/page/live.js, which scripts/demo.sh builds with the
library in it) draws the same picture in its place and puts the knobs below it. Without JavaScript the picture stays.
"""

import html
import json
import re
import shutil
from pathlib import Path

from content import Wrong, source

LIST = Path(__file__).with_name("live.json")
# The script, and another one that also contains the digits and is half as large again, for pages whose figures need them.
SCRIPT, WITH_DIGITS = "assets/live.js", "assets/live-digits.js"
NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:e-?\d+)?|-?\.\d+")


def entries():
    """Returns the live figures."""
    return json.loads(LIST.read_text(encoding="utf-8"))


class Places:
    """The live figures of a notebook by the position of their cells."""

    def __init__(self, notebook):
        cells = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
        self.by_cell = {}
        for entry in entries():
            # A notebook that was not executed has no pictures, and a banner says so.
            if entry["id"].startswith(f"{notebook.number}-") and any(cell.get("outputs") for cell in cells):
                self.by_cell[id(place(entry, cells, notebook))] = entry

    def of(self, cell):
        """Returns the live figure of a cell, or None."""
        return self.by_cell.get(id(cell))


def place(entry, cells, notebook):
    """Returns the cell that shows the picture of an entry."""
    if "shows" in entry:
        study, name = entry["shows"].split("/")
        wanted = f'results::figure_svg("{study}", "{name}")'
        found = [cell for cell in cells if wanted in source(cell)]
    else:
        wanted = f"let {', '.join(entry['sets'])} = " + ", ".join(f"{knob['start']:g}" for knob in entry["knobs"][: len(entry["sets"])])
        found = [cell for cell in cells if starts(entry, source(cell))]
        # Several cells may begin with the same numbers; that with the picture is meant.
        found = [cell for cell in found if has_picture(cell)] or found
    if len(found) != 1 or ("caption" not in entry and not has_picture(found[0])):
        raise Wrong(
            f"the live figure {entry['id']} of {LIST.name} has {len(found)} cells in {notebook.path.name} (wanted: one with {wanted}, "
            "and a picture); move its entry with the cell, and its knobs with the cell's numbers"
        )
    return found[0]


def starts(entry, text):
    """Tells whether a cell gives the numbers at which the knobs start to the names of an entry."""
    names = r",\s*".join(map(re.escape, entry["sets"]))
    given = re.search(rf"^let \(?{names}\)? = ([^;]+);", text, re.M)
    numbers = [float(number) for number in NUMBER.findall(given[1])] if given else []
    # One name may be that of a point with several coordinates.
    count = len(numbers) if len(entry["sets"]) == 1 else len(entry["sets"])
    return bool(numbers) and numbers == [float(knob["start"]) for knob in entry["knobs"][:count]]


def has_picture(cell):
    return any("image/svg+xml" in output.get("data", {}) for output in cell.get("outputs", []))


def marked(figure, entry):
    """Returns a figure of the page, marked as a live one."""
    told = html.escape(json.dumps({"id": entry["id"], "knobs": entry["knobs"]}, ensure_ascii=False), quote=True)
    return figure.replace("<figure ", f'<figure id="live-{entry["id"]}" data-live="{told}" ', 1)


def empty(entry):
    """Returns a live figure for a cell that shows no picture, hidden unless the script draws it."""
    caption = html.escape(entry["caption"])
    return marked(f'<figure class="chart" hidden><div class="card"></div><figcaption>{caption}</figcaption></figure>\n', entry)


def script(places, up):
    """Returns the element that loads the script of a page's live figures, or nothing if there are none."""
    wanted = places.by_cell.values()
    name = WITH_DIGITS if any(entry.get("digits") for entry in wanted) else SCRIPT
    return f'<script defer src="{up}{name}"></script>\n' if wanted else ""


def copy(built, out):
    """Copies the scripts, which scripts/demo.sh built side by side, into the site."""
    shutil.copyfile(built, out / SCRIPT)
    shutil.copyfile(built.with_name(f"{built.stem}-digits.js"), out / WITH_DIGITS)
