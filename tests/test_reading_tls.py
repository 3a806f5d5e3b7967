"""POP3 and IMAP over TLS with Python's own libraries: STLS, STARTTLS, from the first octet; and SCRAM."""

import base64
import hashlib
import hmac
import imaplib
import os
import poplib
import secrets
import socket
import ssl

from served import PATIENCE_S, SOUTH, Tap, World


def trusting(world):
    """A client that believes the lab's authority and checks the name (here: the address)."""
    return ssl.create_default_context(cafile=os.path.join(world.state, "tls", "authority.pem"))


def pop3(world, tap):
    box = poplib.POP3(SOUTH, world.port("pop3"), timeout=PATIENCE_S)
    tap.check("STLS" in box.capa(), "RFC 2595 §4: STLS is offered")
    box.stls(context=trusting(world))
    capabilities = box.capa()
    tap.check("STLS" not in capabilities and "USER" in capabilities, "after it not again, and passwords may cross")
    box.user("carol")
    tap.check(box.pass_("lewis").startswith(b"+OK"), "a login over TLS")
    box.quit()
    box = poplib.POP3_SSL(SOUTH, world.port("pop3s"), timeout=PATIENCE_S, context=trusting(world))
    box.user("carol")
    tap.check(box.pass_("lewis").startswith(b"+OK"), "RFC 8314 §3.1: POP3 in TLS from the first octet")
    box.quit()


def imap(world, tap):
    box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
    tap.check("STARTTLS" in box.capabilities and "LOGINDISABLED" in box.capabilities,
              "RFC 3501 §6.2.1: STARTTLS is offered, and no password without it")
    box.starttls(ssl_context=trusting(world))
    tap.check("STARTTLS" not in box.capabilities and "LOGINDISABLED" not in box.capabilities, "after it not again")
    tap.check(box.login("carol", "lewis")[0] == "OK", "a login over TLS")
    box.logout()
    box = imaplib.IMAP4_SSL(SOUTH, world.port("imaps"), timeout=PATIENCE_S, ssl_context=trusting(world))
    tap.check(b"STARTTLS" not in box.welcome and b"LOGINDISABLED" not in box.welcome and b"AUTH=PLAIN" in box.welcome,
              "RFC 8314 §3.2: the greeting in TLS offers what there is behind it", box.welcome)
    tap.check(box.login("carol", "lewis")[0] == "OK", "RFC 8314 §3.2: IMAP in TLS from the first octet")
    box.logout()


def slipped(world, tap):
    """What stands behind STARTTLS in the clear must not be answered inside TLS."""
    for service, hello, command, good in (("imap", b"* OK", b"a1 STARTTLS", b"a1 OK"), ("pop3", b"+OK", b"STLS", b"+OK")):
        sock = socket.create_connection((SOUTH, world.port(service)), timeout=PATIENCE_S)
        reader = sock.makefile("rb")
        tap.check(reader.readline().startswith(hello), f"{service}: greeted")
        noop = b"a2 NOOP\r\n" if service == "imap" else b"CAPA\r\n"
        sock.sendall(command + b"\r\n" + noop)
        tap.check(reader.readline().startswith(good), f"{service}: TLS is begun")
        sealed = trusting(world).wrap_socket(sock, server_hostname=SOUTH)
        sealed.sendall(b"a3 LOGOUT\r\n" if service == "imap" else b"QUIT\r\n")
        answer = sealed.makefile("rb").read()
        tap.check(b"a2" not in answer and b"TOP" not in answer, f"{service}: what was slipped in is not heard", answer)


class Scram:
    """The client's side of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677 §3)."""

    def __init__(self, user, password):
        self.password = password
        self.bare = f"n={user},r={secrets.token_urlsafe(12)}"

    def first(self):
        return ("n,," + self.bare).encode()

    def final(self, challenge):
        challenge = challenge.decode()
        parts = dict(part.split("=", 1) for part in challenge.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), base64.b64decode(parts["s"]), int(parts["i"]))
        client = hmac.digest(salted, b"Client Key", "sha256")
        unproved = "c=biws,r=" + parts["r"]
        signed = ",".join((self.bare, challenge, unproved)).encode()
        signature = hmac.digest(hashlib.sha256(client).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(client, signature))
        self.expected = b"v=" + base64.b64encode(hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), signed, "sha256"))
        return (unproved + ",p=" + base64.b64encode(proof).decode()).encode()


def scram(world, tap):
    for password, good in (("lewis", True), ("wrong", False)):
        client, heard = Scram("carol", password), []

        def answer(challenge):
            heard.append(challenge)
            return client.first() if challenge == b"" else client.final(challenge) if challenge.startswith(b"r=") else b""

        box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
        try:
            result = box.authenticate("SCRAM-SHA-256", answer)[0] == "OK"
        except imaplib.IMAP4.error:
            result = False
        tap.check(result == good, f"RFC 7677 §3: IMAP, SCRAM-SHA-256 with the {'right' if good else 'wrong'} password, no TLS")
        if good:
            tap.check(heard[-1] == client.expected, "and the server proves that it knows the verifier")
    box = poplib.POP3(SOUTH, world.port("pop3"), timeout=PATIENCE_S)
    client = Scram("carol", "lewis")
    reply = box._shortcmd("AUTH SCRAM-SHA-256 " + base64.b64encode(client.first()).decode())
    reply = box._shortcmd(base64.b64encode(client.final(base64.b64decode(reply[2:]))).decode())
    tap.check(base64.b64decode(reply[2:]) == client.expected, "RFC 5034 §4: POP3, the same exchange")
    tap.check(box._shortcmd("").startswith(b"+OK"), "and carol is in")
    box.quit()


def all_parts(tap):
    with World({"host mx.south.example": {"plaintext-auth": "never"}}) as world:
        for part in (pop3, imap, slipped, scram):
            part(world, tap)


tap = Tap()
try:
    all_parts(tap)
except Exception as error:
    tap.check(False, "reading over TLS", repr(error))
tap.done()
