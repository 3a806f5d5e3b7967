"""tests/test_labs.py - no lab is handed out that its own grader disagrees with.

For each lab: the start state fails, the solution passes, and each wrong solution is refused with the words that are saved
beside it; its demo reaches its ending. For the id `example`; `make test-labs` asks for other ids, too, where the same checks fail.
A program of equal files is built once for all of them: files with ${name} in them differ from id to id.

    python3 tests/test_labs.py 3 10             only these labs
    SAVE_LABS=1 python3 tests/test_labs.py 3    writes wrong/*/output anew: read the difference (git diff)
    LABS_IDS=20 python3 tests/test_labs.py      so many ids more: start and solution; for the first two of them, the wrong ones
"""

import concurrent.futures
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from patched import patched
from served import PROGRAM, ROOT, SANITIZED, Tap, free_base

LABS = os.path.join(ROOT, "labs")
IDS = int(os.environ.get("LABS_IDS", "0"))
IDS_WITH_WRONG = 3  # example is the first of them
SEED = os.environ.get("SEED", "1")
SAVE = "SAVE_LABS" in os.environ
GRADING_S = 10  # of the processor's time; the first check, which compiles, included
PATIENCE_S = 180
PROGRAM_OF_LABS = os.path.abspath(PROGRAM)


class Case:
    """One lab, one id, one folder of files on top of start/ (None: the start state itself), in a folder of its own."""

    def __init__(self, lab, identity, top, cache):
        self.lab, self.id, self.top, self.cache = lab, identity, top, cache
        self.name = f"{os.path.basename(lab)} {os.path.relpath(top, lab) if top else 'start'}, for {identity}"
        self.expected = "start" if not top else "solution" if os.path.basename(top) == "solution" else "wrong"

    def run(self):
        self.place = tempfile.mkdtemp(prefix="glasspost-labs-")
        self.work = os.path.join(self.place, "labs/mine", os.path.basename(self.lab))
        try:
            self.begin()
            self.check()
        except Exception as error:  # told where the checks are counted
            self.status, self.words, self.seconds = None, repr(error), 0
        finally:
            shutil.rmtree(self.place, ignore_errors=True)
        return self

    # The folder as a student would have it.

    def begin(self):
        number = os.path.basename(self.lab)
        with_top = ["--with", self.top] if self.top and os.path.isdir(self.top) else []
        done = self.glasspost("lab", "start", number, "--id", self.id, *with_top)
        if done.returncode:
            raise RuntimeError(done.stderr)
        if self.top:
            self.modules()
            self.by_hand()

    def modules(self):
        """A stage's file that is not there is the house's own (there may be no solution/ at all); a .diff is put onto that."""
        for module in self.listed("modules"):
            mine = os.path.join(self.work, os.path.basename(module))
            diff = mine + ".diff"
            if os.path.exists(os.path.join(self.top, os.path.basename(module))):
                continue
            with open(os.path.join(ROOT, module)) as house:
                text = house.read()
            if os.path.exists(diff):
                with open(diff) as change:
                    text = patched(text, change.read())
                os.remove(diff)
            with open(mine, "w") as out:
                out.write(text)

    def by_hand(self):
        """do.sh does what a student does by hand; in a lab that says so, with the world running."""
        if not os.path.exists(os.path.join(self.work, "do.sh")):
            return
        ports = dict(GLASSPOST_PORTS=str(free_base())) if self.is_by_hand() else {}
        environment = {**os.environ, **ports, "GLASSPOST": PROGRAM_OF_LABS}
        server = self.serve(environment) if self.is_by_hand() else None
        try:
            done = subprocess.run(["sh", "do.sh"], cwd=self.work, env=environment, timeout=PATIENCE_S,
                                  capture_output=True, text=True)
        finally:
            if server:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=PATIENCE_S)
                server.stdout.close()
        if done.returncode and self.expected == "solution":
            raise RuntimeError("do.sh: " + done.stdout + done.stderr)

    def serve(self, environment):
        server = subprocess.Popen([PROGRAM_OF_LABS, "serve", "world.ini"], cwd=self.work, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if (line := server.stdout.readline()) != "ready\n":
            server.wait(timeout=PATIENCE_S)
            raise RuntimeError("serve: " + line)
        return server

    # What the grader says of it.

    def check(self):
        done, self.seconds = self.timed("lab", "check", os.path.basename(self.lab), "--cache", self.cache)
        self.status, self.words = done.returncode, self.same_each_time(done.stdout)
        if done.returncode not in (0, 1) or not self.words:
            self.words += done.stderr

    def same_each_time(self, words):
        """What was done by hand took its own time, and got its own id."""
        if not self.is_by_hand():
            return words
        words = re.sub(r" +\+\d[\d.]* (?:ms|s|[mhd] \d+ [smh])(?= )", "      +? ms", words)
        return re.sub(r"\bid \w{12}\b", "id ?", words)

    def failed(self):
        """The numbers of the checks that do not hold: the report is in their order."""
        said = re.findall(r"^  (ok|not ok) +\d+/\d+  ", self.words, re.M)
        return [number for number, word in enumerate(said, 1) if word == "not ok"]

    def glasspost(self, *words):
        return subprocess.run([PROGRAM_OF_LABS, *words], cwd=self.place, capture_output=True, text=True, timeout=PATIENCE_S)

    def timed(self, *words):
        """With the processor's time of this program and of all it started: other tests run beside it."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen([PROGRAM_OF_LABS, *words], cwd=self.place, stdout=out, stderr=errors)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            return (subprocess.CompletedProcess(words, process.returncode, out.read(), errors.read()),
                    used.ru_utime + used.ru_stime)

    def listed(self, key):
        return listed(self.lab, key)

    def is_by_hand(self):
        return self.listed("hand") == ["yes"]


def value(lab, file, key):
    with open(os.path.join(lab, file)) as text:
        found = re.search(rf"^{key} *= *(.*)$", text.read(), re.M)
    return found[1] if found else ""


def listed(lab, key):
    return [word.strip() for word in value(lab, "checks", key).split(";") if word]


def tops(lab, with_wrong):
    """The start state, the solution, the wrong ones."""
    wrong = sorted(glob.glob(os.path.join(lab, "wrong/*/"))) if with_wrong else []
    return [None, os.path.join(lab, "solution")] + [top.rstrip("/") for top in wrong]


def judge(tap, case):
    if case.expected == "solution":
        tap.check(case.status == 0, f"{case.name}: passes", case.words)
    else:
        tap.check(case.status == 1, f"{case.name}: is refused", case.words)
    tap.check(case.seconds < GRADING_S, f"{case.name}: graded in {GRADING_S} s", f"{case.seconds:.1f} s")


def judge_words(tap, case):
    saved = os.path.join(case.top, "output")
    if SAVE:
        with open(saved, "w") as out:
            out.write(case.words)
    said = open(saved).read() if os.path.exists(saved) else "(nothing is saved: SAVE_LABS=1 writes it)\n"
    tap.check(said == case.words, f"{case.name}: with the words that are saved", f"saved:\n{said}\nnow:\n{case.words}")


def judge_demo(tap, lab):
    """What it waits for has happened: its status says so. Then it says how it ends."""
    number = os.path.basename(lab)
    demo = subprocess.run([PROGRAM_OF_LABS, "lab", "demo", number, "--plain"], capture_output=True, text=True, timeout=PATIENCE_S)
    ending = value(lab, "demo.ini", "ending")
    pattern = re.sub(r"\\\$\\\{\w+\\\}", ".+", re.escape(ending)) + "$"
    ends = ending and re.match(pattern, demo.stdout.strip().split("\n")[-1])
    tap.check(demo.returncode == 0 and ends, f"{number}: its demo reaches its ending", demo.stdout[-1000:] + demo.stderr)


def is_to_do(tap, lab, wanted):
    number = os.path.basename(lab).split("-")[0].lstrip("0")
    if wanted and number not in [word.lstrip("0") for word in wanted]:
        return False
    if SANITIZED and listed(lab, "modules"):
        tap.skip(os.path.basename(lab), "students' files are built by the tests without SANITIZE=1: with it that takes longer still")
        return False
    return True


def main():
    tap = Tap()
    labs = [lab for lab in sorted(glob.glob(os.path.join(LABS, "[0-9]*"))) if os.path.exists(os.path.join(lab, "checks"))
            and is_to_do(tap, lab, sys.argv[1:])]
    chance = random.Random(SEED)
    ids = ["example"] + ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(IDS)]
    with tempfile.TemporaryDirectory(prefix="glasspost-labs-") as cache, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        cases = [Case(lab, identity, top, cache)
                 for lab in labs for n, identity in enumerate(ids) for top in tops(lab, n < IDS_WITH_WRONG)]
        as_example = {}
        for case in pool.map(Case.run, cases):
            judge(tap, case)
            if case.id == "example":
                as_example[case.lab, case.top] = case.failed()
                if case.expected == "wrong":
                    judge_words(tap, case)
            else:
                tap.check(case.failed() == as_example[case.lab, case.top], f"{case.name}: the same checks fail as for example",
                          f"example: {as_example[case.lab, case.top]}\nnow: {case.failed()}\n{case.words}")
    for lab in labs:
        judge_demo(tap, lab)
    tap.done()


main()
