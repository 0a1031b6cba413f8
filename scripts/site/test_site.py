#!/usr/bin/env python3
"""Tests of the site in a real browser: test_site.py [FOLDER]

FOLDER is the site that scripts/site.sh built. Every page is opened at desktop and phone width, light and dark.
"""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo/tests"))

from browser import Browser, missing

SITE = ROOT / "target/site"
LARGEST = 1_500_000
WIDTHS = {"desktop": 1280, "phone": 375}

# Checks a page at a given width (a phone widens its window if something does not fit), and returns a sentence for each fault.
CHECK = r"""
const wrong = [], width = args[0], root = document.documentElement, name = (e) => `<${e.tagName.toLowerCase()}> ${e.textContent.trim().slice(0, 60)}`;
if (root.scrollWidth > width) wrong.push(`the page is ${root.scrollWidth} wide in a window of ${width}`);
const boxes = "svg, math, .scroll, .formula, pre, .skip, thead";
for (const e of document.querySelectorAll("body *")) {
    const box = e.getBoundingClientRect();
    if (box.width && box.right > width + 1 && !e.closest(boxes)) wrong.push(`beyond the edge: ${name(e)}`);
}
for (const e of document.querySelectorAll("img")) if (!e.complete || !e.naturalWidth) wrong.push(`a picture is missing: ${e.src.slice(0, 80)}`);
for (const svg of document.querySelectorAll("figure svg:not(svg svg)")) {
    for (const text of svg.querySelectorAll("text")) {
        // A panel is a drawing inside the drawing, and cuts off what leaves it.
        const box = text.getBoundingClientRect(), frame = text.closest("svg").getBoundingClientRect();
        if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) {
            wrong.push(`clipped in "${svg.querySelector("title")?.textContent}": ${text.textContent}`);
        }
    }
}
for (const e of document.querySelectorAll(".formula")) {
    if (e.scrollHeight > e.clientHeight + 1) wrong.push(`a formula is cut off: ${name(e)}`);
}
for (const e of document.querySelectorAll("math")) {
    if (e.checkVisibility() && !e.getBoundingClientRect().width) wrong.push(`a formula has no width: ${name(e)}`);
}
return wrong;
"""

# Unfolds everything, and loads pictures that are not in view.
WHOLE = """
document.querySelectorAll('details').forEach(d => { d.open = true; });
document.querySelectorAll('img').forEach(e => { e.loading = 'eager'; });
for (let k = 0; k < 100 && ![...document.querySelectorAll('img')].every(e => e.complete); k++) await new Promise(r => setTimeout(r, 50));
"""

# Checks that do not depend on the width.
ONCE = r"""
const wrong = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("pre, code, script, style, svg")) continue;
    if (/\$[^$]*\$|\\[a-zA-Z]+|MATHEMATICS/.test(node.data)) wrong.push(`raw LaTeX: ${node.data.trim().slice(0, 80)}`);
}
if (document.querySelector("merror")) wrong.push("a formula that could not be drawn");
if (document.querySelectorAll("h1").length !== 1) wrong.push("not exactly one <h1>");
let level = 0;
for (const e of document.querySelectorAll("main :is(h1, h2, h3, h4)")) {
    const next = Number(e.tagName[1]);
    if (next > level + 1) wrong.push(`a heading skips a level: ${e.textContent}`);
    level = next;
}
for (const e of document.querySelectorAll("img")) if (!e.alt.trim()) wrong.push("a picture without alternative text");
for (const e of document.querySelectorAll("figure svg:not(svg svg, [aria-hidden=true])")) {
    if (e.getAttribute("role") !== "img" || !e.querySelector("title")?.textContent.trim()) wrong.push("a chart without a name");
}
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id), twice = ids.filter((id, i) => ids.indexOf(id) !== i);
if (twice.length) wrong.push(`ids that occur twice: ${[...new Set(twice)].join(", ")}`);
return wrong;
"""

# The contrast of text and background, by the formula of WCAG 2.
CONTRAST = r"""
const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
};
const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
const luminance = (c) => c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
const chain = (e) => e ? [...chain(e.parentElement), e] : [];
const wrong = new Set();
for (const e of document.querySelectorAll("body *")) {
    if (e.closest("svg, script, .skip, option") || !e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    let behind = [255, 255, 255], faded = 1;
    for (const a of chain(e)) {
        const style = getComputedStyle(a);
        behind = over(parse(style.backgroundColor), behind);
        faded *= Number(style.opacity);
    }
    const style = getComputedStyle(e), ink = parse(style.color), size = parseFloat(style.fontSize);
    const [a, b] = [luminance(over([...ink.slice(0, 3), ink[3] * faded], behind)), luminance(behind)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < (size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5)) {
        wrong.add(`contrast ${ratio.toFixed(2)}: <${e.tagName.toLowerCase()} class="${e.className}"> ${e.textContent.trim().slice(0, 30)}`);
    }
}
return [...wrong];
"""


WRONG = """<!doctype html><meta name="viewport" content="width=device-width"><style>body { background: #fff; color: #eee }</style><main><h1 id="a">Wrong</h1><h3 id="a">3</h3>
<p>costs $x$</p><p style="width: 900px">wide</p><img src="gone.png">
<figure><svg role="img" width="100" height="50" viewBox="0 0 100 50"><title>chart</title><text x="60" y="20">far out</text></svg></figure>
<figure><svg width="10" height="10"></svg></figure></main>"""


def pages():
    """Returns all pages except the demo and pages of other programs, which have their own tests."""
    return [path for path in sorted(SITE.rglob("*.html")) if '<header class="site">' in path.read_text(encoding="utf-8")]


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser(WIDTHS["desktop"], 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def width(self, pixels):
        self.browser.cdp("Emulation.setDeviceMetricsOverride", width=pixels, height=800, deviceScaleFactor=1, mobile=pixels < 500)

    def scheme(self, name):
        self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def open(self, path, rest=""):
        self.browser.open("about:blank")
        self.browser.complaints(), self.browser.requests()
        self.browser.open(path.as_uri() + rest)

    def test_every_page_reads_well(self):
        self.assertGreaterEqual(len(pages()), 20)
        for path in pages():
            with self.subTest(page=str(path.relative_to(SITE))):
                self.scheme("light")
                self.width(WIDTHS["desktop"])
                self.open(path)
                self.browser.run(WHOLE)
                found = self.browser.run(ONCE)
                for name, pixels in WIDTHS.items():
                    self.width(pixels)
                    found += [f"{name}: {sentence}" for sentence in self.browser.run(CHECK, pixels)]
                for scheme in ("light", "dark"):
                    self.scheme(scheme)
                    found += [f"{scheme}: {sentence}" for sentence in self.browser.run(CONTRAST)]
                asked = [address for address in self.browser.requests() if not address.startswith((SITE.as_uri(), "data:", "about:"))]
                found += [f"asks for {address}" for address in asked]
                found += [f"the console says: {entry['message']}" for entry in self.browser.complaints()]
                if path.stat().st_size > LARGEST:
                    found.append(f"{path.stat().st_size:,} bytes")
                self.assertFalse(found, "\n".join(found))

    def test_the_checks_find_what_is_wrong(self):
        with tempfile.TemporaryDirectory(prefix="gradus-site-") as folder:
            path = pathlib.Path(folder) / "wrong.html"
            path.write_text(WRONG, encoding="utf-8")
            self.scheme("light")
            self.width(WIDTHS["phone"])
            self.open(path)
            found = "\n".join(self.browser.run(ONCE) + self.browser.run(CHECK, WIDTHS["phone"]) + self.browser.run(CONTRAST))
            for part in ["raw LaTeX: costs $x$", "a heading skips", "without alternative text", "a picture is missing", "clipped in \"chart\": far out",
                         "wide in a window of 375", "beyond the edge: <p> wide", "ids that occur twice: a", "contrast 1.", "a chart without a name"]:
                self.assertIn(part, found)
            self.assertTrue(self.browser.complaints(), "a missing picture is an error in the console")

    def test_formulas_have_their_font_and_shape(self):
        self.open(SITE / "notebooks/07_momentum.html")
        self.assertTrue(self.browser.run("await document.fonts.ready; return document.fonts.check('16px \"Gradus Math\"', 'α')"))
        self.assertGreater(self.browser.run("return document.querySelectorAll('math').length"), 20)
        # A fraction must be as high as two lines; otherwise it was not drawn as a fraction.
        tall = self.browser.run("const f = document.querySelector('.formula mfrac').getBoundingClientRect(); return f.height")
        self.assertGreater(tall, 30)

    def search(self, query):
        """Types a query into the search, and returns the addresses found."""
        self.browser.run(
            "const f = document.querySelector('.search input'); f.focus(); f.value = args[0]; f.dispatchEvent(new Event('input'));", query
        )
        self.browser.wait("!/Loading/.test(document.querySelector('.found output').textContent)", "the search")
        return self.browser.run("return [...document.querySelectorAll('#found a')].map(a => a.getAttribute('href'))")

    def test_the_search_finds_text_on_all_pages(self):
        for width in WIDTHS.values():
            self.width(width)
            self.open(SITE / "index.html")
            self.assertFalse(self.browser.run("return 'GRADUS' in window"), "the index is loaded when somebody searches")
            self.assertEqual(self.search("nesterov momentum")[0], "notebooks/08_nesterov_momentum.html")
            self.assertIn("results/momentum.html#claim-forms-part", self.search("ways of writing equivalent"))
            self.assertIn("notebooks/10_adam.html#where-the-field-stands", self.search("AdamW"))
            self.assertIn("notebooks/10_adam.html#where-the-field-stands", self.search("weight decay"))
            self.assertIn("notebooks/07_momentum.html#in-a-ravine", self.search("figure_svg ravine"))
            marked = self.browser.run("return [...document.querySelectorAll('#found mark')].map(m => m.textContent.toLowerCase())")
            self.assertTrue(marked and set(marked) <= {"figure_svg", "ravine", "figure_svg ravine"}, marked)
            # Every hit leads somewhere, and the list stays within the window.
            for address in self.search("momentum"):
                self.assertTrue((SITE / address.split("#")[0]).is_file(), address)
            self.assertEqual(self.browser.run(CHECK, width), [])
            self.assertEqual(self.search("xyzzy"), [])
            self.assertEqual(self.browser.run("return document.querySelector('.found output').textContent"), "Nothing found")

    def test_the_search_works_with_the_keyboard_alone(self):
        self.open(SITE / "notebooks/07_momentum.html")
        self.browser.press("/")
        self.browser.press(*"weight decay")
        self.browser.wait("document.querySelectorAll('#found a').length > 1", "hits")
        first, second = self.browser.run("return [...document.querySelectorAll('#found a')].slice(0, 2).map(a => a.href)")
        self.browser.press("down", "down", "up")
        self.assertEqual(self.browser.run("return document.activeElement.href"), first)
        self.browser.press("down")
        self.assertEqual(self.browser.run("return document.activeElement.href"), second)
        self.browser.press("enter")
        self.browser.wait(f"location.href === '{second}'", "the page of the second hit")

    def test_the_theme_can_be_switched_and_charts_follow(self):
        paper = "return getComputedStyle(document.body).backgroundColor"
        ink = "return getComputedStyle(document.querySelector('figure.chart .panels text')).fill"
        for scheme in ("light", "dark"):
            self.scheme(scheme)
            self.open(SITE / "notebooks/07_momentum.html")
            before = self.browser.run(paper), self.browser.run(ink)
            self.browser.run("document.querySelector('button.theme').click()")
            after = self.browser.run(paper), self.browser.run(ink)
            self.assertTrue(before[0] != after[0] and before[1] != after[1], (before, after))
            self.assertEqual(self.browser.run(CONTRAST), [])
            # The next page keeps the choice, and a second click gives it up.
            self.open(SITE / "index.html")
            self.assertEqual(self.browser.run(paper), after[0])
            self.browser.run("document.querySelector('button.theme').click()")
            self.assertEqual(self.browser.run("return [document.documentElement.dataset.theme ?? '', localStorage.length]"), ["", 0])
        self.scheme("light")

    def test_panels_stack_on_a_phone(self):
        tops = """const panels = document.querySelectorAll('#ravine .panels svg'), boxes = [...panels].map(p => p.getBoundingClientRect());
            return boxes.map(b => [Math.round(b.left), Math.round(b.top), Math.round(b.width)])"""
        for name, pixels in WIDTHS.items():
            self.width(pixels)
            self.open(SITE / "results/momentum.html")
            (left, top, width), (left2, top2, _) = self.browser.run(tops)
            self.assertEqual((left < left2, top == top2), (True, True) if name == "desktop" else (False, False))
        # The panel fills the phone; its letters are nearly as large as on a desktop.
        self.assertGreater(width, 330)

    def test_on_paper_code_stays_with_its_chart(self):
        self.open(SITE / "notebooks/07_momentum.html")
        self.browser.run("document.documentElement.dataset.theme = 'dark'")
        self.browser.cdp("Emulation.setEmulatedMedia", media="print")
        style = lambda selector, name: self.browser.run("return getComputedStyle(document.querySelector(args[0]))[args[1]]", selector, name)
        try:
            self.assertEqual(style(".cell", "breakInside"), "avoid")
            self.assertEqual(style(".cell > pre.code", "breakAfter"), "avoid")
            self.assertEqual(style("header.site", "display"), "none")
            self.assertEqual(style("body", "color"), "rgb(33, 33, 36)")
        finally:
            self.browser.cdp("Emulation.setEmulatedMedia", media="")

    def test_a_comparison_is_there_to_browse(self):
        self.open(SITE / "results/comparison.html")
        self.browser.open(self.browser.run("return document.querySelector('.facts a[href$=\"results/compare.html\"]').href"))
        self.browser.wait("document.documentElement.dataset.ready !== undefined", "the page of the comparison")
        self.assertGreater(self.browser.run("return document.querySelectorAll('table tbody tr').length"), 10)

    def test_claims_can_be_filtered_and_a_link_carries_the_filter(self):
        shown = "return [...document.querySelectorAll('table.claims tbody tr')].filter(r => r.checkVisibility()).map(r => r.dataset.verdict)"
        self.open(SITE / "claims.html")
        everything = self.browser.run(shown)
        self.assertGreaterEqual(len(everything), 60)
        self.open(SITE / "claims.html", "?verdict=refuted")
        self.assertEqual(self.browser.run(shown), ["refuted"] * everything.count("refuted"))
        self.fill("words", "momentum")
        self.assertLess(len(self.browser.run(shown)), everything.count("refuted"))
        self.assertEqual(self.browser.run("return location.hash"), "#verdict=refuted&words=momentum")

    def fill(self, name, value):
        """Changes a filter as a reader does."""
        self.browser.run(
            "const f = document.querySelector(`.filters [name=${args[0]}]`); f.value = args[1]; f.dispatchEvent(new Event('input', { bubbles: true }))",
            name, value,
        )

    def test_back_undoes_a_filter(self):
        state = """const f = document.querySelector('.filters'), rows = [...document.querySelectorAll('table.claims tbody tr')];
            return [location.hash, f.verdict.value, f.words.value, rows.filter(r => !r.hidden).length]"""
        self.open(SITE / "claims.html")
        states = [self.browser.run(state)]
        for name, value in (("verdict", "holds"), ("words", "adam"), ("verdict", "")):
            self.fill(name, value)
            states.append(self.browser.run(state))
        self.assertEqual([one[0] for one in states], ["", "#verdict=holds", "#verdict=holds&words=adam", "#words=adam"])
        self.assertEqual(len({one[3] for one in states}), 4)
        # Letters typed one after the other are one step.
        self.fill("words", "adam w")
        self.fill("words", "adam wi")
        for expected in reversed(states):
            self.browser.run("history.back()")
            self.browser.wait(f"location.hash === '{expected[0]}'", "the state before")
            self.browser.wait(f"document.querySelector('.filters').words.value === '{expected[2]}'", "the filter before")
            self.assertEqual(self.browser.run(state), expected)
        # A link carries the filter, and one to a claim is none.
        self.open(SITE / "claims.html", "#verdict=holds&words=adam")
        self.assertEqual(self.browser.run(state), states[2])
        self.open(SITE / "claims.html", "#claim-forms-part")
        self.assertEqual(self.browser.run(state)[1:], states[0][1:])

    def test_claims_can_be_filtered_by_who_makes_them(self):
        shown = "return [...document.querySelectorAll('table.claims tbody tr')].filter(r => r.checkVisibility()).map(r => r.dataset.origin)"
        self.open(SITE / "claims.html")
        everything = self.browser.run(shown)
        self.assertNotIn("", everything)
        for origin in ("said by the source", "our reading", "ours"):
            self.open(SITE / "claims.html", "?origin=" + origin.replace(" ", "%20"))
            self.assertEqual(self.browser.run(shown), [origin] * everything.count(origin))

    def test_a_caption_stands_below_each_figure_of_a_notebook(self):
        self.open(SITE / "notebooks/07_momentum.html")
        captions = self.browser.run("return [...document.querySelectorAll('figure.chart')].map(f => f.querySelector('figcaption')?.innerText ?? '')")
        self.assertGreater(len(captions), 3)
        self.assertNotIn("", captions)

    def test_a_claim_leads_from_the_list_to_its_rows_and_to_its_notebook_and_back(self):
        self.open(SITE / "claims.html")
        link = "return document.querySelector('#claim-forms-part td:first-child a').getAttribute('href')"
        self.assertEqual(self.browser.run(link), "results/momentum.html#claim-forms-part")
        self.open(SITE / "results/momentum.html")
        self.assertEqual(self.browser.run(link), "../notebooks/07_momentum.html#claim-forms-part")
        self.open(SITE / "notebooks/07_momentum.html", "#claim-forms-part")
        self.assertEqual(self.browser.run(link), "../results/momentum.html#claim-forms-part")
        top = self.browser.run("return document.querySelector('#claim-forms-part').getBoundingClientRect().top")
        self.assertTrue(0 <= top < 800, top)

    def test_previous_and_next_walk_through_the_course(self):
        notebooks = [path.name for path in sorted((SITE / "notebooks").glob("*.html"))]
        self.open(SITE / "notebooks" / notebooks[0])
        walked = [notebooks[0]]
        while self.browser.run("return document.querySelector('a[rel=next]') !== null"):
            following = self.browser.run("return document.querySelector('a[rel=next]').href")
            self.browser.open(following)
            walked.append(following.rsplit("/", 1)[1])
        self.assertEqual(walked, notebooks)


if __name__ == "__main__":
    if len(sys.argv) > 1 and pathlib.Path(sys.argv[1]).is_dir():
        SITE = pathlib.Path(sys.argv.pop(1)).resolve()
    if not (SITE / "index.html").is_file():
        sys.exit(f"test_site.py: {SITE} is missing; please run `make site`")
    if missing():
        sys.exit(f"test_site.py: please install {' and '.join(missing())} (Debian: chromium, chromium-driver)")
    unittest.main(verbosity=2)
