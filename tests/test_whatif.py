"""What if: the command, and the viewer's :whatif, on recordings and on a world that is held.

The comparison itself is tested in tests/test_whatif.c, with every scenario and every fault.
"""

import os
import signal
import subprocess
import tempfile

from served import PROGRAM, ROOT, Tap, free_base, wait_for
from test_viewer_terminal import SAMPLE, Terminal

WORLD = "labs/demo/world.ini"


def whatif(*args, folder):
    """Runs the command; its temporary folders are made in @folder."""
    return subprocess.run([PROGRAM, "whatif", *args], cwd=ROOT, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "TMPDIR": folder, "LC_ALL": "C.UTF-8"})


def play(scenario, state):
    os.mkdir(state)
    subprocess.run([PROGRAM, "play", WORLD, "--overlay", f"labs/demo/scenarios/{scenario}.ini", "--state", state],
                   cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=120)
    return state


def journal_of(state):
    return os.path.join(state, "journal-0001.ndjson")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()


def the_command(tap, remote, folder):
    done = whatif(remote, "--change", "fault connect-refused", folder=folder)
    tap.check(done.returncode == 0 and "There they part" in done.stdout, "a page, without a terminal", done)
    tap.check("The recording itself" not in done.stdout, "this program repeats what it recorded", done.stdout)
    one = whatif(journal_of(remote), "--change", "fault connect-refused", "--plain", folder=folder)
    tap.check(one.stdout == done.stdout, "the same of a journal file, and each time", one)
    listed = whatif(remote, folder=folder)
    tap.check("send alice@north.example carol@south.example mail/hello.eml" in listed.stdout and "fault POINT" in listed.stdout,
              "without a change: the inputs, and what can be changed", listed)
    tap.check(os.listdir(folder) == [], "no folder is left", os.listdir(folder))


def both_kept(tap, remote, folder):
    kept = os.path.join(folder, "kept")
    done = whatif(remote, "--change", "without 2", "--state", kept, folder=folder)
    tap.check(done.returncode == 0 and sorted(os.listdir(kept)) == ["after", "before"], "--state keeps both runs", done)
    again = whatif(os.path.join(kept, "after"), "--change", "fault reply-lost", folder=folder)
    tap.check(again.returncode == 0 and "fault reply-lost" in again.stdout, "and one can ask what if of a what-if", again)
    full = whatif(remote, "--change", "without 2", "--state", kept, folder=folder)
    tap.check(full.returncode == 1, "a folder that is not empty is refused", full)


def refused(tap, remote, folder):
    for args, words in ((("no/such/journal", "--change", "without 1"), "no/such/journal"),
                        ((SAMPLE, "--change", "without 1"), "its clients were real, their inputs are not in its journal"),
                        ((remote, "--change", "fault nothing"), "there is no fault point 'nothing'"),
                        ((remote, "--change", "set mx.north.example rety = 1m"), "did you mean retry?")):
        done = whatif(*args, folder=folder)
        tap.check(done.returncode in (1, 2) and words in done.stderr and done.stderr.count("\n") == 1 and not done.stdout,
                  f"refused in one line: {words}", done)
    tap.check(os.listdir(folder) == [], "no folder is left", os.listdir(folder))


def another_recording(tap, remote, folder):
    """As if another program had recorded it."""
    path = os.path.join(folder, "other.ndjson")
    with open(journal_of(remote)) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("is not ours", "is nobody's"))
    done = whatif(path, "--change", "without 2", folder=folder)
    tap.check(done.returncode == 0 and "The recording itself is another from event" in done.stdout,
              "a recording that this program does not repeat: that is said", done)


def ended_early(tap, crowd, folder):
    child = subprocess.Popen([PROGRAM, "whatif", crowd, "--change", "fault reply-lost"], cwd=ROOT, stdout=subprocess.DEVNULL,
                             env={**os.environ, "TMPDIR": folder})
    wait_for(lambda: os.listdir(folder))
    child.send_signal(signal.SIGTERM)
    tap.check(child.wait(60) != 0, "told to end: it ends", child.returncode)
    tap.check(os.listdir(folder) == [], "and leaves no folder", os.listdir(folder))


def in_the_viewer(tap, remote, folder):
    with Terminal("whatif", remote, "--change", "fault dns-timeout occurrence=always", env={"TMPDIR": folder}) as it:
        tap.check(it.expect("What became of each message"), "on a terminal: the viewer, open on the page", it.painted())
        tap.check("WHAT-IF" in it.screen("What if: fault"), "its title says what it is", it.painted())
        it.type("q")
        tap.check("REPLAY" in it.screen(), "q goes back to the recording", it.painted())
        it.type(":whatif fault nothing\r")
        tap.check(it.expect("dns-timeout") and "there is no fault point" in it.painted(),
                  "a fault that there is not: all that there are are named", it.painted())
        it.type("q:whatif without 99\r")
        tap.check(it.expect("99"), "another change that is wrong is told in the last line", it.painted())
        it.type(":whatif\r")
        tap.check(it.expect("The inputs of this journal"), "without a change: what there is", it.painted())
        it.type("qq")
        tap.check(it.ended() == 0, "q leaves")
    tap.check(os.listdir(folder) == [], "no folder is left", os.listdir(folder))


def walked_in(tap, remote, folder):
    """From both runs into either of them, and back."""
    with Terminal("whatif", remote, "--change", "fault connect-refused occurrence=always", env={"TMPDIR": folder}) as it:
        it.expect("What became of each message")
        tap.check(len(os.listdir(folder)) == 1, "both runs lie in one folder while the viewer has them", os.listdir(folder))
        it.type("\r")
        tap.check(it.expect("as it was. W: to both runs again."), "Enter goes to the event of the recording", it.painted())
        it.type("Wj\r")
        tap.check(it.expect("This is the other run, with the change"), "Enter on the other run opens it", it.painted())
        it.type("e")
        tap.check(it.expect("refused"), "and one goes on in it as in any recording", it.painted())
        it.type("\x1b")
        tap.check(it.expect("to walk on in it"), "Esc comes back to both runs", it.painted())
        it.type(":whatif without 2\r")
        tap.check(it.expect("What if: without 2"), "another change takes their place", it.painted())
        tap.check(wait_for(lambda: it.read(0.02) or len(os.listdir(folder)) == 1), "and the runs before are removed", os.listdir(folder))
        it.type("\r\x03")
        tap.check(it.ended() is not None, "Ctrl-C leaves from anywhere")
    tap.check(os.listdir(folder) == [], "no folder is left", os.listdir(folder))


def as_lines(tap, remote, folder):
    done = subprocess.run([PROGRAM, "view", remote, "--plain"], input=":whatif without 2\nq\n", cwd=ROOT, capture_output=True, text=True,
                          timeout=120, env={**os.environ, "TMPDIR": folder, "LC_ALL": "C.UTF-8"})
    tap.check("What if: without 2" in done.stdout and "Side by side" in done.stdout, "the viewer of lines tells the page", done)
    tap.check(os.listdir(folder) == [], "no folder is left", os.listdir(folder))


def cancelled(tap, crowd, folder):
    with Terminal("view", crowd, env={"TMPDIR": folder}) as it:
        it.expect("q quit")
        it.type(":whatif fault reply-lost\r")
        tap.check(wait_for(lambda: it.read(0.02) or children_of(it.pid)), "another program runs beside the viewer")
        it.type("\x1b")
        tap.check(it.expect("Given up."), "Esc cancels", it.painted())
        tap.check(wait_for(lambda: it.read(0.02) or not children_of(it.pid)), "the other program ends")
        tap.check("WHAT-IF" not in it.screen(), "and its page never comes", it.painted())
        tap.check(wait_for(lambda: not os.listdir(folder)), "no folder is left", os.listdir(folder))
        it.type(":whatif fault reply-lost\r")
        wait_for(lambda: it.read(0.02) or children_of(it.pid))
        pids = children_of(it.pid)
        it.type("\x03")
        tap.check(it.ended() is not None, "Ctrl-C meanwhile leaves")
        tap.check(wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids)), "and the other program ends, too", pids)


def killed(tap, remote, folder):
    """As a power cut would: what is left goes with the next run, and not with one that is still looked at."""
    with Terminal("whatif", remote, "--change", "fault connect-refused", env={"TMPDIR": folder}) as it:
        it.expect("What became of each message")
        os.kill(it.pid, signal.SIGKILL)
        tap.check(it.ended() == -signal.SIGKILL and len(os.listdir(folder)) == 1, "a viewer that is killed leaves its folder", os.listdir(folder))
    with Terminal("whatif", remote, "--change", "fault connect-refused", env={"TMPDIR": folder}) as it:
        it.expect("What became of each message")
        tap.check(len(os.listdir(folder)) == 1, "the next one removes it", os.listdir(folder))
        whatif(remote, "--change", "without 2", folder=folder)
        tap.check(len(os.listdir(folder)) == 1, "a run beside it leaves it alone", os.listdir(folder))
        it.type("qq")
        it.ended()
    tap.check(os.listdir(folder) == [], "no folder is left", os.listdir(folder))


def while_held(tap, folder):
    with Terminal("demo", "--network", "simulated", "--ports", str(free_base()), env={"TMPDIR": folder}) as it:
        it.screen("HELD at")
        it.type(" " * 3)
        it.screen("CONNECT ok")
        it.type(":whatif fault mailbox-full\r")
        tap.check(it.expect("What became of each message"), "of a world that is held, what has gone in so far", it.painted())
        it.type("q")
        tap.check("HELD at" in it.screen("HELD at"), "and it is still held", it.painted())


def loopback(tap):
    with Terminal("view", SAMPLE) as it:
        it.expect("q quit")
        it.type(":whatif fault mailbox-full\r")
        tap.check(it.expect("its clients were real"), "a loopback journal says why it can't", it.painted())


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as states:
        remote, crowd = play("remote", os.path.join(states, "remote")), play("crowd", os.path.join(states, "crowd"))
        for test, args in ((the_command, (remote,)), (both_kept, (remote,)), (refused, (remote,)), (another_recording, (remote,)),
                           (ended_early, (crowd,)), (in_the_viewer, (remote,)), (walked_in, (remote,)), (as_lines, (remote,)),
                           (cancelled, (crowd,)), (killed, (remote,)), (while_held, ())):
            with tempfile.TemporaryDirectory() as folder:
                test(tap, *args, folder)
        loopback(tap)
    tap.done()


if __name__ == "__main__":
    main()
