"""Programs with a screen, on a terminal of tmux, as a person uses them: alpine and mutt.

Each lists, reads, flags, files into another folder, deletes; then mail comes while it looks on.
"""

import imaplib
import os
import subprocess

from served import PATIENCE_S, SOUTH, Tap, World, wait_for

TEXT = "From: Ann <ann@far.example>\r\nTo: carol@south.example\r\nDate: Mon, 5 Jan 2026 10:00:00 +0100\r\nSubject: about {}\r\n" \
       "Message-ID: <{}@far.example>\r\n\r\nText of {}.\r\n"

ALPINE = """
user-domain=south.example
inbox-path={{{host}:{port}/tls/novalidate-cert/user=carol}}INBOX
folder-collections=Far {{{host}:{port}/tls/novalidate-cert/user=carol}}[]
feature-list=enable-aggregate-command-set,enable-flag-cmd,expunge-without-confirm-everywhere,quit-without-confirm,disable-password-file-saving,disable-password-caching
last-version-used=9.26
"""

MUTT = """
set imap_user = "carol"
set imap_pass = "lewis"
set folder = "imap://{host}:{port}/"
set spoolfile = "+INBOX"
set ssl_starttls = yes
set ssl_force_tls = yes
set certificate_file = "{authority}"
set mail_check = 3600
set timeout = 1
set imap_keepalive = 3600
set imap_idle = yes
set sort = mailbox-order
set index_format = "%3C %Z %s"
set delete = yes
set quit = yes
set confirmappend = no
set confirmcreate = no
set header_cache = ""
set wait_key = no
"""


class Screen:
    """A program in a home of its own, and a terminal for it."""

    def __init__(self, world, name, settings, command):
        self.home = os.path.join(world.folder, name)
        os.makedirs(self.home)
        self.rc = os.path.join(self.home, "rc")
        with open(self.rc, "w") as file:
            file.write(settings.format(host=SOUTH, port=world.port("imap"), authority=os.path.join(world.state, "tls", "authority.pem")))
        self.env = {**os.environ, "HOME": self.home, "LC_ALL": "C.UTF-8", "TERM": "screen"}
        self.terminal = f"glasspost-{name}-{os.getpid()}"
        self.tmux("new-session", "-d", "-x", "110", "-y", "34", "-c", self.home, "exec " + command.format(rc=self.rc))

    def tmux(self, *words):
        return subprocess.run(["tmux", "-L", self.terminal, "-f", "/dev/null", *words], capture_output=True, text=True, timeout=PATIENCE_S, env=self.env)

    def keys(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)

    def screen(self):
        return self.tmux("capture-pane", "-p").stdout

    def shows(self, *texts):
        return wait_for(lambda: all(text in self.screen() for text in texts))

    def close(self):
        self.tmux("kill-server")


class Box:
    """The mailboxes as another program sees them."""

    def __init__(self, world):
        self.box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
        self.box.login("carol", "lewis")

    def put(self, name):
        self.box.append("INBOX", None, None, TEXT.format(name, name, name).encode())

    def holds(self, folder):
        """{"one": flags}; None: there is no such folder."""
        if self.box.select(folder, readonly=True)[0] != "OK":
            return None
        data = self.box.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        return {part[1].split(b"about ")[1].strip().decode(): imaplib.ParseFlags(part[0]) for part in data if isinstance(part, tuple)}


def by_alpine(world, box, tap):
    program = Screen(world, "alpine", ALPINE, "alpine -p {rc} -i")
    try:
        program.shows("ENTER PASSWORD")
        program.keys("lewis", "Enter")
        tap.check(program.shows("about one", "about two", "about three"), "alpine lists what is there", program.screen())
        program.keys("Enter")
        tap.check(program.shows("Text of one."), "alpine shows a message", program.screen())
        program.keys("i")
        program.shows("MESSAGE INDEX", "about two")
        program.keys("Down", "D")
        tap.check(wait_for(lambda: rb"\Deleted" in box.holds("INBOX")["two"]), "alpine marks one as deleted", program.screen())
        tap.check(box.holds("INBOX")["one"] == (rb"\Seen",), "and the one that was read as \\Seen", box.holds("INBOX"))
        program.keys("3", "Enter", "S")
        program.shows("SAVE")
        program.keys("C-u", "Work", "Enter")
        program.shows("Create")
        program.keys("y")
        tap.check(wait_for(lambda: (box.holds("Work") or {}).keys() == {"three"}), "alpine makes a folder and files one there", program.screen())
        program.shows("MESSAGE INDEX")
        box.put("four")
        program.keys("C-l")
        tap.check(program.shows("about four"), "alpine sees what has come meanwhile", program.screen())
        program.keys("X")
        tap.check(wait_for(lambda: sorted(box.holds("INBOX")) == ["four", "one"] and "about two" not in program.screen()), "alpine expunges: what was deleted and what was filed is gone",
                  (program.screen(), box.holds("INBOX")))
        program.keys("<")
        tap.check(program.shows("Work", "INBOX", "Drafts"), "alpine lists the folders", program.screen())
        program.keys("Q")
    finally:
        program.close()


def by_mutt(world, box, tap):
    program = Screen(world, "mutt", MUTT, "mutt -n -F {rc}")
    try:
        tap.check(program.shows("about one", "about two", "about three"), "mutt lists what is there", program.screen())
        program.keys("Enter")
        tap.check(program.shows("Text of one."), "mutt shows a message", program.screen())
        program.keys("i", "2", "Enter", "F", "3", "Enter", "s")
        # What is typed before a question stands there may be thrown away.
        program.shows("Save to")
        program.keys("C-a", "C-k", "=Work", "Enter")
        tap.check(wait_for(lambda: (box.holds("Work") or {}).keys() == {"three"}), "mutt makes a folder and files one there", program.screen())
        box.put("four")
        tap.check(program.shows("about four"), "mutt sees by IDLE what has come meanwhile", program.screen())
        program.keys("1", "Enter", "d", "$")
        tap.check(wait_for(lambda: sorted(box.holds("INBOX")) == ["four", "two"]), "mutt deletes and expunges",
                  (program.screen(), box.holds("INBOX")))
        tap.check(rb"\Flagged" in box.holds("INBOX")["two"], "and the flag it has set is kept", box.holds("INBOX"))
        tap.check(wait_for(lambda: "about one" not in program.screen()) and program.shows("about two"), "mutt's list follows", program.screen())
        program.keys("q")
    finally:
        program.close()


def use(name, part, tap):
    if not tap.need("tmux", name) or not tap.need(name, name):
        return
    with World() as world:
        try:
            box = Box(world)
            for subject in ("one", "two", "three"):
                box.put(subject)
            part(world, box, tap)
        except Exception as error:
            tap.check(False, name, repr(error))
        tap.check(world.stop() == 0 and world.errors() == "", f"{name}: the server ends cleanly", world.errors())


tap = Tap()
use("alpine", by_alpine, tap)
use("mutt", by_mutt, tap)
tap.done()
