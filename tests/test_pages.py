#!/usr/bin/env python3
"""tests/test_pages.py - `make pages`, and its pages in a real browser: a phone, a projector, light and dark.

    python3 tests/test_pages.py [NAME...]     only these pages;  PICTURES=folder keeps screenshots to be looked at
"""

import concurrent.futures
import glob
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import browser
from served import PROGRAM, ROOT, Tap, wait_for

PREDICTED = ("remote", "retry", "junk", "no-such-domain", "imap")
PHONE, PROJECTOR = (390, 844), (1280, 720)
PAGE_OCTETS = 2_000_000
LECTURE_OCTETS = 1_000_000
CONTRAST = 4.5  # WCAG 2.2 AA for text
TEXT_PAIRS = [("text", "ground"), ("text", "raised"), ("text", "now"), ("dim", "ground"), ("dim", "raised"), ("dim", "now"),
              ("on-accent", "accent"), ("accent", "raised"), ("accent", "ground")] + [
    (colour, ground) for colour in ("decision", "sql", "dns", "problem") for ground in ("ground", "now")]


# ---- without a browser ----

class Links(html.parser.HTMLParser):
    """Everything a browser would follow or fetch."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src", "action", "data", "srcset", "poster")]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def check_contrast(tap):
    style = read(os.path.join(ROOT, "trace/pages/page.css"))
    low = []
    for selector in (":root {", ":root.dark {"):
        rules = style.split(selector, 1)[1].split("}", 1)[0]
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", rules))
        for text, ground in TEXT_PAIRS:
            one, other = sorted((luminance(colours[text]), luminance(colours[ground])))
            ratio = (other + 0.05) / (one + 0.05)
            if ratio < CONTRAST:
                low.append(f"{selector} {text} on {ground}: {ratio:.1f}")
    tap.check(not low, f"each colour of text has a contrast of {CONTRAST} on its ground, light and dark", "\n".join(low))


def make_pages(tap, folder):
    made = subprocess.run(["sh", os.path.join(ROOT, "trace/pages/make.sh"), folder], capture_output=True, text=True, timeout=600)
    scenarios = [os.path.basename(path)[:-4] for path in glob.glob(os.path.join(ROOT, "labs/demo/scenarios/*.ini"))]
    labs = [os.path.basename(os.path.dirname(path)) for path in glob.glob(os.path.join(ROOT, "labs/[0-9]*/demo.ini"))]
    wanted = {name + ".html" for name in scenarios + labs}
    tap.check(made.returncode == 0 and wanted <= set(os.listdir(folder)), "make pages makes a page of each scenario and each lab's demo",
              made.stderr)
    index = read(os.path.join(folder, "index.html"))
    tap.check(wanted == {link for link in Links(index).found if link != "data:,"}, "the index names each of them, and nothing else")
    tap.check("{{" not in index and "${" not in index, "no gap of the index is left open")
    return sorted(scenarios), sorted(labs)


def check_files(tap, folder, names):
    bad = []
    for name in names:
        text = read(os.path.join(folder, name + ".html"))
        links = Links(text).found
        if links != ["data:,"]:
            bad.append(f"{name}: {links}")
        limit = LECTURE_OCTETS if name == "lecture" else PAGE_OCTETS
        if len(text.encode()) > limit:
            bad.append(f"{name}: {len(text.encode())} octets")
    tap.check(not bad, "no page links or fetches anything, and each is small", "\n".join(bad))


def check_options(tap, folder):
    """German where it is spoken; what cannot be done is said."""
    journal = os.path.join(folder, "remote")
    play = [PROGRAM, "play", os.path.join(ROOT, "labs/demo/world.ini"), "--overlay",
            os.path.join(ROOT, "labs/demo/scenarios/remote.ini"), "--state", journal]
    subprocess.run(play, capture_output=True, check=True, timeout=60)
    export = [PROGRAM, "export", journal, "--format", "html"]
    one, two = (subprocess.run(export, capture_output=True, timeout=60).stdout for _ in range(2))
    tap.check(one == two and one.startswith(b"<!DOCTYPE html>"), "the same journal makes the same page")
    german = subprocess.run(export, capture_output=True, timeout=60, env=dict(os.environ, LANGUAGE="de", LC_ALL="C.UTF-8")).stdout
    tap.check(b'<html lang="de">' in german and b'"next":"Next"' not in german, "a page speaks its reader's language")
    none = subprocess.run([PROGRAM, "export", folder + "/nowhere", "--format", "html"], capture_output=True, text=True, timeout=60)
    tap.check(none.returncode == 2 and none.stdout == "" and "nowhere" in none.stderr, "a journal that is not there is said to be so",
              none.stderr)
    return journal


# ---- in the browser ----

class Page:
    """One page in the browser, at one size; what is wrong with it is gathered."""

    def __init__(self, browser_, folder, name, size, dark=False):
        self.browser, self.name, self.size = browser_, name, size
        self.wrong = []
        self.url = f"file://{folder}/{name}.html"
        browser_.size(*size, dark)
        browser_.told()
        browser_.requests()
        self.open()

    def open(self, fragment=""):
        if fragment:  # to change only this would not load the page anew
            self.browser.open("about:blank")
        self.browser.open(self.url + fragment)

    def begin(self):
        """Leaves the map that is seen first."""
        self.browser.click("#close")
        self.need(wait_for(lambda: self.browser.run("return document.activeElement.id") == "rows"), "the map does not close")

    def need(self, good, what):
        if not good:
            self.wrong.append(f"{self.name} at {self.size[0]}: {what}")

    def at_end(self):
        return self.browser.run("return place.at === last()")

    def picture(self, what):
        if "PICTURES" in os.environ:
            self.browser.picture(os.path.join(os.environ["PICTURES"], f"{self.name}-{self.size[0]}-{what}.png"))

    def fits(self, what):
        """Nothing sticks out at the side, and the big buttons are in sight."""
        wide, room, button, height = self.browser.run(
            "const b = document.getElementById('next').getBoundingClientRect();"
            "return [document.documentElement.scrollWidth, innerWidth, b.bottom, innerHeight]")
        self.need(wide <= room and button <= height, f"{what}: {wide} wide in {room}, buttons end at {button} of {height}")

    def quiet(self):
        told = self.browser.told()
        self.need(not told, f"the console said: {told}")
        asked = [url for url in self.browser.requests() if not url.startswith((self.url, "about:", "chrome:", "data:"))]
        self.need(not asked, f"asked for: {asked}")


# Hundreds of keys are pressed inside the page: those that come from outside wait for a picture each. All
# other checks press real ones.
PRESS = """
const press = (key) => {
  const here = document.activeElement;
  if (key === " " && here.tagName === "BUTTON") here.click();
  else here.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
};
"""
STEP_TO_END = PRESS + """
for (let n = 0; n < 3000 && place.at < last(); n++) {
  if (arguments[0] === "key") press(" ");
  else document.getElementById("next").click();
  const rows = document.querySelectorAll("#rows [data-at]").length;
  if (rows !== place.at + 1) return `${rows} rows are shown, ${place.at + 1} have happened`;
}
return place.at === last() ? "" : "the end is not reached";
"""
PANES = PRESS + """
const seen = [];
for (const pane of "123456") {
  press(pane);
  seen.push([document.getElementById("pane").innerText, document.querySelector("[role=tab][aria-selected=true]").innerText,
             document.documentElement.scrollWidth - innerWidth]);
}
press("1");
return seen;
"""


def step_to_end(page, by):
    """Presses until the end; the ladder must hold no row after the one that was reached."""
    wrong = page.browser.run(STEP_TO_END, by)
    page.need(not wrong, wrong)


def try_panes(page):
    for number, (text, tab, too_wide) in enumerate(page.browser.run(PANES), 1):
        page.need(text.strip() != "" and tab.startswith(str(number)), f"pane {number} is empty")
        page.need(too_wide <= 0, f"pane {number} sticks out")


def try_dark(page):
    before = page.browser.run("return getComputedStyle(document.body).backgroundColor")
    page.browser.keys(["d"])
    after = page.browser.run("return getComputedStyle(document.body).backgroundColor")
    page.need(before != after, "d does not change light and dark")
    page.picture("dark")
    page.browser.keys(["d"])


def try_page(browser_, folder, name, size):
    page = Page(browser_, folder, name, size)
    page.need(browser_.run("return document.getElementById('page').open"), "the map is not the first thing seen")
    page.fits("the map")
    page.picture("first")
    page.begin()
    if size == PHONE:
        browser_.click("#next", 5)
    else:
        browser_.keys([" "] * 5)
    try_panes(page)
    page.fits("the fifth step")
    page.picture("middle")
    try_dark(page)
    step_to_end(page, "button" if size == PHONE else "key")
    try_panes(page)
    page.fits("the end")
    page.picture("end")
    browser_.keys(["l"])
    page.fits("the list of messages")
    page.picture("messages")
    page.quiet()
    return page.wrong


PREDICT = PRESS + """
for (let n = 0; n < 3000 && place.at < last(); n++) {
  press(" ");
  if (place.ask === null || answers.has(place.ask)) continue;
  const buttons = document.querySelectorAll("#ask button").length;
  if (place.reached >= place.ask.hidden && place.at > 0) return `row ${place.reached} was seen before ${place.ask.asks}`;
  if (buttons !== place.ask.choices.length + 1 || buttons < 3) return `${buttons} buttons for ${place.ask.asks}`;
  if (document.documentElement.scrollWidth > innerWidth) return `${place.ask.asks} sticks out`;
  press("1");
  if (!answers.has(place.ask)) return `${place.ask.asks} took no answer`;
}
return place.at === last() ? "" : "the end is not reached";
"""


def try_predict(browser_, folder, name, size):
    """To the end with the first answer to each question; nothing of an outcome is shown before."""
    page = Page(browser_, folder, name, size)
    page.begin()
    browser_.keys(["p"])
    wrong = browser_.run(PREDICT)
    page.need(not wrong, wrong)
    questions, given = browser_.run("return [data.asks.length, answers.size]")
    page.need(page.at_end() and given == questions, f"{given} of {questions} questions were asked")
    page.quiet()
    return page.wrong


def check_moves(tap, browser_, folder):
    page = Page(browser_, folder, "remote", PROJECTOR)
    page.begin()
    browser_.keys(["s"] * 5)
    tap.check(browser_.run("return place.at") == 5, "s goes on by a single event")
    browser_.keys(["S", "Backspace"])
    rows = browser_.run("return document.querySelectorAll('#rows [data-at]').length")
    tap.check(browser_.run("return place.at") < 4 and rows == 6, "going back moves the view; what has happened stays in sight")
    tap.check("look back" in browser_.run("return document.getElementById('status').textContent"), "and it is said that one looks back")
    browser_.keys(["h"])
    one = browser_.run("return data.hosts[ladder()[place.at][3]]")
    browser_.keys(["h"])
    two = browser_.run("return data.hosts[ladder()[place.at][3]]")
    tap.check(one != two, "h goes to the next hop")
    browser_.keys(["Home", "End", "u"])
    tap.check(browser_.run("return row(place.at).seq < row(last()).seq"), "u goes to the cause")
    page.open("#108")
    tap.check(browser_.run("return [row(place.at).seq, document.getElementById('page').open]") == [108, False],
              "#108 opens the page at event 108")
    browser_.click("#rows [data-at='90']")
    tap.check(browser_.run("return place.at") == 90 and
              wait_for(lambda: browser_.run("return location.hash === '#' + row(90).seq")), "a click on a row goes there, and the address says so")
    browser_.keys(["l"])
    browser_.click("#page-text button:nth-of-type(2)")
    tap.check(browser_.run("return [place.ladder, document.getElementById('page').open]") == [1, False],
              "a message is chosen from the list")
    browser_.keys(["?"])
    browser_.keys(["Escape"])
    tap.check(wait_for(lambda: not browser_.run("return document.getElementById('page').open")), "Escape closes the help")


def check_begin(tap, browser_, folder):
    """Space, Enter, an arrow, and the two keys that a clicker sends."""
    page = Page(browser_, folder, "local", PROJECTOR)
    for key in (" ", "Enter", "Right", "PageDown"):
        page.open()
        browser_.keys([key])
        tap.check(wait_for(lambda: browser_.run("return [document.getElementById('page').open, place.at]") == [False, 0]),
                  f"{key if key != ' ' else 'Space'} begins")


ROOM = """
const high = (name) => document.getElementById(name).getBoundingClientRect().height;
const more = document.getElementById("more").getBoundingClientRect();
document.getElementById("more").scrollLeft = 0;
const single = document.getElementById("single").getBoundingClientRect();
const clock = document.getElementById("clock").getBoundingClientRect(), title = document.getElementById("title").getBoundingClientRect();
return { rows: high("rows"), pane: high("pane"), reached: single.left >= more.left - 1,
         apart: clock.left >= title.right - 1 || clock.top >= title.bottom - 1,
         wide: document.documentElement.scrollWidth - innerWidth };
"""


def check_room(tap, browser_, folder):
    """A laptop at 200 %, a phone held sideways, letters twice as large (WCAG 1.4.4): all is still there to be read."""
    for size, letters in (((640, 360), "100%"), ((844, 390), "100%"), (PROJECTOR, "200%"), (PHONE, "200%")):
        page = Page(browser_, folder, "lecture", size)
        page.begin()
        browser_.run("document.documentElement.style.fontSize = arguments[0]; window.dispatchEvent(new Event('resize'))", letters)
        browser_.keys([" "] * 8)
        found = browser_.run(ROOM)
        page.picture("room" + letters[:1])
        good = found["rows"] > 90 and found["pane"] > 40 and found["reached"] and found["apart"] and found["wide"] <= 0
        tap.check(good, f"at {size[0]} x {size[1]}, letters {letters}: ladder, pane and each button can be got at", str(found))


SIGHT = """
const rows = document.getElementById("rows").getBoundingClientRect();
const now = document.querySelector("#rows .now").getBoundingClientRect();
return now.top < rows.top - 1 || now.bottom > rows.bottom + 1 ? row(place.at).seq : 0;
"""


def check_sight(tap, browser_, folder):
    """Rows are of any height, and some come several at once: what one looks at is in sight all the same."""
    for size in (PHONE, PROJECTOR):
        page = Page(browser_, folder, "remote", size)
        page.begin()
        hidden = []
        while not page.at_end():
            browser_.keys([" "])
            hidden.append(browser_.run(SIGHT))
        tap.check(len(hidden) > 20 and not any(hidden), f"at {size[0]} each step brings its event into sight",
                  f"not events {[seq for seq in hidden if seq]}")


def check_score(tap, browser_, folder):
    page = Page(browser_, folder, "remote", PHONE)
    page.begin()
    browser_.click("#predict")
    browser_.keys(["End"])
    page.picture("question")
    right = browser_.run("return place.ask.right")
    browser_.click(f"#ask button:nth-of-type({right + 1})")
    tap.check("Right." in browser_.run("return document.getElementById('ask').innerText"), "a right answer says so, and why")
    page.picture("right")
    browser_.keys(["Enter", "End"])
    right = browser_.run("return place.ask.right")
    browser_.keys([str(2 if right == 0 else 1)])
    told = browser_.run("return document.getElementById('ask').innerText")
    tap.check("No." in told and browser_.run("return place.ask.rule") in told, "a wrong one shows what is right, and the rule", told)
    page.picture("wrong")
    browser_.keys(["Enter", "End", "Escape"])
    tap.check("You predicted 1 of 2." in browser_.run("return document.getElementById('status').textContent"),
              "the score counts answers, not what was skipped")


def check_accessible(tap, browser_, folder):
    """What a screen reader and a keyboard find."""
    page = Page(browser_, folder, "remote", PROJECTOR)
    page.begin()
    browser_.keys([" "] * 8)
    nodes = browser_.devtools("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored") and "role" in node]
    without = [role for role, name in named if role in ("button", "tab", "tabpanel", "tablist", "link", "heading", "list") and not name.strip()]
    tap.check(not [role for role in without if role != "list"], "each button, tab and heading has a name", str(without))
    tap.check(len([1 for role, _ in named if role == "tab"]) == 6, "the panes are tabs")
    said = browser_.run("return document.getElementById('say').textContent")
    first = browser_.run("return document.querySelector('#pane div').textContent")
    tap.check(said.endswith(first) and len(first) > 10, "what happens is said to a screen reader", said)
    tap.check(browser_.run("return document.querySelectorAll('#rows [aria-current=step]').length") == 1, "one row is the current one")
    reached = set()
    for _ in range(40):
        browser_.keys(["Tab"])
        reached.add(browser_.run("return document.activeElement.id"))
    wanted = {"back", "next", "single", "map", "messages", "predict", "theme", "help", "pane", "rows"}
    tap.check(wanted <= reached and any(name.startswith("tab-") for name in reached), "Tab gets to everything", str(wanted - reached))
    browser_.run("document.getElementById('tab-0').focus()")
    browser_.keys(["Right", "Right"])
    tap.check(browser_.run("return document.activeElement.id") == "tab-2", "arrows move between the tabs")
    small = browser_.run("return [...document.querySelectorAll('footer button, #tabs button')].filter((b) => "
                         "b.getBoundingClientRect().height < 44).map((b) => b.id)")
    tap.check(not small, "buttons are as high as a finger needs", str(small))


def check_hostile(tap, browser_, folder, journal):
    """A letter whose subject and addresses are HTML and script."""
    bad = '</script><script>window.hacked=1</script><img src=https://evil.example/x onerror=window.hacked=2>\u2028'
    source = glob.glob(os.path.join(journal, "journal-*.ndjson"))[0]
    text = read(source).replace("Can you see through me?", json.dumps(bad)[1:-1]).replace("carol@", "<b>carol</b>@")
    hostile = os.path.join(folder, "hostile.ndjson")
    with open(hostile, "w", encoding="utf-8") as out:
        out.write(text)
    with open(os.path.join(folder, "hostile.html"), "wb") as out:
        subprocess.run([PROGRAM, "export", hostile, "--format", "html"], stdout=out, check=True, timeout=60)
    page = Page(browser_, folder, "hostile", PHONE)
    page.begin()
    browser_.keys(["6", "End", "l"])
    page.need(browser_.run("return window.hacked === undefined && document.querySelector('main img, main b.x, dialog b') === null"),
              "it became part of the page")
    shown = "".join(browser_.run("const all = []; for (let at = 0; at <= last(); at++) { place.at = at; "
                                 "all.push(...paneLines(5).map((line) => line.textContent)); } return all"))
    page.need("onerror=window.hacked=2" in shown, "it is not shown as the text that it is")
    page.quiet()
    tap.check(not page.wrong, "a hostile letter is shown as text, runs nothing, fetches nothing", "\n".join(page.wrong))


def check_index(tap, browser_, folder):
    wrong = []
    for size in (PHONE, PROJECTOR):
        page = Page(browser_, folder, "index", size)
        page.need(browser_.run("return document.documentElement.scrollWidth <= innerWidth"), "it sticks out")
        page.picture("list")
        page.quiet()
        wrong += page.wrong
    tap.check(not wrong, "the index fits both, too, with no error and no request", "\n".join(wrong))


def check_prefers(tap, browser_, folder):
    page = Page(browser_, folder, "remote", PHONE, dark=True)
    browser_.run("localStorage.clear()")
    page.open()
    tap.check(browser_.run("return document.documentElement.classList.contains('dark')"), "a page is dark where the machine is")


def try_all(try_one, folder, names, size):
    """Each of the pages in a browser of its own; returns what is wrong."""
    with browser.Browser() as one:
        return "\n".join(line for name in names for line in try_one(one, folder, name, size))


def check_all(tap, folder, names):
    with concurrent.futures.ThreadPoolExecutor(2) as two:
        phone = two.submit(try_all, try_page, folder, names, PHONE)
        projector = two.submit(try_all, try_page, folder, names, PROJECTOR)
        predict = two.submit(try_all, try_predict, folder, [name for name in names if name in PREDICTED], PHONE)
        for size, tried in ((PHONE, phone), (PROJECTOR, projector)):
            tap.check(not tried.result(), f"{len(names)} pages at {size[0]}x{size[1]}: stepping, panes, dark, no error, no request",
                      tried.result())
        tap.check(not predict.result(), "predict: each outcome is asked for, and hidden until then", predict.result())


def in_browser(tap, folder, names, journal):
    check_all(tap, folder, names)
    with browser.Browser() as one:
        check_index(tap, one, folder)
        check_prefers(tap, one, folder)
        check_begin(tap, one, folder)
        check_sight(tap, one, folder)
        check_room(tap, one, folder)
        check_moves(tap, one, folder)
        check_score(tap, one, folder)
        check_accessible(tap, one, folder)
        check_hostile(tap, one, folder, journal)


def main():
    tap = Tap()
    folder = tempfile.mkdtemp(prefix="glasspost-pages-")
    check_contrast(tap)
    scenarios, labs = make_pages(tap, folder)
    check_files(tap, folder, scenarios + labs)
    journal = check_options(tap, folder)
    if tap.need("chromium", "the pages in a browser") and tap.need("chromedriver", "the pages in a browser"):
        in_browser(tap, folder, sys.argv[1:] or scenarios, journal)
    shutil.rmtree(folder)
    tap.done()


if __name__ == "__main__":
    main()
