"""`view --follow`: many viewers show what the one that controls shows; none of them steers or holds anything up.

The instructor's viewer and two that follow it have a terminal of their own each, below one `glasspost serve`.
"""

import os
import signal
import subprocess
import time

from served import PROGRAM, Tap, World, wait_for
from test_viewer_terminal import SAMPLE, Terminal


def send(world):
    """A client that is held with the world."""
    return subprocess.Popen([PROGRAM, "send", world.ini, "--from", "alice@north.example", "--to", "bob@north.example"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def shows(terminal, text):
    """What is painted is only what changes: so all is painted anew."""
    for _ in range(40):
        terminal.type("\x0c")
        if terminal.expect(text, seconds=0.5):
            return True
    return False


def mirrored(tap):
    with World() as world, Terminal("view", world.state) as leader:
        leader.expect("q quit")
        with Terminal("view", "--follow", world.state) as one, Terminal("view", "--follow", world.state) as other:
            tap.check(shows(leader, "(2 follow)"), "two follow, and their leader sees how many", leader.painted())
            leader.type(" ")
            leader.expect("no message is on its way")
            client = send(world)
            wait_for(lambda: '"held":true' in world.ctl("status").stdout)
            for _ in range(3):
                leader.type(" ")
                time.sleep(0.3)
            leader.type("5")
            for name, it in (("one", one), ("the other", other)):
                tap.check(shows(it, "[5 RFC]"), f"{name} shows the pane of the leader", it.painted())
                tap.check(shows(it, "FOLLOW"), f"{name} says that it follows", it.painted())
            leader.type("l")
            tap.check(shows(one, "alice@north.example"), "a page of the leader is opened", one.painted())
            leader.type("\x1bm")
            tap.check(shows(one, "chooses a message to send"), "a menu of the leader is told in the last line", one.painted())
            leader.type("\x1b?")
            tap.check(shows(one, "Keys (arrows scroll"), "its help is opened", one.painted())
            leader.type("G")
            tap.check(shows(one, "all terms must hold"), "and scrolled to the end", one.painted())
            leader.type("\x1b")
            held_at = world.ctl("status").stdout
            one.type("s")
            one.type(" ")
            tap.check(world.ctl("status").stdout.split('"held_at"')[1][:8] == held_at.split('"held_at"')[1][:8],
                      "whoever follows steers nothing", world.ctl("status").stdout)
            tap.check(shows(one, "LOOK"), "its keys are for looking for oneself", one.painted())
            one.type("F")
            tap.check(one.expect("You follow"), "and F follows again", one.painted())
            left(tap, world, leader, one, client)


def left(tap, world, leader, one, client):
    """The leader is killed: the world goes on, though others follow, and the next leader is followed."""
    os.kill(leader.pid, signal.SIGKILL)
    leader.ended()
    tap.check(one.expect("has gone"), "the leader was killed: those who follow say so", one.painted())
    tap.check(wait_for(lambda: client.poll() is not None), "the world goes on: nobody that controls is there")
    with Terminal("view", world.state) as leader:
        leader.expect("q quit")
        leader.type("\x1b")
        leader.type("4")
        tap.check(shows(one, "[4 Code]"), "the next one that controls is followed", one.painted())
    client.kill()


def slow(tap):
    with World() as world, Terminal("view", world.state) as leader:
        leader.expect("q quit")
        with Terminal("view", "--follow", world.state) as it:
            shows(leader, "(1 follow)")
            os.kill(it.pid, signal.SIGSTOP)
            leader.type("\x1b")
            begun = time.monotonic()
            for number in range(300):
                leader.type("123456"[number % 6])
                leader.read(0)
            answer = world.ctl("status").stdout
            tap.check('"ok":true' in answer and time.monotonic() - begun < 30, "one that follows sleeps: the server answers", answer)
            leader.type("6")
            os.kill(it.pid, signal.SIGCONT)
            tap.check(shows(it, "[6 Headers]"), "when it wakes, it is where the leader is", it.painted())


def nobody_leads(tap):
    with World() as world, Terminal("view", "--follow", world.state) as it:
        tap.check(shows(it, "nobody"), "nobody leads: that is said", it.painted())
        client = send(world)
        tap.check(wait_for(lambda: client.poll() is not None), "and the world is not held by one that follows")
        world.stop()
        tap.check(it.expect("has ended"), "the world ends: its recording stays", it.painted())
        it.type("q")
        tap.check(it.ended() is not None, "and it can be left")


def another_journal(tap):
    done = subprocess.run([PROGRAM, "view", "--follow", SAMPLE], capture_output=True, text=True, timeout=60)
    tap.check(done.returncode == 2 and "nobody leads" in done.stderr, "a recording cannot be followed", done.stderr)
    with World() as world, World() as elsewhere, Terminal("view", world.state) as leader:
        leader.expect("q quit")
        leader.type("\x1b")
        with Terminal("view", "--follow", elsewhere.state) as it:
            leader.type("3")
            leader.read(0.5)
            tap.check(shows(it, "nobody"), "who follows in another world sees nothing of this one", it.painted())


def main():
    tap = Tap()
    for test in (mirrored, slow, nobody_leads, another_journal):
        test(tap)
    tap.done()


if __name__ == "__main__":
    main()
