"""What a learner sees of POP3 and IMAP: each command once, over a real connection, and its events in the journal.

Of each command the trace tells what was asked, what the server made of it, what the database was asked, what went back,
and, where something was changed or kept, what stays on the server. Secrets are never told, and a command about a
thousand messages is told in few events.
"""

import base64
import glob
import json
import os
import re
import socket
import time

from scram import Scram
from served import PATIENCE_S, ROOT, SOUTH, Tap, World, wait_for

MOST = 400  # events of a command about a thousand messages: fifty are told one by one
ASKS = True  # the database is asked

# Commands in the order of one session: command line, ASKS, a word of what stays on the server. $ stands for the
# literal; a line "again" opens a new connection, "in" logs in. A command of the same name may stand here twice.
IMAP = [
    ("CAPABILITY", False, None),
    ("ID (\"name\" \"mutt\")", False, None),
    ("LOGIN carol@south.example wrong-word", ASKS, None),
    ("LOGIN carol@south.example lewis", ASKS, None),
    ("NOOP", False, None),
    ("NAMESPACE", False, None),
    ("ENABLE CONDSTORE", False, None),
    ("CREATE Work", ASKS, r"has a mailbox Work now"),
    ("SUBSCRIBE Work", ASKS, r"a mark on the name"),
    ("LIST \"\" *", ASKS, None),
    ("LSUB \"\" *", ASKS, None),
    ("UNSUBSCRIBE Work", ASKS, r"the mailbox stays"),
    ("APPEND INBOX (\\Flagged) {48}$Subject: one\r\nFrom: alice@north.example\r\n\r\nHello\r\n", ASKS, r"kept in INBOX"),
    ("APPEND INBOX {48}$Subject: two\r\nFrom: alice@north.example\r\n\r\nHello\r\n", ASKS, r"kept in INBOX"),
    ("APPEND INBOX {48}$Subject: tri\r\nFrom: alice@north.example\r\n\r\nHello\r\n", ASKS, r"kept in INBOX"),
    ("APPEND INBOX {48}$Subject: for\r\nFrom: alice@north.example\r\n\r\nHello\r\n", ASKS, r"kept in INBOX"),
    ("STATUS INBOX (MESSAGES UIDNEXT UNSEEN SIZE)", ASKS, None),
    ("GETQUOTA carol@south.example", ASKS, None),
    ("GETQUOTAROOT INBOX", ASKS, None),
    ("SETQUOTA carol@south.example (STORAGE 10)", False, None),
    ("EXAMINE INBOX", ASKS, None),
    ("UNSELECT", False, r"stays?"),
    ("SELECT INBOX", ASKS, None),
    ("CHECK", False, None),
    ("FETCH 1 (FLAGS ENVELOPE BODYSTRUCTURE RFC822.SIZE)", ASKS, None),
    ("FETCH 1 BODY.PEEK[]", ASKS, r"stays on the server"),
    ("FETCH 1 BODY[]", ASKS, r"stays on the server"),
    ("UID FETCH 1:* (FLAGS)", ASKS, None),
    ("SEARCH SUBJECT one", ASKS, None),
    ("UID SEARCH RETURN (COUNT SAVE) ALL", False, None),
    ("STORE 1 +FLAGS (\\Answered)", ASKS, r"flags stay on the server"),
    ("UID STORE 1 -FLAGS (\\Answered)", ASKS, r"flags stay on the server"),
    ("COPY 1 Work", ASKS, r"in both mailboxes"),
    ("UID COPY 2 Work", ASKS, r"in both mailboxes"),
    ("COPY 1 Missing", ASKS, None),
    ("MOVE 4 Work", ASKS, r"never in both"),
    ("UID MOVE 3 Work", ASKS, r"never in both"),
    ("STORE 1 +FLAGS.SILENT (\\Deleted)", ASKS, r"flags stay on the server"),
    ("UID EXPUNGE 1", ASKS, r"removes it"),
    ("STORE 1 +FLAGS (\\Deleted)", ASKS, r"flags stay on the server"),
    ("EXPUNGE", ASKS, r"removes it"),
    ("EXPUNGE", ASKS, r"nothing is marked"),
    ("IDLE", False, None),
    ("CLOSE", ASKS, None),
    ("RENAME Work Old", ASKS, r"is called Old now"),
    ("DELETE Old", ASKS, r"is gone"),
    ("FROBNICATE", False, None),
    ("SELECT Nowhere", ASKS, None),
    ("LOGOUT", False, r"stays"),
    ("again", False, None),
    ("AUTHENTICATE SCRAM-SHA-256", ASKS, None),
    ("LOGOUT", False, None),
    ("again", False, None),
    ("STARTTLS", False, None),
]

POP3 = [
    ("CAPA", False, None),
    ("USER carol@south.example", False, None),
    ("PASS wrong-word", ASKS, None),
    ("USER carol@south.example", False, None),
    ("PASS lewis", ASKS, r"maildrop locked"),
    ("NOOP", False, None),
    ("STAT", False, r"marked as deleted"),
    ("LIST", False, None),
    ("LIST 1", False, None),
    ("UIDL", False, None),
    ("UIDL 1", False, None),
    ("TOP 1 0", ASKS, r"stays"),
    ("RETR 1", ASKS, r"stays here until DELE and QUIT"),
    ("DELE 1", False, r"stays if the line breaks"),
    ("RETR 1", False, None),
    ("RSET", False, r"stays?"),
    ("DELE 2", False, r"stays if the line breaks"),
    ("RETR 7", False, None),
    ("QUIT", ASKS, r"it is removed"),
    ("again", False, None),
    ("AUTH SCRAM-SHA-256", ASKS, r"maildrop locked"),
    ("QUIT", False, r"stays?"),
    ("again", False, None),
    ("STLS", False, None),
]

SECRETS = ["lewis", "wrong-word", base64.b64encode(b"\0carol@south.example\0lewis").decode()]


class Talk:
    """One connection; every command's own events."""

    def __init__(self, world, service):
        self.world, self.service = world, service
        self.secrets = []
        self.number = 0
        self.connect()

    def connect(self):
        self.socket = socket.create_connection((SOUTH, self.world.port(self.service)), timeout=PATIENCE_S)
        self.file = self.socket.makefile("rb")
        self.read()

    def send(self, text):
        self.socket.sendall(text.encode())

    def read(self):
        return self.file.readline().decode("latin-1")

    def events(self, after):
        return [event for event in map(json.loads, self.world.journal().splitlines())
                if event.get("seq", 0) > after and str(event.get("session", "")).startswith(self.service)]

    def last_seq(self):
        return json.loads(self.world.journal().splitlines()[-1])["seq"]

    def scram(self, first, prefix):
        """The rest of a login by SCRAM-SHA-256; returns the last line."""
        scram = Scram("carol@south.example", "lewis")
        self.send(f"{first} {scram.first()}\r\n")
        challenge = self.read()
        assert challenge.startswith("+ "), challenge
        final = scram.final(challenge[2:].strip())
        self.secrets.append(base64.b64decode(final).decode().rsplit("p=", 1)[1])
        self.send(final + "\r\n")
        line = self.read()
        if line.startswith("+ "):
            self.send("\r\n")
            line = self.read()
        return line

    def imap(self, command):
        """Says @command, and reads until its tagged response. Returns that."""
        self.number += 1
        tag = f"t{self.number}"
        if command.startswith("AUTHENTICATE"):
            return self.scram(f"{tag} {command}", tag)
        line, _, literal = command.partition("$")
        self.send(f"{tag} {line}\r\n")
        if literal or command == "IDLE":
            while not (answer := self.read()).startswith("+"):
                assert answer.startswith("*"), answer
            self.send((literal if literal else "DONE") + "\r\n")
        while not (answer := self.read()).startswith(tag + " "):
            assert answer, "the connection is closed"
        return answer

    def pop3(self, command):
        if command.startswith("AUTH"):
            return self.scram(command, None)
        self.send(command + "\r\n")
        answer = self.read()
        many = command.split()[0] in ("CAPA", "RETR", "TOP") or command in ("LIST", "UIDL")
        while many and answer.startswith("+OK") and self.read() != ".\r\n":
            pass
        return answer

    def say(self, command):
        """The events of @command, once its last reply is among them."""
        before = self.last_seq()
        answer = getattr(self, self.service)(command).strip()
        label = " ".join(answer.split()[:2]) if self.service == "imap" else answer.split()[0]

        def told():
            events = self.events(before)
            return events if any(is_reply(event, label) for event in events[1:]) else None

        return answer, wait_for(told, 10) or self.events(before), label


def is_reply(event, label):
    return event["kind"] == "wire" and event["data"].get("to") == "reader" and event["data"].get("label") == label


def check(tap, talk, row):
    command, asks, stays = row
    name = command.split("{")[0]
    answer, events, label = talk.say(command)
    verb = " ".join(command.split()[:2]) if command.startswith("UID ") else command.split()[0]
    verb = "?" if verb == "FROBNICATE" else verb
    pickup = [event for event in events if event["stage"] == "pickup"]
    said = [event for event in pickup if event["kind"] in ("decision", "state")]
    words = "\n".join(event["text"] for event in said)
    missing = []
    if not any(event["kind"] == "wire" and event["data"].get("from") == "reader" and event["data"]["label"] == verb
               for event in pickup):
        missing.append("the command")
    if not said:
        missing.append("what was understood or decided")
    if asks and not any(event["kind"] == "sql" and event["data"].get("to") == "store" for event in events):
        missing.append("what the database was asked")
    if not any(is_reply(event, label) for event in pickup):
        missing.append("the reply " + label)
    if stays and not re.search(stays, words):
        missing.append(f"what stays: {stays}")
    if any(event.get("rfc") is None for event in said):
        missing.append("the section of a decision")
    tap.check(not missing, f"{talk.service}: {name}: a learner sees all of it",
              f"{answer}\nmissing: {', '.join(missing)}\n" + "\n".join(f"{e['kind']}: {e['text']}" for e in events))


def named(path):
    """The commands that the table in @path lists."""
    with open(os.path.join(ROOT, path)) as file:
        return re.findall(r'^    \{ "([A-Z ]+)", +(?:IMAP|POP3)_.*"RFC', file.read(), re.M)


def verbs(rows):
    return {" ".join(row[0].split()[:2]) if row[0].startswith("UID ") else row[0].split()[0] for row in rows}


def check_session(tap, world, service, rows, path):
    left_out = [name for name in named(path) if name not in verbs(rows)]
    tap.check(named(path) and not left_out, f"{service}: each command of {path} is tried", left_out)
    talk = Talk(world, service)
    for row in rows:
        if row[0] == "again":
            talk.connect()
        else:
            check(tap, talk, row)
    return talk.secrets


def check_explained(tap, world):
    """`glasspost explain` knows each response code that this server says."""
    codes = {"+OK", "NO", "BAD", "OK", "BYE"}
    for folder in ("pop3", "imap"):
        for path in glob.glob(os.path.join(ROOT, folder, "*.c")):
            with open(path) as file:
                codes |= set(re.findall(r'\[([A-Z]{2}[A-Z/-]+)[] ]', re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)))
    pages = {code: world.run("explain", f"[{code}]" if code.isalpha() and len(code) > 3 else code) for code in codes}
    unknown = [code for code, page in pages.items() if page.returncode != 0 or "Rule" not in page.stdout]
    tap.check(len(codes) > 25 and not unknown, f"explain knows the {len(codes)} words that begin a reply", unknown)
    wide = [code for code, page in pages.items() if any(len(line) > 78 for line in page.stdout.splitlines())]
    tap.check(not wide, "no page is wider than 78 columns", wide)


def check_many(tap, world):
    """COPY doubles ten messages to 1,280, and then each command about all of them is told in few events."""
    talk = Talk(world, "imap")
    talk.imap("LOGIN dave@south.example copper")
    for _ in range(10):
        talk.imap("APPEND INBOX {48}$Subject: one\r\nFrom: alice@north.example\r\n\r\nHello\r\n")
    talk.imap("CREATE Work")
    talk.imap("SELECT INBOX")
    for command in ("COPY 1:* INBOX", "NOOP") * 7:
        talk.imap(command)
    for command in ("FETCH 1:* (UID FLAGS)", "FETCH 1:* (BODY.PEEK[])", "FETCH 1:* (BODY[])", "STORE 1:* +FLAGS (\\Flagged)",
                    "SEARCH TEXT Hello", "COPY 1:* Work", "MOVE 1:640 Work", "STORE 1:* +FLAGS (\\Deleted)", "EXPUNGE"):
        answer, events, _ = talk.say(command)
        tap.check(" OK" in answer and 0 < len(events) <= MOST, f"imap: {command}, 1,280 messages: {len(events)} events", answer)
        rest = [event for event in events if "more messages" in event["text"]]
        tap.check(len(events) < 100 or rest, f"imap: {command}: and it is said how many more there were",
                  "\n".join(event["text"] for event in events[-5:]))
    talk.imap("SELECT Work")
    talk.imap("COPY 1:* INBOX")
    talk.imap("LOGOUT")
    pop3 = Talk(world, "pop3")
    pop3.pop3("USER dave@south.example")
    pop3.say("PASS copper")
    _, events, _ = pop3.say("UIDL")
    tap.check(0 < len(events) <= 10, f"pop3: UIDL, 1,920 messages: {len(events)} events")
    pop3.send("".join(f"DELE {number}\r\n" for number in range(1, 1001)))
    for _ in range(1000):
        pop3.read()
    time.sleep(0.2)
    _, events, _ = pop3.say("QUIT")
    tap.check(0 < len(events) <= MOST, f"pop3: QUIT removes 1,000 messages: {len(events)} events")
    tap.check(any("more messages" in event["text"] for event in events), "pop3: and it is said how many more there were",
              "\n".join(event["text"] for event in events[-5:]))


def main():
    tap = Tap()
    with World({"host mx.south.example": {"quota": "50M"}}) as world:
        secrets = check_session(tap, world, "imap", IMAP, "imap/commands.c")
        filler = Talk(world, "imap")
        filler.imap("LOGIN carol@south.example lewis")
        for word in ("one", "two"):
            filler.imap("APPEND INBOX {48}$Subject: " + word + "\r\nFrom: alice@north.example\r\n\r\nHello\r\n")
        filler.imap("LOGOUT")
        secrets += check_session(tap, world, "pop3", POP3, "pop3/commands.c")
        # The header of a segment holds the world file, and a lab world's file its passwords; no event does.
        journal = "\n".join(line for line in world.journal().splitlines() if '"seq"' in line[:10])
        for secret in SECRETS + secrets:
            tap.check(secret not in journal, "a secret is not in the journal: " + secret[:4] + "...")
        tap.check("is asked for rows" not in journal, "each question to the database is told in words of its own",
                  "\n".join(line[200:900] for line in journal.splitlines() if "is asked for rows" in line))
        check_many(tap, world)
        check_explained(tap, world)
    tap.done()


if __name__ == "__main__":
    main()
