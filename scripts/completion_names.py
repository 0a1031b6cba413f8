#!/usr/bin/env python3
"""Lists names in the sources that cells see, for the order in which the kernel's front offers them, one a line:

  private field buf         a field that is private wherever it is declared
  private function grow_by  the same of a method
  public function sum       a method of the first or second folder, which are ours and ndarray's

rust-analyzer takes all sources of a kernel for the reader's own, and so it offers private names too, in no useful order.
scripts/kernel.sh writes the list:

  completion_names.py FOLDER…     the folders with sources

It reads declarations line by line, as rustfmt lays them out, and knows no macros: a name that it takes for public by
mistake is offered, as all were before."""
import re
import sys
from pathlib import Path

FUNCTION = re.compile(r'(\s*)(pub(?:\([^)]*\))?\s+)?(?:(?:default|const|async|unsafe|safe|extern\s+"[^"]*")\s+)*fn\s+(\w+)')
BLOCK = re.compile(r"(\s*)(?:pub(?:\([^)]*\))?\s+)?(?:(?:default|const|unsafe|auto)\s+)*(impl|trait|struct|union|mod|macro_rules!)\b")
# Parts of our sources that no cell uses.
NOT_SEEN = ("study", "cli")
# The folder of the standard library's sources. Of its types only ranges have public fields; all others are in private modules.
STD, STD_FIELDS = "rust-src", ("start", "end")
FIELD = re.compile(r"(\s*)(pub(?:\([^)]*\))?\s+)?(\w+):\s")


def header(lines, at):
    """Returns the lines from here to the opening brace."""
    text = ""
    for line in lines[at : at + 30]:
        text += line.split("//")[0] + " "
        if "{" in line or ";" in line:
            break
    return text.split("{")[0]


def kind_of(lines, at, word):
    """Returns what a block is: an impl of a trait declares what is as public as the trait."""
    if word == "impl":
        # Not the `for` of `for<'a>`.
        return "impl of a trait" if re.search(r"\bfor\s+[^<\s]", re.sub(r"\bwhere\b.*", "", header(lines, at))) else "impl"
    return word


def declared(text):
    """Returns the kinds and names of what a file declares private, of what it declares public, and of the public functions that
    it brings into the world: those of its types and traits, not those of traits that its types share with others."""
    private, public, own = set(), set(), set()
    lines = text.splitlines()
    blocks = []
    for at, line in enumerate(lines):
        stripped = line.lstrip()
        if not stripped or stripped.startswith(("//", "#")):
            continue
        indent = len(line) - len(stripped)
        # The end of a block stands where the block began.
        while blocks and indent <= blocks[-1][0] and (stripped[0] == "}" or indent < blocks[-1][0]):
            blocks.pop()
        inside = blocks[-1][1] if blocks else None
        if found := FUNCTION.match(line):
            visible, name = (found[2] or "").strip(), found[3]
            open_to_all = visible == "pub" or (not visible and inside in ("trait", "impl of a trait"))
            (public if open_to_all else private).add(("function", name))
            if open_to_all and inside != "impl of a trait":
                own.add(("function", name))
        elif found := BLOCK.match(line):
            if "{" in header(lines, at) + "{" and not header(lines, at).rstrip().endswith(";"):
                blocks.append((indent, kind_of(lines, at, found[2])))
        elif inside in ("struct", "union") and (found := FIELD.match(line)):
            (public if (found[2] or "").strip() == "pub" else private).add(("field", found[3]))
    return private, public, own


def names(folders):
    """Returns what is private everywhere, and the public functions of the first two folders, which are a reader's tools."""
    private, public, tools = set(), set(), set()
    for number, folder in enumerate(map(Path, folders)):
        for path in folder.rglob("*.rs"):
            if path.relative_to(folder).parts[0] in NOT_SEEN:
                continue
            hidden, shown, own = declared(path.read_text(encoding="utf-8", errors="replace"))
            private |= hidden
            public |= {(kind, name) for kind, name in shown if kind == "function" or STD not in path.parts or name in STD_FIELDS}
            if number < 2:
                tools |= own
    return sorted(private - public), sorted(tools)


def main():
    private, tools = names(sys.argv[1:])
    for word, listed in (("private", private), ("public", tools)):
        for kind, name in listed:
            print(word, kind, name)


if __name__ == "__main__":
    main()
