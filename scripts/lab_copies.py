#!/usr/bin/env python3
"""Copies the notebooks to a folder for JupyterLab, so that a reader can change and run them without changing the clone.

  lab_copies.py [ORIGINALS] [COPIES]       default: notebooks/ to lab/, which Git ignores

A copy is made where it is missing. It is replaced when the original has changed and the reader has not changed a cell of
the copy: outputs are not a change, since running gives them again. A copy that the reader has changed is never touched; a
line says so if the original has other cells now. Files of the reader's own stay as they are. What is written is signed,
so that JupyterLab draws its charts. `make lab` calls this. Run it with .setup/venv/bin/python."""
import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Remembers of each copy which original it was made from.
RECORD = ".copies.json"


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def cells(text):
    """Returns a digest of what a reader can write in a notebook: the sources and kinds of its cells. None if it is not one."""
    try:
        # A source is a text, or a list of its lines.
        return digest(json.dumps([(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]))
    except (ValueError, KeyError, TypeError):
        return None


def write(path, text):
    """Writes a file so that a reader finds the old content or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def sign(text):
    # They take a second to load, and mostly there is nothing to sign.
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    try:
        notary.sign(nbformat.reads(text, as_version=4))
    finally:
        notary.store.close()


def read_record(path):
    """Returns the record, or an empty one if it is missing or garbled: then every copy that differs counts as changed."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def update(originals, copies):
    """Makes and renews the copies. Returns the names of those that were made, renewed, and kept although the original has
    other cells now."""
    copies.mkdir(parents=True, exist_ok=True)
    record = read_record(copies / RECORD)
    made, renewed, kept = [], [], []
    for original in sorted(originals.glob("*.ipynb")):
        text, copy = original.read_text(encoding="utf-8"), copies / original.name
        known = record.get(original.name) or {}
        present = copy.read_text(encoding="utf-8", errors="replace") if copy.exists() else None
        if present is not None and known.get("original") == digest(text):
            continue
        if present is not None and cells(present) not in (known.get("cells"), cells(text)):
            # Of an original whose cells are those that the reader started from, there is nothing to take.
            if cells(text) != known.get("cells"):
                kept.append(original.name)
            continue
        if present != text:
            (made if present is None else renewed).append(original.name)
            write(copy, text)
            sign(text)
        record[original.name] = {"original": digest(text), "cells": cells(text)}
    write(copies / RECORD, json.dumps(record, indent=1))
    return made, renewed, kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("originals", type=Path, nargs="?", default=ROOT / "notebooks", metavar="ORIGINALS")
    parser.add_argument("copies", type=Path, nargs="?", default=ROOT / "lab", metavar="COPIES")
    options = parser.parse_args()
    if not options.originals.is_dir():
        print(f"gradus: there is no folder {options.originals}", file=sys.stderr)
        return 2
    try:
        made, renewed, kept = update(options.originals, options.copies)
    except OSError as error:
        print(f"gradus: the notebooks cannot be copied: {error}", file=sys.stderr)
        return 2
    shown = os.path.relpath(options.copies)
    for names, what in ((made, "copied"), (renewed, "renewed, because the originals changed")):
        if names:
            print(f"{shown}: {len(names)} notebook{'s' if len(names) > 1 else ''} {what}")
    for name in kept:
        print(f"{shown}/{name}: kept, because you changed it; the original has changed too (rename your copy to get the new one)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
