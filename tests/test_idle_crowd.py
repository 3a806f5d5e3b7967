"""A crowd of readers who sit idle: what each costs, who is told of new mail, and who is told that there is no room."""

import os
import re
import resource
import socket

from served import PATIENCE_S, SANITIZED, SOUTH, Tap, World, wait_for

CROWD, MESSAGES, EACH_KIB = 300, 1000, 4.5
BODY = b"From: sender@far.example\r\nSubject: One of many\r\n\r\nA line.\r\n"


class Reader:
    def __init__(self, world, user=None, mailbox=None):
        self.socket = socket.create_connection((SOUTH, world.port("imap")), timeout=PATIENCE_S)
        self.rest = b""
        self.greeting = self.line()
        if user:
            self.do(f"LOGIN {user}@south.example secret")
        if mailbox:
            self.do(f"SELECT {mailbox}")

    def line(self):
        while b"\n" not in self.rest:
            more = self.socket.recv(65536)
            if not more:
                return b""
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def do(self, command):
        """The lines before the tagged one, and that."""
        self.socket.sendall(b"a " + command.encode() + b"\r\n")
        lines = [self.line()]
        while lines[-1] and not lines[-1].startswith(b"a "):
            lines.append(self.line())
        return lines

    def idle(self):
        self.socket.sendall(b"a IDLE\r\n")
        self.line()
        return self

    def waits(self):
        """Has anything come that was not read?"""
        self.socket.setblocking(False)
        try:
            self.rest += self.socket.recv(65536)
        except BlockingIOError:
            pass
        self.socket.settimeout(PATIENCE_S)
        return self.rest

    def close(self):
        self.socket.close()


def fill(world, user, messages):
    reader = Reader(world, user)
    for start in range(0, messages, 500):
        octets = b"".join(b"a APPEND INBOX {%d+}\r\n%s\r\n" % (len(BODY), BODY) for _ in range(min(500, messages - start)))
        reader.socket.sendall(octets)
        for _ in range(min(500, messages - start)):
            while not reader.line().startswith(b"a OK"):
                pass
    reader.close()


def deliver(world, user):
    with socket.create_connection((SOUTH, world.port("smtp")), timeout=PATIENCE_S) as peer:
        talk = peer.makefile("rwb")
        talk.readline()
        for line in (b"HELO far.example", b"MAIL FROM:<s@far.example>", b"RCPT TO:<%s@south.example>" % user.encode(), b"DATA"):
            talk.write(line + b"\r\n")
            talk.flush()
            talk.readline()
        talk.write(BODY + b".\r\n")
        talk.flush()
        return talk.readline()


def resident_kib(world):
    with open(f"/proc/{world.process.pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def costs(world, tap):
    """The mailbox is not small, and each of them has read some of it: neither stays with an idle session."""
    def one(i):
        reader = Reader(world, "carol" if i % 2 else "dave", "INBOX")
        reader.do("FETCH 1:40 (FLAGS ENVELOPE)")
        return reader.idle()
    crowd = [one(i) for i in range(50)]
    before = resident_kib(world)
    crowd += [one(i) for i in range(CROWD)]
    each = (resident_kib(world) - before) / CROWD
    tap.check(SANITIZED or each <= EACH_KIB, f"an idle session on {MESSAGES} messages costs at most {EACH_KIB} KiB", f"{each:.2f} KiB")
    return crowd


def told(world, tap, crowd):
    tap.check(deliver(world, "carol").startswith(b"250"), "new mail for carol")
    carols, daves = crowd[1::2], crowd[0::2]
    tap.check(all(reader.line() == b"* %d EXISTS\r" % (MESSAGES + 1) for reader in carols), "each session of carol's is told of it")
    tap.check(not any(reader.waits() for reader in daves), "and nobody else is")


def no_room(world, tap):
    """The server may open so many descriptors more; the last of them are not for callers."""
    first = Reader(world, "carol", "INBOX")
    used = len(os.listdir(f"/proc/{world.process.pid}/fd"))
    before = resource.prlimit(world.process.pid, resource.RLIMIT_NOFILE)
    limit = used + 100
    resource.prlimit(world.process.pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    crowd = []
    while len(crowd) < 100 and not (crowd and crowd[-1].greeting.startswith(b"* BYE")):
        crowd.append(Reader(world))
    tap.check(crowd[-1].greeting.startswith(b"* BYE Too many") and crowd[-1].line() == b"",
              "who comes when the descriptors run out is told so, and let go", f"{len(crowd)}: {crowd[-1].greeting}")
    tap.check(len(crowd) > 100 - limit / 8 - 10, "not before", len(crowd))
    tap.check(first.do("FETCH 1 BODY[]")[-1].startswith(b"a OK"), "who is being served does not notice")
    tap.check(first.do("APPEND INBOX {300000+}\r\n" + "x" * 299998 + "\r\n")[-1].startswith(b"a OK"),
              "even where a descriptor is needed for it: a large message is a file")
    for reader in crowd:
        reader.close()
    tap.check(wait_for(lambda: Reader(world).greeting.startswith(b"* OK")), "when others have gone there is room again")
    resource.prlimit(world.process.pid, resource.RLIMIT_NOFILE, before)
    first.close()


def main():
    tap = Tap()
    with World({"host mx.south.example": {"accounts": "carol:secret;dave:secret", "filter": "", "trusted-networks": "127.0.0.0/8",
                                          "verify-domain": "off"}}) as world:
        for user in ("carol", "dave"):
            fill(world, user, MESSAGES)
        crowd = costs(world, tap)
        told(world, tap, crowd)
        for reader in crowd:
            reader.close()
        no_room(world, tap)
    tap.done()


main()
