"""SMTP over TLS with Python's own library: STARTTLS, implicit TLS, and who may slip in between."""

import imaplib
import os
import poplib
import re
import smtplib
import socket
import ssl

from served import NORTH, PATIENCE_S, SOUTH, Tap, World, wait_for

MESSAGE = "From: Alice <alice@north.example>\r\nTo: Carol <carol@south.example>\r\nSubject: sealed\r\n\r\nHello.\r\n"


def trusting(world):
    """A client that believes the lab's authority and checks the name (here: the address)."""
    return ssl.create_default_context(cafile=os.path.join(world.state, "tls", "authority.pem"))


def starttls(world, tap):
    client = smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S)
    client.ehlo("laptop.north.example")
    tap.check(client.has_extn("starttls"), "STARTTLS is offered")
    code, _ = client.starttls(context=trusting(world))
    tap.check(code == 220 and client.sock.version() in ("TLSv1.2", "TLSv1.3"),
              "the handshake succeeds, and the certificate is for this address")
    client.ehlo("laptop.north.example")
    tap.check(not client.has_extn("starttls"), "RFC 3207 §4.2: after it STARTTLS is not offered again")
    tap.check(client.docmd("STARTTLS")[0] == 503, "and a second one is out of order")
    client.login("alice", "wonderland")
    client.sendmail("alice@north.example", ["carol@south.example"], MESSAGE)
    client.quit()
    there = wait_for(lambda: '"stage":"deliver"' in world.journal())
    tap.check(there, "a message sent over TLS arrives")
    tap.check("with ESMTPSA id" in world.journal(), "RFC 3848: its Received line says ESMTPSA")


def forgotten(world, tap):
    client = smtplib.SMTP(NORTH, world.port("smtp"), timeout=PATIENCE_S)
    client.ehlo("client.example")
    client.mail("x@elsewhere.example")
    client.starttls(context=trusting(world))
    tap.check(client.docmd("RCPT TO:<alice@north.example>")[0] == 503, "RFC 3207 §4.2: the transaction is forgotten")
    client.close()


def slipped(world, tap):
    """What an attacker adds behind STARTTLS, in the clear, must not be executed inside TLS."""
    sock = socket.create_connection((NORTH, world.port("smtp")), timeout=PATIENCE_S)
    reader = sock.makefile("rb")
    reader.readline()
    sock.sendall(b"EHLO client.example\r\n")
    while reader.readline()[3:4] == b"-":
        pass
    sock.sendall(b"STARTTLS\r\nNOOP\r\nNOOP\r\n")
    tap.check(reader.readline().startswith(b"220"), "STARTTLS is taken, with something behind it")
    context = trusting(world)
    sealed = context.wrap_socket(sock, server_hostname=NORTH)
    sealed.sendall(b"QUIT\r\n")
    answer = sealed.makefile("rb").read()
    tap.check(answer.startswith(b"221") and answer.count(b"\r\n") == 1,
              "only what came through TLS is answered", answer)


def at_once(world, tap):
    client = smtplib.SMTP_SSL(NORTH, world.port("submissions"), timeout=PATIENCE_S, context=trusting(world))
    client.ehlo("laptop.north.example")
    client.login("alice", "wonderland")
    tap.check(client.noop()[0] == 250, "RFC 8314 §3.3: TLS from the first octet")
    client.quit()
    sock = socket.create_connection((NORTH, world.port("submissions")), timeout=PATIENCE_S)
    sock.sendall(b"EHLO in.the.clear\r\n")
    tap.check(b"220" not in sock.recv(1000), "and nothing in the clear there")
    sock.close()


def failed(world, tap):
    """A handshake that is none: that client is gone, with a word in the journal, and others are served."""
    sock = socket.create_connection((NORTH, world.port("smtp")), timeout=PATIENCE_S)
    reader = sock.makefile("rb")
    reader.readline()
    sock.sendall(b"EHLO client.example\r\n")
    while reader.readline()[3:4] == b"-":
        pass
    sock.sendall(b"STARTTLS\r\n")
    tap.check(reader.readline().startswith(b"220"), "STARTTLS is taken")
    sock.sendall(b"MAIL FROM:<x@elsewhere.example>\r\n" * 10)
    try:
        rest = reader.read()
    except ConnectionError:
        rest = b""
    tap.check(b"250" not in rest and b"503" not in rest, "commands in the clear after it are not answered", rest)
    told = wait_for(lambda: "TLS handshake" in world.journal() or "The connection broke: " in world.journal())
    tap.check(told, "what broke is told")
    doubting = smtplib.SMTP(NORTH, world.port("smtp"), timeout=PATIENCE_S)
    try:
        doubting.starttls(context=ssl.create_default_context())
        believed = True
    except ssl.SSLError:
        believed = False
    tap.check(not believed, "a client that does not know the lab's authority does not go on")
    reader = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
    try:
        reader.starttls(ssl.create_default_context())
    except ssl.SSLError:
        pass
    told = wait_for(lambda: re.search('"session":"imap-[0-9]+","text":"The connection broke: ', world.journal()))
    tap.check(told, "a mail program that does not trust us breaks off: IMAP tells that, too")
    reader = poplib.POP3(SOUTH, world.port("pop3"), timeout=PATIENCE_S)
    try:
        reader.stls(ssl.create_default_context())
    except ssl.SSLError:
        pass
    told = wait_for(lambda: re.search('"session":"pop3-[0-9]+","text":"The connection broke: ', world.journal()))
    tap.check(told, "and so does POP3")
    client = smtplib.SMTP(NORTH, world.port("smtp"), timeout=PATIENCE_S)
    tap.check(client.noop()[0] == 250, "and the next client is served")
    client.quit()


def required(tap):
    with World({"host mx.north.example": {"tls": "required"}, "host mx.south.example": {"tls": "off"}}) as world:
        client = smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S)
        client.ehlo("laptop.north.example")
        tap.check(client.docmd("MAIL FROM:<alice@north.example>")[0] == 530, "RFC 3207 §4: required means STARTTLS first")
        client.starttls(context=trusting(world))
        client.login("alice", "wonderland")
        client.sendmail("alice@north.example", ["bob@north.example"], MESSAGE)
        client.quit()
        client = smtplib.SMTP(NORTH, world.port("smtp"), timeout=PATIENCE_S)
        client.ehlo("mx.elsewhere.example")
        tap.check(client.mail("x@elsewhere.example")[0] == 250, "other hosts are not asked for it")
        client.close()
        client = smtplib.SMTP(SOUTH, world.port("smtp"), timeout=PATIENCE_S)
        client.ehlo("mx.elsewhere.example")
        tap.check(not client.has_extn("starttls") and client.docmd("STARTTLS")[0] == 502, "off: not offered")
        client.close()


def in_world(tap):
    with World() as world:
        for part in (starttls, forgotten, slipped, at_once, failed):
            part(world, tap)


tap = Tap()
for part in (in_world, required):
    try:
        part(tap)
    except Exception as error:
        tap.check(False, part.__name__, repr(error))
tap.done()
