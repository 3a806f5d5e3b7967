"""tests/hostile_host.py - next hosts that misbehave: one small SMTP server a vice, each at an address of its own.

    host = Host(lambda peer: peer.talk(mail="550 5.7.1 no"), number)     # a vice is a function of the connection
    host.address, host.port; host.calls, host.taken
"""

import socket
import struct
import threading
import time

from served import PATIENCE_S, dead_port


class Gone(Exception):
    """The client has hung up, or this vice is over."""


class Peer:
    """One connection, and what a vice can do with it."""

    def __init__(self, conn, host):
        self.conn, self.host, self.buffer = conn, host, b""
        conn.settimeout(PATIENCE_S)

    def say(self, octets):
        try:
            self.conn.sendall(octets if isinstance(octets, bytes) else octets.encode() + b"\r\n")
        except OSError:
            raise Gone

    def line(self):
        while b"\n" not in self.buffer:
            try:
                some = self.conn.recv(65536)
            except OSError:
                some = b""
            if not some:
                raise Gone
            self.buffer += some
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def body(self):
        while self.line() != b".":
            pass

    def silence(self):
        """Listens and says nothing, until the client loses its patience."""
        while True:
            self.line()

    def cut(self):
        raise Gone

    def reset(self):
        """Closes so that the client sees a reset, not an end."""
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def drip(self, octets):
        for octet in octets:
            self.say(bytes([octet]))
            time.sleep(0.5)

    def flood(self, octets, most):
        """@octets again and again, until @most have gone or the client hangs up; counts them."""
        while self.host.flooded < most:
            self.say(octets)
            self.host.flooded += len(octets)

    def talk(self, greeting="220 hostile ESMTP", ehlo="250-hostile\r\n250 8BITMIME", **others):
        """An honest conversation, but for what is given: a reply, or a function to call in its place."""
        replies = {"greeting": greeting, "ehlo": ehlo, "helo": "250 hostile", "mail": "250 2.1.0 ok", "rcpt": "250 2.1.5 ok",
                   "data": "354 go on", "dot": "250 2.0.0 taken", "quit": "221 2.0.0 bye", "rset": "250 2.0.0 ok",
                   "starttls": "454 4.7.0 not now", **others}
        self.reply(replies["greeting"])
        while True:
            verb = self.line().split(b" ")[0].decode("latin1").lower()
            self.reply(replies.get(verb, "500 5.5.1 what?"))
            if verb == "data" and isinstance(replies["data"], str) and replies["data"].startswith("354"):
                self.body()
                if isinstance(replies["dot"], str) and replies["dot"].startswith("250"):
                    self.host.taken += 1
                self.reply(replies["dot"])
            if verb == "quit":
                raise Gone

    def reply(self, what):
        if callable(what):
            what(self)
        else:
            self.say(what)


class Host:
    """Listens on 127.0.1.@number, and treats each caller as @vice says; None: nobody listens."""

    def __init__(self, vice, number, port=0):
        self.vice, self.address = vice, f"127.0.1.{number}"
        self.calls = self.taken = self.flooded = 0
        self.socket = dead_port(self.address) if vice is None else socket.create_server((self.address, port), backlog=20)
        self.port = self.socket.getsockname()[1]
        if vice is not None:
            threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            conn, _ = self.socket.accept()
            self.calls += 1
            threading.Thread(target=self.meet, args=(conn,), daemon=True).start()

    def meet(self, conn):
        with conn:
            try:
                self.vice(Peer(conn, self))
            except Gone:
                pass


def in_body(peer):
    peer.say("354 go on")
    peer.line()
    peer.reset()


def bad_tls(then):
    """Offers STARTTLS, says 220, and then does @then instead of a handshake."""
    return lambda p: p.talk(ehlo="250-hostile\r\n250 STARTTLS", starttls=lambda p: (p.say("220 2.0.0 go on"), then(p), p.cut()))


# A vice: name, what it does, how the message ends, and what is then said of it.
WAITS, FAILED, DONE = "waiting", "failed", "done"
EITHER = None  # the RFCs leave it to us; but it has come to one of these ends
VICES = [
    ("nobody",        None, WAITS, "refused"),
    ("mute",          lambda p: p.silence(), WAITS, "."),
    ("cut-first",     lambda p: p.cut(), WAITS, "."),
    ("reset-first",   lambda p: p.reset(), WAITS, "."),
    ("cut-ehlo",      lambda p: p.talk(ehlo=Peer.cut), WAITS, "."),
    ("cut-mail",      lambda p: p.talk(mail=Peer.cut), WAITS, "."),
    ("cut-rcpt",      lambda p: p.talk(rcpt=Peer.reset), WAITS, "."),
    ("cut-data",      lambda p: p.talk(data=Peer.cut), WAITS, "."),
    ("cut-body",      lambda p: p.talk(data=in_body), WAITS, "."),
    ("cut-dot",       lambda p: p.talk(dot=Peer.cut), WAITS, "."),
    ("mute-ehlo",     lambda p: p.talk(ehlo=Peer.silence), WAITS, "."),
    ("mute-mail",     lambda p: p.talk(mail=Peer.silence), WAITS, "."),
    ("mute-rcpt",     lambda p: p.talk(rcpt=Peer.silence), WAITS, "."),
    ("mute-data",     lambda p: p.talk(data=Peer.silence), WAITS, "."),
    ("mute-dot",      lambda p: p.talk(dot=Peer.silence), WAITS, "."),
    ("mute-quit",     lambda p: p.talk(quit=Peer.silence), DONE, ""),
    ("cut-quit",      lambda p: p.talk(quit=Peer.reset), DONE, ""),
    ("421-first",     lambda p: p.talk(greeting="421 4.3.2 closing"), WAITS, "421"),
    ("421-ehlo",      lambda p: p.talk(ehlo="421 4.3.2 closing", helo="421 4.3.2 closing"), WAITS, "421"),
    ("421-mail",      lambda p: p.talk(mail="421 4.3.2 closing"), WAITS, "421"),
    ("421-rcpt",      lambda p: p.talk(rcpt="421 4.3.2 closing"), WAITS, "421"),
    ("421-data",      lambda p: p.talk(data="421 4.3.2 closing"), WAITS, "421"),
    ("421-dot",       lambda p: p.talk(dot="421 4.3.2 closing"), WAITS, "421"),
    ("452-rcpt",      lambda p: p.talk(rcpt="452 4.2.2 full"), WAITS, "452"),
    ("550-mail",      lambda p: p.talk(mail="550 5.7.1 not you"), FAILED, "not you"),
    ("550-rcpt",      lambda p: p.talk(rcpt="550 5.1.1 nobody"), FAILED, "nobody"),
    ("554-data",      lambda p: p.talk(data="554 5.5.1 no"), FAILED, "554"),
    ("554-dot",       lambda p: p.talk(dot="554 5.6.0 spam"), FAILED, "spam"),
    ("550-and-gone",  lambda p: p.talk(rcpt=lambda p: (p.say("550 5.1.1 nobody"), p.cut())), FAILED, "nobody"),
    ("550-bare",      lambda p: p.talk(rcpt="550"), FAILED, "550"),
    ("helo-only",     lambda p: p.talk(ehlo="502 5.5.1 what?"), DONE, ""),
    ("tls-not-now",   lambda p: p.talk(ehlo="250-hostile\r\n250 STARTTLS"), DONE, ""),
    ("tls-garbage",   bad_tls(lambda p: p.say(b"this is no handshake\r\n" * 50)), DONE, ""),
    ("tls-cut",       bad_tls(Peer.cut), DONE, ""),
    ("tls-mute",      bad_tls(Peer.silence), DONE, ""),
    ("tls-injected",  lambda p: p.talk(ehlo="250-hostile\r\n250 STARTTLS", starttls="220 go on\r\n250 and this in clear"), EITHER, "."),
    ("tiny",          lambda p: p.talk(ehlo="250-hostile\r\n250 SIZE 10"), FAILED, "."),
    ("ssh",           lambda p: p.talk(greeting="SSH-2.0-OpenSSH_9.2"), WAITS, "."),
    ("binary",        lambda p: p.say(bytes(range(256)) * 10), WAITS, "."),
    ("1xx",           lambda p: p.talk(mail="150 wait"), WAITS, "."),
    ("3xx",           lambda p: p.talk(mail="354 go on"), WAITS, "."),
    ("2xx-to-data",   lambda p: p.talk(data="250 ok"), WAITS, "."),
    ("999",           lambda p: p.talk(rcpt="999 what"), WAITS, "."),
    ("two-codes",     lambda p: p.talk(rcpt="250-yes\r\n550 no"), WAITS, "."),
    ("200-lines",     lambda p: p.talk(ehlo="250-x\r\n" * 200 + "250 end"), WAITS, "."),
    ("endless-line",  lambda p: p.talk(mail=lambda p: p.flood(b"250 " + b"x" * 65536, 2**30)), WAITS, "."),
    ("endless-lines", lambda p: p.talk(mail=lambda p: p.flood(b"250-more\r\n" * 6000, 2**30)), WAITS, "."),
    ("ten-megabytes",   lambda p: p.talk(rcpt=lambda p: p.flood(b"550-" + b"no " * 200 + b"\r\n", 10 * 2**20)), WAITS, "."),
    ("one-octet",     lambda p: p.talk(mail=lambda p: p.drip(b"250 ok, but it takes a while\r\n")), WAITS, "."),
    ("chatter",       lambda p: p.talk(mail="250 ok\r\n250 and more\r\n250 and more"), WAITS, "."),
    ("bare-lf",       lambda p: p.talk(mail=lambda p: p.say(b"250 ok\n")), WAITS, "."),
    ("nul",           lambda p: p.talk(rcpt=lambda p: p.say(b"550 5.1.1 no\0body\r\n")), WAITS, "."),
    ("escapes",       lambda p: p.talk(rcpt=lambda p: p.say(b"550 5.1.1 \x1b[2J\x1b]0;owned\x07 \xff\xfe\r\n")), FAILED, "550"),
]
