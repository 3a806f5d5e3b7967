"""TUTORIAL.md and labs/INSTRUCTOR.md cannot go stale: each command is run, each screen drawn, each line of C looked for.

What is compared (SAVE_TUTORIAL=1 writes it anew: read the difference):

    ```console                      lines that begin with "$ " are run by a shell in a copy of the checkout's labs/;
    $ ./glasspost explain 550       what they print must stand below. A line "..." stands for any number of lines
    ```

    <!-- screen 80x24: ./glasspost demo --network simulated | Space Space u -->
    ```text                         the screen after these keys, each as tmux names it; a longer word is typed, and Enter
    ```

    ```c
    /* smtp/route.c */              the lines stand in that file, in this order; "..." as above
    ```

A command that only a sentence of TUTORIAL.md names is run as well, and must end well.
"""

import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from served import PATIENCE_S, PROGRAM, ROOT, Tap

SAVE = os.environ.get("SAVE_TUTORIAL") == "1"
BLOCK = re.compile(r"(?:<!-- screen (\d+)x(\d+): (.*?) \| (.*?) -->\n)?^```(console|text|c)\n(.*?)^```$", re.M | re.S)
# Nothing that is printed may depend on where and when it is.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "screen-256color", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
KEYS = ("Space", "BSpace", "Enter", "Escape", "Tab", "Home", "End", "Up", "Down")


class Checkout:
    """A folder that looks like the checkout to whoever types the commands."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="tutorial")
        shutil.copytree(os.path.join(ROOT, "labs"), os.path.join(self.folder, "labs"),
                        ignore=shutil.ignore_patterns("state", "mine", "grader"))
        os.symlink(PROGRAM, os.path.join(self.folder, "glasspost"))
        self.screens = 0

    def run(self, command):
        done = subprocess.run(["sh", "-c", command], cwd=self.folder, env={**ENVIRONMENT, "HOME": self.folder}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        return done.stdout

    def tmux(self, *words):
        """Each screen has a tmux of its own: the one before may still be ending."""
        socket = os.path.join(self.folder, f"tmux-{self.screens}")
        return subprocess.run(["tmux", "-S", socket, "-f", "/dev/null", *words], env=ENVIRONMENT, cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False).stdout

    def shown(self):
        return "\n".join(line.rstrip() for line in self.tmux("capture-pane", "-p").split("\n")).rstrip("\n") + "\n"

    def settled(self, before):
        """The screen when it has changed from @before and then stood still for a while."""
        end, still, last = time.monotonic() + 5, 0, before
        while time.monotonic() < end and still < 3:
            time.sleep(0.03)
            now = self.shown()
            still = still + 1 if now == last and now != before else 0
            last = now
        return last

    def screen(self, columns, rows, command, keys, expected):
        """@expected is waited for: a busy machine paints later."""
        self.screens += 1
        self.tmux("new-session", "-d", "-x", columns, "-y", rows, command + "; sleep 600")
        seen = self.settled("\n")
        for key in [key for word in shlex.split(keys) for key in repeated(word)]:
            self.tmux("send-keys", *([key] if key in KEYS or len(key) == 1 else ["-l", key, ";", "send-keys", "Enter"]))
            seen = self.settled(seen)
        end = time.monotonic() + (1 if SAVE else 10)
        while seen != expected and time.monotonic() < end:
            time.sleep(0.1)
            seen = self.shown()
        self.tmux("kill-server")
        return seen

    def remove(self):
        shutil.rmtree(self.folder)


def repeated(word):
    """"10xSpace" is ten keys."""
    times = re.fullmatch(r"(\d+)x(\w+)", word)
    return [times[2]] * int(times[1]) if times else [word]


def fits(expected, found):
    """Whether @found has the lines of @expected, where "..." is any number of lines."""
    pattern = "".join("(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + "\n" for line in expected.splitlines())
    return re.fullmatch(pattern, found) is not None


def console(checkout, block):
    """The block as it should be: its own text where the commands print that, else what they print."""
    parts = re.split(r"^(\$ .*\n)", block, flags=re.M)
    text = parts[0]
    for command, expected in zip(parts[1::2], parts[2::2]):
        found = checkout.run(command[2:])
        text += command + (expected if fits(expected, found) else found)
    return text


def code(block):
    """@block where its lines stand in the source that its first line names, else what is missing."""
    name = re.match(r"/\* (\S+) \*/\n", block)
    path = os.path.join(ROOT, name[1]) if name else ""
    if not os.path.isfile(path):
        return "the first line names a source: /* smtp/route.c */\n"
    with open(path, encoding="utf-8") as file:
        source = file.read()
    end = 0
    for part in re.split(r"^ *\.\.\.\n", block[name.end():], flags=re.M):
        start = source.find(part, end)
        if start < 0:
            return f"/* {name[1]} */ does not hold, in this order:\n{part}"
        end = start + len(part)
    return block


def mentioned(text):
    """Commands that stand in a sentence, or on an indented line, with nothing below that they print."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return sorted(set(re.findall(r"`((?:\./glasspost|lab start) [^`]*)`|^    (\./glasspost .*)$", prose, flags=re.M)))


def check_mentioned(tap, checkout, name, text):
    """They are run too. WORLD.ini stands for any world; what opens the viewer is the command of a screen."""
    screens = {block[3] for block in BLOCK.finditer(text) if block[3]}
    for pair in mentioned(text):
        command = (pair[0] or pair[1]).replace("WORLD.ini", "labs/demo/world.ini")
        if command in screens or "FOLDER" in command:
            continue
        if command.startswith("lab "):
            command = "./glasspost " + command
        # A folder of its own: two sentences may name the same lab.
        found = checkout.run(command + (" --folder again-$$" if " start " in command else "") + " < /dev/null; echo status $?")
        tap.check(found.endswith("status 0\n"), f"{name}: {command}", found)


def check(tap, name):
    path = os.path.join(ROOT, name)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    checkout, made, at = Checkout(), "", 0
    for block in BLOCK.finditer(text):
        columns, rows, command, keys, kind, expected = block.groups()
        if kind == "text" and not columns:
            continue
        if kind == "console" and "sqlite3 " in expected and not shutil.which("sqlite3"):
            found = expected
            print("# skipped: sqlite3 is not here")
        elif kind == "console":
            found = console(checkout, expected)
        elif kind == "c":
            found = code(expected)
        elif shutil.which("tmux"):
            found = checkout.screen(columns, rows, command, keys, expected)
        else:
            found = expected
            print("# skipped: tmux is not here")
        line = text.count("\n", 0, block.start()) + 1
        what = keys if columns else expected.split("\n", 1)[0]
        tap.check(found == expected or (SAVE and kind != "c"), f"{name}:{line}: {what}",
                  "\n".join(difflib.unified_diff(expected.split("\n"), found.split("\n"), "the text", "in truth", lineterm="")))
        made += text[at:block.start(6)] + (found if SAVE and kind != "c" else expected)
        at = block.end(6)
    if name == "TUTORIAL.md":  # the other one names commands with N and NAME in them
        check_mentioned(tap, checkout, name, text)
    checkout.remove()
    if SAVE:
        with open(path, "w", encoding="utf-8") as file:
            file.write(made + text[at:])


def main():
    tap = Tap()
    for name in ("TUTORIAL.md", "labs/INSTRUCTOR.md"):
        if os.path.exists(os.path.join(ROOT, name)):
            check(tap, name)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
