"""Bad input to every port: the right protocol error, and the server goes on."""

import os
import random
import re
import socket

from served import DNS, NORTH, PATIENCE_S, SOUTH, Tap, World


def talk(host, port, *octets, until=None, greeted=True):
    """Sends @octets one after the other, and reads until the server has said @until, or closes. Without @until we have
    no more to say, and close our direction: then the server closes its own when it has answered."""
    with socket.create_connection((host, port), timeout=PATIENCE_S) as peer:
        heard = b""
        try:
            heard = peer.recv(4096) if greeted else b""
            for some in octets:
                peer.sendall(some)
            if until is None:
                peer.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has hung up; what it said before can still be read
        try:
            while (until is None or until not in heard) and (got := peer.recv(65536)):
                heard += got
        except OSError:
            pass
        return heard


def smtp(world, tap):
    port = world.port("smtp")
    start = b"EHLO c.example\r\n"
    mail = start + b"MAIL FROM:<a@far.example>\r\nRCPT TO:<carol@south.example>\r\n"

    def expect(words, name, *octets):
        heard = talk(SOUTH, port, *octets, until=words)
        tap.check(words in heard, "smtp: " + name, heard[-300:])

    expect(b"\r\n500 5.5.", "an unknown command", start + b"FROB\r\nQUIT\r\n")
    expect(b"221", "and the session goes on after it", start + b"FROB\r\nQUIT\r\n")
    expect(b"\r\n500 5.5.", "an over-long line", start + b"NOOP " + b"x" * 600 + b"\r\n")
    expect(b"250 2.0.0", "of which nothing is taken for a command", start + b"x" * 100000 + b"\r\nNOOP\r\n")
    expect(b"\r\n500 5.5.2", "a line ended by LF alone", start + b"NOOP\n")
    expect(b"\r\n500 5.5.2", "a NUL", start + b"NO\0OP\r\n")
    expect(b"\r\n503 5.5.1", "RCPT before MAIL", start + b"RCPT TO:<carol@south.example>\r\n")
    expect(b"\r\n501 5.", "a path that is none", start + b"MAIL FROM:alice\r\n")
    expect(b"\r\n555 5.5.4", "an unknown parameter", start + b"MAIL FROM:<a@far.example> FROB=1\r\n")
    expect(b"\r\n552 5.3.4", "a size that is too large", start + b"MAIL FROM:<a@far.example> SIZE=999999999\r\n")
    heard = talk(SOUTH, port, mail + b"DATA\r\n", b"Subject: x\r\n\r\n" + (b"x" * 998 + b"\r\n") * 66 + b".\r\nNOOP\r\nQUIT\r\n")
    tap.check(re.search(rb"\r\n552 5\.3\.4 .*\r\n250 2\.0\.0 ", heard), "smtp: a size that was not declared is counted", heard[-200:])
    expect(b"\r\n354", "DATA is taken", mail + b"DATA\r\n")
    for name, body in (("a bare LF in data", b"Subject: x\n\r\nx\r\n"), ("a bare CR in data", b"Subject: x\r\r\nx\r\n"),
                       ("a NUL in data", b"Subject: x\0\r\n\r\nx\r\n")):
        heard = talk(SOUTH, port, mail + b"DATA\r\n", body + b".\r\nQUIT\r\n")
        tap.check(b"\r\n554 5." in heard or b"\r\n550 5.6" in heard or b"\r\n500 5.5.2" in heard, "smtp: " + name, heard[-200:])
    heard = talk(SOUTH, port, mail + b"DATA\r\n", b"Subject: x\r\n\r\n1\n.\nMAIL FROM:<b@far.example>\r\n.\r\nQUIT\r\n")
    tap.check(heard.count(b"\r\n250 2.1.0") == 1, "smtp: LF.LF does not end a message (smuggling)", heard[-300:])
    heard = talk(SOUTH, port, start + b"MAIL FROM:<a@far.example> BODY=7BIT\r\nRCPT TO:<carol@south.example>\r\nDATA\r\n",
                 b"Subject: x\r\n\r\n\xe4\r\n.\r\nQUIT\r\n")
    tap.check(b"\r\n554 5.6" in heard, "smtp: 8-bit data declared as 7-bit", heard[-200:])
    heard = talk(SOUTH, port, start + b"MAIL FROM:<a@far.example> BODY=8BITMIME\r\nRCPT TO:<carol@south.example>\r\nDATA\r\n",
                 b"Subject: x\r\n\r\n\xe4\r\n.\r\nQUIT\r\n")
    tap.check(heard.count(b"\r\n250 2.") >= 3, "smtp: 8-bit data that was declared", heard[-200:])
    heard = talk(SOUTH, port, start + b"FROB\r\n" * 40)
    tap.check(b"421 4." in heard, "smtp: too many bad commands end in 421", heard[-200:])


def pop3(world, tap):
    port = world.port("pop3")
    login = b"USER carol\r\nPASS lewis\r\n"
    for name, octets in (
        ("an unknown command", b"FROB\r\n"), ("an over-long line", b"USER " + b"x" * 5000 + b"\r\n"),
        ("a line ended by LF alone", b"NOOP\n"), ("a NUL", b"US\0ER\r\n"), ("STAT before login", b"STAT\r\n"),
        ("a number that is none", login + b"RETR x\r\n"), ("a number beyond 2^64", login + b"RETR 99999999999999999999\r\n"),
        ("message 0", login + b"DELE 0\r\n"), ("a negative number", login + b"TOP 1 -1\r\n"),
    ):
        heard = talk(SOUTH, port, octets + b"QUIT\r\n")
        tap.check(b"\r\n-ERR" in heard and heard.rstrip().split(b"\r\n")[-1].startswith(b"+OK"), "pop3: " + name, heard[-200:])


def imap(world, tap):
    port = world.port("imap")
    login = b"a LOGIN carol lewis\r\n"
    for name, octets, words in (
        ("an unknown command", b"a FROB\r\n", b"a BAD"), ("no tag", b"\r\n", b"BAD"),
        ("an over-long line", b"a NOOP " + b"x" * 20000 + b"\r\n", b"BAD"),
        ("a line ended by LF alone", b"a NOOP\n", b"BAD"), ("a NUL", b"a NO\0OP\r\n", b"BAD"),
        ("SELECT before login", b"a SELECT INBOX\r\n", b"a BAD"),
        ("a literal of 4 GiB", b"a LOGIN {4294967296}\r\n", b"BAD"),
        ("a literal of 1 GiB before login", b"a LOGIN {1073741824}\r\n", b"BAD"),
        ("10,000 parentheses", login + b"b SELECT INBOX\r\nc FETCH 1 " + b"(" * 7000 + b"\r\n", b"c BAD"),
        ("a number beyond 2^32", login + b"b SELECT INBOX\r\nc FETCH 99999999999 FLAGS\r\n", b"c BAD"),
        ("message 0", login + b"b SELECT INBOX\r\nc FETCH 0 FLAGS\r\n", b"c BAD"),
        ("a mailbox that is none", login + b"b SELECT Nowhere\r\n", b"b NO"),
    ):
        heard = talk(SOUTH, port, octets, until=words)
        tap.check(words in heard, "imap: " + name, heard[-200:])


def garbage(world, tap):
    rng = random.Random(7)
    for service in ("smtp", "submission", "pop3", "imap"):
        for i in range(8):
            blob = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 3000)))
            talk(NORTH, world.port(service), blob, blob + b"\r\n" + blob)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        for i in range(200):
            peer.sendto(bytes(rng.randrange(256) for _ in range(rng.randrange(0, 600))), (DNS, world.port("dns")))
    talk(DNS, world.port("dns"), b"\xff\xff" + b"x" * 70000, greeted=False)
    for service, words in (("smtp", b"220 "), ("submission", b"220 "), ("pop3", b"+OK"), ("imap", b"* OK")):
        tap.check(talk(NORTH, world.port(service), until=words).startswith(words), f"{service} serves after garbage")
    tap.check(world.process.poll() is None, "the server goes on")


tap = Tap()
with World({"host mx.south.example": {"max-message-size": "64K"}}) as world:
    for part in (smtp, pop3, imap, garbage):
        try:
            part(world, tap)
        except Exception as error:
            tap.check(False, part.__name__, repr(error))
    resident = int(next(line for line in open(f"/proc/{world.process.pid}/status") if line.startswith("VmRSS")).split()[1])
    tap.check(resident < (400_000 if "sanitize" in os.environ.get("BUILD", "") else 60_000), "in bounded memory", resident)
    tap.check(world.stop() == 0 and world.errors() == "", "and ends cleanly", world.errors())
tap.done()
