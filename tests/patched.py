"""tests/patched.py - a unified diff put onto a text, so that a lab's wrong solution is only what is wrong in it."""

import re


def patched(text, diff):
    """The lines around a change must be there as the diff has them; where they have moved, they are looked for."""
    lines, out, at = text.splitlines(keepends=True), [], 0
    for number, old, new in hunks(diff):
        start = find(lines, old, max(at, number - 1), at)
        out += lines[at:start] + new
        at = start + len(old)
    return "".join(out + lines[at:])


def hunks(diff):
    found = None
    for line in diff.splitlines(keepends=True):
        header = re.match(r"@@ -(\d+)", line)
        if header:
            if found:
                yield found
            found = (int(header[1]), [], [])
        elif found and line[0] in " -+\n":
            # An editor may have taken the blank from a line that is empty otherwise.
            sign, rest = (line[0], line[1:]) if line[0] in " -+" else (" ", line)
            found[1].extend([rest] if sign in " -" else [])
            found[2].extend([rest] if sign in " +" else [])
    if found:
        yield found


def find(lines, old, near, least):
    places = [i for i in range(least, len(lines) - len(old) + 1) if lines[i:i + len(old)] == old]
    if not places:
        raise ValueError("the diff does not fit any more: " + "".join(old))
    return min(places, key=lambda place: abs(place - near))
