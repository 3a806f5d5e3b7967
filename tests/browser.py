"""tests/browser.py - a headless Chromium for tests of HTML pages: WebDriver, spoken over HTTP.

    with Browser() as browser:                  # chromedriver on a free port, one browser
        browser.size(390, 844)
        browser.open("file:///...")
        browser.keys([" "] * 20); browser.run("return document.title")

What the console says and what is requested from anywhere is kept, and asked for with told() and requests().
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

from served import wait_for

KEYS = {"Backspace": "\ue003", "Escape": "\ue00c", "Home": "\ue011", "End": "\ue010", "Tab": "\ue004",
        "Left": "\ue012", "Up": "\ue013", "Right": "\ue014", "Down": "\ue015", "Enter": "\ue007",
        "PageDown": "\ue00f"}

# Whatever proxy the machine has is not for this.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def installed():
    return shutil.which("chromium") is not None and shutil.which("chromedriver") is not None


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="glasspost-browser-")
        self.driver = None
        self.session = ""

    def __enter__(self):
        log = open(os.path.join(self.folder, "log"), "w")
        # In our own process group: whoever ends a test that takes too long ends the browser with it.
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=log, stderr=subprocess.STDOUT)
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        port = wait_for(self.port)
        self.base = f"http://127.0.0.1:{port}"
        options = {"binary": shutil.which("chromium"),
                   "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            "--disable-background-networking", "--no-first-run", "--hide-scrollbars",
                            f"--user-data-dir={self.folder}/profile"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = "/session/" + answer["sessionId"]
        self.do("/timeouts", {"script": 120_000})

    def port(self):
        with open(os.path.join(self.folder, "log")) as log:
            for line in log:
                if "started successfully on port" in line:
                    return int(line.rsplit("port", 1)[1].strip(" .\n"))
        return None

    def __exit__(self, *_):
        try:
            if self.session:
                self.call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with DIRECT.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def do(self, path, body=None):
        return self.call("POST", self.session + path, body)

    def devtools(self, command, **params):
        return self.do("/goog/cdp/execute", {"cmd": command, "params": params})

    def size(self, width, height, dark=False):
        """A phone is small and touched; its pixels are finer, but nothing here depends on that."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, url):
        self.do("/url", {"url": url})

    def run(self, script, *args):
        return self.do("/execute/sync", {"script": script, "args": list(args)})

    def keys(self, names):
        """Presses real keys, one after the other, in one request."""
        actions = []
        for name in names:
            key = KEYS.get(name, name)
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.do("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def click(self, selector, times=1):
        """Clicks the middle of an element, as a finger does."""
        box = self.run("const b = document.querySelector(arguments[0]).getBoundingClientRect();"
                       "return [b.x + b.width / 2, b.y + b.height / 2, b.width, b.height]", selector)
        move = {"type": "pointerMove", "duration": 0, "x": int(box[0]), "y": int(box[1])}
        press = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.do("/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": [move] + press * times}]})

    def told(self):
        """What the console said, but for information."""
        entries = self.do("/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self):
        """All addresses that were asked for since the last call."""
        found = []
        for entry in self.do("/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                found.append(message["params"].get("request", message["params"])["url"])
        return found

    def picture(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.call("GET", self.session + "/screenshot")))
