"""A message is never acknowledged before its commit: the system calls themselves are looked at.

strace shows, for each 250 after the final dot, that the database's WAL was synced since the last octets
of that message's data were read. Beside an empty database its WAL would be worth nothing: so the file
itself must be synced before the first of them.
"""

import os
import smtplib
import threading

from served import PATIENCE_S, SOUTH, Tap, World
from syncs import early_replies, strace_works, synced_first

tap = Tap()


def send(world, number):
    with smtplib.SMTP(SOUTH, world.port("smtp"), timeout=PATIENCE_S) as smtp:
        for i in range(5):
            smtp.sendmail(f"a{number}@far.example", ["carol@south.example"], f"Subject: {number}-{i}\r\n\r\nx\r\n")


if not strace_works():
    tap.skip("each 250 follows a sync", "strace is not installed, or not allowed here")
    tap.done()
log = f"/tmp/glasspost-strace-{os.getpid()}"
world = World(wrapper=["strace", "-f", "-s", "4096", "-o", log, "-e",
                       "trace=openat,read,recvfrom,write,sendto,sendmsg,fsync,fdatasync"])
with world:
    senders = [threading.Thread(target=send, args=(world, n)) for n in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
with open(log, errors="replace") as lines:
    dots, answered, early, _ = early_replies(lines)
with open(log, errors="replace") as lines:
    synced = synced_first(lines)
os.unlink(log)
tap.check(dots == answered == 30, "30 final dots were read, 30 messages acknowledged", (dots, answered))
tap.check(not early, "each 250 follows a sync of what it promises", early[:3])
tap.check(any(path.endswith("mx.south.example.db") for path in synced), "the database's file is synced before the first 250", synced)
tap.done()
