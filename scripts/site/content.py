"""Reads what the site shows from notebooks/ and results/."""

import csv
import itertools
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numerals

CLAIMS = "application/vnd.gradus.claims+json"
VERDICTS = {"holds": "✓ holds", "refuted": "✗ refuted", "undecided": "? undecided"}
SAID, READING, OURS = "said by the source", "our reading", "ours"
# Who makes a claim, and what is counted of them.
ORIGINS = {SAID: "of what a source says", READING: "of our stricter readings of a source", OURS: "of our own sentences"}
# Reading speed: words of prose a minute, lines of code a minute, and minutes for a picture or table.
WORDS, LINES, LOOK = 220, 20, 0.3
# What does not count for it.
NOT_READ = re.compile(r"^## Sources.*|<details><summary>The same in NumPy</summary>.*?</details>", re.S | re.M)


class Wrong(Exception):
    """The site cannot be built; the message is one sentence that says why."""


@dataclass
class Claim:
    """A sentence bound to a measurement, with numbers formatted for readers."""

    id: str
    sentence: str
    kind: str
    verdict: str
    measured: str
    bound: str
    notebook: str = ""
    source: str = ""
    # Who makes the claim (a key of ORIGINS), and how an idea of the source was made strict.
    origin: str = ""
    reading: str = ""
    note: str = ""
    study: str = ""

    @property
    def whose(self):
        """Returns who makes the claim, in words."""
        if self.origin == SAID:
            return f"said by {self.source}"
        if self.origin == READING:
            return f"our reading of {self.source}: {self.reading}"
        if self.origin == OURS:
            return "ours" if self.source in ("", "gradus", "this project") else f"ours; see {self.source}"
        return self.source

    @classmethod
    def from_row(cls, row, study):
        """Creates a claim from a row of a claims.csv."""
        values = [numerals.number(row[name]) for name in ("measured", "low", "high")]
        shown = numerals.measurement(*values, row["bound"])
        words = {name: row[name] for name in ("id", "sentence", "kind", "verdict", "notebook", "source", "note")}
        # Results of older code do not say who makes a claim.
        words |= {name: row.get(name) or "" for name in ("origin", "reading")}
        return cls(**words, measured=shown, bound=numerals.bound(row["bound"]), study=study)

    @classmethod
    def from_json(cls, found):
        """Creates a claim from the output of a notebook's cell."""
        value = lambda given: float("nan") if given is None else float(given)
        low, high = map(value, found["interval"])
        shown = numerals.measurement(value(found["measured"]), low, high, found["bound"])
        words = {name: found[name] for name in ("id", "sentence", "kind", "verdict", "note")}
        return cls(**words, measured=shown, bound=numerals.bound(found["bound"]))


@dataclass
class Study:
    """A study as the manifest describes it, with its claims."""

    name: str
    entry: dict
    claims: list
    # "current", "stale", …, as in `gradus list studies`; empty if unknown.
    state: str = ""

    number = property(lambda self: self.entry["notebook"])
    title = property(lambda self: self.entry["title"])
    question = property(lambda self: self.entry["question"])
    page = property(lambda self: f"results/{self.name}.html")
    # A long form, such as papers-long, is a study with another budget.
    command = property(lambda self: f"gradus run {self.name.removesuffix('-long')}{' --budget long' * self.name.endswith('-long')}")
    stale = property(lambda self: self.state not in ("", "current"))


@dataclass
class Notebook:
    """An executed notebook."""

    path: Path
    cells: list
    # Whether its outputs come from its present cells, code and results; None if unknown.
    current: bool | None = None

    stem = property(lambda self: self.path.stem)
    number = property(lambda self: self.stem.split("_")[0])
    page = property(lambda self: f"notebooks/{self.stem}.html")

    @cached_property
    def _opening(self):
        return next((source(cell) for cell in self.cells if cell["cell_type"] == "markdown"), "")

    @property
    def title(self):
        found = re.search(r"^# (?:\d+ · )?(.+)$", self._opening, re.M)
        return found[1].strip() if found else self.stem.replace("_", " ")

    @property
    def question(self):
        found = re.search(r"^\*([^*]+)\*\s*$", self._opening, re.M)
        return " ".join(found[1].split()) if found else ""

    @property
    def minutes(self):
        """Returns the estimated reading time, up to the exercises and without the NumPy twins: who folds one out has the
        time, and how long an exercise takes is up to the reader."""
        read = list(itertools.takewhile(lambda cell: not source(cell).startswith("## Exercises"), self.cells))
        prose = [source(cell) for cell in read if cell["cell_type"] == "markdown"]
        code = [cell for cell in read if cell["cell_type"] == "code"]
        words = sum(len(NOT_READ.sub("", text).split()) for text in prose)
        lines = sum(source(cell).count("\n") + 1 for cell in code)
        looks = sum(len(cell["outputs"]) for cell in code)
        return max(1, round(words / WORDS + lines / LINES + LOOK * looks))

    @cached_property
    def claims(self):
        """Returns all claims that the notebook displays."""
        shown = [output.get("data", {}).get(CLAIMS, []) for cell in self.cells for output in cell.get("outputs", [])]
        return [Claim.from_json(found) for claims in shown for found in claims]


@dataclass
class Course:
    """All notebooks and studies."""

    root: Path
    notebooks: list = field(default_factory=list)
    studies: list = field(default_factory=list)
    manifest: dict = field(default_factory=dict)
    # What the site that is built has beside its pages. A book has neither.
    has_demo: bool = False
    has_live: bool = False

    @cached_property
    def claims(self):
        return {claim.id: claim for study in self.studies for claim in study.claims}

    def notebook(self, number):
        return next((notebook for notebook in self.notebooks if notebook.number == number), None)

    def study(self, name):
        return next((study for study in self.studies if study.name == name), None)

    def studies_of(self, number):
        return [study for study in self.studies if study.number == number]

    def claims_of(self, number):
        """Returns the claims of a notebook's studies. These are the claims that all pages count."""
        return [claim for study in self.studies_of(number) for claim in study.claims]

    def live(self, number):
        """Returns the further claims that a notebook checks in its cells; no study measures them."""
        notebook = self.notebook(number)
        return [claim for claim in notebook.claims if claim.id not in self.claims] if notebook else []

    def shown_in(self, claim):
        """Returns the notebook that displays a claim, or None."""
        return next((n for n in self.notebooks if any(shown.id == claim.id for shown in n.claims)), None)


def source(cell):
    """Returns a cell's text."""
    return joined(cell["source"])


def is_solution(cell):
    """Whether a cell is the solution of an exercise."""
    return cell["cell_type"] == "code" and "solution" in cell.get("metadata", {}).get("tags", [])


def joined(text):
    return text if isinstance(text, str) else "".join(text)


def tally(claims):
    """Counts the claims with each verdict."""
    return {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in VERDICTS}


def refuted_by_origin(claims):
    """Counts the refuted claims by who makes them, as words: "3 of what a source says, 8 of our own sentences"."""
    refuted = [claim.origin for claim in claims if claim.verdict == "refuted"]
    return ", ".join(f"{refuted.count(origin)} {words}" for origin, words in ORIGINS.items() if origin in refuted)


def read(root, states=None, keys=None):
    """Reads the course from a project's folder. `states` tells whether the results of each study are current. The function
    `keys` tells whether a notebook's outputs are current."""
    course = Course(root)
    for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (ValueError, KeyError, TypeError) as error:
            raise Wrong(f"{path.relative_to(root)} is not a notebook: {error}") from None
        course.notebooks.append(Notebook(path, cells, keys(path) if keys else None))
    manifest = root / "results/manifest.json"
    if not manifest.is_file():
        raise Wrong("there are no results; please run `make regenerate` first")
    course.manifest = json.loads(manifest.read_text(encoding="utf-8"))
    for name, entry in course.manifest["studies"].items():
        claims = [Claim.from_row(row, name) for row in rows(root / "results" / name / "claims.csv")]
        course.studies.append(Study(name, entry, claims, (states or {}).get(name, "")))
    course.studies.sort(key=lambda study: (study.number, study.name))
    return course


def rows(path):
    """Returns the rows of a CSV file as dictionaries; an empty list if the file does not exist."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
