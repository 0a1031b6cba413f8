#!/usr/bin/env python3
"""Tests of the site as GitHub Pages publishes it, below a path: test_published.py [FOLDER]

FOLDER is the site that scripts/site.sh built.
"""

import functools
import http.server
import pathlib
import re
import sys
import tempfile
import threading
import unittest
from urllib.parse import urlsplit

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo/tests"))

import links
from browser import Browser, missing

SITE = ROOT / "target/site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and remembers what was asked for and not there."""

    absent = []

    def log_message(self, *_):
        pass

    def send_error(self, code, *rest):
        self.absent.append((code, self.path))
        super().send_error(code, *rest)


class Links(unittest.TestCase):
    def test_every_link_is_relative_or_leads_to_the_web(self):
        checked = 0
        for path in sorted(SITE.rglob("*.html")):
            text = path.read_text(encoding="utf-8")
            if '<header class="site">' not in text:
                continue
            for address in links.parsed(text).wanted:
                target = urlsplit(address)
                self.assertIn(target.scheme, ("", "https", "http", "data", "mailto"), f"{path.name}: {address[:80]}")
                self.assertFalse(not target.scheme and (target.netloc or target.path.startswith("/")), f"{path.name}: {address[:80]}")
                checked += 1
        self.assertGreater(checked, 1000)

    def test_style_sheets_and_scripts_name_no_place_outside(self):
        for path in sorted((SITE / "assets").glob("*.css")):
            for address in re.findall(r"url\(([^)]{0,80})|@import\s+(\S+)", path.read_text(encoding="utf-8")):
                self.assertTrue(address[0].startswith("data:"), f"{path.name}: {address}")


class Published(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The site is served at /gradus/, and nothing is at /.
        cls.folder = tempfile.TemporaryDirectory(prefix="gradus-published-")
        (pathlib.Path(cls.folder.name) / "gradus").symlink_to(SITE, target_is_directory=True)
        Quiet.absent = []
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=cls.folder.name))
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.top = f"http://127.0.0.1:{cls.server.server_address[1]}/gradus/"
        cls.browser = Browser(1280, 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.server.shutdown()
        cls.server.server_close()
        cls.folder.cleanup()

    def test_it_works_below_a_path(self):
        self.browser.open("about:blank")
        self.browser.complaints(), self.browser.requests()
        self.browser.open(self.top)
        self.assertIn("step by step", self.browser.run("return document.querySelector('h1').textContent"))
        # From the course to a notebook, to its results, to the claims.
        for step in ("ol.map a.title[href*='07_']", ".facts a[href*='results/']", "header.site a[href$='claims.html']", "header.site a[href$='talk.html']"):
            address = self.browser.run("return document.querySelector(args[0]).href", step)
            self.assertTrue(address.startswith(self.top), address)
            self.browser.open(address)
            self.assertTrue(self.browser.run("return getComputedStyle(document.querySelector('header.site')).position === 'sticky'"), f"no style at {address}")
        # The search loads its index, and its hits lead to pages.
        self.browser.open(self.top + "notebooks/07_momentum.html")
        self.browser.press("/")
        self.browser.press(*"nesterov")
        self.browser.wait("document.querySelectorAll('#found a').length > 1", "hits")
        hits = self.browser.run("return [...document.querySelectorAll('#found a')].slice(0, 5).map(a => a.href)")
        for hit in hits:
            self.assertTrue(hit.startswith(self.top), hit)
        self.browser.open(hits[0])
        self.assertTrue(self.browser.run("return document.querySelector('h1') !== null"))
        self.assertEqual(Quiet.absent, [])
        asked = [address for address in self.browser.requests() if not address.startswith((self.top, "data:", "about:", "chrome:"))]
        self.assertEqual(asked, [])
        self.assertEqual(self.browser.complaints(), [])


if __name__ == "__main__":
    if len(sys.argv) > 1 and pathlib.Path(sys.argv[1]).is_dir():
        SITE = pathlib.Path(sys.argv.pop(1)).resolve()
    if not (SITE / "index.html").is_file():
        sys.exit(f"test_published.py: {SITE} is missing; please run `make site`")
    if missing():
        sys.exit(f"test_published.py: please install {' and '.join(missing())} (Debian: chromium, chromium-driver)")
    unittest.main(verbosity=2)
