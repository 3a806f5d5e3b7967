"""What is typed wrongly at the shell: one line that says what is wrong and what to do, and a status that is not 0."""

import os
import subprocess
import tempfile

from served import NORTH, PATIENCE_S, PROGRAM, ROOT, Tap, World, free_base


def run(*args, **more):
    return subprocess.run([PROGRAM, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2 * PATIENCE_S, **more)


def no_journal(tap, folder):
    """A viewer that shows nothing would leave the learner to guess."""
    os.mkdir(os.path.join(folder, "nothing"))
    for name, octets in (("empty", b""), ("letter.eml", b"From: a@b.example\r\n\r\nHello\r\n"), ("program", b"\x7fELF\0\0")):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(octets)
    for name in ("empty", "letter.eml", "program", "nothing"):
        got = run("view", "--plain", os.path.join(folder, name))
        tap.check(got.returncode == 2 and got.stdout == "" and name in got.stderr and "no journal" in got.stderr,
                  f"view: {name} is no journal", got)
    got = run("view", os.path.join(folder, "nowhere"))
    tap.check(got.returncode == 2 and "serve, play" in got.stderr, "view: what makes one is said where there is none", got)


def demo(tap, folder):
    got = run("demo", "bounce")
    tap.check(got.returncode == 2 and "demo --scenario bounce" in got.stderr, "demo: how a story is named", got)
    got = run("demo", "--plain", "--network", "simulated", "--keep", os.path.join(folder, "empty", "below"))
    tap.check(got.returncode == 1 and "Kept" not in got.stdout, "demo: what could not be kept is not said to be", got)
    got = run("demo", "--plain", "--network", "simulated", "--keep", "a b", cwd=folder, env=dict(os.environ, LANG="C.UTF-8"))
    tap.check(got.returncode == 0 and "glasspost view 'a b' replays it" in got.stdout, "demo: a name with a space is quoted", got)


def words_to_choose(tap):
    got = run("demo", "--network", "telegraph")
    tap.check(got.returncode == 2 and "network = telegraph: must be one of loopback, simulated" in got.stderr,
              "a word that a key does not know: which it knows", got)
    got = run("demo", "--fault", "gremlin")
    tap.check(got.returncode == 1 and "'gremlin'" in got.stderr and "lists them" in got.stderr,
              "a fault that there is not: where they are listed", got)


def ports(tap, folder):
    with World() as world:
        rest = os.path.join(ROOT, "labs/demo/world.ini")
        base = str(world.base)
        with tempfile.TemporaryDirectory() as other:
            with open(rest) as source, open(os.path.join(other, "world.ini"), "w") as copy:
                copy.write("".join(line for line in source if not line.startswith(("filter", "zones"))))
            got = run("serve", os.path.join(other, "world.ini"), "--ports", base)
            tap.check(got.returncode == 1 and "--ports" in got.stderr and "in use" in got.stderr,
                      "serve: ports that are taken, and how to take others", got)
    got = run("talk", rest, "mx.north.example", "smtp", "--ports", str(free_base()))
    tap.check(got.returncode == 1 and NORTH in got.stderr and "glasspost serve" in got.stderr, "talk: nobody listens: start the world", got)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="glasspost-wrong-") as folder:
        no_journal(tap, folder)
        demo(tap, folder)
        words_to_choose(tap)
        ports(tap, folder)
    tap.done()


if __name__ == "__main__":
    main()
