"""A browser for the tests: headless Chromium, driven by chromedriver over WebDriver, which is JSON over HTTP."""

import base64
import http.client
import json
import shutil
import subprocess
import tempfile
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
]
KEYS = {"left": "\ue012", "up": "\ue013", "right": "\ue014", "down": "\ue015", "delete": "\ue017", "enter": "\ue007", "tab": "\ue004"}


def chromium():
    """The browser, under whichever name it is here."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing():
    """The programs that are not here."""
    return [name for name, here in {"chromium": chromium(), "chromedriver": shutil.which("chromedriver")}.items() if not here]


class Browser:
    """One window. Use it with `with`."""

    def __init__(self, width=1440, height=1000):
        self.profile = tempfile.TemporaryDirectory(prefix="gradus-demo-", ignore_cleanup_errors=True)
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=self.profile.name
        )
        try:
            self.port = self._port()
            self.session = None
            options = {
                "binary": chromium(),
                "args": [*FLAGS, f"--user-data-dir={self.profile.name}/profile", f"--window-size={width},{height}"],
            }
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                "timeouts": {"script": 120_000},
            }
            answer = self._request("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
            self.session = answer["sessionId"]
        except BaseException:
            self.close()
            raise

    def _port(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            line = self.driver.stdout.readline()
            if "started successfully on port" in line:
                return int(line.rsplit(" ", 1)[1].strip(" .\n"))
            if not line:
                break
        raise RuntimeError("chromedriver did not start")

    def _request(self, verb, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        try:
            connection.request(verb, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{value['error']}: {value['message'].splitlines()[0]}")
        return value

    def _post(self, path, **body):
        return self._request("POST", f"/session/{self.session}{path}", body)

    def open(self, address):
        self._post("/url", url=address)

    def run(self, script, *arguments):
        """What a script returns; it may `await`."""
        wrapped = f"const done = arguments[arguments.length - 1]; (async (...args) => {{ {script} }})(...arguments).then(v => done([v]), e => done(String(e)));"
        answer = self._post("/execute/async", script=wrapped, args=list(arguments))
        if isinstance(answer, str):
            raise AssertionError(answer)
        return answer[0]

    def cdp(self, command, **parameters):
        return self._post("/goog/cdp/execute", cmd=command, params=parameters)

    def wait(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.run(f"return {condition}"):
                return
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {what}")

    def drag(self, start, end, steps=5):
        """Drags the mouse between two points of the window."""
        between = [[start[i] + (end[i] - start[i]) * k / steps for i in (0, 1)] for k in range(1, steps + 1)]
        move = lambda p, ms: {"type": "pointerMove", "x": round(p[0]), "y": round(p[1]), "duration": ms}
        actions = [move(start, 0), {"type": "pointerDown", "button": 0}, *[move(p, 20) for p in between], {"type": "pointerUp", "button": 0}]
        self._post("/actions", actions=[{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}])

    def tap(self, point):
        """A tap with a finger."""
        x, y = map(round, point)
        actions = [{"type": "pointerMove", "x": x, "y": y, "duration": 0}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._post("/actions", actions=[{"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": actions}])

    def press(self, *keys):
        """Presses keys, by their names in KEYS or as they are."""
        values = [KEYS.get(key, key) for key in keys]
        actions = [{"type": kind, "value": value} for value in values for kind in ("keyDown", "keyUp")]
        self._post("/actions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def type(self, selector, text):
        """Replaces the text of a field, and leaves it by Enter."""
        self.run("const f = document.querySelector(args[0]); f.focus(); f.select();", selector)
        self.press(*text, "enter")

    def screenshot(self, path):
        image = self._request("GET", f"/session/{self.session}/screenshot")
        with open(path, "wb") as file:
            file.write(base64.b64decode(image))

    def complaints(self):
        """What the console said since it was last asked, debugging aside."""
        return [entry for entry in self._post("/se/log", type="browser") if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self):
        """The addresses asked for since this was last asked."""
        events = [json.loads(entry["message"])["message"] for entry in self._post("/se/log", type="performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def phone(self, width=375, height=740):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)
        self.cdp("Emulation.setTouchEmulationEnabled", enabled=True)

    def close(self):
        if getattr(self, "session", None):
            try:
                self._request("DELETE", f"/session/{self.session}")
            except (OSError, RuntimeError):
                pass
        self.driver.terminate()
        self.driver.wait(20)
        self.driver.stdout.close()
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
