"""app/KEYS.md says of each key of the world file and of each limit what they are now.

    SAVE_DOCS=1 python3 tests/test_keys_doc.py       writes it anew

The keys come from `glasspost serve --help`, which is made from the table in app/keys.c; the limits
are the constants of the headers, and those called ..._MAX, with the words that stand beside them.
"""

import glob
import os
import re
import subprocess

from served import PROGRAM, ROOT, Tap

DOCUMENT = os.path.join(ROOT, "app", "KEYS.md")
FOLDERS = ("smtp", "dns", "pop3", "imap", "net", "storage", "app", "trace")
KEY = re.compile(r"^  ([a-z0-9-]+) +(.*?)(?: \[([^\[\]]*)\])?$")
SECTION = re.compile(r"^\[([a-z]+)(?: NAME)?\]$")
LIMIT = re.compile(r"^#define ([A-Z0-9_]+) +(.+?)(?: */\* (.*) \*/)?$")

OPENING = """# Keys and limits

What a world file may say, and what holds whatever it says. Made from the table in `keys.c` and the constants in the code, and compared
with them by `tests/test_keys_doc.py`; `SAVE_DOCS=1 python3 tests/test_keys_doc.py` writes it anew. Durations are written `30s`,
`5m`, `4h`, `5d`, sizes `300K`, `25M`; lists are separated by `;`, flags are `on` and `off`. Every key has a default, but for a
host's `address`. A key that is unknown or stands twice is an error with its line.
"""

BETWEEN = """
## Limits

Whoever goes beyond one gets the protocol's own clear error, or less is shown; the server lives on. Octets unless the words say
otherwise.

"""


def cell(text):
    return (text or "").replace("|", "\\|").strip()


def keys():
    """(section, name, words, default) in the order of the table."""
    text = subprocess.run([PROGRAM, "serve", "--help"], capture_output=True, text=True, timeout=60).stdout
    section = None
    for line in text.split("Commands of [script]")[0].splitlines():
        if SECTION.match(line):
            section = line
        elif section and KEY.match(line):
            yield (section, *KEY.match(line).groups())


def number(text):
    """The value of a constant as a number, or None: it is none."""
    plain = re.sub(r"G_GU?INT64_CONSTANT\((\w+)\)|(?<=[0-9a-f])u\b", r"\1", text).replace("NET_SECOND", "1000000")
    if not re.fullmatch(r"[0-9a-fx.() */+]+", plain) or not re.search(r"\d", plain):
        return None
    return eval(plain, {"__builtins__": {}})  # digits and operators only, as just checked


def limits():
    for folder in FOLDERS:
        for path in sorted(glob.glob(os.path.join(ROOT, folder, "*.[ch]"))):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    found = LIMIT.match(line.rstrip())
                    if not found or not (path.endswith(".h") or found.group(1).endswith("_MAX")):
                        continue
                    value = number(found.group(2))
                    if value is not None:
                        yield found.group(1), value, found.group(3), os.path.relpath(path, ROOT)


def document():
    out, last = [OPENING], None
    for section, name, words, default in keys():
        if section != last:
            out.append(f"\n## {section}\n\n| key | is | default |\n|---|---|---|\n")
            last = section
        out.append(f"| `{name}` | {cell(words)} | {'`' + cell(default) + '`' if default else ''} |\n")
    out.append(BETWEEN + "| constant | value | of what | in |\n|---|---|---|---|\n")
    for name, value, words, path in limits():
        out.append(f"| `{name}` | {value:,} | {cell(words)} | `{path}` |\n")
    return "".join(out)


def main():
    tap = Tap()
    wanted = document()
    if os.environ.get("SAVE_DOCS"):
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(wanted)
    with open(DOCUMENT, encoding="utf-8") as file:
        there = file.read().splitlines()
    found = list(keys())
    tap.check(len(found) > 40 and {key[0] for key in found} == {"[world]", "[dns]", "[scenario]", "[host NAME]"},
              "serve --help lists the keys of all sections", found)
    missing = [line for line in wanted.splitlines() if line not in there]
    tap.check(not missing, "app/KEYS.md has each key and each limit, as they are now", "\n".join(missing[:20]))
    stale = [line for line in there if line not in wanted.splitlines()]
    tap.check(not stale, "and nothing that is not so any more", "\n".join(stale[:20]))
    if missing or stale:
        print("# SAVE_DOCS=1 python3 tests/test_keys_doc.py writes it anew")
    tap.done()


main()
