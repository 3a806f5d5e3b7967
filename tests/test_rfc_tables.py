"""The tables of RFC sections in the READMEs of FOLDERS against the citations in the code.

    | RFC 5321 §4.5.5 | a report has a null reverse-path | yes | `smtp_bounce_message` |

Each section that the folder's code cites has a row; each row that says yes or partly names a place that
cites it: a function (in its text, in the comment above it, or in a table beside its name), or a file
where a constant or a format does. No section stands twice, and no row that says no claims a place.

    python3 tests/test_rfc_tables.py --draft pop3      the rows that are missing, with places and without words
"""

import glob
import os
import re
import sys

from served import ROOT, Tap

FOLDERS = ("smtp", "dns", "pop3", "imap")
SECTION = r"§[0-9]+(?:\.[0-9]+)*"
CITATION = re.compile(rf"RFC (\d+) ({SECTION}(?:(?:, | and ){SECTION})*)")
ROW = re.compile(r"^\| RFC (\d+) §(\S+) \|(.*)\|([^|]*)\|([^|]*)\|$")
# A function begins with its name at the left edge; its comment and its type stand above it, without a blank line.
FUNCTION = re.compile(r"^([a-z][a-z0-9_]+)\(", re.M)
PLACES = re.compile(r"`([^`]+)`")


def cited_in(text):
    return {f"RFC {number} {section}" for number, sections in CITATION.findall(text) for section in re.findall(SECTION, sections)}


def functions(text):
    """Each function of a source: its name, and its text from the comment above it to its last brace."""
    for found in FUNCTION.finditer(text):
        before = text.rfind("\n\n", 0, found.start())
        after = text.find("\n}", found.end())
        yield found.group(1), text[max(before, 0):len(text) if after < 0 else after]


def places_of(folder):
    """What cites what: {"smtp_bounce_message": {"RFC 5321 §4.5.5"}, "limits.h": {...}}"""
    places = {}
    for path in sorted(glob.glob(os.path.join(ROOT, folder, "*.[ch]"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        places[os.path.basename(path)] = cited_in(text)
        for name, body in functions(text):
            places.setdefault(name, set()).update(cited_in(body))
        # Rows of tables: the handler stands beside the section. Prototypes: the comment stands above.
        for line in text.splitlines():
            for name in re.findall(rf"\b({folder}_\w+)\b", line) if cited_in(line) else ():
                places.setdefault(name, set()).update(cited_in(line))
        if path.endswith(".h"):
            for block in text.split("\n\n"):
                for name in re.findall(rf"\b({folder}_\w+)\(", block) if cited_in(block) else ():
                    places.setdefault(name, set()).update(cited_in(block))
    return places


def rows_of(folder):
    with open(os.path.join(ROOT, folder, "README.md"), encoding="utf-8") as file:
        for line in file:
            found = ROW.match(line.strip())
            if found:
                number, section, what, kept, where = (group.strip() for group in found.groups())
                yield f"RFC {number} §{section}", what, kept, PLACES.findall(where)


def is_said(section, cited):
    """Is it cited, or a section below it?"""
    return any(one == section or one.startswith(section + ".") for one in cited)


def in_order(section):
    """RFC 5321 §4.5 stands before RFC 5321 §4.5.1, and that before RFC 5321 §4.10."""
    return int(section.split()[1]), [int(part) if part.isdigit() else 0 for part in section.split("§")[1].split(".")]


def draft(folder):
    """Prints a row for each section that is cited and has none. Functions come before files."""
    places, there = places_of(folder), {row[0] for row in rows_of(folder)}
    for section in sorted({one for those in places.values() for one in those} - there, key=in_order):
        where = sorted((place for place, those in places.items() if section in those), key=lambda place: ("." in place, place))
        # Rather functions than files, and rather those that cite a few sections than a helper beside each of them.
        best = [place for place in where if "." not in place and len(places[place]) < 12] or where
        print(f"| {section} |  | yes | {', '.join(f'`{place}`' for place in best[:3])} |")


def check(folder, tap):
    places, rows = places_of(folder), list(rows_of(folder))
    sections = [row[0] for row in rows]
    cited = {section: place for place, those in sorted(places.items()) for section in those}
    missing = [f"{section} (cited by {place})" for section, place in sorted(cited.items()) if section not in sections]
    tap.check(not missing, f"{folder}/README.md: each section that the code cites has a row", "\n".join(missing))
    twice = sorted({section for section in sections if sections.count(section) > 1})
    tap.check(not twice, f"{folder}/README.md: no section stands twice", twice)
    wrong = []
    for section, _, kept, where in rows:
        word = re.split(r"[ ,:;]", kept)[0]
        if word not in ("yes", "partly", "no"):
            wrong.append(f"{section}: '{kept}' begins with none of yes, partly, no")
        elif word == "no" and where:
            wrong.append(f"{section}: no, and yet {where}")
        elif word != "no" and not any(place in places and is_said(section, places[place]) for place in where):
            others = sorted(place for place, those in places.items() if section in those)
            wrong.append(f"{section}: {where or 'nothing'} does not cite it; {others or 'nobody'} does")
        wrong += [f"{section}: there is no {place}" for place in where if place not in places]
    tap.check(not wrong, f"{folder}/README.md: each row that says yes names a place that cites it", "\n".join(wrong))
    order = [in_order(section) for section in sections]
    unordered = [sections[i] for i in range(1, len(order)) if order[i] < order[i - 1]]
    tap.check(not unordered, f"{folder}/README.md: the rows stand in order", unordered)
    print(f"# {folder}: {len(sections)} rows, {len(cited)} sections cited")


def main():
    tap = Tap()
    for folder in FOLDERS:
        check(folder, tap)
    tap.done()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--draft"]:
        draft(sys.argv[2])
    else:
        main()
