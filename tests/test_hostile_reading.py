"""Readers who mean no good, over real sockets: each hears BAD, NO or BYE and is never left in silence, memory stays
bounded, and at the end the mailbox is what it was, octet by octet, and the database is whole."""

import glob
import hashlib
import os
import re
import socket
import sqlite3
import struct
import threading

from served import PATIENCE_S, SANITIZED, SOUTH, Tap, World, wait_for

LOGIN = b"l LOGIN carol lewis\r\n"
MAIL = [b"Subject: one\r\n\r\nThe first.\r\n", b"Subject: two\r\n\r\n.\r\n..\r\nDots.\r\n",
        b"Subject: three\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nA\r\n--b--\r\n"]
LARGE = b"Subject: large\r\n\r\n" + b"An octet, and many more like it.\r\n" * 3_000_000  # 102 MB
OVERLAP = 5000  # octets of what was heard that are looked at again with what comes next


class Reader:
    """One connection; what was heard is kept until somebody asks for it."""

    def __init__(self, world, service="imap", said=b"", buffer=None):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect((SOUTH, world.port(service)))
        self.heard = bytearray()
        self.say(said)

    def say(self, octets):
        try:
            self.socket.sendall(octets)
        except OSError:
            pass  # it has hung up; what it said before can still be read
        return self

    def until(self, pattern):
        """What was heard up to the end of @pattern. Less, if the connection ends."""
        look = re.compile(pattern, re.S)
        looked = 0
        while not (found := look.search(self.heard, looked)):
            looked = max(0, len(self.heard) - OVERLAP)
            try:
                octets = self.socket.recv(1 << 20)
            except OSError:
                octets = b""
            if not octets:
                break
            self.heard += octets
        end = found.end() if found else len(self.heard)
        said, self.heard = bytes(self.heard[:end]), self.heard[end:]
        return said

    def to_the_end(self):
        return self.until(rb"\Z(?!)")

    def done(self, command):
        """Says @command under a tag and hears it out."""
        return self.say(b"t " + command + b"\r\n").until(rb"(?:^|\n)t (?:OK|NO|BAD)[^\n]*\n")

    def cut(self):
        """Away without a word: the kernel sends a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def resident(world):
    """KiB of memory that the server has now."""
    return int(next(line for line in open(f"/proc/{world.process.pid}/status") if line.startswith("VmRSS")).split()[1])


def bodies(world):
    """Messages in files of their own; or files that should not be there."""
    return glob.glob(os.path.join(world.state, "mx.south.example.bodies", "*"))


def append(reader, mailbox, message):
    return reader.done(b"APPEND %s {%d+}\r\n%s" % (mailbox, len(message), message))


def refused(world, tap):
    """Each ends with a refusal, and where the connection stays, with service."""
    selected = LOGIN + b"s SELECT INBOX\r\n"
    many = b"".join(b" {1+}\r\nx" for _ in range(200))
    for name, octets in (
        ("a literal of 4 GiB", b"a LOGIN {4294967296}\r\n"),
        ("a literal of 4 GiB - 1", b"a LOGIN {4294967295}\r\n"),
        ("a literal beyond 2^64", b"a LOGIN {99999999999999999999}\r\n"),
        ("a literal of 4 GiB that is not asked for", b"a LOGIN {4294967296+}\r\n" + b"x" * 100_000),
        ("APPEND of 4 GiB", selected + b"a APPEND INBOX {4294967296}\r\n"),
        ("APPEND beyond 2^64", selected + b"a APPEND INBOX {99999999999999999999}\r\n"),
        ("APPEND of 4 GiB that is not asked for", selected + b"a APPEND INBOX {4294967296+}\r\n"),
        ("a brace that never closes", b"a LOGIN {5\r\n"),
        ("200 literals before login", b"a LOGIN" + many + b"\r\n"),
        ("20,000 literals before login", b"a LOGIN" + many * 100 + b"\r\n"),
        ("10,000 parentheses", selected + b"a SEARCH " + b"(" * 10_000 + b"\r\n"),
        ("7,000 parentheses in a line that is not too long", selected + b"a SEARCH " + b"(" * 7000 + b"\r\n"),
        ("10,000 parentheses in a literal", selected + b"a SEARCH {10000+}\r\n" + b"(" * 10_000 + b"\r\n"),
        ("6,000 parentheses to FETCH", selected + b"a FETCH 1 " + b"(" * 3000 + b"FLAGS" + b")" * 3000 + b"\r\n"),
        ("1,500 times NOT", selected + b"a SEARCH " + b"NOT " * 1500 + b"ALL\r\n"),
        ("a number beyond 2^32", selected + b"a FETCH 4294967297 FLAGS\r\n"),
        ("a number beyond 2^64", selected + b"a FETCH 18446744073709551617 FLAGS\r\n"),
        ("a set to beyond 2^32", selected + b"a STORE 1:4294967297 +FLAGS (\\Deleted)\r\n"),
        ("a partial beyond 2^64", selected + b"a FETCH 1 BODY[]<18446744073709551617.1>\r\n"),
        ("a section beyond 2^64", selected + b"a FETCH 1 BODY[18446744073709551617]\r\n"),
        ("MODSEQ beyond 2^64", selected + b"a FETCH 1 FLAGS (CHANGEDSINCE 18446744073709551617)\r\n"),
        ("a size beyond 2^64", selected + b"a SEARCH LARGER 18446744073709551617\r\n"),
        ("a minus", selected + b"a FETCH -1 FLAGS\r\n"),
        ("a tag with a plus", b"a+b NOOP\r\n"), ("a tag of octets", b"\xff\xfe NOOP\r\n"), ("only a tag", b"a\r\n"),
        ("an empty line", b"\r\n"), ("a tag of 5,000 letters and no more", b"a" * 5000 + b"\r\n"),
        ("only blanks", b"    \r\n"), ("HTTP", b"GET / HTTP/1.1\r\n"), ("SMTP", b"EHLO c.example\r\n"),
        ("a NUL in a tag", b"\0 NOOP\r\n"), ("a NUL in a command", b"a NO\0OP\r\n"),
        ("a NUL in a literal", b"a LOGIN {3+}\r\na\0b x\r\n"), ("a NUL in quotes", LOGIN + b"a CREATE \"a\0b\"\r\n"),
        ("a bare LF", b"a NOOP\n"), ("a bare CR", b"a NOOP\ra NOOP\r\n"), ("a line of 1 MB", b"a NOOP " + b"x" * 1_000_000 + b"\r\n"),
        ("FETCH before login", b"a FETCH 1 FLAGS\r\n"), ("APPEND before login", b"a APPEND INBOX {3+}\r\nabc\r\n"),
        ("DELETE before login", b"a DELETE Trash\r\n"), ("FETCH before SELECT", LOGIN + b"a FETCH 1 FLAGS\r\n"),
        ("EXPUNGE before SELECT", LOGIN + b"a EXPUNGE\r\n"), ("MOVE before SELECT", LOGIN + b"a MOVE 1 Trash\r\n"),
        ("LOGIN again", LOGIN + b"a LOGIN carol lewis\r\n"), ("AUTHENTICATE again", LOGIN + b"a AUTHENTICATE PLAIN\r\n"),
        ("DONE without IDLE", selected + b"DONE\r\n"), ("STORE after EXAMINE", LOGIN + b"e EXAMINE INBOX\r\na STORE 1 FLAGS (\\Deleted)\r\n"),
        ("EXPUNGE after EXAMINE", LOGIN + b"e EXAMINE INBOX\r\na EXPUNGE\r\n"),
        ("a command within IDLE", selected + b"a IDLE\r\nb EXPUNGE\r\n"),
    ):
        with Reader(world, said=octets) as reader:
            heard = reader.until(rb"\n(?:(?:[^ l]\S*|a+) (?:BAD|NO)|\* (?:BAD|BYE)) [^\n]*\n")
            answer = heard.splitlines()[-1] if heard else b""
            fine = re.match(rb"\S+ (BAD|NO|BYE)\b", answer)
            if fine and b" BYE" not in answer:
                fine = reader.say(b"z NOOP\r\n").until(rb"z OK|\* BYE")
            tap.check(fine, "imap: " + name, heard[-200:])
    with Reader(world, said=b"a LOGIN {5}\r\n") as reader:
        tap.check(b"+ " in reader.until(rb"\n\+ [^\n]*\n"), "imap: a literal is waited for")
        reader.say(b"car").socket.shutdown(socket.SHUT_WR)
        tap.check(b" OK " not in reader.to_the_end()[1:], "imap: and if it ends in the middle, so does the session")


def pop3_refused(world, tap):
    login = b"USER carol\r\nPASS lewis\r\n"
    for name, octets in (
        ("a number beyond 2^32", login + b"RETR 4294967297\r\n"), ("a number beyond 2^64", login + b"DELE 18446744073709551617\r\n"),
        ("TOP beyond 2^64", login + b"TOP 99999999999999999999 99999999999999999999\r\n"), ("a NUL", b"ST\0AT\r\n"),
        ("DELE before login", b"DELE 1\r\n"), ("RETR without a number", login + b"RETR\r\n"), ("PASS without USER", b"PASS x\r\n"),
        ("a line of 1 MB", b"USER " + b"x" * 1_000_000 + b"\r\n"), ("IMAP", b"a NOOP\r\n"), ("10,000 parentheses", b"(" * 10_000 + b"\r\n"),
        ("USER after login", login + b"USER carol\r\n"), ("a bare LF", b"NOOP\n"), ("octets", b"\xff\xfe\xfd\r\n"),
    ):
        with Reader(world, "pop3", octets) as reader:
            heard = reader.until(rb"\n-ERR[^\n]*\n")
            tap.check(b"\n-ERR" in heard and b"+OK" in reader.say(b"QUIT\r\n").to_the_end(), "pop3: " + name, heard[-200:])


def cut_everywhere(world, tap):
    """A conversation whose client dies after each octet of it. Only a whole APPEND may leave something."""
    message = b"Subject: cut\r\n\r\nCut.\r\n"
    talk = LOGIN + b"s SELECT INBOX\r\na APPEND Drafts {%d+}\r\n%s\r\nf FETCH 1:* BODY.PEEK[]\r\nq LOGOUT\r\n" % (len(message), message)
    whole = talk.index(message) + len(message) + 2
    for end in range(1, len(talk)):
        Reader(world, said=talk[:end]).cut() if end % 2 else Reader(world, said=talk[:end]).socket.close()
    drop = b"USER carol\r\nPASS lewis\r\nDELE 1\r\nLIST\r\nRETR 2\r\nDELE 2\r\n"
    for end in range(1, len(drop)):
        Reader(world, "pop3", drop[:end]).cut() if end % 2 else Reader(world, "pop3", drop[:end]).socket.close()
    with Reader(world, said=LOGIN) as reader:
        reader.until(rb"l OK[^\n]*\n")
        heard = reader.done(b"SELECT Drafts")
        there = int(re.search(rb"\* (\d+) EXISTS", heard).group(1))
        got = reader.done(b"FETCH 1:* BODY.PEEK[]") if there else b""
        tap.check(there <= len(talk) - whole and got.count(message) == there, "cut at each octet: APPEND leaves whole messages or none",
                  (there, len(talk) - whole))


def cut_append(world, tap):
    """APPEND of 10 MB that ends half way, in each of the two manners."""
    for manner in ("reset", "closed"):
        reader = Reader(world, said=LOGIN + b"a APPEND INBOX {10000000}\r\n")
        reader.until(rb"\n\+ [^\n]*\n")
        reader.say(b"x" * 5_000_000)
        reader.cut() if manner == "reset" else reader.socket.close()
    with Reader(world, said=LOGIN) as reader:
        tap.check(b"MESSAGES 3" in reader.done(b"STATUS INBOX (MESSAGES)"), "APPEND cut half way leaves nothing")
    tap.check(wait_for(lambda: not bodies(world)), "nor a file", bodies(world))


def pipelined(world, tap):
    """10,000 commands at once, each answered, in order."""
    with Reader(world, said=b"".join(b"n%d NOOP\r\n" % i for i in range(10_000)) + b"q LOGOUT\r\n") as reader:
        order = re.findall(rb"n(\d+) OK", reader.to_the_end())
        tap.check(order == [b"%d" % i for i in range(10_000)], "imap: 10,000 NOOPs in one go", len(order))
    with Reader(world, "pop3", b"USER carol\r\nPASS lewis\r\n" + b"NOOP\r\n" * 10_000 + b"QUIT\r\n") as reader:
        count = reader.to_the_end().count(b"+OK")
        tap.check(count == 10_004, "pop3: 10,000 NOOPs in one go", count)


def crowd(world, tap):
    """1,000 clients that connect and say nothing."""
    before, there = resident(world), []
    try:
        there = [Reader(world) for _ in range(1000)]
        greeted = sum(b"* OK" in reader.until(rb"\n") for reader in there)
        with Reader(world, said=LOGIN) as reader:
            tap.check(greeted == 1000 and b"l OK" in reader.until(rb"l OK[^\n]*\n"), "1,000 silent clients, and one more is served")
        grown = resident(world) - before
        tap.check(grown < (200_000 if SANITIZED else 20_000), "they cost less than 20 KiB each", grown)
    finally:
        for reader in there:
            reader.socket.close()


def slow(world, tap):
    """Readers of 100 MB who never take it."""
    with Reader(world, said=LOGIN) as reader:
        tap.check(b"t OK" in append(reader, b"Trash", LARGE), "a message of 100 MB is taken")
        before = resident(world)
        never = [Reader(world, said=LOGIN + b"s SELECT Trash\r\nf FETCH 1 BODY.PEEK[]\r\n", buffer=4096) for _ in range(20)]
        for other in never:
            other.until(rb"\n\* 1 FETCH")
        answered = all(b"t OK" in reader.done(b"NOOP") for _ in range(100))
        grown = resident(world) - before
        tap.check(answered and grown < (200_000 if SANITIZED else 20_000), "20 who never read it cost less than 1 MB each", grown)
        for other in never[1:]:
            other.cut()
        heard = never[0].until(rb"f OK[^\n]*\n")
        tap.check(hashlib.sha256(LARGE).digest() == hashlib.sha256(heard[heard.index(b"\n") + 1:][:len(LARGE)]).digest(),
                  "and one who takes it at last has each octet", len(heard))
        never[0].socket.close()
        reader.done(b"SELECT Trash")
        reader.done(b"STORE 1 FLAGS (\\Deleted)")
        tap.check(b"* 1 EXPUNGE" in reader.done(b"EXPUNGE"), "it can be removed")
    tap.check(not bodies(world), "and its file goes", bodies(world))


def fight(world, tap):
    """Two clients mark and expunge the same 60 messages, each its own half and some of the other's."""
    with Reader(world, said=LOGIN) as reader:
        reader.done(b"CREATE Fight")
        for i in range(60):
            append(reader, b"Fight", b"Subject: %d\r\n\r\n%d\r\n" % (i, i))
    left = {}

    def play(me):
        with Reader(world, said=LOGIN) as reader:
            count = int(re.search(rb"\* (\d+) EXISTS", reader.done(b"SELECT Fight")).group(1))
            fine = True
            for uid in range(1 + me, 51, 2):
                for command in (b"UID STORE %d +FLAGS.SILENT (\\Deleted)" % uid, b"UID STORE %d +FLAGS (\\Deleted)" % (51 - uid), b"EXPUNGE"):
                    heard = reader.done(command)
                    fine &= b"t BAD" not in heard
                    for what, number in re.findall(rb"\* \d+ (EXPUNGE)|\* (\d+) EXISTS", heard):
                        count = count - 1 if what else int(number)
            heard = reader.done(b"NOOP")
            count -= heard.count(b" EXPUNGE")
            uids = re.findall(rb"UID (\d+)", reader.done(b"FETCH 1:* (UID)"))
            left[me] = (fine, count, [int(uid) for uid in uids])

    players = [threading.Thread(target=play, args=(me,)) for me in (0, 1)]
    for player in players:
        player.start()
    for player in players:
        player.join()
    with Reader(world, said=LOGIN) as reader:
        reader.done(b"SELECT Fight")
        uids = [int(uid) for uid in re.findall(rb"UID (\d+)", reader.done(b"FETCH 1:* (UID)"))]
        reader.done(b"CLOSE")
        tap.check(uids == list(range(51, 61)), "two who expunge the same messages: the others are left", uids)
        tap.check(len(left) == 2 and all(fine and count == len(seen) and set(uids) <= set(seen) for fine, count, seen in left.values()),
                  "and each counts what it is told of", left)
        reader.done(b"DELETE Fight")


def twins(world, tap):
    """One maildrop, two who want it."""
    login = b"USER carol\r\nPASS lewis\r\n"
    with Reader(world, "pop3", login + b"DELE 1\r\nDELE 2\r\nNOOP\r\n") as first:
        first.until(rb"(?:\+OK[^\n]*\n){6}")
        with Reader(world, "pop3", login) as second:
            tap.check(b"-ERR [IN-USE]" in second.until(rb"-ERR[^\n]*\n"), "pop3: the second twin hears [IN-USE]")
            first.cut()
            heard = b""
            for _ in range(200):  # until the server has noticed
                heard = second.say(login).until(rb"\+OK[^\n]*\n(?:\+OK|-ERR)[^\n]*\n")
                if b"-ERR" not in heard:
                    break
            heard = second.say(b"STAT\r\nQUIT\r\n").to_the_end()
            tap.check(b"+OK 3 " in heard, "and finds all when the first is gone without QUIT", heard)


def unharmed(world, tap):
    with Reader(world, said=LOGIN) as reader:
        exists = re.search(rb"\* (\d+) EXISTS", reader.done(b"SELECT INBOX")).group(1)
        heard = reader.done(b"FETCH 1:* (UID FLAGS BODY.PEEK[])")
        wanted = b"".join(b"* %d FETCH (UID %d FLAGS () BODY[] {%d}\r\n%s)\r\n" % (i, i, len(m), m) for i, m in enumerate(MAIL, 1))
        tap.check(exists == b"3" and heard == wanted + b"t OK FETCH completed\r\n", "the mailbox is unharmed, octet by octet", heard)
    held = resident(world)
    tap.check(held < (500_000 if SANITIZED else 60_000), "in bounded memory", held)
    tap.check(world.stop() == 0 and world.errors() == "", "the server ends cleanly", world.errors())
    for file in sorted(glob.glob(os.path.join(world.state, "*.db"))):
        with sqlite3.connect(file) as database:
            said = database.execute("PRAGMA integrity_check").fetchall() + database.execute("PRAGMA foreign_key_check").fetchall()
            tap.check(said == [("ok",)], f"{os.path.basename(file)} is whole", said)


tap = Tap()
with World({"host mx.south.example": {"max-message-size": "128M"}}) as world:
    with Reader(world, said=LOGIN) as reader:
        for message in MAIL:
            append(reader, b"INBOX", message)
    for part in (refused, pop3_refused, cut_everywhere, cut_append, pipelined, crowd, slow, fight, twins, unharmed):
        try:
            part(world, tap)
        except Exception as error:
            tap.check(False, part.__name__, repr(error))
tap.done()
