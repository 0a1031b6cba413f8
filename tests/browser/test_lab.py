#!/usr/bin/env python3
"""The notebooks as a reader uses them: in JupyterLab, in a real browser.

Opens three notebooks of ours, sees their charts before anything ran, runs them, and turns a knob. Then makes each kind of
error in a notebook of its own, interrupts, restarts, completes names, in light and dark. Screenshots are in target/lab.
The notebooks are copies, as those of `make lab`: nothing in notebooks/ changes. Run it with .setup/venv/bin/python after
scripts/kernel.sh."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo/tests"))
from browser import Browser, missing  # noqa: E402

PICTURES = ROOT / "target/lab"
# Copies below the clone find its results/ as the notebooks do.
COPIES = PICTURES / "notebooks"
OURS = ["06_problems_with_sgd", "07_momentum", "16_your_own_optimizer"]
# A cell of 07 that asks to be changed, and a change.
KNOB = ("let (lr, rho) = (0.1, 0.8); // change these", "let (lr, rho) = (0.05, 0.5); // change these")
KERNEL = {"display_name": "Rust (gradus)", "language": "rust", "name": "gradus"}

# The cells of the notebook in which everything goes wrong, and some goes well.
CELLS = {
    "function": "let mut f = Function::new(2, |x| x[0] * x[0] + 3.0 * x[1] * x[1]);",
    "minimum": "let found = minimize(FiniteDifference::new(&mut f), &array![1.0, 2.0], Lbfgs::new(5), Stop::grad(1e-6))?;\nfound",
    "trace": "found.trace",
    "result": "Ok::<Array1<f64>, Error>(found.x.clone())",
    "loop": "for i in 0..2 { println!(\"{i}\"); }",
    "panic": "let empty: Vec<f64> = vec![];\nlet first = empty[found.iterations * 0];",
    "after": 'println!("this must not run");',
}


class Lab:
    """A JupyterLab server with settings of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = self.folder / "settings/@jupyterlab"
        for name, values in {
            # All cells are in the page, also those far below.
            "notebook-extension/tracker": {"windowingMode": "none"},
            "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        }.items():
            path = settings / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        self.environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "TMPDIR": str(self.folder),
        }

    def copy_notebooks(self):
        """Does what `make lab` does."""
        script = ROOT / "scripts/lab_copies.py"
        subprocess.run([sys.executable, "-B", script, ROOT / "notebooks", COPIES], env=self.environment, check=True, capture_output=True)

    def start(self, root):
        self.log = open(PICTURES / "server.log", "w")
        options = {
            "ServerApp.root_dir": root,
            "ServerApp.port": self.port,
            "ServerApp.open_browser": False,
            "IdentityProvider.token": "",
            "ServerApp.allow_root": True,
            "LabApp.expose_app_in_browser": True,
            # As `make lab` does, for charts that follow the theme.
            "LabApp.custom_css": True,
            "ServerApp.static_custom_path": ROOT / "notebooks/kernel/lab",
            "LabApp.news_url": None,
            "LabApp.extension_manager": "readonly",
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *words], env=self.environment, stdout=self.log, stderr=self.log
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(self.address("api"), timeout=2)
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.2)
        raise RuntimeError(f"JupyterLab did not start: see {PICTURES / 'server.log'}")

    def address(self, path):
        return f"http://127.0.0.1:{self.port}/{path}"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


class Reader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(PICTURES, ignore_errors=True)
        COPIES.mkdir(parents=True)
        errors = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()], metadata={"kernelspec": KERNEL})
        nbformat.write(errors, COPIES / "errors.ipynb")
        cls.folder = tempfile.TemporaryDirectory(prefix="gradus-lab-", ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.lab = Lab(cls.folder.name)
        cls.lab.copy_notebooks()
        cls.lab.start(COPIES)
        cls.addClassCleanup(cls.lab.stop)
        cls.browser = Browser(1300, 1100)
        cls.addClassCleanup(cls.browser.close)
        cls.browser.open(cls.lab.address("lab?reset"))
        cls.browser.wait("window.jupyterapp !== undefined && window.jupyterapp.commands.hasCommand('docmanager:open')", "JupyterLab", 60)
        cls.browser.run("await window.jupyterapp.restored")

    def command(self, name, **arguments):
        return self.browser.run("const r = await window.jupyterapp.commands.execute(args[0], args[1]); return typeof r === 'boolean' ? r : null", name, arguments)

    def send(self, name):
        """Starts a command that takes long, and does not wait for its end."""
        self.browser.run("window.jupyterapp.commands.execute(args[0]); return null", name)

    def open(self, name):
        self.command("docmanager:open", path=f"{name}.ipynb", factory="Notebook")
        self.browser.run("await window.jupyterapp.shell.currentWidget.context.ready; await window.jupyterapp.shell.currentWidget.revealed")

    def close(self):
        self.browser.run(
            "const w = window.jupyterapp.shell.currentWidget; await w.context.save(); await w.sessionContext.shutdown(); w.close(); return null"
        )

    def kernel_answers(self):
        self.browser.wait(
            "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'", "the kernel", 60
        )

    def cells(self):
        """The code cells of the notebook: their numbers, what they show, and whether they run."""
        script = """
        return window.jupyterapp.shell.currentWidget.content.widgets.map((cell, at) => {
          const model = cell.model.toJSON();
          return {at, type: model.cell_type, outputs: model.outputs ?? [], count: model.execution_count,
                  waits: (cell.promptNode?.textContent ?? '').includes('*')};
        }).filter(cell => cell.type === 'code')
        """
        return self.browser.run(script)

    def run_all(self, seconds):
        self.send("notebook:run-all-cells")
        self.wait_for_cells(seconds)

    def wait_for_cells(self, seconds):
        time.sleep(0.5)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            busy = self.browser.run("return window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status !== 'idle'")
            if not busy and not any(cell["waits"] for cell in self.cells()):
                return
            time.sleep(0.3)
        self.fail(f"cells still run after {seconds} s: {[cell['at'] for cell in self.cells() if cell['waits']]}")

    def execute(self, source, seconds=60, wait=True):
        """Appends a cell, runs it, and returns its outputs."""
        self.browser.run(
            """const w = window.jupyterapp.shell.currentWidget;
            w.content.activeCellIndex = w.content.widgets.length - 1;
            await window.jupyterapp.commands.execute('notebook:insert-cell-below');
            w.content.activeCell.model.sharedModel.setSource(args[0]);
            window.jupyterapp.commands.execute('notebook:run-cell');
            return null""",
            source,
        )
        if not wait:
            return None
        self.wait_for_cells(seconds)
        return self.cells()[-1]["outputs"]

    def charts(self):
        """The numbers of pictures that are drawn in outputs, and of outputs that have one."""
        return self.browser.run(
            """const w = window.jupyterapp.shell.currentWidget;
            const drawn = w.node.querySelectorAll('.jp-RenderedSVG img, .jp-RenderedSVG svg').length;
            const there = w.content.widgets.flatMap(cell => cell.model.toJSON().outputs ?? [])
              .filter(output => output.data?.['image/svg+xml']).length;
            return [drawn, there]"""
        )

    def picture(self, name):
        """Takes a picture of the window, with the end of the cell that was run last in it."""
        self.browser.run("window.jupyterapp.shell.currentWidget.content.activeCell.node.scrollIntoView({block: 'end'})")
        self.browser.screenshot(PICTURES / f"{name}.png")

    def errors(self, outputs):
        return [output for output in outputs if output["output_type"] == "error"]

    def text(self, outputs):
        """All the text that a cell shows."""
        parts = []
        for output in outputs:
            parts += [output.get("text", ""), output.get("evalue", "")]
            parts.append(output.get("data", {}).get("text/plain", ""))
        return "\n".join("".join(part) for part in parts)

    def test_1_notebooks_show_their_charts_when_they_are_opened_and_run_to_their_end(self):
        for name in OURS:
            with self.subTest(name):
                self.open(name)
                self.browser.wait("document.querySelectorAll('.jp-RenderedSVG img, .jp-RenderedSVG svg').length > 0", "a chart")
                drawn, there = self.charts()
                self.assertGreater(there, 2)
                self.assertEqual(drawn, there, "every chart is drawn in a notebook that is only opened")
                self.picture(f"{name}-opened")
                self.kernel_answers()
                self.run_all(120)
                wrong = [cell for cell in self.cells() if self.errors(cell["outputs"]) or not cell["count"]]
                self.assertEqual(wrong, [])
                self.assertEqual(self.charts(), [there, there], "the same charts after the run")
                self.assertEqual([cell["count"] for cell in self.cells()], list(range(1, len(self.cells()) + 1)))
                if name == "07_momentum":
                    self.turn_a_knob()
                self.close()

    def turn_a_knob(self):
        """Changes the first line of a cell that asks for it: the picture below changes, and no other."""
        def pictures():
            return {cell["at"]: output["data"]["image/svg+xml"] for cell in self.cells()
                    for output in cell["outputs"] if "image/svg+xml" in output.get("data", {})}

        before = pictures()
        at = self.browser.run(
            """const content = window.jupyterapp.shell.currentWidget.content;
            const at = content.widgets.findIndex(cell => cell.model.sharedModel.getSource().includes(args[0]));
            content.activeCellIndex = at;
            const model = content.widgets[at].model.sharedModel;
            model.setSource(model.getSource().replace(args[0], args[1]));
            window.jupyterapp.commands.execute('notebook:run-cell');
            return at""",
            *KNOB,
        )
        self.wait_for_cells(60)
        after = pictures()
        self.assertEqual([at for at in before if before[at] != after[at]], [at])
        self.assertIn("momentum, ρ = 0.5", "".join(after[at]))
        drawn, there = self.charts()
        self.assertEqual(drawn, there)
        self.picture("knob")

    def test_2_a_reader_makes_every_kind_of_error(self):
        self.open("errors")
        self.kernel_answers()
        self.run_all(120)
        cells = dict(zip(CELLS, self.cells()))
        shown = {name: self.text(cell["outputs"]) for name, cell in cells.items()}
        self.assertEqual(cells["function"]["outputs"], [])
        self.assertIn("lbfgs: converged", shown["minimum"])
        self.assertIn("rows", shown["trace"])
        self.assertRegex(shown["result"], r"^\s*\[ ?-?\d")
        self.assertEqual(shown["loop"].strip(), "0\n1")
        self.assertIn("panicked: index out of bounds", shown["panic"])
        self.assertEqual(len(self.errors(cells["panic"]["outputs"])), 1)
        self.assertEqual((cells["after"]["outputs"], cells["after"]["count"]), ([], None), "Run All stops at the panic")
        self.picture("panic")

        outputs = self.execute('let n: f64 = "three".parse::<f64>()?;')
        self.assertEqual([error["evalue"] for error in self.errors(outputs)], ["invalid float literal"])
        self.assertEqual(self.text(self.execute("found.iterations > 0")).strip(), "true", "a panic costs no variable")

        # rustc has a warning about this function, in this cell and in all later ones.
        self.assertEqual(self.execute("fn half(x: f64) -> f64 { let unused = 1; x / 2.0 }"), [])
        outputs = self.execute("let y = found + nothing;")
        self.assertEqual(len(self.errors(outputs)), 1, "no warning of an earlier cell")
        self.assertIn("cannot find value `nothing`", self.text(outputs))
        self.picture("compile-error-light")
        self.legible()
        self.command("apputils:change-theme", theme="JupyterLab Dark")
        self.browser.wait("document.body.dataset.jpThemeLight === 'false'", "the dark theme")
        time.sleep(0.5)
        self.picture("compile-error-dark")
        self.legible()
        self.command("apputils:change-theme", theme="JupyterLab Light")

        outputs = self.execute(':dep no_crate_of_this_name = "1"')
        self.assertIn(":offline 0", self.text(outputs) + json.dumps(outputs))

    def legible(self):
        """All text of outputs stands out from its background, letter by letter: that of errors, results and tables."""
        pale = self.browser.run(
            """const channel = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
            const luminance = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
            const rgba = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
            // What is seen behind an element: its background over that of its parents.
            const behind = node => {
              if (!node) return [255, 255, 255];
              const [r, g, b, a] = rgba(getComputedStyle(node).backgroundColor);
              if (a === 1) return [r, g, b];
              const under = behind(node.parentElement);
              return [r, g, b].map((value, i) => a * value + (1 - a) * under[i]);
            };
            const pale = [];
            const seen = {};
            for (const root of window.jupyterapp.shell.currentWidget.node.querySelectorAll('.jp-OutputArea-output')) {
              const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                if (!walker.currentNode.textContent.trim() || walker.currentNode.parentElement.closest('svg, style')) continue;
                seen[root.dataset.mimeType] = true;
                const node = walker.currentNode.parentElement;
                const [color, back] = [luminance(rgba(getComputedStyle(node).color)), luminance(behind(node))];
                const ratio = (Math.max(color, back) + .05) / (Math.min(color, back) + .05);
                if (ratio < 4.5) pale.push([walker.currentNode.textContent, ratio]);
              }
            }
            for (const kind of ['application/vnd.jupyter.stderr', 'application/vnd.jupyter.stdout', 'text/html'])
              if (!seen[kind]) pale.push([`no ${kind} is shown`, 0]);
            return pale"""
        )
        self.assertEqual(pale, [])

    def start_a_cell(self, source):
        """Runs a cell, and returns when it has said that it is waiting."""
        self.execute('println!("waiting");\n' + source, wait=False)
        deadline = time.monotonic() + 30
        while "waiting" not in self.text(self.cells()[-1]["outputs"]) and time.monotonic() < deadline:
            time.sleep(0.2)

    def test_3_an_interrupt_keeps_what_it_can_and_a_restart_helps(self):
        # A run of a million iterations, each of a millisecond, ends at once with what it has found.
        self.execute("let survivor = 42;")
        slow = "Function::new(1, |x| { std::thread::sleep(std::time::Duration::from_millis(1)); x[0] * x[0] })"
        self.start_a_cell(
            f"let endless = minimize(FiniteDifference::new({slow}), &array![1.0], FirstOrder::new(Sgd, 1e-9)?, "
            "Stop::iterations(1_000_000))?;\nendless"
        )
        time.sleep(0.5)
        begun = time.monotonic()
        self.send("notebook:interrupt-kernel")
        self.wait_for_cells(30)
        self.assertLess(time.monotonic() - begun, 10)
        outputs = self.cells()[-1]["outputs"]
        said = self.errors(outputs)
        self.assertEqual([error["ename"] for error in said], ["Interrupted"])
        self.assertIn("All variables of earlier cells are still there", said[0]["evalue"])
        self.assertIn("interrupted after", self.text(outputs))
        self.picture("interrupted-run")
        self.assertEqual(self.text(self.execute("survivor")).strip(), "42")
        self.assertEqual(self.text(self.execute('endless.termination.word() == "interrupted" && endless.iterations > 10')).strip(), "true")
        shown = self.execute("minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], Lbfgs::new(5), Stop::grad(1e-6))?")
        self.assertIn("converged", self.text(shown), "the next run is not interrupted")

        # A loop of the reader's own cannot be asked.
        self.start_a_cell("loop { std::thread::sleep(std::time::Duration::from_millis(50)); }")
        self.send("notebook:interrupt-kernel")
        self.wait_for_cells(30)
        said = self.errors(self.cells()[-1]["outputs"])
        self.assertEqual([error["ename"] for error in said], ["Interrupted"])
        self.assertIn("All variables of earlier cells are gone", said[0]["evalue"])
        self.picture("interrupted")
        outputs = self.execute('panic!("again");')
        self.assertEqual(self.errors(outputs)[0]["evalue"], "panicked: again", "the tidy line is back")
        self.assertEqual([output["output_type"] for output in outputs], ["error"])

        # Interrupting a kernel that does nothing costs nothing.
        self.execute("let kept = 7;")
        self.command("notebook:interrupt-kernel")
        self.assertEqual(self.text(self.execute("kept")).strip(), "7")

        self.browser.run("await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); return null")
        self.kernel_answers()
        self.assertIn("cannot find value `kept`", self.text(self.execute("kept + 1")))
        self.assertEqual(self.text(self.execute("1 + 1")).strip(), "2")

        self.complete()
        self.close()

    def offered(self, source):
        """Writes a cell, asks for completions at its end, and returns what the page offers."""
        self.browser.run(
            """const w = window.jupyterapp.shell.currentWidget;
            w.content.activeCellIndex = w.content.widgets.length - 1;
            await window.jupyterapp.commands.execute('notebook:insert-cell-below');
            await window.jupyterapp.commands.execute('notebook:enter-edit-mode');
            const {model, editor} = w.content.activeCell;
            model.sharedModel.setSource(args[0]);
            const lines = args[0].split('\\n');
            editor.setCursorPosition({line: lines.length - 1, column: lines.at(-1).length});
            editor.focus();
            window.jupyterapp.commands.execute('completer:invoke-notebook');
            return null""",
            source,
        )
        self.browser.wait("document.querySelector('.jp-Completer:not(.lm-mod-hidden) .jp-Completer-item')", "completions", 30)
        return self.browser.run("return [...document.querySelectorAll('.jp-Completer-item .jp-Completer-match')].map(item => item.textContent)")

    def complete(self):
        """The page offers names as a reader types them: a variant, the fields of a result, the methods of an array."""
        self.execute("let found = minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], Lbfgs::new(5), Stop::grad(1e-6))?;")
        self.execute("let numbers = array![1.0, 2.0];")
        offered = self.offered("Schedule::Cos")
        self.assertTrue(any("Cosine" in item for item in offered), offered)
        offered = self.offered("found.")
        self.assertEqual({"x", "value", "trace", "iterations", "termination"} - set(offered[:20]), set(), offered[:20])
        self.picture("completion")
def main():
    if lacking := missing():
        print(f"gradus: {' and '.join(lacking)} missing: please run scripts/browser.sh", file=sys.stderr)
        return 2
    return 0 if unittest.main(exit=False, failfast=True).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
