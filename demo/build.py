#!/usr/bin/env python3
"""Puts the page into one file: build.py PAGE_FOLDER LIBRARY.wasm OUT.html

If OUT ends in .js, it becomes the script of the site's live figures instead, with the library in it: a page that was
opened from disk may load a script, but no other file.

The modules of the page are joined into one, in the order of their imports. That asks two things of them: every import is
`import { … } from "./name.js";` on one line, without renaming, and no two of them have the same name at their top level
(the browser refuses such a file, and the browser tests see it).
"""

import base64
import gzip
import re
import shutil
import sys
from pathlib import Path

try:
    # It finds a shorter form of the same gzip stream than zlib does, by a twentieth. `make setup` installs it.
    from zopfli.gzip import compress
except ImportError:

    def compress(data):
        return gzip.compress(data, 9, mtime=0)

IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
# The largest size of each file. The digits are images, which hardly shrink; one page of the site needs them.
LIMITS = {"gradus-demo.html": 400_000, "gradus-live.js": 300_000, "gradus-live-digits.js": 440_000}


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


def joined(folder, name):
    """The script `name` with all modules that it needs."""
    script = "\n".join(modules(folder, name, {}))
    # Comments on lines of their own, and spaces at the beginning of lines, are a fifth of it; no template text has any.
    script = re.sub(r"^[ ]*(?://.*|/\*\*(?:.|\n)*?\*/)\n", "", script, flags=re.MULTILINE)
    return re.sub(r"^[ ]+", "", script, flags=re.MULTILINE)


def packed(wasm):
    """The library, compressed, in base64; without a time stamp, so that the same sources give the same file."""
    return base64.b64encode(compress(wasm.read_bytes())).decode("ascii")


def page(folder, wasm):
    style = re.sub(r"\n\s*", "\n", (folder / "style.css").read_text(encoding="utf-8"))
    text = (folder / "index.html").read_text(encoding="utf-8")
    script = joined(folder, "main.js").replace("</script", r"<\/script")
    for place, part in {"style": style, "script": script, "wasm": packed(wasm)}.items():
        text = text.replace("{{" + place + "}}", part)
    return text


def live(folder, wasm):
    # A block of its own, so that no name of it meets one of another script.
    return f'"use strict";\n{{\nconst GRADUS_LIVE = "{packed(wasm)}";\n{joined(folder, "live.js")}\n}}\n'


def main(folder, wasm, out):
    make = live if out.suffix == ".js" else page
    limit = LIMITS.get(out.name, 400_000)
    if shutil.which("wasm-opt") is None:
        # Without binaryen the library is a tenth larger: such a page is for this machine, and none to publish.
        limit = limit * 9 // 8
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(out.name + ".tmp")
    aside.write_text(make(folder, wasm), encoding="utf-8")
    size = aside.stat().st_size
    print(f"{out}: {size:,} bytes")
    if size > limit:
        aside.unlink()
        sys.exit(f"build.py: that is more than {limit:,}")
    aside.replace(out)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
