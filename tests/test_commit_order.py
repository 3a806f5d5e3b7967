"""A message is never acknowledged before its commit: the system calls themselves are looked at.

strace shows, for each 250 after the final dot, that the database's WAL was synced since the last octets
of that message's data were read.
"""

import os
import re
import smtplib
import subprocess
import threading

from served import SOUTH, Tap, World

tap = Tap()


def strace_works():
    try:
        got = subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True)
    except OSError:
        return False
    return got.returncode == 0


def send(world, number):
    with smtplib.SMTP(SOUTH, world.port("smtp"), timeout=20) as smtp:
        for i in range(5):
            smtp.sendmail(f"a{number}@far.example", ["carol@south.example"], f"Subject: {number}-{i}\r\n\r\nx\r\n")


def check(log):
    """Walks the log: `dirty` are the connections whose final dot was read since the last sync."""
    dirty, dots, answered, early = set(), 0, 0, []
    for line in log:
        read = re.match(r'.*\b(?:read|recvfrom|recv)\((\d+), "(.*)"', line)
        if read and r"\r\n.\r\n" in read.group(2):
            dirty.add(read.group(1))
            dots += 1
        if re.match(r".*\bf(?:data)?sync\(\d+\) += 0", line):
            dirty.clear()
        wrote = re.match(r'.*\b(?:write|sendto|send)\((\d+), "250 2\.6\.0', line)
        if wrote:
            answered += 1
            if wrote.group(1) in dirty:
                early.append(line)
    return dots, answered, early


if not strace_works():
    tap.skip("each 250 follows a sync", "strace is not installed, or not allowed here")
    tap.done()
log = f"/tmp/glasspost-strace-{os.getpid()}"
world = World(wrapper=["strace", "-f", "-s", "4096", "-o", log, "-e",
                       "trace=read,recvfrom,write,sendto,sendmsg,fsync,fdatasync"])
with world:
    senders = [threading.Thread(target=send, args=(world, n)) for n in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
with open(log, errors="replace") as lines:
    dots, answered, early = check(lines)
os.unlink(log)
tap.check(dots == answered == 30, "30 final dots were read, 30 messages acknowledged", (dots, answered))
tap.check(not early, "each 250 follows a sync of what it promises", early[:3])
tap.done()
