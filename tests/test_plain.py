"""Plain mode through the program: lines in, lines out, no terminal, no escape sequence."""

import json
import os
import re
import shutil
import subprocess
import tempfile

from served import PATIENCE_S, PROGRAM, ROOT, Tap, World, free_base, wait_for

EVENT = re.compile(r"^ *(\d+) +\+")


def run(args, typed, **more):
    return subprocess.run([PROGRAM, *args], input=typed, capture_output=True, text=True, timeout=2 * PATIENCE_S, cwd=ROOT, **more)


def numbers(text):
    return [int(match[1]) for line in text.splitlines() if (match := EVENT.match(line))]


def is_plain(text):
    return not any(ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 for c in text)


def replay(tap, folder):
    got = run(["view", "--plain", folder], "\n\ns\n2\nG\nl\n:compare j1 j2\n:explain 550\nq\n")
    seen = numbers(got.stdout)
    tap.check(got.returncode == 0 and got.stderr == "", "a recording is read to its end, status 0", got)
    tap.check(is_plain(got.stdout), "no control character is written", got.stdout)
    tap.check(seen == sorted(set(seen)), "each event is told once, in order", seen)
    tap.check("2 Wire:" in got.stdout and ">> They first differ" in got.stdout and "Said by" in got.stdout,
              "a pane, a comparison and an explanation are told too", got.stdout)
    nothing = run(["view", "--plain", folder], "")
    tap.check(nothing.returncode == 0 and numbers(nothing.stdout) == [1], "the end of input leaves", nothing)
    again = run(["view", "--plain", folder], "G\n")
    tap.check(again.stdout == run(["view", "--plain", folder], "G\n").stdout, "the same lines say the same again")
    there = run(["view", "--plain", "--at", "12", folder], "s\n")
    tap.check(numbers(there.stdout) == [12, 13], "--at begins at that event, and goes on from there", there)
    beyond = run(["view", "--plain", "--at", "99999", folder], "")
    tap.check("Event 99999 is not on this ladder" in beyond.stdout, "an event that there is not is said to be none", beyond)
    terminal = run(["view", folder], "")
    tap.check(terminal.returncode == 2 and "--plain" in terminal.stderr,
              "without a terminal, the viewer with a screen names the one without", terminal)
    theme = run(["view", "--theme", "pink", "--plain", folder], "")
    tap.check(theme.returncode == 2 and "pink" in theme.stderr, "a theme that there is not is an error", theme)


def demo(tap, folder):
    typed = "\n" * 3 + "b stage=route\nc\n1\nu\nBksp\n" + "\n" * 12 + "B\nc\nl\n"
    got = run(["demo", "--step", "--network", "simulated", "--scenario", "unknown-user", "--ports", str(free_base()),
               "--keep", folder], typed)
    tap.check(got.returncode == 0, "the demo is stepped through by lines", got)
    tap.check(is_plain(got.stdout), "no control character is written", got.stdout)
    tap.check("1 Why:" in got.stdout and "STEP: HELD at" in got.stdout, "it is held, and says why", got.stdout)
    tap.check("The cause." in got.stdout, "u goes to the cause", got.stdout)
    with open(os.path.join(folder, "journal-0001.ndjson"), encoding="utf-8") as lines:
        journal = [json.loads(line) for line in lines][1:]
    seen = set(numbers(got.stdout))
    hidden = [event["seq"] for event in journal if event["seq"] not in seen and "twin" not in event
              and min(seen) < event["seq"] < max(seen)]
    tap.check(not hidden, "every event from the first to the last is told, but the other ends of the same octets",
              hidden)


def until(viewer, words):
    """What it says up to the line with @words: it hears of things later than the world does."""
    told = ""
    while words not in told and (line := viewer.stdout.readline()):
        told += line
    return told


def live(tap):
    with World() as world:
        viewer = subprocess.Popen([PROGRAM, "view", "--plain", world.state], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True, cwd=ROOT)
        status = lambda: json.loads(world.ctl("status").stdout)
        viewer.stdin.write("b stage=route\n")
        viewer.stdin.flush()
        tap.check(wait_for(lambda: status()["breakpoints"]), "a breakpoint is set at a running world")
        viewer.stdin.write("m alice@north.example bob@north.example\n")
        viewer.stdin.flush()
        tap.check(wait_for(lambda: status()["held"]), "what it sends is held there")
        told = until(viewer, "STEP: HELD")
        out, _ = viewer.communicate("u\n", timeout=PATIENCE_S)
        out = told + out
        tap.check(viewer.returncode == 0 and "STEP: HELD" in out and "The cause." in out, "and told", out)
        tap.check(wait_for(lambda: not status()["held"]), "when the viewer leaves, the world goes on")


def main():
    tap = Tap()
    folder = tempfile.mkdtemp(prefix="glasspost-test-")
    try:
        demo(tap, folder)
        replay(tap, folder)
        live(tap)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tap.done()


main()
