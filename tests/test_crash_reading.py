"""kill -9 of the server at each stage of what readers change: the world is held there, dies, and starts again.

What was answered with OK is so then. What was not is done or not done, each message in one place with its octets: MOVE
never loses one, and never leaves it in both mailboxes. Then the same with a disk that is full at the COMMIT: NO, and
nothing has changed.
"""

import glob
import json
import os
import re
import socket
import sqlite3

from served import PATIENCE_S, SOUTH, Tap, World, wait_for

COUNT = 5
COMMITTED = 'stage=store kind=sql text~"on the disk now"'
MAIL = [b"Subject: %d\r\n\r\nMessage %d.\r\n" % (i, i) for i in range(1, COUNT + 1)]
ALL = [str(i) for i in range(1, COUNT + 1)]

# What is said with INBOX open, how INBOX is before it, where the server is held, and what there is of the messages in each
# mailbox before and after: "2" is Subject: 2.
APPENDED = b"APPEND Work {%d+}\r\n%s" % (len(MAIL[0]), MAIL[0])
COMMANDS = [
    ("APPEND", APPENDED, "goes into Work", {"Work": ["1"]}),
    ("STORE", b"STORE 1:3 +FLAGS.SILENT (\\Flagged)", "now has the flags", {"flagged": ["1", "2", "3"]}),
    ("COPY", b"COPY 2:4 Work", "is in Work too", {"Work": ["2", "3", "4"]}),
    ("MOVE", b"MOVE 2:4 Work", "is in Work too", {"INBOX": ["1", "5"], "Work": ["2", "3", "4"]}),
    ("EXPUNGE", b"EXPUNGE", "is out of INBOX", {"INBOX": ["1", "3", "4", "5"]}),
    ("CLOSE", b"CLOSE", "is out of INBOX", {"INBOX": ["1", "3", "4", "5"]}),
    ("CREATE", b"CREATE Work/2026", "has a mailbox", {"Work/2026": []}),
    ("RENAME", b"RENAME Work Old", "is called", {"Old": [], "Work": None}),
    ("RENAME INBOX", b"RENAME INBOX Old", "messages are in", {"INBOX": [], "Old": ALL}),
    ("DELETE", b"DELETE Trash", "is gone with", {"Trash": None}),
    ("QUIT", None, "was marked by DELE", {"INBOX": ["1", "3", "5"]}),
]


class Reader:
    def __init__(self, world, service="imap"):
        self.socket = socket.create_connection((SOUTH, world.port(service)), timeout=PATIENCE_S)
        self.heard = b""

    def say(self, octets):
        self.socket.sendall(octets + b"\r\n")
        return self

    def until(self, pattern):
        """What is heard up to @pattern; less, where the server dies."""
        while not (found := re.search(pattern, self.heard)):
            try:
                octets = self.socket.recv(65536)
            except OSError:
                octets = b""
            if not octets:
                break
            self.heard += octets
        end = found.end() if found else len(self.heard)
        said, self.heard = self.heard[:end], self.heard[end:]
        return said

    def done(self, command):
        return self.say(b"t " + command).until(rb"(?:^|\n)t (?:OK|NO|BAD)[^\n]*\n")


def login(world):
    reader = Reader(world)
    reader.done(b"LOGIN carol lewis")
    return reader


def prepare(world):
    """INBOX with five messages, of which the second is \\Deleted; Work and Trash, empty."""
    reader = login(world)
    for name in (b"Work", b"Work/2026", b"Old"):
        reader.done(b"DELETE " + name)
    reader.done(b"CREATE Work")
    reader.done(b"CREATE Trash")
    reader.done(b"SELECT INBOX")
    reader.done(b"STORE 1:* FLAGS.SILENT (\\Deleted)")
    reader.done(b"EXPUNGE")
    for message in MAIL:
        reader.done(b"APPEND INBOX {%d+}\r\n%s" % (len(message), message))
    reader.done(b"STORE 2 FLAGS.SILENT (\\Deleted)")
    return reader


def found(world, names):
    """What lies where, by subject; each must have its own octets. None: there is no such mailbox."""
    there, reader = {}, login(world)
    for name in names:
        heard = reader.done(b"EXAMINE " + name.encode())
        if b"t OK" not in heard:
            there[name] = None
            continue
        heard = reader.done(b"FETCH 1:* (BODY.PEEK[])") if b"* 0 EXISTS" not in heard else b""
        there[name] = [str(i) for i, message in enumerate(MAIL, 1) for _ in range(heard.count(message))]
        if len(there[name]) != heard.count(b"BODY[]"):
            there[name] = ["damaged"]
    reader.done(b"EXAMINE INBOX")
    heard = reader.done(b"SEARCH FLAGGED")
    there["flagged"] = re.search(rb"SEARCH ?([\d ]*)", heard).group(1).decode().split()
    reader.socket.close()
    return there


BEFORE = {"INBOX": ALL, "Work": [], "Trash": [], "Old": None, "Work/2026": None, "flagged": []}
NAMES = [name for name in BEFORE if name != "flagged"]


def is_held(world):
    got = world.ctl("status").stdout
    return got and json.loads(got)["held"]


def begin(world, command):
    """Says it, and waits for no answer."""
    reader = prepare(world)
    if command is not None:
        return reader, lambda: reader.say(b"x " + command), rb"(?:^|\n)x (?:OK|NO)[^\n]*\n", b"x OK"
    reader.done(b"LOGOUT")
    drop = Reader(world, "pop3")
    drop.until(rb"\n")
    for line in (b"USER carol", b"PASS lewis", b"DELE 2", b"DELE 4"):
        drop.say(line).until(rb"\n")
    return drop, lambda: drop.say(b"QUIT"), rb"(?:\+OK|-ERR)[^\n]*\n", b"+OK"


def whole(world):
    """Is each database what SQLite calls one?"""
    said = []
    for file in glob.glob(os.path.join(world.state, "*.db")):
        database = sqlite3.connect(file)
        said += database.execute("PRAGMA integrity_check").fetchall() + database.execute("PRAGMA foreign_key_check").fetchall()
        database.close()
    return set(said) == {("ok",)}


def die_at(world, tap, name, command, place, changes):
    reader, say, answer, good = begin(world, command)
    world.ctl("break", "host=mx.south.example " + place)
    say()
    held = wait_for(lambda: is_held(world))
    world.kill()
    acknowledged = good in reader.until(answer)
    reader.socket.close()
    sound = whole(world)
    world.start()
    there, after = found(world, NAMES), {**BEFORE, **changes}
    wanted = [after] if acknowledged else [BEFORE, after]
    tap.check(held and sound and there in wanted, f"{name} killed at {place}: {'done' if there == after else 'not done'}",
              (held, sound, acknowledged, there))
    return there == after


def answered_then_dies(world, tap, name, command, changes):
    """The answer is on its way only after the COMMIT: who has heard OK can rely on it."""
    reader, say, answer, good = begin(world, command)
    say()
    heard = reader.until(answer)
    world.kill()
    world.start()
    there = found(world, NAMES)
    tap.check(good in heard and there == {**BEFORE, **changes}, f"{name} answered, then killed: done", (heard, there))


def full(world, tap, name, command):
    reader, say, answer, good = begin(world, command)
    world.ctl("fault", "store-full", "host=mx.south.example", "occurrence=first")
    say()
    heard = reader.until(answer)
    world.ctl("fault", "clear")
    reader.socket.close()
    there = found(world, NAMES)
    tap.check(heard and good not in heard and there == BEFORE, f"{name} with a full disk: refused, and nothing has changed", (heard, there))


def interrupted(world, tap, command, wanted):
    """640 messages go a page at a time. If the first COMMIT has not all of them, the rest is done at the next start, or all undone."""
    reader = prepare(world)
    for _ in range(7):
        reader.done(b"COPY 1:* INBOX")
        reader.done(b"NOOP")
    reader.done(b"COPY 1:* Work")
    world.ctl("break", "host=mx.south.example " + COMMITTED)
    reader.say(b"x " + command)
    held = wait_for(lambda: is_held(world))
    world.kill()
    reader.socket.close()
    world.start()
    reader = login(world)
    heard = [reader.done(b"STATUS %s (MESSAGES)" % name) for name in wanted]
    tap.check(held and all(re.search(words, said) for words, said in zip(wanted.values(), heard)) and whole(world),
              f"{command.decode()} of 640 messages, killed at its first COMMIT: all or nothing at the next start", heard)


tap = Tap()
with World() as world:
    for name, command, text, changes in COMMANDS:
        before = die_at(world, tap, name, command, f'stage=pickup text~"{text}"' if text != "goes into Work" else f'text~"{text}"', changes)
        after = die_at(world, tap, name, command, COMMITTED, changes)
        tap.check(not before and after, f"{name}: its COMMIT is what counts", (before, after))
        answered_then_dies(world, tap, name, command, changes)
        full(world, tap, name, command)
    interrupted(world, tap, b"DELETE Work", {b"Work": b"t NO", b"INBOX": b"MESSAGES 640"})
    interrupted(world, tap, b"RENAME INBOX Old", {b"INBOX": b"MESSAGES 0", b"Old": b"MESSAGES 640"})
    interrupted(world, tap, b"COPY 1:* Work", {b"INBOX": b"MESSAGES 640", b"Work": rb"MESSAGES (640|1280)\b"})
tap.done()
