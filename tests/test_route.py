"""glasspost route: the decisions for an address, with the world running and without."""

import glob
import os

from served import Tap, World

FOUND = "Deliverable, as far as this host can know."


def said(world, tap, words, status, *wanted, more=()):
    got = world.run("route", *more, world.ini, words)
    missing = [text for text in wanted if text not in got.stdout + got.stderr]
    tap.check(got.returncode == status and not missing, f"route {words}: exit {status}, {wanted[0]}",
              f"exit {got.returncode}, missing {missing}\n{got.stdout}{got.stderr}")
    return got.stdout


def decisions(world, tap):
    text = said(world, tap, "carol@south.example", 0, FOUND, "1. split", "user carol, domain south.example (RFC 5321 §4.1.2)",
                "2. route", "south.example is not ours", "(RFC 5321 §3.6)", "dns",
                "mx.north.example says: 250 2.1.5", f"1. mx.south.example at 127.0.0.3 port {world.port('smtp')}, preference 10")
    numbers = [int(line[:3]) for line in text.splitlines() if line[:3].strip().isdigit() and line[3] == "."]
    tap.check(numbers == list(range(1, len(numbers) + 1)), "the steps are numbered", text)
    said(world, tap, "bob@north.example", 0, "stays here: into the INBOX of bob@north.example")
    said(world, tap, "sales@north.example", 0, "1.1  alice@north.example stays here", "1.2  bob@north.example stays here", "is an alias")
    said(world, tap, "mixed@north.example", 0, "1.1  alice@north.example stays here", "1.2  carol@south.example travels")
    said(world, tap, "round@north.example", 1, "550 5.4.6", "alias", "Not deliverable.")
    said(world, tap, "zoe@north.example", 1, "550 5.1.1 <zoe@north.example>: no such user here", "Not deliverable.")
    said(world, tap, "x@no-such-domain.example", 1, "550 5.1.2", "does not exist")
    said(world, tap, "x@nomail.example", 1, "556 5.1.10", "null MX")
    said(world, tap, "x@lost.example", 1, "550 5.4.4")
    said(world, tap, "x@plain.example", 0, "implicit MX", "1. plain.example at 127.0.0.21")
    said(world, tap, "x@slow.example", 0, "our own table names the host", "1. 127.0.0.9 port 2500")
    said(world, tap, "x@[127.0.0.8]", 0, "to the address itself: 127.0.0.8", "1. 127.0.0.8 port")
    said(world, tap, "alice@[127.0.0.2]", 0, "stays here: into the INBOX of alice@north.example")
    said(world, tap, "nonsense", 1, "501 5.1.3")
    said(world, tap, "carol@south.example", 0, "all such mail goes through", "1. mx.north.example at 127.0.0.2", more=("--host", "mx.hub.example"))


def usage(world, tap):
    got = world.run("route", world.ini)
    tap.check(got.returncode == 2 and "usage: glasspost route" in got.stderr, "an address is missing: 2", got)
    got = world.run("route", world.ini, "a\rb@north.example")
    tap.check(got.returncode in (1, 2) and got.stderr.count("\n") == 1, "a control character is no address", got)
    got = world.run("route", world.ini, "--host", "mx.nowhere.example", "a@north.example")
    tap.check(got.returncode == 2 and "mx.nowhere.example" in got.stderr, "no such host: 2", got)
    got = world.run("route", "--help")
    tap.check(got.returncode == 0 and "Exit status" in got.stdout, "--help", got)


def shown(world):
    """Without what only says how it was asked: the line of the zones, and the numbers of the steps."""
    text = world.run("route", world.ini, "mixed@north.example").stdout.splitlines()
    return [line.split(". ", 1)[-1] for line in text if "does not run" not in line]


tap = Tap()
world = World({
    "host mx.north.example": {"aliases": "sales: alice, bob;mixed: alice, carol@south.example;round: about;about: round",
                              "routes": "slow.example: 127.0.0.9:2500"},
    "host mx.hub.example": {"relay-via": "mx.north.example"},
})
try:
    decisions(world, tap)
    tap.check(not glob.glob(os.path.join(world.state, "*")), "before the first start: answered, and no file made")
    before = shown(world)
    world.start()
    decisions(world, tap)
    usage(world, tap)
    tap.check(shown(world) == before, "running or not: the same answer", f"{before}\n{shown(world)}")
    world.ctl("pause")
    said(world, tap, "sales@north.example", 0, "1.2  bob@north.example stays here")
    world.ctl("continue")
    world.run("user", world.ini, "add", "erin@north.example", "secret-word")
    said(world, tap, "erin@north.example", 0, "into the INBOX of erin@north.example")
    tap.check(world.stop() == 0 and world.errors() == "", "the server never noticed", world.errors())
    said(world, tap, "erin@north.example", 0, "into the INBOX of erin@north.example")
    decisions(world, tap)
finally:
    world.__exit__()
tap.done()
