"""A message with an attachment and names in other alphabets: mutt > Glasspost > Postfix > Glasspost > mutt.

Its octets must arrive as mutt wrote them. Without Postfix (or root) the second Glasspost is the next
host; mutt itself is asked to read on a terminal of tmux.
"""

import contextlib
import email
import email.policy
import hashlib
import os
import subprocess

import postfix as post
from served import NORTH, PATIENCE_S, SOUTH, Tap, World, wait_for
from test_postfix import inbox

SUBJECT = "Grüße an Carol – 你好"
FILE = "Übersicht – Ångström 2026.bin"
BODY = "Liebe Carol,\n\n.\n..anbei die Übersicht – with a dot line above,\nand a line of \u00a0blanks.   \nFrom here on: \u20ac 5\n"

COMMON = """
set from = "alice@north.example"
set realname = "Älice Müller"
set use_envelope_from = yes
set hostname = "laptop.north.example"
set charset = "utf-8"
set send_charset = "us-ascii:utf-8"
set certificate_file = "{authority}"
set ssl_verify_host = yes
set ssl_starttls = yes
set ssl_force_tls = yes
set folder = "{home}/Mail"
set record = ""
set copy = no
set header_cache = ""
set mail_check = 3600
set wait_key = no
set index_format = "%4C %Z %-20.20n (%c) %s"
set quit = yes
set delete = no
set confirmappend = no
set pager_stop = yes
set smtp_url = "smtp://alice:wonderland@{north}:{submission}/"
"""


class Mutt:
    """mutt in a home of its own, and a terminal for it."""

    def __init__(self, world):
        self.home = os.path.join(world.folder, "home")
        os.makedirs(os.path.join(self.home, "Mail"))
        self.rc = os.path.join(self.home, "muttrc")
        with open(self.rc, "w", encoding="utf-8") as file:
            file.write(COMMON.format(home=self.home, north=NORTH, submission=world.port("submission"),
                                     authority=os.path.join(world.state, "tls", "authority.pem")))
        self.env = {**os.environ, "HOME": self.home, "LC_ALL": "C.UTF-8", "TERM": "screen"}
        self.tmux_name = f"glasspost-mutt-{os.getpid()}"

    def send(self, to, bcc, subject, body, file):
        return subprocess.run(["mutt", "-n", "-F", self.rc, "-s", subject, "-b", bcc, "-a", file, "--", to],
                              input=body.encode(), capture_output=True, timeout=2 * PATIENCE_S, env=self.env, cwd=self.home)

    def tmux(self, *words):
        return subprocess.run(["tmux", "-L", self.tmux_name, "-f", "/dev/null", *words], capture_output=True, text=True,
                              timeout=PATIENCE_S, env=self.env)

    def open(self, url):
        self.tmux("new-session", "-d", "-x", "110", "-y", "34", "-c", self.home, f"exec mutt -n -F {self.rc} -f {url}")

    def keys(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)

    def screen(self):
        return self.tmux("capture-pane", "-p").stdout

    def shows(self, *texts):
        return wait_for(lambda: all(text in self.screen() for text in texts))

    def close(self):
        self.tmux("kill-server")


def octets_after_the_trace(text):
    """The message as its author's program handed it in: what servers put on top is taken off."""
    while text.startswith((b"Received:", b"Return-Path:", b"Delivered-To:", b"Authentication-Results:", b"X-Glasspost")):
        at = text.index(b"\r\n") + 2
        while text[at:at + 1] in (b" ", b"\t"):
            at = text.index(b"\r\n", at) + 2
        text = text[at:]
    return text


def journey(world, mutt, hops, tap):
    attached = os.urandom(70000)
    file = os.path.join(mutt.home, FILE)
    with open(file, "wb") as out:
        out.write(attached)
    sent = mutt.send("carol@south.example", "bob@north.example", SUBJECT, BODY, file)
    tap.check(sent.returncode == 0, "mutt hands it in, by STARTTLS with our authority and SASL", sent.stdout + sent.stderr)
    theirs = wait_for(lambda: inbox(world, SOUTH, "carol", "lewis"))
    ours = wait_for(lambda: inbox(world, NORTH, "bob", "builder"))
    if not theirs or not ours:
        tap.check(False, "it arrives", f"{theirs} {ours}")
        return
    message = email.message_from_bytes(theirs[0], policy=email.policy.default)
    tap.check(len(message.get_all("Received")) == hops, f"it has passed {hops} servers", message.get_all("Received"))
    # bob's copy never left the first server: what carol has below the trace must be the same.
    tap.check(octets_after_the_trace(theirs[0]) == octets_after_the_trace(ours[0]), "its octets are those that mutt handed in",
              f"{octets_after_the_trace(theirs[0])[:1500]}\n{octets_after_the_trace(ours[0])[:1500]}")
    tap.check(message["Subject"] == SUBJECT and "Älice Müller" in message["From"], "its names are those that were written",
              (message["Subject"], message["From"]))
    parts = list(message.iter_attachments())
    tap.check(len(parts) == 1 and parts[0].get_filename() == FILE and parts[0].get_content() == attached,
              "its attachment is the file that was attached", [part.get_filename() for part in parts])
    tap.check(message.get_body().get_content().replace("\r\n", "\n") == BODY, "and its text the text", message.get_body().get_content())
    return hashlib.sha256(attached).hexdigest()


def read(world, mutt, digest, tap):
    """mutt reads it by IMAP, as a person would."""
    mutt.open(f"imap://carol:lewis@{SOUTH}:{world.port('imap')}/INBOX")
    tap.check(mutt.shows(SUBJECT, "Älice"), "mutt lists it, names and all", mutt.screen())
    mutt.keys("Enter")
    tap.check(mutt.shows("Liebe Carol,", "€ 5"), "mutt shows its text", mutt.screen())
    mutt.keys("v")
    tap.check(mutt.shows(FILE), "mutt shows the attachment's name", mutt.screen())
    saved = os.path.join(mutt.home, "saved.bin")
    mutt.keys("j", "s")
    # What is typed before a question stands there may be thrown away.
    mutt.shows("Save to file")
    mutt.keys("C-a", "C-k", saved, "Enter")
    wait_for(lambda: os.path.exists(saved) and os.path.getsize(saved) >= 70000)
    content = b""
    if os.path.exists(saved):
        with open(saved, "rb") as file:
            content = file.read()
    tap.check(hashlib.sha256(content).hexdigest() == digest, "mutt saves the attachment as it was attached", mutt.screen())
    mutt.keys("q", "q", "q")


def by_mutt(world, hops, tap):
    mutt = Mutt(world)
    digest = journey(world, mutt, hops, tap)
    if digest is None or not tap.need("tmux", "mutt on a terminal"):
        return
    try:
        read(world, mutt, digest, tap)
    finally:
        mutt.close()


def main():
    tap = Tap()
    if not tap.need("mutt", "mutt"):
        tap.done()
    with_postfix = post.is_there()
    world = World({"host mx.north.example": {"routes": f"south.example: {post.ADDRESS}"}} if with_postfix else {})
    with world, post.Postfix(world, world.port("smtp")) if with_postfix else contextlib.nullcontext():
        try:
            by_mutt(world, 3 if with_postfix else 2, tap)
        except Exception as error:
            tap.check(False, "mutt", repr(error))
    if not with_postfix:
        tap.skip("by way of Postfix", "it is not installed, or this is not root")
    tap.done()


main()
