"""The words that are shown: all of them are in the catalogue, and each language has them all.

    po/glasspost.pot is what `make po` would write; each po/*.po is complete and its formats fit; what the viewer
    shows is marked for translation; and of the demo's events none is left in English.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from served import PROGRAM, ROOT, Tap

STRING = r'"(?:[^"\\\n]|\\.)*"'
# Calls that put a text on the screen as it is: what stands in them has to be marked. (Those that take a format,
# view_notice() and its like, look it up themselves.)
SHOWS = re.compile(r"\b(?:view_put|view_put_middle|view_draw_more|view_sheet_open)\(")
# What needs no translation: names of the program, of RFCs, signs, keys of the journal.
NAMES = re.compile(r"^(?:Glasspost |[A-Z0-9 .-]*|[^A-Za-z]*|[a-z_]+)$")
# English words that are no German ones, and stand in a sentence that was not translated.
ENGLISH = re.compile(r"\b(?:the|and|of|for|that|has|are|it|not|with|from|stays|goes|asked)\b", re.I)


def make_variable(name):
    """The words of a list in the Makefile."""
    with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    return re.search(rf"^{name}\s*=(.*)$", text, re.M).group(1).split()


def sources():
    lists = []
    for name in ("TRACE_PURE", "TRACE", "NET", "DNS", "STORAGE", "SMTP_TAKE", "SMTP_SEND", "POP3", "IMAP", "APP",
                 "VIEWER", "PAGES_C", "COMMANDS"):
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


def shown_events(program, scenario, folder):
    """What the events of a scenario say in German, without what went over the wire."""
    state = os.path.join(folder, scenario)
    run(program, "play", "labs/demo/world.ini", "--overlay", f"labs/demo/scenarios/{scenario}.ini", "--state", state)
    out = run(program, "export", state, "--format", "text", env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "de"})
    line = re.compile(r"^ *\d+ .*?  ([*#?=@!X]) (.*?)(?:   \[.*)?$")
    return [found.group(2) for found in map(line.match, out.stdout.splitlines()) if found]


def test_events(tap, program):
    left = set()
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(glob.glob(os.path.join(ROOT, "labs/demo/scenarios/*.ini"))):
            scenario = os.path.basename(path)[:-4]
            if scenario == "crowd":  # a thousand times the same
                continue
            said = shown_events(program, scenario, folder)
            count += len(said)
            # In quotation marks and behind a reply code stands what others said.
            for text in said:
                if ENGLISH.search(re.sub(r'"[^"]*"|if .*|[245]\d\d .*', "", text)):
                    left.add(re.sub(r"\d+", "N", text))
    for text in sorted(left)[:20]:
        print("#", text)
    tap.check(count > 500 and not left, "the events of the demo's scenarios are all said in German")


def main():
    tap = Tap()
    if not all(map(shutil.which, ("msgfmt", "xgettext", "msgcmp"))):
        print("1..0 # SKIP the tools of gettext are not here (package gettext)")
        return
    program = PROGRAM
    test_fresh(tap)
    for path in sorted(glob.glob(os.path.join(ROOT, "po/*.po"))):
        test_complete(tap, os.path.relpath(path, ROOT))
        test_lines(tap, os.path.relpath(path, ROOT))
    test_marked(tap)
    test_events(tap, program)
    tap.done()


if __name__ == "__main__":
    main()
