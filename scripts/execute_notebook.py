#!/usr/bin/env python3
"""Executes notebooks with the kernel "Rust (gradus)", and reports every failure.

  execute_notebook.py --check [NAME…]      execute, and write nothing
  execute_notebook.py --in-place [NAME…]   execute, and save the outputs; skip notebooks that have not changed

NAME is a notebook in notebooks/ such as `07`, `07_momentum` or `07_momentum.ipynb`, or a path. Without a name, all
notebooks are executed.

A notebook fails if a cell does not compile, panics, returns an error, writes to stderr, takes longer than --timeout, or
ends the kernel. It also fails if a claim that it displays (an output of type application/vnd.gradus.claims+json, a list
of {id, measured, verdict, bound}) has a different verdict than in results/claims.csv. A claim that is missing from that
file must hold. A notebook that fails is not changed.

Exit codes: 0 success, 1 a notebook failed, 2 nothing could be executed (unknown name, missing set-up, full disk).
Run it with .setup/venv/bin/python, which `make setup` creates.
"""
import argparse
import asyncio
import csv
import difflib
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KERNEL = "gradus"
CLAIMS = "application/vnd.gradus.claims+json"
# How the Debug text of our own types starts. Readers should never see it.
DEBUG_TEXT = re.compile(r"(Table|Figure|Svg|Claims?|Findings|Report|Sweep|Minimum)( \{|\()")


class Usage(Exception):
    """Nothing could be executed: exit code 2."""


class Failure(Exception):
    """A notebook failed: exit code 1. The second argument is the number of the code cell, where that is not the last."""


def find(names, folder):
    """Returns the paths of the notebooks with these names."""
    known = sorted(folder.glob("*.ipynb"))
    if not names:
        return known
    stems = {path.stem: path for path in known}
    paths = []
    for name in names:
        path = Path(name)
        stem = path.name.removesuffix(".ipynb")
        by_number = [s for s in stems if s.split("_")[0] == stem]
        if path.suffix == ".ipynb" and path.is_file():
            paths.append(path.resolve())
        elif stem in stems:
            paths.append(stems[stem])
        elif len(by_number) == 1:
            paths.append(stems[by_number[0]])
        else:
            near = difflib.get_close_matches(stem, stems, 1, 0.4)
            hint = f"did you mean {near[0]}?" if near else "there are " + (", ".join(stems) or "none")
            raise Usage(f"no notebook is called {name}; {hint}")
    return list(dict.fromkeys(paths))


def code_key(root=ROOT):
    """Returns a hash of what a notebook's outputs depend on besides its cells: the library's sources, the tables in
    results/, and the archives, whose manifests have the SHA-256 of their other files. Unlike the hash of the compiled library, it
    is the same on every machine."""
    digest = hashlib.sha256()
    files = [root / "Cargo.lock", *root.glob("src/**/*.rs"), *root.glob("results/**/*.csv"), *root.glob("archive/*/manifest.json")]
    for path in sorted(files):
        # Cells do not use the command, and no cell displays the times and the comparison with other libraries.
        if path.is_file() and not {"cli", "cli.rs", "bin", "peers.csv", "wall_clock.csv"} & set(path.relative_to(root).parts):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + content(path) + b"\0")
    return digest.hexdigest()


def content(path):
    """Returns a file's bytes. Lines of Rust that contain only a comment are left out, as in build.rs, so that a better comment
    does not make outputs stale."""
    if path.suffix != ".rs":
        return path.read_bytes()
    return b"\n".join(line for line in path.read_bytes().splitlines() if not line.lstrip().startswith(b"//"))


def notebook_key(notebook, key):
    """Returns the hash that tells whether a notebook's outputs still belong to its cells and to the code that they use."""
    digest = hashlib.sha256(key.encode())
    for cell in notebook.cells:
        digest.update(f"\0{cell.cell_type}\0{cell.source}".encode())
    return digest.hexdigest()[:16]


def is_current(notebook, key):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    executed = all(cell.execution_count for cell in code)
    return executed and notebook.metadata.get("gradus", {}).get("key") == notebook_key(notebook, key)


def read_claims(path):
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        if not {"id", "verdict"} <= set(rows.fieldnames or []):
            raise Usage(f"{path} has no columns id and verdict")
        return {row["id"]: row["verdict"].lower() for row in rows}


def plain(text):
    """Returns the text without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def first_line(text):
    return next((line.strip() for line in plain(text).splitlines() if line.strip()), "(no message)")


def check_outputs(outputs, claims):
    """Raises a Failure for an error, and for a claim whose verdict is not the committed one."""
    for output in outputs:
        if output.output_type == "error":
            raise Failure(first_line(output.evalue or "\n".join(output.traceback)))
    for output in outputs:
        data = output.get("data", {})
        if set(data) == {"text/plain"} and DEBUG_TEXT.match(data["text/plain"]):
            # evcxr's first attempt to compile the cell failed, for instance because a variable was moved.
            raise Failure("shown as Debug text; borrow the cell's variables instead of moving them")
        for claim in output.get("data", {}).get(CLAIMS, []):
            verdict, committed = str(claim["verdict"]).lower(), claims.get(claim["id"])
            if verdict != (committed or "holds"):
                says = f"results/claims.csv says {committed}" if committed else "it is not in results/claims.csv, so it must hold"
                raise Failure(
                    f"claim {claim['id']} came out {verdict} "
                    f"(measured {claim.get('measured')}, bound {claim.get('bound')}); {says}"
                )


class Streams:
    """Collects what every cell wrote to stdout and stderr.

    evcxr forwards both streams from separate threads. A line can therefore arrive after the message "the cell is done", and
    nbclient then drops it, so a panic would go unnoticed. A line can also arrive under the name of the next cell. To avoid
    both, this class records each message when it is read, under any name. Every cell starts by printing a mark on both
    streams, and the text between two marks belongs to one cell. A last cell prints only its mark."""

    MARK = re.compile(r"gradus: code cell (\d+) begins\n?")

    def __init__(self, channel):
        self.text = {"stdout": "", "stderr": ""}
        self.read = channel.get_msg
        channel.get_msg = self.get_msg

    async def get_msg(self, *arguments, **options):
        message = await self.read(*arguments, **options)
        if message["msg_type"] == "stream":
            self.text[message["content"]["name"]] += message["content"]["text"]
        return message

    @staticmethod
    def marked(number, source):
        """Returns a cell's code with the mark before its first line, so that line numbers do not change. Commands of evcxr need a
    line of their own."""
        mark = f"gradus: code cell {number} begins"
        return source if source.lstrip().startswith(":") else f'println!("{mark}"); eprintln!("{mark}"); {source}'

    def cells(self, name):
        """Returns, for the number of each cell, what it wrote to one of the two streams."""
        before, *rest = self.MARK.split(self.text[name])
        texts = {1: before}
        for number, text in zip(map(int, rest[::2]), rest[1::2]):
            texts[number] = texts.get(number, "") + text
        return texts

    def check(self):
        """Raises a Failure if a cell wrote to stderr."""
        for number, text in sorted(self.cells("stderr").items()):
            if text.strip():
                raise Failure(first_line(text), number)

    async def finish(self, client, count):
        """Waits for the last line of both streams of as many cells."""
        from nbformat.v4 import new_code_cell

        cells = client.nb.cells
        cells.append(new_code_cell(self.marked(count + 1, "")))
        await client.async_execute_cell(cells[-1], len(cells) - 1, execution_count=count + 1)
        cells.pop()
        while not all(count + 1 in self.cells(name) for name in self.text):
            await asyncio.wait_for(self.get_msg(), 30)
        self.check()

    def stdout(self, number):
        return self.cells("stdout").get(number, "")


def normalize(notebook, streams, key):
    """Removes details that change with every execution although the outputs stay the same."""
    count = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        rest = [output for output in cell.outputs if output.output_type != "stream"]
        for output in rest:
            if output.output_type == "execute_result":
                output.execution_count = count
        # Join the text into one block before the displayed values: how it was split depends on timing.
        text = streams.stdout(count)
        stream = {"output_type": "stream", "name": "stdout", "text": text}
        cell.outputs = ([type(notebook)(stream)] if text else []) + rest
    notebook.metadata.pop("widgets", None)
    notebook.metadata.kernelspec = {"display_name": "Rust (gradus)", "language": "rust", "name": KERNEL}
    notebook.metadata.gradus = {"key": notebook_key(notebook, key)}


def write(path, notebook):
    """Writes a notebook to a temporary file and renames it, so that readers never see a partly written one."""
    import nbformat

    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        # mkstemp creates files that only their owner can read.
        os.chmod(aside, path.stat().st_mode & 0o777)
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise
    sign(path)


def sign(path):
    """Signs a notebook, so that JupyterLab trusts it and draws its charts. A machine on which that fails still has the
    outputs, and shows the charts after "Trust Notebook"."""
    import nbformat
    from nbformat.sign import NotebookNotary

    try:
        NotebookNotary().sign(nbformat.read(path, as_version=4))
    except Exception as error:
        print(f"gradus: {path.name} could not be signed: {first_line(str(error))}", file=sys.stderr)


async def execute(path, notebook, options, claims, interrupt):
    """Executes all cells of a notebook in a kernel of its own; returns what they wrote."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook,
        kernel_name=KERNEL,
        timeout=options.timeout,
        startup_timeout=120,
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        allow_errors=True,
        shutdown_kernel="immediate",
    )
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    begun = said = time.monotonic()
    number = 0
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        try:
            async with client.async_setup_kernel(stdout=log, stderr=log):
                # At an interrupt, nbclient ends its own kernel and continues. We end all of them.
                for sign in (signal.SIGINT, signal.SIGTERM):
                    asyncio.get_running_loop().add_signal_handler(sign, interrupt)
                streams = Streams(client.kc.iopub_channel)
                for number, (index, cell) in enumerate(code, 1):
                    source, cell.source = cell.source, Streams.marked(number, cell.source)
                    try:
                        await client.async_execute_cell(cell, index, execution_count=number)
                    finally:
                        cell.source = source
                    check_outputs(cell.outputs, claims)
                    streams.check()
                    if number < len(code) and time.monotonic() - said > 10:
                        said = time.monotonic()
                        print(f"{path.stem}: {number} of {len(code)} cells, {said - begun:.0f} s", flush=True)
                await streams.finish(client, len(code))
        except CellTimeoutError:
            raise Failure(f"{path.name}, code cell {number}: took longer than {options.timeout} s") from None
        except DeadKernelError:
            raise Failure(f"{path.name}, code cell {number}: the kernel died") from None
        except Failure as failure:
            message, number = (*failure.args, number)[:2]
            raise Failure(f"{path.name}, code cell {number}: {message}") from None
        except RuntimeError as error:
            # The error of jupyter_client when a kernel does not start; the kernel itself prints the reason.
            log.seek(0)
            said = [line for line in log.read().splitlines() if line.lower().startswith("error:")]
            raise Failure(f"{path.name}: {error}: {'; '.join(said)}") from None
    print(f"{path.stem}: {len(code)} cells, {time.monotonic() - begun:.1f} s", flush=True)
    return streams


async def run(paths, options, claims, key):
    import nbformat

    places = asyncio.Semaphore(options.jobs)
    failures = []
    interrupt = asyncio.current_task().cancel

    async def one(path):
        async with places:
            try:
                notebook = nbformat.read(path, as_version=4)
            except Exception as error:
                failures.append(f"{path.name} is not a notebook: {first_line(str(error))}")
                return
            if options.in_place and not options.force and is_current(notebook, key):
                print(f"{path.stem}: unchanged", flush=True)
                return
            try:
                streams = await execute(path, notebook, options, claims, interrupt)
            except Failure as failure:
                failures.append(str(failure))
                print(f"{path.stem}: FAILED", flush=True)
                return
            if options.in_place:
                normalize(notebook, streams, key)
                write(path, notebook)

    await asyncio.gather(*(one(path) for path in paths))
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", action="store_true", help="execute, write nothing")
    mode.add_argument("--in-place", action="store_true", help="execute and keep the outputs")
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks (default: all)")
    parser.add_argument("--force", action="store_true", help="execute unchanged notebooks too")
    parser.add_argument("--key", help="what stands for the code that outputs depend on (default: a hash of src/ and results/)")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks at a time (default: %(default)s)")
    parser.add_argument("--timeout", type=int, default=300, help="seconds that a cell may take (default: %(default)s)")
    parser.add_argument("--claims", type=Path, default=ROOT / "results/claims.csv", help="verdicts to expect (default: results/claims.csv)")
    parser.add_argument("--no-build", action="store_true", help="take the kernel's library as it is")
    options = parser.parse_args()
    try:
        if options.jobs < 1 or options.timeout < 1:
            raise Usage("--jobs and --timeout must be at least 1")
        paths = find(options.names, ROOT / "notebooks")
        if not paths:
            print("there is no notebook in notebooks/")
            return 0
        try:
            import nbclient  # noqa: F401
            from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
        except ImportError:
            raise Usage("nbclient is missing: please run `make setup` and use .setup/venv/bin/python") from None
        if not options.no_build and subprocess.run([ROOT / "scripts/kernel.sh"], check=False).returncode:
            raise Usage("the kernel could not be built: see the message above")
        try:
            KernelSpecManager().get_kernel_spec(KERNEL)
        except NoSuchKernel:
            raise Usage("the kernel is not installed: please run `make setup`") from None
        key = options.key if options.key is not None else code_key()
        with tempfile.TemporaryDirectory(prefix="gradus-") as folder:
            # A kernel that is ended immediately leaves its build folder behind.
            os.environ["TMPDIR"] = folder
            failures = asyncio.run(run(paths, options, read_claims(options.claims), key))
    except (asyncio.CancelledError, KeyboardInterrupt):
        print("gradus: interrupted", file=sys.stderr)
        return 130
    except (Usage, OSError) as error:
        print(f"gradus: {error}", file=sys.stderr)
        return 2
    for failure in failures:
        print(f"gradus: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
