"""tests/test_labs_student.py - `glasspost lab` as a student and an instructor use it: what the words do, and what is said of work
that does not compile, does not end, or is not there."""

import csv
import fcntl
import glob
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time

from served import PROGRAM, ROOT, SANITIZED, Tap

PATIENCE_S = 180
WHO = os.path.abspath(PROGRAM)


class Place:
    """An empty folder to be a student in."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="glasspost-labs-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def lab(self, *words, folder=None, program=WHO, **options):
        return subprocess.run([program, "lab", *words], cwd=folder or self.folder, capture_output=True, text=True,
                              timeout=PATIENCE_S, **options)

    def path(self, *parts):
        return os.path.join(self.folder, "labs/mine", *parts)

    def read(self, *parts):
        with open(self.path(*parts)) as file:
            return file.read()

    def write(self, text, *parts):
        with open(self.path(*parts), "w") as file:
            file.write(text)


def house(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def answer(place):
    """Lab 1, done right: its own solution does it."""
    for line in place.lab("start", "1", "--id", "anna", "--with", os.path.join(ROOT, "labs/01-follow/solution")).stderr:
        raise RuntimeError(line)
    subprocess.run(["sh", "do.sh"], cwd=place.path("01-follow"), env={**os.environ, "GLASSPOST": WHO}, check=True)


def predict(tap):
    """Lab 1 asks for predictions: the viewer keeps them, and the check tells how many were right."""
    with Place() as place:
        answer(place)
        kept = place.read("01-follow/predictions.txt").splitlines()
        lines = [line for line in kept if not line.startswith("#")]
        right = sum(line.endswith(" right") for line in lines)
        tap.check(len(lines) >= 6 and not [line for line in lines if not re.fullmatch(r"\d+ [a-z]+ (right|wrong)", line)],
                  "each answer to PREDICT is kept as a line", kept)
        told = place.read("01-follow/predicted").splitlines()[-2:]
        tap.check(told[0] == f"You predicted {right} of {len(lines)}."
                  and told[1] == f"Your answers are kept in {os.path.realpath(place.path('01-follow/predictions.txt'))}.",
                  "leaving, the viewer says the score, and where it is", told)
        keys = "p\n" + "\n2\n" * 60 + "q\n"
        again = subprocess.run([WHO, "view", "--plain", "state"], cwd=place.path("01-follow"), input=keys, capture_output=True,
                               text=True, timeout=PATIENCE_S)
        checked = place.lab("check", "1")
        tap.check("Your answers are kept" in again.stdout and len(place.read("01-follow/predictions.txt").splitlines()) > len(kept)
                  and f"Your predictions: {right} of {len(lines)} right.\n" in checked.stdout and checked.returncode == 0,
                  "of who is asked twice, the first answers count", again.stdout[-300:] + checked.stdout)
        place.write("\n".join(lines[:5]) + "\n", "01-follow", "predictions.txt")
        few = place.lab("check", "1", "--terse")
        tap.check(few.stdout == "01-follow 10/11 predict\n", "five are too few", few.stdout)


def begin(tap):
    with Place() as place:
        done = place.lab("start", "1", "--id", "anna")
        tap.check(done.returncode == 0 and "labs/mine/01-follow" in done.stdout, "start names the work folder", done.stdout + done.stderr)
        files = sorted(os.listdir(place.path("01-follow")))
        tap.check(files == ["README.md", "answers.txt", "id", "mail", "predictions.txt", "world.ini"],
                  "nothing that tells the answers lies in it", files)
        tap.check(not [file for file in glob.glob(place.path("01-follow/*.*")) if re.search(r"\$\{", open(file).read())],
                  "each ${name} has become a value")
        place.write("greeting: 220\n", "01-follow", "answers.txt")
        again = place.lab("start", "1")
        tap.check(again.returncode == 1 and "reset 1" in again.stderr and "220" in place.read("01-follow/answers.txt"),
                  "start does not overwrite, and says what does", again.stderr)
        place.lab("reset", "1")
        place.lab("reset", "01-follow")
        tap.check("220" in place.read("01-follow.1/answers.txt") and "220" not in place.read("01-follow/answers.txt")
                  and os.path.isdir(place.path("01-follow.2")) and place.read("01-follow/id") == "anna\n",
                  "reset keeps what there was as .1, .2, and who it is for")
        there = place.lab("check", "1", "--terse", folder=place.path("01-follow"))
        tap.check(there.stdout.startswith("01-follow 0/11 "), "check works from within the work folder", there.stdout + there.stderr)
        for words in (["start", "99"], ["check", "x"], ["start"], ["nonsense"], ["list", "3"], ["start", "1", "--id", "../x"]):
            tap.check(place.lab(*words).returncode == 2, f"lab {' '.join(words)}: a usage error")
        tap.check(place.lab("check", "2").returncode == 1, "check before start fails")


def go_on(tap):
    with Place() as place:
        answer(place)
        early = place.lab("why", "1")
        tap.check(early.returncode == 1 and "220" not in early.stdout, "no model answer before the work has passed", early.stdout)
        hints = [place.lab("hint", "1").stdout for _ in range(4)]
        tap.check([hint.split(".")[0] for hint in hints] == [f"Hint {n} of 3" for n in (1, 2, 3, 3)], "hints come one by one", hints)
        tap.check(place.lab("hint", "1", "--all").stdout.count(" of 3.") == 3, "or all at once")
        tap.check("started" in place.lab("list").stdout, "list: started")
        passed = place.lab("check", "1")
        tap.check(passed.returncode == 0, "the right answers pass", passed.stdout)
        tap.check("passed" in place.lab("list").stdout, "list: passed")
        tap.check("220" in place.lab("why", "1").stdout, "now the model answer is told")
        place.write("greeting: 250\n", "01-follow", "answers.txt")
        tap.check(place.lab("check", "1").returncode == 1 and place.lab("why", "1").returncode == 0 and
                  place.lab("hint", "1").returncode == 0, "passed once: hints and model answer stay readable")
        result = json.loads(place.lab("check", "1", "--json").stdout)
        tap.check({"score", "max_score", "tests"} <= set(result) and
                  {"name", "score", "max_score", "status", "output"} <= set(result["tests"][0]), "--json has Gradescope's shape", result)
        runs = place.path("01-follow/runs/main-1")
        seen = subprocess.run([WHO, "view", runs, "--plain"], input="s\n", capture_output=True, text=True, timeout=PATIENCE_S)
        tap.check(seen.returncode == 0 and "the world starts" in seen.stdout, "the viewer opens what was played", seen.stdout + seen.stderr)


# Lab 3: the student's split.c stands in for smtp/split.c.

def compiled(tap):
    with Place() as place:
        place.lab("start", "3", "--id", "anna")
        text = house("smtp/split.c")

        def check(source, *words):
            place.write(source, "03-split", "split.c")
            return place.lab("check", "3", *words)

        line = len(text.splitlines()) + 2
        broken = check(text + "\nint half(\n")
        tap.check(broken.returncode == 1 and re.search(rf"found +split.c:{line}:\d+: error:", broken.stdout),
                  "what does not compile is a verdict, with the student's own FILE:LINE", broken.stdout)
        tap.check(place.folder not in broken.stdout.replace("view", "") and ROOT not in broken.stdout, "and no path of the grader's")
        careless = check(text + "\nint\nuseless(int given)\n{\n    int unused;\n    return given;\n}\n")
        tap.check(careless.returncode == 0 and re.search(r"^split.c:\d+:\d+: warning: unused variable", careless.stderr, re.M),
                  "a warning is shown, and is no error", careless.stderr)
        tap.check("warning" in check(text + "\nint\nuseless(int given)\n{\n    int unused;\n    return given;\n}\n").stderr,
                  "also when nothing had to be compiled again")
        name = re.search(r"^(smtp_split_\w+)\(", text, re.M)[1]
        missing = check(re.sub(rf"\b{name}\b", "another_name", text))
        tap.check(missing.returncode == 1 and f"split.c: {name}() is missing" in missing.stdout,
                  "a function that is gone is named", missing.stdout)
        endless = check(re.sub(rf"({name}\([^)]*\)\n{{)", r"\1\n    for (;;)\n        g_usleep(G_USEC_PER_SEC);", text))
        tap.check(endless.returncode == 1 and "took longer than" in endless.stdout, "a program that does not end is ended", endless.stdout)
        crash = check(re.sub(rf"({name}\([^)]*\)\n{{)", r"\1\n    *(volatile char *)NULL = 0;", text))
        tap.check(crash.returncode == 1 and re.search(r"crashed|AddressSanitizer|split.c:\d+", crash.stdout), "a crash is told", crash.stdout)
        os.remove(place.path("03-split/split.c"))
        gone = place.lab("check", "3")
        tap.check(gone.returncode == 1 and "no .c file" in gone.stdout, "a file that is not there is said to be missing", gone.stdout)


def on_terminal(text, *words, folder):
    """Does @text come up on a terminal that @words have for themselves?"""
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(WHO, [WHO, *words], {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
    seen, until = b"", time.monotonic() + PATIENCE_S
    while text.encode() not in seen and time.monotonic() < until:
        if select.select([master], [], [], 1)[0]:
            seen += os.read(master, 65536)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(master)
    return text.encode() in seen


def own_lines(tap):
    """The journal holds what ran, so the Code pane can show it."""
    with Place() as place:
        place.lab("start", "14", "--id", "anna")
        mine = house("pop3/update.c").replace("    trace_decision(", "    /* mine */ trace_decision(")
        place.write(mine, "14-two-ways", "update.c")
        place.lab("check", "14")
        with open(place.path("14-two-ways/runs/mine-1/journal-0001.ndjson")) as journal:
            header, *events = map(json.loads, journal)
        tap.check("/* mine */" in header["snapshot"]["sources"]["pop3/update.c"], "the student's source stands in the journal")
        first = [event["seq"] for event in events if event.get("at", "").startswith("pop3/update.c:")][0]
        tap.check(on_terminal("/* mine */", "view", "14-two-ways/runs/mine-1", "--at", str(first), folder=place.path()),
                  "and the Code pane shows it")


# Instructors.

def collected(tap):
    with Place() as place:
        answer(place)
        with open(os.path.join(place.folder, "seeds"), "w") as seeds:
            seeds.write("# hidden\n7\n8\n")
        hidden = place.lab("check", "1", "--seeds", os.path.join(place.folder, "seeds"))
        tap.check(hidden.returncode in (0, 1) and os.path.isdir(place.path("01-follow/runs/main-8")), "hidden seeds are played, too",
                  hidden.stdout + hidden.stderr)
        handed = os.path.join(place.folder, "handed-in")
        shutil.copytree(place.path("01-follow"), os.path.join(handed, "anna/01-follow"))
        shutil.rmtree(place.path("01-follow"))
        place.lab("start", "1", "--id", "ben")
        shutil.copytree(place.path("01-follow"), os.path.join(handed, "group-2/ben/01-follow"))
        os.makedirs(os.path.join(handed, "zoe/99-unknown"))
        with open(os.path.join(handed, "zoe/99-unknown/id"), "w") as file:
            file.write("=zoe,\n")
        shutil.copytree(os.path.join(handed, "anna/01-follow"), os.path.join(handed, "anna/01-follow.1"))
        before = sorted(glob.glob(handed + "/**", recursive=True))
        done = place.lab("collect", handed, "--csv")
        rows = list(csv.DictReader(done.stdout.splitlines()))
        tap.check([(row["id"], row["lab"], row["passed"]) for row in rows] ==
                  [("anna", "01-follow", "yes"), ("ben", "01-follow", "no"), ("'=zoe,", "99-unknown", "no")],
                  "collect: a line each, none for what reset has set aside, nothing a spreadsheet would calculate", done.stdout + done.stderr)
        tap.check(rows[0]["points"] == rows[0]["of"] == "11" and rows[1]["failed"].startswith("greeting sender"), "with points and what failed")
        tap.check(before == sorted(glob.glob(handed + "/**", recursive=True)), "and leaves the students' folders as they are")


def packed(tap):
    """What is handed out: unpacked elsewhere it works, and the answers are not in it."""
    with Place() as place:
        build = os.path.join(place.folder, "build")
        os.makedirs(build)
        for archive in glob.glob(os.path.join(os.path.dirname(WHO), "lib*.a")):
            os.symlink(archive, os.path.join(build, os.path.basename(archive)))
        made = subprocess.run(["sh", os.path.join(ROOT, "labs/pack.sh")], env={**os.environ, "BUILD": build}, capture_output=True,
                              text=True, timeout=PATIENCE_S)
        if not made.stdout.endswith("glasspost-labs.tar.gz\n"):
            return tap.check(False, "the pack is made", made.stdout + made.stderr)
        subprocess.run(["tar", "xzf", os.path.join(build, "glasspost-labs.tar.gz")], cwd=place.folder, check=True)
        pack = os.path.join(place.folder, "glasspost-labs")
        program = os.path.join(pack, "glasspost")
        files = [os.path.relpath(file, pack) for file in glob.glob(pack + "/**", recursive=True)]
        tap.check(not [file for file in files if re.search(r"/(solution|wrong|instructor\.md|why\.md)(/|$)|INSTRUCTOR", file)],
                  "no solutions, no notes for instructors", files)
        tap.check("yours to write" in open(os.path.join(pack, "smtp/split.c")).read(), "the stages under study are not there as source")
        line = max((line for line in house("smtp/split.c").splitlines() if not re.search(r'["\\\\?]', line)), key=len)
        with open(os.path.join(pack, "build/libsources.a"), "rb") as sources:
            tap.check(line.encode() not in sources.read(), "nor within the program")
        started = place.lab("start", "1", "--id", "anna", folder=pack, program=program)
        checked = place.lab("check", "1", "--terse", folder=pack, program=program)
        tap.check(started.returncode == 0 and checked.stdout.startswith("01-follow 0/11"), "lab 1 is started and checked there",
                  started.stderr + checked.stdout + checked.stderr)
        place.lab("start", "3", "--id", "anna", folder=pack, program=program)
        mine = os.path.join(pack, "labs/mine/03-split/split.c")
        with open(mine, "w") as file:
            file.write(house("smtp/split.c"))
        good = place.lab("check", "3", folder=pack, program=program)
        tap.check(good.returncode == 0, "a code lab is compiled, and passes with the right file", good.stdout + good.stderr)
        tap.check(house("labs/03-split/why.md").splitlines()[0] in place.lab("why", "3", folder=pack, program=program).stdout, "and its model answer is told")


def case(tap):
    """Lab 17 hands out a journal that does not tell what was done to the world."""
    with Place() as place:
        place.lab("start", "17", "--id", "anna")
        text = place.read("17-case/case/journal-0001.ndjson")
        head, *events = [json.loads(line) for line in text.splitlines()]
        numbers = {event["seq"] for event in events}
        tap.check(len(events) > 100 and not [event for event in events if event["kind"] in ("fault", "input")],
                  "a case has no event of a fault or of the script")
        tap.check("[script]" not in head["world"] and "occurrence=" not in text, "nor has its first line the script")
        tap.check(all(event.get("cause", 0) in numbers | {0} for event in events), "what follows, follows from what is seen")
        place.lab("check", "17")
        tap.check(not glob.glob(place.path("17-case/runs/case-*")), "a check leaves no other journal of it behind")


def main():
    tap = Tap()
    begin(tap)
    predict(tap)
    case(tap)
    go_on(tap)
    collected(tap)
    if SANITIZED:
        tap.skip("a student's file", "students' files are built by the tests without SANITIZE=1: with it that takes longer still")
    else:
        compiled(tap)
        own_lines(tap)
    if "LABS_PACK" in os.environ:
        packed(tap)
    else:
        tap.skip("the pack", "make test-labs makes and unpacks it")
    tap.done()


main()
