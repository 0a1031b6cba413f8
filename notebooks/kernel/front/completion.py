"""Which names are offered to a reader who completes one, and in which order.

rust-analyzer offers everything that a value has, as if its reader had written all the sources: private fields first, then
hundreds of methods in no order. JupyterLab shows them as they come."""
import os
import re
from pathlib import Path

# The environment variable that names the list of scripts/completion_names.py.
VARIABLE = "GRADUS_NAMES"
# Where Jupyter's protocol has the kinds of completions.
KINDS = "_jupyter_types_experimental"
WORD = re.compile(r"[A-Za-z_]\w*")
# What can be written after the dot of any value.
TEMPLATES = set("box break call const dbg dbgr deref else if iflet let letm lete loop match not panic print ref refm return static unsafe while".split())
# What all values have, from the traits of the standard library.
EVERYONES = set("borrow borrow_mut clone_from clone_into clone_to_uninit into to_owned try_from try_into type_id".split())


class Completion:
    def __init__(self):
        self.private, self.tools = set(), set()
        # Names that the reader has written are never left out.
        self.written = set()
        try:
            lines = Path(os.environ.get(VARIABLE, "")).read_text(encoding="utf-8").splitlines()
        except OSError:
            return
        for line in lines:
            what, kind, name = line.split()
            if what == "private":
                self.private.add((kind, name))
            else:
                self.tools.add(name)

    def saw(self, cell):
        self.written |= set(WORD.findall(cell))

    def arrange(self, content, code):
        """Returns a `complete_reply` for this code without what is private or offered twice, in a useful order."""
        matches, kinds = content.get("matches") or [], content.get("metadata", {}).get(KINDS) or []
        start = content.get("cursor_start", 0)
        if content.get("status") != "ok" or len(matches) != len(kinds):
            return content
        of_value = code[:start].rstrip().endswith(".")
        found = {}
        for match, kind in zip(matches, kinds):
            if not (of_value and self.is_private(match, kind)):
                found.setdefault((match, kind.get("type")), kind)
        if of_value:
            found = dict(sorted(found.items(), key=lambda item: self.place(*item[0])))
        matches, kinds = [match for match, _ in found], list(found.values())
        return content | {"matches": matches, "metadata": content["metadata"] | {KINDS: kinds}}

    def is_private(self, match, kind):
        name = first_word(match)
        kind = "function" if kind.get("type") == "function" else "field"
        return name.startswith(("__", "evcxr_")) or (kind, name) in self.private and name not in self.written

    def place(self, match, kind):
        """Returns the place of a completion of a value: its fields, then methods of ours and of ndarray, then other methods, and
        last what every value has. By name within each."""
        name = first_word(match)
        if name in TEMPLATES and kind != "function":
            group = 4
        elif name in EVERYONES:
            group = 3
        elif kind != "function":
            group = 0
        else:
            group = 1 if name in self.tools or name in self.written else 2
        return group, name.startswith("_"), name


def first_word(match):
    found = WORD.search(match)
    return found[0] if found else match
