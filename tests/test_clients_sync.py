"""Programs that keep a copy of the mailboxes and bring both sides together: mbsync and offlineimap.

Both sides are changed, by plan and by chance; after each run they must hold the same messages with the same flags.
"""

import glob
import imaplib
import mailbox
import os
import random
import re
import shutil
import subprocess

from served import PATIENCE_S, SOUTH, Tap, World

# Maildir's letters and IMAP's words for the same thing.
LETTERS = {"S": r"\Seen", "R": r"\Answered", "F": r"\Flagged", "D": r"\Draft"}

MBSYNC = """
IMAPAccount carol
Host {host}
Port {port}
User carol
Pass lewis
SSLType STARTTLS
CertificateFile {authority}

IMAPStore far
Account carol

MaildirStore near
Path {mail}/
Inbox {mail}/INBOX
SubFolders Verbatim

Channel both
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
"""

OFFLINEIMAP = """
[general]
accounts = carol
metadata = {home}/offlineimap
ui = quiet
fsync = False

[Account carol]
localrepository = near
remoterepository = far

[Repository near]
type = Maildir
localfolders = {mail}

[Repository far]
type = IMAP
remotehost = {host}
remoteport = {port}
remoteuser = carol
remotepass = lewis
ssl = no
starttls = no
"""


def text(subject):
    lines = ["Subject: " + subject, "From: alice@north.example", "To: carol@south.example", f"Message-ID: <{subject}@north.example>",
             "Date: Mon, 5 Jan 2026 10:00:00 +0100", "", "Text of " + subject, ".", "..", "From here on.", ""]
    return "\r\n".join(lines)


class Far:
    """The server's side, seen and changed by imaplib."""

    def __init__(self, world):
        self.box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
        self.box.login("carol", "lewis")

    def folders(self):
        return [line.decode().rsplit(" ", 1)[1].strip('"') for line in self.box.list()[1] if b"\\Noselect" not in line]

    def holds(self):
        """{folder: {subject: the letters of its flags}}"""
        found = {}
        for folder in self.folders():
            self.box.select(folder, readonly=True)
            data = self.box.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")[1]
            found[folder] = {}
            for part in data:
                if isinstance(part, tuple):
                    subject = re.search(rb"Subject: (.*)\r\n", part[1]).group(1).decode()
                    assert subject not in found[folder], f"{subject} is twice in {folder}"
                    flags = re.search(rb"FLAGS \(([^)]*)\)", part[0]).group(1).decode().split()
                    found[folder][subject] = "".join(sorted(letter for letter, word in LETTERS.items() if word in flags))
        return found

    def octets(self, folder, subject):
        self.box.select(folder, readonly=True)
        number = self.box.search(None, "SUBJECT", f'"{subject}"')[1][0].split()[0]
        return self.box.fetch(number, "(BODY.PEEK[])")[1][0][1]

    def add(self, folder, subject, letters=""):
        flags = "(" + " ".join(LETTERS[letter] for letter in letters) + ")"
        done = self.box.append(folder, flags, '"05-Jan-2026 09:00:00 +0000"', text(subject).encode())
        assert done[0] == "OK", done

    def change(self, folder, subject, how, letter):
        self.box.select(folder)
        uid = self.box.uid("SEARCH", None, "SUBJECT", f'"{subject}"')[1][0].split()[0]
        self.box.uid("STORE", uid, how + "FLAGS", f"({LETTERS[letter]})")

    def remove(self, folder, subject):
        self.box.select(folder)
        uid = self.box.uid("SEARCH", None, "SUBJECT", f'"{subject}"')[1][0].split()[0]
        self.box.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        self.box.uid("EXPUNGE", uid)


class Near:
    """The copy: a Maildir a folder."""

    def __init__(self, folder):
        self.folder = folder

    def boxes(self):
        return {os.path.basename(path): mailbox.Maildir(path, create=False)
                for path in sorted(glob.glob(os.path.join(self.folder, "*"))) if os.path.isdir(os.path.join(path, "cur"))}

    def holds(self):
        found = {}
        for name, box in self.boxes().items():
            found[name] = {}
            for message in box:
                assert message["Subject"] not in found[name], f"{message['Subject']} is twice in the copy of {name}"
                found[name][message["Subject"]] = "".join(sorted(set(message.get_flags()) & set(LETTERS)))
        return found

    def find(self, folder, subject):
        box = self.boxes()[folder]
        key = next(key for key, message in box.items() if message["Subject"] == subject)
        return box, key, box[key]

    def add(self, folder, subject, letters=""):
        path = os.path.join(self.folder, folder)
        message = mailbox.MaildirMessage(text(subject).replace("\r\n", "\n"))
        message.set_subdir("cur")
        message.set_flags(letters)
        mailbox.Maildir(path, create=True).add(message)

    def change(self, folder, subject, how, letter):
        box, key, message = self.find(folder, subject)
        (message.add_flag if how == "+" else message.remove_flag)(letter)
        message.set_subdir("cur")
        box[key] = message

    def remove(self, folder, subject):
        box, key, _ = self.find(folder, subject)
        box.remove(key)

    def octets(self, folder, subject):
        """Without the line by which mbsync knows its own uploads again."""
        box, key, _ = self.find(folder, subject)
        return re.sub(rb"X-TUID: .*\n", b"", box.get_bytes(key)).replace(b"\n", b"\r\n")


class Copy:
    """A program's home, and a run of it."""

    def __init__(self, world, name, template, command):
        self.name, self.command = name, command
        self.home = os.path.join(world.folder, name)
        self.mail = os.path.join(self.home, "mail")
        os.makedirs(self.mail)
        self.rc = os.path.join(self.home, "rc")
        with open(self.rc, "w") as file:
            file.write(template.format(host=SOUTH, port=world.port("imap"), home=self.home, mail=self.mail,
                                       authority=os.path.join(world.state, "tls", "mx.south.example.pem")))
        self.near = Near(self.mail)

    def run(self):
        return subprocess.run([word.format(rc=self.rc) for word in self.command], capture_output=True, text=True, timeout=2 * PATIENCE_S,
                              env={**os.environ, "HOME": self.home})

    def agrees(self, far, what, tap):
        """Runs, and compares. The new-mail letters of folders that one side has not yet are no difference."""
        got = self.run()
        here, there = self.near.holds(), far.holds()
        here = {folder: here.get(folder, {}) for folder in there | here}
        good = got.returncode == 0 and here == there
        tap.check(good, f"{self.name}: {what}", f"status {got.returncode}\n{got.stdout[-1500:]}{got.stderr[-1500:]}\nhere  {here}\nthere {there}")
        return good


def by_plan(copy, far, tap):
    near = copy.near
    for subject in ("one", "two", "three", "four", "five", "six"):
        far.add("INBOX", subject)
    far.box.create("Work")
    far.add("Work", "seven", "SF")
    copy.agrees(far, "the first run downloads all", tap)
    tap.check(near.octets("INBOX", "six") == far.octets("INBOX", "six"), f"{copy.name}: octet for octet", near.octets("INBOX", "six"))
    near.change("INBOX", "one", "+", "S")
    near.change("INBOX", "one", "+", "F")
    far.change("INBOX", "two", "+", "R")
    far.change("Work", "seven", "-", "F")
    copy.agrees(far, "flags changed on both sides meet", tap)
    near.remove("INBOX", "three")
    far.remove("INBOX", "four")
    copy.agrees(far, "what is deleted on one side goes on the other", tap)
    tap.check("three" not in far.holds()["INBOX"] and "four" not in near.holds()["INBOX"], f"{copy.name}: and is gone")
    near.add("INBOX", "eight", "S")
    near.add("Work", "nine", "RS")
    far.add("INBOX", "ten", "F")
    copy.agrees(far, "new messages on both sides are uploaded and downloaded", tap)
    tap.check(far.octets("Work", "nine").endswith(b"Text of nine\r\n.\r\n..\r\nFrom here on.\r\n"), f"{copy.name}: octet for octet",
              far.octets("Work", "nine"))
    near.add("Home", "eleven", "S")
    copy.agrees(far, "a folder made here is made there", tap)
    near.change("INBOX", "five", "+", "F")
    far.change("INBOX", "five", "+", "S")
    near.remove("INBOX", "six")
    far.remove("INBOX", "six")
    copy.agrees(far, "a message changed on both sides, another deleted on both", tap)
    before = far.holds()
    copy.agrees(far, "a run with nothing to do", tap)
    tap.check(far.holds() == before, f"{copy.name}: does nothing")


def by_chance(copy, far, rounds, tap):
    """Some changes on either side, a run, and again. One seed: the same rounds each time."""
    chance, number = random.Random(7), 0
    for turn in range(rounds):
        told = []
        for _ in range(chance.randrange(4, 12)):
            side = chance.choice((far, copy.near))
            folder = chance.choice(("INBOX", "Work"))
            there = sorted(set(far.holds()[folder]) & set(copy.near.holds()[folder]) - {word.split(":")[1] for word in told})
            what = chance.choice(("add", "+", "-", "remove"))
            if what == "add" or not there:
                number += 1
                side.add(folder, f"chance-{number}", chance.choice(("", "S", "FS")))
                told.append(f"add:chance-{number}")
                continue
            subject = chance.choice(there)
            told.append(f"{what}:{subject}")
            if what == "remove":
                side.remove(folder, subject)
            else:
                side.change(folder, subject, what, chance.choice("SRF"))
        if not copy.agrees(far, f"round {turn + 1} by chance ({', '.join(told)})", tap):
            return


def sync(name, program, template, command, rounds, tap):
    if not tap.need(program, name):
        return
    with World() as world:
        try:
            copy, far = Copy(world, name, template, command), Far(world)
            by_plan(copy, far, tap)
            by_chance(copy, far, rounds, tap)
            far.box.logout()
        except Exception as error:
            tap.check(False, name, repr(error))
        tap.check(world.stop() == 0 and world.errors() == "", f"{name}: the server ends cleanly", world.errors())


tap = Tap()
sync("mbsync", "mbsync", MBSYNC, ["mbsync", "-c", "{rc}", "-a"], 4, tap)
sync("offlineimap", "offlineimap", OFFLINEIMAP, ["offlineimap", "-o", "-c", "{rc}"], 4, tap)
tap.done()
