#!/usr/bin/env python3
"""Tests of the lecture in fifty minutes, without and with a browser: test_talk.py [FOLDER]

FOLDER is the site that scripts/site.sh built.
"""

import base64
import io
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo/tests"))

import pypdf

import content
import talk
from browser import Browser, missing
from test_site import CHECK, CONTRAST

SITE = ROOT / "target/site"
HOME, END, ESCAPE, PAGE_DOWN, PAGE_UP = "\ue011", "\ue010", "\ue00c", "\ue00f", "\ue00e"

# Faults of the slide that is shown: several are visible, or a part of it is cut off, covers another or cannot be read.
FAULTS = r"""
const wrong = [], shown = [...document.querySelectorAll(".slide")].filter(s => s.checkVisibility());
if (shown.length !== 1) return [`${shown.length} slides are visible`];
const slide = shown[0], box = slide.getBoundingClientRect(), parts = [...slide.children].filter(e => e.checkVisibility() && !e.matches(".rest"));
if (slide.scrollHeight > slide.clientHeight + 1) wrong.push(`the slide is ${slide.scrollHeight} high in ${slide.clientHeight}`);
if (slide.scrollWidth > slide.clientWidth + 1) wrong.push(`the slide is ${slide.scrollWidth} wide in ${slide.clientWidth}`);
const edges = e => { const all = [e, ...e.querySelectorAll("*:not(svg *, math *)")].filter(c => c.checkVisibility()).map(c => c.getBoundingClientRect());
    return { top: Math.min(...all.map(b => b.top)), bottom: Math.max(...all.map(b => b.bottom)), left: e.getBoundingClientRect().left, right: e.getBoundingClientRect().right }; };
for (const [i, a] of parts.entries()) for (const b of parts.slice(i + 1)) {
    const [x, y] = [edges(a), edges(b)];
    if (x.bottom > y.top + 1 && y.bottom > x.top + 1 && x.right > y.left + 1 && y.right > x.left + 1) wrong.push(`${a.className || a.tagName} covers ${b.className || b.tagName}`);
}
const drawn = [...slide.querySelectorAll(".picture .scroll > svg")].map(s => s.getBoundingClientRect().height);
if (Math.min(...drawn) < 110) wrong.push(`a drawing is ${Math.min(...drawn)} high`);
return wrong;
"""


class Source(unittest.TestCase):
    """notebooks/talk.md."""

    TEXT = (ROOT / "notebooks/talk.md").read_text(encoding="utf-8")

    def test_ten_slides_fill_the_time_in_the_order_of_the_text(self):
        _, introduction, slides = talk.read(self.TEXT)
        self.assertIn("Ten figures", introduction)
        self.assertEqual((len(slides), sum(one.minutes for one in slides)), (10, talk.MINUTES))
        self.assertEqual([one.title for one in slides], re.findall(r"^## (.+)$", self.TEXT, re.M))
        for one in slides:
            self.assertTrue(3 <= one.notes.count("\n- ") + 1 <= 6, one.title)

    def test_every_figure_and_claim_exists_and_belongs_to_its_notebook(self):
        course = content.read(ROOT)
        for one in talk.read(self.TEXT)[2]:
            self.assertEqual(course.study(one.study).number, one.notebook, one.title)
            self.assertIn(one.figure, [figure["name"] for figure in course.study(one.study).entry["figures"]])
            for claim in one.claims:
                self.assertEqual(course.claims[claim].notebook, one.notebook, claim)

    def test_a_mistake_is_one_sentence(self):
        course = content.read(ROOT)
        changes = {
            "· 4 minutes ·": ("· 5 minutes ·", "take 51 minutes instead of 50"),
            "> The best of": ("The best of", "has no message"),
            "random-search/accuracy.svg": ("random-search/nothing.svg", "names the figure random-search/nothing"),
            "`random-is-bad`": ("`nobody-says`", "names the claim nobody-says"),
        }
        course.without = ()
        for old, (new, sentence) in changes.items():
            self.assertIn(old, self.TEXT)
            with self.assertRaisesRegex(content.Wrong, sentence):
                for number, one in enumerate(talk.read(self.TEXT.replace(old, new, 1))[2], 1):
                    talk.section(number, 10, 0, one, course)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser(1600, 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def open(self, rest="", width=1600, height=900, scheme="light"):
        self.browser.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.browser.open("about:blank")
        self.browser.complaints()
        self.browser.open((SITE / "talk.html").as_uri() + rest)

    def present(self, *where, **how):
        self.open(*where, **how)
        self.browser.press("f")
        self.browser.wait("document.documentElement.classList.contains('presenting')", "the presentation")

    def state(self):
        """Returns the number in the address, that of the slide shown, that which has the focus, and that of the toolbar."""
        return self.browser.run("""return [location.hash, [...document.querySelectorAll('.slide')].filter(s => s.checkVisibility()).map(s => s.id).join(),
            document.activeElement.id, document.querySelector('.bar output').textContent]""")

    def shows(self, n):
        self.assertEqual(self.state(), [f"#{n}", str(n), str(n), f"{n} of 10"])

    def test_all_slides_can_be_read_without_presenting(self):
        self.open()
        self.assertEqual(self.browser.run("return [...document.querySelectorAll('.slide, .notes')].filter(s => s.checkVisibility()).length"), 20)
        self.assertEqual(self.browser.run("return document.querySelectorAll('.slide figure.chart svg[role=img]').length >= 10"), True)
        # Each slide shows the verdict of each of its claims, and links it to the measurement.
        course = content.read(ROOT)
        shown = self.browser.run("return [...document.querySelectorAll('.evidence a')].map(a => [a.getAttribute('href'), a.textContent])")
        slides = talk.read(Source.TEXT)[2]
        expected = [course.claims[claim] for one in slides for claim in one.claims]
        self.assertEqual(shown, [[f"results/{claim.study}.html#claim-{claim.id}", content.VERDICTS[claim.verdict]] for claim in expected])
        self.assertTrue({"holds", "refuted"} <= {claim.verdict for claim in expected})

    def test_keys_move_between_slides_and_the_address_follows(self):
        self.present()
        self.shows(1)
        for key, slide in (("right", 2), (" ", 3), ("down", 4), (PAGE_DOWN, 5), ("left", 4), ("up", 3), (PAGE_UP, 2), (END, 10), ("right", 10), (HOME, 1), ("left", 1)):
            self.browser.press(key)
            self.shows(slide)
        self.assertEqual(self.browser.complaints(), [])

    def test_it_starts_at_the_slide_of_the_address_and_ends_there(self):
        self.present("#7")
        self.shows(7)
        self.browser.press("right")
        self.assertTrue(self.browser.run("return document.fullscreenElement === document.documentElement"))
        self.browser.press(ESCAPE)
        self.browser.wait("!document.fullscreenElement && !document.documentElement.classList.contains('presenting')", "the end")
        self.assertEqual(self.browser.run("return [location.hash, document.activeElement.id, document.querySelector('.bar').hidden]"), ["#8", "8", True])
        top = self.browser.run("return document.getElementById('8').getBoundingClientRect().top")
        self.assertTrue(0 <= top < 200, top)
        # The browser ends the full screen at Esc without a key event; the page follows.
        self.browser.press("f")
        self.browser.wait("document.fullscreenElement", "the full screen")
        self.browser.run("await document.exitFullscreen()")
        self.browser.wait("!document.documentElement.classList.contains('presenting')", "the end")

    def test_the_button_and_the_toolbar_do_the_same(self):
        self.open()
        self.browser.run("document.querySelector('button.start').click()")
        self.browser.wait("document.documentElement.classList.contains('presenting')", "the presentation")
        click = lambda go: self.browser.run("document.querySelector(`[data-go=${args[0]}]`).click()", go)
        disabled = "return [...document.querySelectorAll('.bar button:disabled')].map(b => b.dataset.go)"
        self.assertEqual(self.browser.run(disabled), ["before"])
        click("next")
        self.shows(2)
        click("before")
        self.shows(1)
        # Tab goes only to what is visible, and space presses a button that has the focus.
        self.browser.run("document.querySelector('[data-go=notes]').focus()")
        self.browser.press(" ")
        self.assertEqual(self.browser.run("return document.querySelector('[data-go=notes]').getAttribute('aria-pressed')"), "true")
        for _ in range(12):
            self.browser.press("tab")
            self.assertTrue(self.browser.run("const e = document.activeElement; return e === document.body || e.checkVisibility()"))
        click("end")
        self.assertEqual(self.browser.run("return document.querySelectorAll('.slide.current').length"), 0)

    def test_notes_appear_at_n(self):
        self.present()
        notes = "return [...document.querySelectorAll('.notes')].filter(s => s.checkVisibility()).length"
        self.assertEqual(self.browser.run(notes), 0)
        self.browser.press("n")
        self.assertEqual(self.browser.run(notes), 1)
        self.browser.press("n")
        self.assertEqual(self.browser.run(notes), 0)

    def test_every_slide_fits_the_screen(self):
        for width, height in ((1920, 1080), (1280, 800), (1024, 768)):
            self.present(width=width, height=height, scheme="dark" if width == 1280 else "light")
            for notes in (False, True):
                for n in range(1, 11):
                    faults = self.browser.run(FAULTS) + (self.browser.run(CONTRAST) if width == 1280 else [])
                    self.assertEqual(faults, [], f"slide {n} at {width} × {height}{' with notes' if notes else ''}")
                    self.browser.press("right")
                self.browser.press(HOME, "n")

    def test_a_drawing_uses_the_room(self):
        self.present()
        self.browser.press("right")
        height = self.browser.run("return document.querySelector('.slide.current .picture .scroll > svg').getBoundingClientRect().height")
        self.assertGreater(height, 350)

    def swipe(self, start, end):
        for kind, (x, y) in (("touchStart", start), ("touchMove", end)):
            self.browser.cdp("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y}])
        self.browser.cdp("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def test_swipes_move_on_a_phone(self):
        self.browser.cdp("Emulation.setTouchEmulationEnabled", enabled=True)
        try:
            self.present(width=375, height=740)
            self.assertEqual(self.browser.run(CHECK, 375), [])
            self.swipe((300, 60), (60, 70))
            self.shows(2)
            self.swipe((60, 60), (300, 70))
            self.shows(1)
            # A finger that scrolls is no swipe.
            self.swipe((200, 400), (130, 100))
            self.shows(1)
        finally:
            self.browser.cdp("Emulation.setTouchEmulationEnabled", enabled=False)

    def test_typing_into_the_search_presents_nothing(self):
        self.open()
        self.browser.run("document.querySelector('.search input').focus()")
        self.browser.press(*"fn")
        self.assertFalse(self.browser.run("return document.documentElement.classList.contains('presenting')"))

    def test_on_paper_each_slide_is_a_page(self):
        self.open()
        printed = base64.b64decode(self.browser.cdp("Page.printToPDF", preferCSSPageSize=True)["data"])
        pages = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(printed)).pages]
        self.assertEqual(len(pages), 10)
        for number, (one, page) in enumerate(zip(talk.read(Source.TEXT)[2], pages), 1):
            self.assertIn(f"{number} of 10", page)
            self.assertIn("Notes", page, one.title)


if __name__ == "__main__":
    if len(sys.argv) > 1 and pathlib.Path(sys.argv[1]).is_dir():
        SITE = pathlib.Path(sys.argv.pop(1)).resolve()
    if not (SITE / "talk.html").is_file():
        sys.exit(f"test_talk.py: {SITE} has no talk; please run `make site`")
    if missing():
        sys.exit(f"test_talk.py: please install {' and '.join(missing())} (Debian: chromium, chromium-driver)")
    unittest.main(verbosity=2)
