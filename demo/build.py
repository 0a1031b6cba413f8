#!/usr/bin/env python3
"""Puts the page into one file: build.py PAGE_FOLDER LIBRARY.wasm OUT.html

The modules of the page are joined into one, in the order of their imports. That asks two things of them: every import is
`import { … } from "./name.js";` on one line, without renaming, and no two of them have the same name at their top level
(the browser refuses such a file, and the browser tests see it).
"""

import base64
import gzip
import re
import sys
from pathlib import Path

IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
LIMIT = 400_000


def modules(folder, name, seen):
    """The names of all modules that `name` needs, each after those that it needs itself."""
    if name in seen:
        return
    seen[name] = None
    source = (folder / name).read_text(encoding="utf-8")
    for needed in IMPORT.findall(source):
        yield from modules(folder, needed, seen)
    body = re.sub(r"^export ", "", IMPORT.sub("", source), flags=re.MULTILINE)
    if re.search(r"^import\b", body, re.MULTILINE):
        sys.exit(f"build.py: {name} has an import of another form than `import {{ … }} from \"./name.js\";`")
    yield f"// {name}\n{body}"


def main(folder, wasm, out):
    script = "\n".join(modules(folder, "main.js", {}))
    # Comments on lines of their own, and spaces at the beginning of lines, are a fifth of it; no template text has any.
    script = re.sub(r"^[ ]*(?://.*|/\*\*(?:.|\n)*?\*/)\n", "", script, flags=re.MULTILINE)
    script = re.sub(r"^[ ]+", "", script, flags=re.MULTILINE)
    style = re.sub(r"\n\s*", "\n", (folder / "style.css").read_text(encoding="utf-8"))
    # Without a time stamp, so that the same sources give the same file.
    library = base64.b64encode(gzip.compress(wasm.read_bytes(), 9, mtime=0)).decode("ascii")
    page = (folder / "index.html").read_text(encoding="utf-8")
    for place, text in {"style": style, "script": script.replace("</script", r"<\/script"), "wasm": library}.items():
        page = page.replace("{{" + place + "}}", text)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    size = out.stat().st_size
    print(f"{out}: {size:,} bytes")
    if size > LIMIT:
        sys.exit(f"build.py: that is more than {LIMIT:,}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
