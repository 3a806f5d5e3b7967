"""kill -9 at every stage of the journey: the world is held there, dies, and starts again.

What the client was told with a 250 is in the mailbox then, once; or twice, where RFC 1047 says that nobody can know: the
message had been taken and the one who was to write that down, or to hear of it, died. What it was not told is there once or
not at all. Nothing stays in a queue.
"""

import json
import smtplib
import sqlite3
import threading

from served import NORTH, PATIENCE_S, Tap, World, wait_for

ONCE, TWICE, MAYBE = (1,), (1, 2), (0, 1)

# Where it is held (a filter), to whom the message goes, and how often it may lie in the mailbox.
N, S = "host=mx.north.example ", "host=mx.south.example "
PLACES = [
    (N + "stage=connect", "carol@south.example", MAYBE),
    (N + "stage=sender", "carol@south.example", MAYBE),
    (N + "stage=split", "carol@south.example", MAYBE),
    (N + "stage=route", "carol@south.example", MAYBE),
    (N + "stage=dns", "carol@south.example", MAYBE),
    (N + "stage=recipient", "bob@north.example", MAYBE),
    (N + "stage=filter", "carol@south.example", MAYBE),
    (N + "stage=store kind=sql text~written", "carol@south.example", MAYBE),
    (N + "stage=queue", "carol@south.example", MAYBE),
    (N + "stage=deliver", "bob@north.example", MAYBE),
    (N + "stage=store kind=sql text~\"on the disk now\"", "carol@south.example", MAYBE),
    (N + "stage=relay text~Try", "carol@south.example", ONCE),
    (N + "stage=relay code=220", "carol@south.example", ONCE),
    (N + "stage=relay code=354", "carol@south.example", ONCE),
    (S + "stage=connect", "carol@south.example", ONCE),
    (S + "stage=recipient", "carol@south.example", ONCE),
    (S + "stage=filter", "carol@south.example", ONCE),
    (S + "stage=deliver", "carol@south.example", ONCE),
    (S + "stage=store kind=sql text~\"on the disk now\"", "carol@south.example", TWICE),
    (N + "stage=relay text~responsible", "carol@south.example", TWICE),
    (N + "stage=bounce", "zoe@south.example", ONCE),
    (N + "stage=retry", "x@slow.example", ONCE),
]


def send(world, recipient, subject, told):
    try:
        with smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S) as smtp:
            smtp.login("alice", "wonderland")
            smtp.sendmail("alice@north.example", [recipient], f"Subject: {subject}\r\n\r\nx\r\n")
            told.append("250")
    except (smtplib.SMTPException, OSError):
        pass


def ask(world, host, sql, *values):
    database = sqlite3.connect(f"file:{world.state}/{host}.db?mode=ro", uri=True, timeout=PATIENCE_S)
    try:
        return database.execute(sql, values).fetchone()[0]
    finally:
        database.close()


def counted(world, subject):
    """How often it lies in a mailbox, or a report about it does."""
    sql = "SELECT count(*) FROM entries e JOIN messages m ON m.id = e.message WHERE m.header_subject = ? " \
          "OR (m.sender = '' AND instr(m.content, 'Subject: ' || ? || x'0d'))"
    return sum(ask(world, host, sql, subject, subject) for host in ("mx.north.example", "mx.south.example"))


def waiting(world):
    return sum(ask(world, host, "SELECT count(*) FROM waiting") for host in ("mx.north.example", "mx.south.example"))


def is_held(world):
    got = world.ctl("status").stdout
    return got and json.loads(got)["held"]


def die_at(tap, world, place, recipient, often, number):
    subject, told = f"stage-{number}", []
    world.ctl("break", place)
    client = threading.Thread(target=send, args=(world, recipient, subject, told))
    client.start()
    held = wait_for(lambda: is_held(world))
    acknowledged = bool(told) or (client.join(0.3) or bool(told))
    world.kill()
    client.join()
    world.start()
    settled = wait_for(lambda: waiting(world) == 0 and (counted(world, subject) >= 1 or often == MAYBE))
    wanted = ONCE if acknowledged and often == MAYBE else often
    tap.check(held and settled and counted(world, subject) in wanted,
              f"killed at {place}: there {' or '.join(map(str, wanted))} times",
              f"held {held}, settled {settled}, acknowledged {acknowledged}, there {counted(world, subject)}, "
              f"waiting {waiting(world)}")


tap = Tap()
north = {"retry": "1s", "give-up-tries": "2", "verify-domain": "on", "routes": "slow.example: 127.0.0.77:1"}
with World({"host mx.north.example": north}) as world:
    for number, (place, recipient, often) in enumerate(PLACES, 1):
        die_at(tap, world, place, recipient, often, number)
tap.done()
