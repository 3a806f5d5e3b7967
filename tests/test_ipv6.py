"""A host whose address is IPv6: it listens there, knows itself by its literal, and writes it into Received."""

import re
import smtplib
import socket

from served import PATIENCE_S, Tap, World, wait_for

SIX = "::1"


def has_six():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((SIX, 0))
    except OSError:
        return False
    return True


def listens(world, tap):
    with smtplib.SMTP(SIX, world.port("smtp"), local_hostname="[IPv6:::1]", timeout=PATIENCE_S) as client:
        tap.check(client.ehlo()[0] == 250, "EHLO with an IPv6 literal is taken")
        tap.check(client.mail("<>")[0] == 250, "MAIL")
        tap.check(client.rcpt("alice@[IPv6:::1]")[0] == 250, "RFC 5321 §4.1.3: a literal of ours is ours")
        tap.check(client.rcpt("alice@[ipv6:0:0:0:0:0:0:0:1]")[0] == 250, "in another spelling, too")
        tap.check(client.rcpt("alice@[IPv6:2001:db8::1]")[0] == 550, "another host's is not")
        tap.check(client.rcpt("alice@[IPv6:::1::]")[0] == 501, "and what is no address is bad grammar")
        tap.check(client.rcpt("alice@[::1]")[0] == 501, "nor is one without its tag")
        tap.check(client.data("Subject: by six\r\n\r\nx\r\n")[0] == 250, "the message is taken")
    journal = wait_for(lambda: world.journal() if '"stage":"deliver"' in world.journal() else None)
    tap.check(journal is not None, "and delivered")


def read(world, tap):
    with socket.create_connection((SIX, world.port("pop3")), timeout=PATIENCE_S) as sock:
        reader = sock.makefile("rb")
        sock.sendall(b"USER alice\r\nPASS wonderland\r\nRETR 1\r\nQUIT\r\n")
        text = reader.read().decode()
    received = re.search(r"Received: from (\S+) \((\S+)\)", text)
    tap.check(received is not None and received.group(1).lower() == "[ipv6:::1]" and received.group(2) == "[IPv6:::1]",
              "RFC 5321 §4.4: the Received line has the address with its tag", text)


def submits(world, tap):
    with smtplib.SMTP(SIX, world.port("submission"), timeout=PATIENCE_S) as client:
        client.login("alice", "wonderland")
        tap.check(client.sendmail("alice@north.example", ["bob@north.example"], "Subject: x\r\n\r\nx\r\n") == {},
                  "loopback is loopback by IPv6, too: passwords may cross")


tap = Tap()
if has_six():
    with World({"host mx.north.example": {"address": SIX}}) as world:
        for part in (listens, read, submits):
            try:
                part(world, tap)
            except Exception as error:
                tap.check(False, part.__name__, repr(error))
else:
    tap.skip("a host at ::1", "this machine has no IPv6")
tap.done()
