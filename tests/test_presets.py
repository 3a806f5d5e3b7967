"""Sending and reading as the viewer's menus do: each preset gives what it promises; held, it waits its turn."""

import json
import socket

from served import PATIENCE_S, Tap, World, wait_for

# What must be in the journal of it, in this order; the last is what the menu promises.
PROMISES = {
    "plain": [("mx.north.example", "route"), ("mx.north.example", "store"), ("mx.north.example", "deliver")],
    "attachment": [("mx.north.example", "relay"), ("mx.south.example", "store"), ("mx.south.example", "deliver")],
    "many": [("mx.north.example", "deliver"), ("mx.north.example", "relay"), ("mx.south.example", "deliver")],
    "unknown-user": [("mx.north.example", "recipient"), ("mx.north.example", 550)],
    "remote": [("mx.north.example", "dns"), ("mx.north.example", "queue"), ("mx.north.example", "relay"),
               ("mx.south.example", "deliver")],
    "huge": [("mx.north.example", "sender"), ("mx.north.example", 552)],
}
ENDS = {"unknown-user": "The server said at RCPT: 550", "huge": "The server said at MAIL: 552"}


def events(world, since=0):
    lines = [json.loads(line) for line in world.journal().split("\n") if line.startswith('{"seq"')]
    return [event for event in lines if event["seq"] > since]


def last(world):
    """The number of the last event there is."""
    return max((event["seq"] for event in events(world)), default=0)


def is_that(event, promise):
    host, what = promise
    seen = event.get("data", {}).get("code") if isinstance(what, int) else event.get("stage")
    return event.get("host") == host and seen == what


def keeps(world, since, promises):
    """All promises, in order."""
    left = list(promises)
    for event in events(world, since):
        if left and is_that(event, left[0]):
            left.pop(0)
    return not left


def presets(tap):
    with World() as world:
        for name, promises in PROMISES.items():
            since = last(world)
            answer = world.ctl("send", f"preset={name}")
            tap.check('"sending":true' in answer.stdout, f"{name} is begun", answer)
            tap.check(wait_for(lambda: keeps(world, since, promises)), f"{name} ends as the menu says",
                      [(e.get("host"), e.get("stage"), e["text"]) for e in events(world, since)])
            end = ENDS.get(name, "sent, the server is responsible now")
            tap.check(wait_for(lambda: any(end in e["text"] for e in events(world, since))),
                      f"{name}: the mail program says what became of it")
            roots = [e for e in events(world, since) if e["kind"] == "input"]
            tap.check(len(roots) == 1 and roots[0]["data"]["command"] == f"send preset={name}",
                      f"{name} is one input event", roots)
        delivered = lambda: {e["data"].get("account") for e in events(world) if e.get("stage") == "deliver"}
        everybody = {"bob@north.example", "henry@hub.example", "carol@south.example", "dave@south.example"}
        tap.check(wait_for(lambda: everybody <= delivered()), "many reaches them all", delivered())
        bodies = [e for e in events(world) if "26214401" in json.dumps(e)]
        tap.check(all(e.get("data", {}).get("label") != "body" for e in bodies), "huge never travels", bodies)


def by_hand(tap):
    with World() as world:
        since = last(world)
        answer = world.ctl("send", "alice@north.example", "bob@north.example", r'subject="Two  words, \"quoted\""',
                           r'text="One.\nTwo = 2."', "via=mx.north.example", "size=70K")
        tap.check('"ok":true' in answer.stdout, "quotes hold a value together", answer)
        tap.check(wait_for(lambda: keeps(world, since, [("mx.north.example", "deliver")])), "it is delivered")
        got = world.run("fetch", world.ini, "--user", "bob@north.example", "--folder", world.folder + "/mail")
        with open(world.folder + "/mail/1.eml", newline="", encoding="utf-8") as file:
            text = file.read()
        tap.check('Subject: Two  words, "quoted"\r\n' in text, "the subject is as it was typed", text[:600])
        tap.check("\r\n\r\nOne.\r\nTwo = 2.\r\n" in text, "and so is the text", text[:600])
        tap.check(70 * 1024 < len(text) < 71 * 1024, "size fills it up", len(text))
        world.ctl("user", "add", "quentin@north.example", 'p="a')
        got = world.run("talk", world.ini, "mx.north.example", "pop3",
                        input='USER quentin@north.example\nPASS p="a\nQUIT\n')
        tap.check("Maildrop locked" in got.stdout, "in other commands quotes are quotes", got)
        for words, why in ((["preset=no"], "there is no preset no"), (["preset=plain", "via=x"], "there is no host x"),
                           (["alice@north.example"], "FROM and TO are needed"), ([], "usage: send preset=NAME")):
            answer = world.ctl("send", *words)
            tap.check(why in answer.stdout and answer.returncode == 1, f"refused: {why}", answer)
        got = world.run("send", world.ini, "--preset", "unknown-user")
        tap.check(got.returncode == 1 and "550 5.1.1" in got.stdout, "glasspost send --preset does the same", got)
        got = world.run("send", world.ini)
        tap.check(got.returncode == 2, "without preset and addresses it is a wrong use", got)
        got = world.run("send", "--help")
        tap.check(all(name in got.stdout for name in PROMISES), "send --help lists the presets", got)
        got = world.run("fetch", world.ini)
        tap.check(got.returncode == 2 and "carol@south.example" in got.stderr, "fetch names the accounts", got)


def read(tap):
    with World() as world:
        for way, left in (("pop3", 1), ("imap", 1), ("pop3 delete", 0)):
            if way == "pop3":
                since = last(world)
                world.ctl("send", "preset=plain")
                wait_for(lambda: keeps(world, since, [("mx.north.example", "deliver")]))
            since = last(world)
            world.ctl("fetch", "bob@north.example", *way.split())
            tap.check(wait_for(lambda: any("has read 1 message by" in e["text"] for e in events(world, since))),
                      f"{way} reads the message", [e["text"] for e in events(world, since)])
        since = last(world)
        world.ctl("fetch", "bob@north.example", "imap")
        tap.check(wait_for(lambda: any("has read 0 messages by" in e["text"] for e in events(world, since))),
                  "what was deleted is gone")
        answer = world.ctl("fetch", "nobody@north.example")
        tap.check("no account of this world file" in answer.stdout, "only accounts can be read", answer)


def nobody(tap):
    """One sentence, and what to do."""
    world = World()
    try:
        for command in (("send", world.ini, "--preset", "plain"), ("fetch", world.ini, "--user", "bob@north.example"),
                        ("fetch", world.ini, "--user", "bob@north.example", "--imap")):
            got = world.run(*command)
            tap.check(got.returncode == 1 and got.stdout.count("\n") == 1 and "Does the world run? glasspost serve" in got.stdout,
                      f"{command[0]} without a world says what is missing", got)
    finally:
        world.__exit__()


def script(tap):
    world = World()
    with open(world.ini, "a", encoding="utf-8") as file:
        file.write('[script]\n0s = send preset=remote subject="From a script" text="One \\"line\\"."\n')
    with world:
        tap.check(wait_for(lambda: keeps(world, 0, PROMISES["remote"])), "a world file's script says the same")
        heads = [e["data"]["head"] for e in events(world) if "head" in e.get("data", {})]
        tap.check(any("Subject: From a script" in head for head in heads), "with its own words", heads)


class Steering:
    """A connection to control.sock that keeps open, as a viewer's is."""

    def __init__(self, world):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(world.state + "/control.sock")
        self.file = self.socket.makefile("r", encoding="utf-8")

    def say(self, line):
        self.socket.sendall(line.encode() + b"\n")

    def hear(self):
        try:
            return self.file.readline()
        except TimeoutError:
            return ""


def held(tap):
    with World() as world:
        world.ctl("break", "stage=route")
        world.ctl("send", "preset=plain")
        tap.check(wait_for(lambda: json.loads(world.ctl("status").stdout)["held"]), "the world is held")
        ask, menu = Steering(world), Steering(world)
        ask.say("send preset=remote")
        menu.say("presets")
        tap.check("unknown-user" in menu.hear(), "the menu is answered while held")
        # The menu's answer came after what was asked before it, so that has been looked at too.
        tap.check(not any("preset=remote" in e["text"] for e in events(world)), "sending waits")
        for _ in range(3):
            world.ctl("step")
            wait_for(lambda: json.loads(world.ctl("status").stdout)["held"])
        world.ctl("clear")
        world.ctl("continue")
        tap.check('"sending":true' in ask.hear(), "and is answered when the world goes on")
        tap.check(wait_for(lambda: keeps(world, 0, [("mx.south.example", "deliver")])), "then it is delivered",
                  [(e.get("host"), e.get("stage"), e["text"]) for e in events(world)])


tap = Tap()
for part in (presets, by_hand, nobody, script, read, held):
    try:
        part(tap)
    except Exception as error:
        tap.check(False, part.__name__, repr(error))
tap.done()
