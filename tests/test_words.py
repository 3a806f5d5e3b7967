"""The words that are shown: all of them are in the catalogue, and each language has them all.

    po/glasspost.pot is what `make po` would write; each po/*.po is complete and its formats fit; what the viewer
    shows is marked for translation; of the demo's events, panes and titles none is left in English; and the
    journal is English, whoever writes it.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

from served import PROGRAM, ROOT, Tap

STRING = r'"(?:[^"\\\n]|\\.)*"'
# Calls that put a text on the screen as it is: what stands in them has to be marked. (Those that take a format,
# view_notice() and its like, look it up themselves.)
SHOWS = re.compile(r"\b(?:view_put|view_put_middle|view_draw_more|view_sheet_open)\(")
# What needs no translation: names of the program, of RFCs, signs, keys of the journal.
NAMES = re.compile(r"^(?:Glasspost |[A-Z0-9 .-]*|[^A-Za-z]*|[a-z_]+)$")
# English words that are no German ones, and stand in a sentence that was not translated.
ENGLISH = re.compile(r"\b(?:the|and|of|for|that|has|are|it|not|with|from|stays|goes|asked)\b", re.I)
# What a German page has in common with the English one.
SAME = (
    r"^[^a-z]*$|^\S+$",                      # a code, an address, a name
    r"^(?:\w+\??|[a-z]\d+) \S+$",              # a label of the wire: "A? mx.south.example", "f1 OK"
    r"^\w+ uid \d+$",                         # a message's number in its mailbox
    r"^j\d+: \S+ > \S+$",                     # a message: from whom, to whom
    r"^(?:send|fetch|host|fault) \S+",        # a line of the script, as it was given
    r"^RFC \d+ §[\d.]+: ",                    # the title of a section
)


def make_variable(name):
    """The words of a list in the Makefile."""
    with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    return re.search(rf"^{name}\s*=(.*)$", text, re.M).group(1).split()


def sources():
    lists = []
    for name in ("TRACE_PURE", "TRACE", "NET", "DNS", "STORAGE", "SMTP_TAKE", "SMTP_SEND", "POP3", "IMAP", "APP",
                 "VIEWER", "PAGES_C", "COMMANDS", "GRADER"):
        lists += [word for word in make_variable(name) if word.endswith(".c")]
    return lists


def run(*command, **more):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, **more)


def test_fresh(tap):
    with tempfile.TemporaryDirectory() as folder:
        pot = os.path.join(folder, "fresh.pot")
        done = run("sh", "po/update.sh", folder, *sources(), env={**os.environ, "POT": pot})
        said = run("diff", "po/glasspost.pot", pot).stdout.splitlines()
    for line in (done.stderr.splitlines() if done.returncode else []) + said[:20]:
        print("#", line)
    tap.check(done.returncode == 0 and not said, "po/glasspost.pot is what the sources say (else: make po)")


def test_complete(tap, path):
    checked = run("msgfmt", "--check", "--output-file=/dev/null", "--statistics", path)
    wrong = checked.stderr if checked.returncode or re.search("fuzzy|untranslated", checked.stderr) else ""
    merged = run("msgcmp", path, "po/glasspost.pot")
    for line in (wrong + merged.stderr).splitlines()[:20]:
        print("#", line)
    tap.check(not wrong and merged.returncode == 0, f"{path} is complete, and its formats fit")


def entries(path):
    """(English, translation) of a catalogue; of plurals the first."""
    out = run("msgcat", "--no-wrap", "--no-location", path).stdout
    pair = re.compile(rf"^msgid ({STRING}(?:\n{STRING})*)\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? ({STRING}(?:\n{STRING})*)", re.M)
    return [tuple("".join(part[1:-1] for part in re.findall(STRING, group)) for group in found.groups())
            for found in pair.finditer(out)]


def test_lines(tap, path):
    """The outcomes of a stage are shown line by line, beside those of the English text."""
    wrong = [english for english, other in entries(path)[1:] if english.count("\\n") != other.count("\\n")]
    for english in wrong:
        print("#", english[:100])
    tap.check(not wrong, f"{path}: a text has as many lines as in English")


def test_marked(tap):
    wrong = []
    for name in sorted(glob.glob(os.path.join(ROOT, "trace/viewer/*.c"))):
        with open(name, encoding="utf-8") as file:
            source = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        for call in SHOWS.finditer(source):
            arguments = source[call.end():source.index(";", call.end())]
            bare = re.sub(rf"\b(?:_|N_|C_|ngettext)\((?:[^()\"]|{STRING})*\)", "", arguments)
            wrong += [f"{os.path.basename(name)}: {text}" for text in re.findall(STRING, bare)
                      if not NAMES.match(text[1:-1])]
    for text in wrong:
        print("#", text)
    tap.check(not wrong, "what the viewer puts on the screen is marked for the catalogue")


def scenarios():
    names = [os.path.basename(path)[:-4] for path in sorted(glob.glob(os.path.join(ROOT, "labs/demo/scenarios/*.ini")))]
    return [name for name in names if name != "crowd"]  # a thousand times the same


def speaking(language):
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": language}


def journal(folder, scenario, language="de"):
    """Where the scenario was played by a server that speaks that language."""
    state = os.path.join(folder, language, scenario)
    if not os.path.isdir(state):
        os.makedirs(os.path.dirname(state), exist_ok=True)
        run(PROGRAM, "play", "labs/demo/world.ini", "--overlay", f"labs/demo/scenarios/{scenario}.ini", "--state", state,
            env=speaking(language))
    return state


def test_journal(tap, folder):
    """Nothing is translated before it is shown."""
    wrong = []
    for scenario in scenarios():
        octets = []
        for language in ("de", "en"):
            with open(os.path.join(journal(folder, scenario, language), "journal-0001.ndjson"), "rb") as file:
                octets.append(file.read())
        if octets[0] != octets[1]:
            wrong.append(scenario)
    print("#", *wrong)
    tap.check(not wrong, "a journal is the same, octet for octet, whatever language its server speaks")


def shown_events(scenario, folder):
    """What the events of a scenario say in German, without what went over the wire."""
    out = run(PROGRAM, "export", journal(folder, scenario), "--format", "text", env=speaking("de"))
    line = re.compile(r"^ *\d+ .*?  ([*#?=@!X]) (.*?)(?:   \[.*)?$")
    return [found.group(2) for found in map(line.match, out.stdout.splitlines()) if found]


def test_events(tap, folder):
    left = set()
    count = 0
    for scenario in scenarios():
        said = shown_events(scenario, folder)
        count += len(said)
        # In quotation marks and behind a reply code stands what others said.
        for text in said:
            if ENGLISH.search(re.sub(r'"[^"]*"|if .*|[245]\d\d .*', "", text)):
                left.add(re.sub(r"\d+", "N", text))
    for text in sorted(left)[:20]:
        print("#", text)
    tap.check(count > 500 and not left, "the events of the demo's scenarios are all said in German")


def page(folder, scenario, language):
    out = run(PROGRAM, "export", journal(folder, scenario), "--format", "html", env=speaking(language))
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', out.stdout, re.S).group(1))


def told(data):
    """What a page says at each event: the panes Why and RFC, the line on the ladder; and the questions."""
    lines = set()
    for row in data["rows"]:
        for pane in (0, 4):
            lines |= {data["texts"][line][1:].strip() for line in data["sheets"][row["panes"][pane][0]]}
        lines |= {row[key] for key in ("note", "label") if key in row}
    for ask in data["asks"]:
        lines |= {*ask["choices"], ask["asks"], ask["why"], ask["rule"]}
    return lines | {data["title"], data["watch"], data["ending"]}


def test_pages(tap, folder):
    """No line of a German page is an English one. The Code pane and the rows of the database are not compared."""
    left = set()
    count = 0
    for scenario in scenarios():
        german = told(page(folder, scenario, "de"))
        count += len(german)
        for text in german & told(page(folder, scenario, "en")):
            if not any(re.search(pattern, text) for pattern in SAME):
                left.add(f"{scenario}: {text}")
    for text in sorted(left)[:20]:
        print("#", text)
    tap.check(count > 1000 and not left, "what a page says of the demo's scenarios is all in German")


def test_scenarios(tap):
    """What stands in the files of scenarios and labs is found again when it is shown."""
    texts = dict(entries("po/de.po"))
    titles = []
    for name in scenarios():
        with open(os.path.join(ROOT, f"labs/demo/scenarios/{name}.ini"), encoding="utf-8") as file:
            title = re.search(r"^title = (.*)$", file.read(), re.M).group(1)
        titles.append((name, texts[title]))
    listed = run(PROGRAM, "demo", "--list", env=speaking("de")).stdout
    wrong = [name for name, title in titles if title.replace('\\"', '"') not in listed]
    labs = run(PROGRAM, "lab", "list", env=speaking("de")).stdout
    for path in sorted(glob.glob(os.path.join(ROOT, "labs/[0-9]*/checks"))):
        with open(path, encoding="utf-8") as file:
            title = re.search(r"^title = (.*)$", file.read(), re.M).group(1)
        if texts[title] not in labs or len({line.find(" min ") for line in labs.splitlines()[:17]}) != 1:
            wrong.append(path)
    for name in wrong:
        print("#", name)
    tap.check(not wrong, "titles of scenarios and labs are listed in German, in straight columns")


def test_first_screen(tap, path=None):
    """What to look out for has two lines above the map, of 72 columns; a student's names have six letters or so."""
    texts = dict(entries(path)) if path else {}
    wrong = []
    for name in sorted(glob.glob("labs/demo/scenarios/*.ini", root_dir=ROOT) + glob.glob("labs/*/demo.ini", root_dir=ROOT)):
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            watch = re.search(r"^watch = (.*)$", file.read(), re.M).group(1)
        english = re.sub(r"\$\{[a-z_]+\}", "%s", watch).replace("\\", "\\\\").replace('"', '\\"')
        shown = (texts[english] if path else english).replace("%s", "meadow").replace("\\\\", "\\").replace('\\"', '"')
        if len(textwrap.wrap(shown, 72)) > 2:
            wrong.append(shown)
    for text in wrong:
        print("#", text)
    tap.check(not wrong, f"{path or 'English'}: what to look out for fits above the map")


def main():
    tap = Tap()
    if not all(map(shutil.which, ("msgfmt", "xgettext", "msgcmp"))):
        print("1..0 # SKIP the tools of gettext are not here (package gettext)")
        return
    test_fresh(tap)
    test_first_screen(tap)
    for path in sorted(glob.glob(os.path.join(ROOT, "po/*.po"))):
        test_complete(tap, os.path.relpath(path, ROOT))
        test_lines(tap, os.path.relpath(path, ROOT))
        test_first_screen(tap, os.path.relpath(path, ROOT))
    test_marked(tap)
    test_scenarios(tap)
    with tempfile.TemporaryDirectory() as folder:
        test_journal(tap, folder)
        test_events(tap, folder)
        test_pages(tap, folder)
    tap.done()


if __name__ == "__main__":
    main()
