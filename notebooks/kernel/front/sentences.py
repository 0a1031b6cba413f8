"""What a reader is told when a cell fails."""
import re

LOST = (
    "All variables of earlier cells are gone; functions, types and `use` stay. "
    "To go on: Run > Run All Above Selected Cell."
)
# What an interrupt cost: nothing, or the process in which cells run.
ENDED_EARLY = (
    "Interrupted. All variables of earlier cells are still there. "
    "Runs of the library, such as `minimize`, ended early, and say so where they are shown."
)
ENDED_BY_FORCE = (
    "Interrupted. Only runs of the library notice an interrupt, and this cell went on without one, "
    f"so the kernel ended the process in which cells run. {LOST}"
)
OFFLINE = (
    "Kernels work offline, and this crate is not in Cargo's cache. "
    "To download it, write `:offline 0` on a line of its own before the `:dep`."
)
# The names of the errors after which the variables are gone.
LOSSES = ("Interrupted", "Ended")
# evcxr's sentence when the process that runs the cells has ended, after what that process wrote last.
ENDED = re.compile(r"Subprocess terminated with status: (.*)\s*$", re.S)
# Cargo's words when it looks for a crate offline.
MISSED = re.compile(r"--offline|offline mode|you may wish to retry without the offline flag|in offline", re.I)
# evcxr counts differently.
PLACE = re.compile(r"\bcommand_\d+:")
# Grays are for what matters less, all other colors for what matters.
GRAY = re.compile(r"\x1b\[38;5;2(?:3[2-9]|4\d|5[0-5])m")
COLOR = re.compile(r"\x1b\[(?:3[0-7]|9[0-7]|38;5;\d+|38;2;\d+;\d+;\d+)m")


def of_failure(failure):
    """Returns the `error` for what the library says about a failed cell (notebooks/kernel/src/lib.rs)."""
    kind, message, place = (str(failure.get(key) or "") for key in ("kind", "message", "at"))
    sentence = f"{message} ({place})" if place else message
    if kind == "panicked":
        return error("Panic", f"panicked: {sentence}", f"\x1b[1mpanicked:\x1b[0m {sentence}")
    return error("Error", sentence)


def of_evcxr(content, number, by_interrupt):
    """Rewrites an `error` of evcxr in the cell of this number: says what the end of a process means, and what helps with a crate that is missing.
    Colors become bold text, because evcxr's colors are made for a white page and cannot be read on a dark one."""
    value = content.get("evalue", "")
    if ended := ENDED.search(value):
        if by_interrupt:
            return interrupted(lost=True)
        said = value[: ended.start()].strip()
        reason = f"The cell ended the process in which cells run ({ended[1].strip()}). {LOST}"
        return error("Ended", f"{said}\n{reason}" if said else reason)
    lines = [PLACE.sub(f"cell {number}:", COLOR.sub("\x1b[1m", GRAY.sub("", line))) for line in content.get("traceback", [])]
    if MISSED.search(value) or any(map(MISSED.search, lines)):
        lines.append(OFFLINE)
        value = f"{value.rstrip()}\n{OFFLINE}"
    return {"ename": content.get("ename", "Error"), "evalue": value, "traceback": lines}


def interrupted(lost):
    return error("Interrupted", ENDED_BY_FORCE if lost else ENDED_EARLY)


def error(name, sentence, shown=None):
    return {"ename": name, "evalue": sentence, "traceback": [shown or f"\x1b[1m{name}:\x1b[0m {sentence}"]}
