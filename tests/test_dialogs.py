"""The conversations of tests/dialogs against the running server, over sockets.

The unit tests play the same files against the engines without one (tests/dialog.h tells the notation).
"""

import codecs
import glob
import imaplib
import os
import re
import smtplib
import socket
import ssl

from served import NORTH, PATIENCE_S, ROOT, SOUTH, Tap, World

HOSTS = {
    "host mx.north.example": {
        "trusted-networks": "127.0.0.9", "max-message-size": "100000", "verify-domain": "off",
        "aliases": "sales: alice, bob;list: alice, carol@south.example;"
                   "circle-a: circle-b;circle-b: circle-a",
        "routes": "slow.example: 127.0.0.9:2500",
    },
    "host mx.south.example": {"accounts": "carol:sesame", "aliases": "", "max-message-size": "1M"},
}


def c_string(name):
    """The text of a #define in reader_world.h, so that both players read the same mail."""
    with open(os.path.join(ROOT, "tests/reader_world.h")) as file:
        text = file.read().replace("\\\n", "\n")
    define = re.search(rf"#define {name}\s+((?:\s*\"(?:[^\"\\]|\\.)*\")+)", text).group(1)
    pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', define)
    return codecs.decode("".join(pieces), "unicode_escape").encode("latin1")


def fill(world):
    """Carol's INBOX as the readers' dialogs expect it."""
    prefix = c_string("READER_PREFIX")
    box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
    box.login("carol", "sesame")
    for text in (c_string("READER_TEXT"), c_string("READER_PARTS")):
        box.append("INBOX", None, '"05-Jan-2026 09:00:00 +0000"', prefix + text)
    box.select()  # from now on they are recent for nobody
    box.logout()


def fill_up(world):
    """A message for bob, who has room for one."""
    with smtplib.SMTP(NORTH, world.port("smtp"), timeout=PATIENCE_S) as client:
        client.sendmail("carol@south.example", "bob@north.example", "Subject: x\n\n" + "all of his room " * 20)


def unescape(text):
    return codecs.decode(text, "unicode_escape").encode("latin1")


class Difference(Exception):
    pass


class Player:
    def __init__(self, world, file):
        self.name = os.path.basename(file)
        self.world, self.file, self.heard = world, file, b""
        self.peer = None

    def open(self, with_):
        protocol = self.name.split("-")[0]
        service = next((port for port in ("submissions", "submission") if port in with_), protocol)
        source = re.search(r"from (\S+)", with_)
        self.peer = socket.create_connection((NORTH if protocol == "smtp" else SOUTH, self.world.port(service)), PATIENCE_S,
                                             (source.group(1) if source else "127.0.0.7", 0))
        if service == "submissions":
            trust = ssl.create_default_context(cafile=os.path.join(self.world.state, "tls/authority.pem"))
            self.peer = trust.wrap_socket(self.peer, server_hostname="mx.north.example")

    def line(self):
        while b"\r\n" not in self.heard:
            got = self.peer.recv(65536)
            if not got:
                raise Difference("the server closed the connection")
            self.heard += got
        line, self.heard = self.heard.split(b"\r\n", 1)
        return line.decode("utf-8", "replace")

    def expect(self, wanted, number):
        if wanted == "(closes)":
            try:
                if self.heard or self.peer.recv(100):
                    raise Difference(f"line {number}: the server said more instead of closing")
            except ConnectionError:
                pass
            return
        found = self.line()
        good = found.startswith(wanted[:-1]) if wanted.endswith("*") else found == wanted
        if not good:
            raise Difference(f"line {number}: expected {wanted!r}, found {found!r}")

    def play(self):
        with open(self.file, encoding="utf-8") as lines:
            for number, text in enumerate(lines, 1):
                text = text.rstrip("\n")
                if text.startswith("with:"):
                    self.open(text[5:])
                elif text and not text.startswith("#"):
                    if self.peer is None:
                        self.open("")
                    mark, _, rest = text.partition(":")
                    rest = rest.removeprefix(" ")
                    try:
                        if mark == "S":
                            self.expect(rest, number)
                        else:
                            self.peer.sendall(rest.encode() + b"\r\n" if mark == "C" else unescape(rest))
                    except socket.timeout:
                        raise Difference(f"line {number}: nothing came") from None
        self.peer.close()


tap = Tap()
for file in sorted(glob.glob(os.path.join(ROOT, "tests/dialogs/*.txt"))):
    name = os.path.basename(file)
    changes = {section: dict(keys) for section, keys in HOSTS.items()}
    with open(file) as text:
        with_ = "".join(re.findall(r"^with:(.*)$", text.read(), re.M))
    if "no passwords" in with_:
        changes["host mx.south.example"]["plaintext-auth"] = "never"
    if limit := re.search(r"(\d+) messages a minute", with_):
        changes["host mx.north.example"] |= {"messages-per-minute": limit.group(1), "limit-loopback": "on"}
    if "vrfy on" in with_:
        changes["host mx.north.example"]["vrfy"] = "on"
    if "policy.filter" in with_:
        changes["host mx.north.example"]["filter"] = os.path.join(ROOT, "tests/dialogs/policy.filter")
    if "greylist" in with_:
        changes["host mx.north.example"]["greylist"] = "on"
    if "tls required" in with_:
        changes["host mx.north.example"]["tls"] = "required"
    if "catch-all" in with_:
        changes["host mx.north.example"]["catch-all"] = "bob@north.example"
    if "full mailbox" in with_:
        changes["host mx.north.example"]["quota"] = "100"
    if "one connection" in with_:
        changes["host mx.north.example"] |= {"connections-per-client": "1", "limit-loopback": "on"}
    if "patience" in with_:
        tap.skip(name, "it takes a minute; tests/test_app_caller.c does it with a simulated clock")
        continue
    if "at most" in with_:
        tap.skip(name, "a server takes 64 KB at least (RFC 5321 §4.5.3.1.7); tests/test_bad_input.py sends more")
        continue
    with World(changes) as world:
        try:
            if "full mailbox" in with_:
                fill_up(world)
            if not name.startswith("smtp") and "plaintext-auth" not in changes["host mx.south.example"]:
                fill(world)
            other = Player(world, file)
            if "one connection" in with_:
                other.open(with_)
                other.line()
            Player(world, file).play()
            tap.check(True, name)
        except (Difference, OSError) as error:
            tap.check(False, name, error)
tap.done()
