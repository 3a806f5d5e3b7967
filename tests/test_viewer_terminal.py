"""The viewer and its terminal: one that can't do it, one that goes away, one that is stopped, resized, clicked.

Each test gives the program a terminal of its own (a pty) and reads what is written there.
"""

import fcntl
import glob
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

from served import PATIENCE_S, PROGRAM, ROOT, Tap, World, free_base, wait_for

SAMPLE = os.path.join(ROOT, "tests/journals/remote.ndjson")
CLEAR = re.compile(rb"\x1b\[H\x1b\[2?J")
TO_FULL_SCREEN, TO_NORMAL_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


class Terminal:
    """A program on a terminal of @columns x @rows, of the type @term (None: TERM is not set).

    @shell: below something that cares for jobs; without that the kernel stops nobody at SIGTSTP.
    @deaf: as below nohup, where SIGHUP is not heard.
    """

    def __init__(self, *args, term="xterm-256color", columns=80, rows=24, env=None, shell=False, deaf=False):
        environment = {name: value for name, value in os.environ.items() if name not in ("TERM", "NO_COLOR")}
        environment.update({"LC_ALL": "C.UTF-8"}, **(env or {}))
        if term is not None:
            environment["TERM"] = term
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.output, self.seen = b"", 0
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.master)
                login_tty(slave)
                os.chdir(ROOT)
                if deaf:
                    signal.signal(signal.SIGHUP, signal.SIG_IGN)
                if shell:
                    be_shell()
                os.execve(PROGRAM, [PROGRAM, *args], environment)
            except Exception as error:  # or the tests would go on here, too
                print(error, file=sys.stderr, flush=True)
                os._exit(126)
        # Kept open, or there would be no terminal left to look at when the program has ended.
        self.slave = slave
        self.status = None

    def read(self, seconds):
        if self.master is not None and select.select([self.master], [], [], seconds)[0]:
            try:
                self.output += os.read(self.master, 65536)
            except OSError:
                pass

    def type(self, text):
        self.seen = len(self.output)
        os.write(self.master, text.encode())

    def painted(self):
        """What was written since the last keys, as text."""
        text = self.output[self.seen:].decode(errors="replace")
        text = re.sub(r"\x1b\[(\d+)[CX]", lambda it: " " * int(it[1]), text)
        text = re.sub(r"(.)\x1b\[(\d+)b", lambda it: it[1] * (1 + int(it[2])), text)
        text = re.sub(r"\x1b\[[\d;]*[HdG]|\r", "\n", text)
        return re.sub(r"\x1b(\[[?\d;]*[A-Za-z]|\(B|[=>])|[\x0e\x0f]", "", text)

    def expect(self, text, seconds=PATIENCE_S):
        """Waits for @text among what was written since the last keys: octets, or words."""
        def is_there():
            return text in (self.output[self.seen:] if isinstance(text, bytes) else self.painted())

        end = time.monotonic() + seconds
        while not is_there() and time.monotonic() < end:
            self.read(0.05)
        return is_there()

    def screen(self, text="q quit"):
        """Has everything painted again, until @text is there; the screen as text."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.type("\x0c")
            # The end of a painting that was asked for before may still be coming: it is not the whole screen.
            if (begin := wait_for(lambda: self.read(0.02) or CLEAR.search(self.output, self.seen), 1)):
                self.seen = begin.start()
                if self.expect(text, 1):
                    break
        return self.painted()

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def ended(self, seconds=PATIENCE_S):
        """Its exit status, negative for a signal; None: it goes on."""
        end = time.monotonic() + seconds
        while self.status is None and time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        while self.master is not None and select.select([self.master], [], [], 0)[0]:
            self.read(0)
        return self.status

    def job(self):
        """The process below a shell."""
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as file:
            return int(file.read())

    def is_as_before(self):
        """Whether typing is shown and comes in lines again, as before the program began."""
        return termios.tcgetattr(self.slave)[:4] == self.before[:4]

    def hang_up(self):
        """The window is closed, the line is cut: the kernel says SIGHUP, and reads end."""
        os.close(self.slave)
        os.close(self.master)
        self.slave = self.master = None

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self.slave, self.master):
            if fd is not None:
                os.close(fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def login_tty(slave):
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    os.close(slave)


def of_process(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return next(line.split()[1] for line in file if line.startswith(name + ":"))


def is_stopped(pid):
    return of_process(pid, "State") == "T"


def has_painted(pid):
    """It waits for keys. Until then ncurses lets SIGTSTP fall, lest it be stopped in the middle of a painting."""
    return of_process(pid, "State") == "S" and int(of_process(pid, "SigCgt"), 16) >> (signal.SIGTSTP - 1) & 1


def be_shell():
    """What follows runs in the foreground of the terminal, in a child; its parent ends as it does."""
    child = os.fork()
    if child:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)
    # Done by the child alone: for one that has begun its program already, the parent may not.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)


def cursor(screen):
    """The number of the event under the cursor: the line that begins with > or =>, the first of them."""
    found = re.search(r"^ >\s*(\d+) ", screen, re.M) or re.search(r"^=>\s*(\d+) ", screen, re.M)
    return int(found[1]) if found else None


def processes_of(session):
    """All that still run in the session which the terminal's program led."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(path)
    return found


# ---- terminals that can't do it ----


def refuses(tap):
    cases = [("dumb", "TERM=dumb"), (None, "TERM is not set"), ("", "TERM is not set"), ("no-such-type", "TERM=no-such-type")]
    for term, words in cases:
        # ncurses leaves memory behind for a type it does not know; a sanitizer would count that as ours.
        with Terminal("view", SAMPLE, term=term, env={"ASAN_OPTIONS": "detect_leaks=0"}) as it:
            status = it.ended()
            said = it.output.decode()
            tap.check(status == 2 and words in said and "--plain" in said and "\x1b" not in said and said.count("\n") == 1,
                      f"{words}: one plain line that names --plain, exit status 2", (status, said))


def small(tap):
    with Terminal("view", SAMPLE, columns=20, rows=5) as it:
        tap.check(it.expect("60x16; this is 20x5."), "20x5: a plain notice of the size that is needed", it.output)
        it.resize(80, 24)
        tap.check("q quit" in it.screen(), "and the screen, when there is room for it", it.output)
        it.type("q")
        tap.check(it.ended() == 0 and it.is_as_before(), "q leaves, and the terminal is as it was", it.status)


# ---- terminals that go away ----


def lost_while_replayed(tap):
    for deaf in (False, True):
        with Terminal("view", SAMPLE, deaf=deaf) as it:
            it.expect("q quit")
            it.hang_up()
            tap.check(it.ended() is not None, f"the terminal is closed{', SIGHUP not heard' if deaf else ''}: the viewer ends")


def lost_in_demo(tap):
    with tempfile.TemporaryDirectory() as folder:
        with Terminal("demo", "--network", "simulated", "--ports", str(free_base()), env={"TMPDIR": folder}) as it:
            tap.check("HELD at" in it.screen("HELD at"), "a demo on a terminal, held", it.painted())
            it.type(" ")
            tap.check("CONNECT ok" in it.screen("CONNECT ok"), "and gone on by a step", it.painted())
            it.hang_up()
            status = it.ended()
            tap.check(status is not None, "its terminal is closed: it ends", status)
            tap.check(wait_for(lambda: not processes_of(it.pid)), "no process is left", processes_of(it.pid))
            tap.check(wait_for(lambda: not os.listdir(folder)), "nor a folder", os.listdir(folder))


def lost_while_held(tap):
    for how in ("closed", "killed"):
        with World() as world:
            with Terminal("view", world.state) as it:
                it.expect("q quit")
                it.type(" ")
                # Painted after the order to hold has gone: a client that comes now is held.
                it.expect("no message is on its way")
                client = subprocess.Popen([PROGRAM, "send", world.ini, "--from", "alice@north.example", "--to", "bob@north.example"],
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                held = wait_for(lambda: '"held":true' in world.ctl("status").stdout)
                tap.check(held and client.poll() is None, "a viewer holds a world, a client waits", world.ctl("status").stdout)
                if how == "closed":
                    it.hang_up()
                else:
                    os.kill(it.pid, signal.SIGKILL)
                tap.check(it.ended() is not None, f"it is {how}")
                tap.check(wait_for(lambda: client.poll() is not None), "and the world goes on, the client is served")
                client.kill()


# ---- signals ----


def told_to_end(tap):
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        with Terminal("view", SAMPLE) as it:
            it.expect("q quit")
            os.kill(it.pid, getattr(signal, name))
            status = it.ended()
            tap.check(status == 0 and it.is_as_before() and TO_NORMAL_SCREEN in it.output,
                      f"{name}: the viewer ends, the terminal is as it was", (status, it.output[-200:]))


def stopped_and_woken(tap):
    with Terminal("view", SAMPLE, shell=True) as it:
        it.expect("q quit")
        viewer = it.job()
        for how in ("SIGTSTP", "Ctrl-Z", "SIGTSTP"):
            wait_for(lambda: it.read(0.02) or has_painted(viewer))
            it.type("\x1a" if how == "Ctrl-Z" else "")
            if how == "SIGTSTP":
                os.kill(viewer, signal.SIGTSTP)
            tap.check(wait_for(lambda: it.read(0.02) or is_stopped(viewer)), f"{how} stops it")
            tap.check(it.expect(TO_NORMAL_SCREEN) and it.is_as_before(),
                      "the shell's screen and typing are back meanwhile", it.painted())
            it.type("")
            os.kill(viewer, signal.SIGCONT)
            tap.check(it.expect("q quit"), "SIGCONT: its screen is painted again", it.painted())
        it.type("q")
        tap.check(it.ended() == 0 and it.is_as_before(), "and it still obeys", it.status)


def storm(tap):
    with Terminal("view", SAMPLE) as it:
        it.expect("q quit")
        it.type("G")
        begin = time.monotonic()
        for i in range(200):
            it.resize(1 + i * 37 % 300, 1 + i * 17 % 100)
            it.read(0)
            time.sleep(max(0, begin + i / 200 - time.monotonic()))
        it.resize(80, 24)
        tap.check("q quit" in it.screen(), "200 sizes in a second: the screen is there", it.output[-500:])
        it.type("q")
        tap.check(it.ended() == 0, "and it leaves as ever", it.status)


# ---- mouse and colours ----


def mouse(tap):
    with Terminal("view", SAMPLE) as it:
        it.expect("q quit")
        tap.check(b"\x1b[?1006;1000h" not in it.output, "the mouse is left to the terminal")
        it.type("G")
        last = cursor(it.screen())
        it.type(":mouse on\r")
        tap.check(it.expect(b"\x1b[?1006;1000h"), ":mouse on asks for it", it.painted())
        it.type("\x1b[<64;30;8M")
        up = cursor(it.screen())
        it.type("\x1b[<65;30;8M")
        down = cursor(it.screen())
        tap.check(up < last and down == last, "the wheel moves the cursor up and down", (last, up, down))
        rows = re.findall(r"^(?:..)?\s*(\d+) +[\d.]+ ?m?s ", it.screen(), re.M)
        it.type("\x1b[<0;30;6M\x1b[<0;30;6m")
        clicked = cursor(it.screen())
        tap.check(str(clicked) in rows and clicked < last, "a click puts the cursor on that row", (rows, clicked))
        for nonsense in ("\x1b[<0;300;300M", "\x1b[<0;1;1M", "\x1b[<2;30;6M", "\x1b[<999;5;5M", "\x1b[<0;;M", "\x1b[<0;30;24M"):
            it.type(nonsense)
        it.type("\x1b\x1b")
        tap.check(it.screen(), "clicks beside it do nothing", it.painted())
        it.type(":mouse off\r")
        tap.check(it.expect(b"\x1b[?1006;1000l"), ":mouse off gives it back", it.painted())
        it.type(":mouse on\r")
        it.expect(b"\x1b[?1006;1000h")
        it.type("\x03")
        tap.check(it.ended() == 0 and b"\x1b[?1006;1000l" in it.output[it.seen:], "and so does leaving", it.painted())


def has_colour(octets):
    return re.search(rb"\x1b\[(?:\d+;)*(?:3[0-7]|38;5;\d+)(?:;\d+)*m", octets) is not None


def colours(tap):
    cases = [
        ("xterm-256color", None, True), ("xterm", None, True), ("vt100", None, False),
        ("xterm-256color", {"NO_COLOR": "1"}, False), ("xterm-256color", {"NO_COLOR": ""}, True),
    ]
    for term, env, coloured in cases:
        with Terminal("view", SAMPLE, term=term, env=env) as it:
            it.expect("q quit")
            it.type("G")
            it.screen()
            tap.check(has_colour(it.output) == coloured,
                      f"TERM={term}{' NO_COLOR=' + env['NO_COLOR'] if env else ''}: colours {'on' if coloured else 'off'}",
                      it.painted())


def main():
    tap = Tap()
    for test in (refuses, small, lost_while_replayed, lost_in_demo, lost_while_held, told_to_end, stopped_and_woken,
                 storm, mouse, colours):
        test(tap)
    tap.done()


if __name__ == "__main__":
    main()
