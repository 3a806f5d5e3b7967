"""The server is told to end: each client hears so, and what was promised is kept (RFC 5321 §3.8, RFC 3501 §3.4)."""

import os
import signal
import socket
import ssl

from served import NORTH, PATIENCE_S, Tap, World


class Client:
    def __init__(self, port, *lines, tls=False):
        self.socket = socket.create_connection((NORTH, port), timeout=PATIENCE_S)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.heard = self.socket.recv(4096)
        for octets, until in lines:
            self.say(octets, until)

    def say(self, octets, until):
        self.socket.sendall(octets)
        heard = b""
        while until not in heard:
            heard += self.socket.recv(4096)

    def rest(self):
        """What comes until the server closes."""
        heard = b""
        while some := self.socket.recv(4096):
            heard += some
        return heard


EHLO = (b"EHLO client.south.example\r\n", b"250 HELP\r\n")
MAIL = (b"MAIL FROM:<x@south.example>\r\n", b"250 2.1.0")
RCPT = (b"RCPT TO:<bob@north.example>\r\n", b"250 2.1.5")
DATA = (b"DATA\r\n", b"354 ")
LAST = b"421 4.3.2 mx.north.example is shutting down, come again later\r\n"

tap = Tap()
world = World()
with world:
    smtp, imap, pop3 = world.port("smtp"), world.port("imap"), world.port("pop3")
    clients = {
        "SMTP, nothing said yet": (Client(smtp), LAST),
        "SMTP, half a command": (Client(smtp, EHLO), LAST),
        "SMTP, in the middle of a message": (Client(smtp, EHLO, MAIL, RCPT, DATA), LAST),
        "SMTP, in TLS": (Client(world.port("submissions"), EHLO, tls=True), LAST),
        "SMTP, asked for a password": (Client(world.port("submission"), EHLO, (b"AUTH PLAIN\r\n", b"334 ")), LAST),
        "IMAP": (Client(imap), b"* BYE This host is shutting down, come again later\r\n"),
        "IMAP, in IDLE": (Client(imap, (b"a LOGIN bob builder\r\n", b"a OK"), (b"b SELECT INBOX\r\n", b"b OK"), (b"c IDLE\r\n", b"+ ")),
                          b"* BYE This host is shutting down, come again later\r\n"),
        "POP3, which has no word for it": (Client(pop3), b""),
    }
    clients["SMTP, half a command"][0].socket.sendall(b"MAIL FR")
    clients["SMTP, in the middle of a message"][0].socket.sendall(b"Subject: half a message\r\n\r\nhalf")
    whole = Client(smtp, EHLO, MAIL, RCPT, DATA, (b"Subject: whole\r\n\r\nx\r\n.\r\n", b"250 2.6.0"))
    os.kill(world.process.pid, signal.SIGTERM)
    for name, (client, last) in clients.items():
        heard = client.rest()
        # Who is in IDLE may hear of the message that came meanwhile, before it is over.
        tap.check(heard.endswith(last) if "IDLE" in name else heard == last, f"{name}: {last.decode().strip() or 'the end'}", heard)
    tap.check(whole.rest() == LAST, "a message was taken before: the session hears it, too")
    tap.check(world.stop() == 0 and world.errors() == "", "and the server ends well", world.errors())
    tap.check(world.journal().count('"this host is shut down: the client is told') >= 6, "the journal tells why")
    world.start()
    reader = Client(pop3, (b"USER bob\r\n", b"+OK"), (b"PASS builder\r\n", b"+OK"))
    reader.socket.sendall(b"STAT\r\nQUIT\r\n")
    tap.check(reader.rest().startswith(b"+OK 1 "), "what was taken is there, what was not is not")

    def recent():
        """SELECT tells a client of new messages, and so takes \\Recent from whoever comes next (RFC 3501 §2.3.2)."""
        client = Client(world.port("imap"), (b"a LOGIN bob builder\r\n", b"a OK"))
        client.socket.sendall(b"b SELECT INBOX\r\n")
        heard = b""
        while b"b OK" not in heard:
            heard += client.socket.recv(4096)
        return int(heard.split(b" RECENT\r\n")[0].rsplit(b" ", 1)[1])

    Client(world.port("smtp"), EHLO, MAIL, RCPT, DATA, (b"Subject: new\r\n\r\nx\r\n.\r\n", b"250 2.6.0"))
    first = recent()
    world.stop()
    world.start()
    tap.check(first > 0 and recent() == 0, "who has been told of a message is known after the shutdown, too", first)
tap.done()
