"""Glasspost and Postfix hand each other mail: octets, extensions, refusals, reports, in both directions."""

import email
import email.policy
import poplib
import smtplib

import postfix as post
from served import NORTH, PATIENCE_S, SOUTH, Tap, World, wait_for

TOP = b"From: Alice <alice@north.example>\r\nTo: Erin <erin@post.example>\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\n"
# What must come out as it went in: name, whether it is 8-bit, header fields and body.
MESSAGES = (
    ("plain", False, b"Subject: plain\r\n\r\nHello.\r\n"),
    ("8-bit", True, "Subject: eight\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße – 你好 – \u00a0end\r\n".encode()),
    ("dots", False, b"Subject: dots\r\n\r\n.\r\n..\r\n.one\r\n...three\r\na.\r\n. \r\n"),
    ("long lines", False, b"Subject: long\r\n\r\n" + b"x" * 998 + b"\r\n." + b"y" * 996 + b"\r\n"),
    ("blanks", False, b"Subject: blanks\r\n\r\n\r\n \r\n\t\r\ntrailing   \r\n\r\n\r\n"),
    ("no body", False, b"Subject: none\r\n\r\n"),
    ("folded", False, b"Subject: one\r\n two\r\n\tthree\r\nX-Empty:\r\n\r\nbody\r\n"),
    ("large", False, b"Subject: large\r\n\r\n" + (b"z" * 76 + b"\r\n") * 6000),
)


def inbox(world, host, user, password):
    """The messages of a user of ours, read by POP3 and left there."""
    box = poplib.POP3(host, world.port("pop3"), timeout=PATIENCE_S)
    box.user(user)
    box.pass_(password)
    texts = [b"\r\n".join(box.retr(number + 1)[1]) + b"\r\n" for number in range(box.stat()[0])]
    box.quit()
    return texts


def ends_with(texts, octets):
    return any(text.endswith(octets) for text in texts)


def report(texts, status):
    """The first report (RFC 3464) with this status among @texts, taken apart: its fields a recipient, and itself."""
    for text in texts:
        message = email.message_from_bytes(text, policy=email.policy.default)
        if message.get_content_type() != "multipart/report":
            continue
        for part in message.walk():
            if part.get_content_type() != "message/delivery-status":
                continue
            for fields in part.get_payload()[1:]:
                if fields["Status"] and fields["Status"].startswith(status):
                    return fields, message
    return None, None


def submit(world, to, octets, mail_options=(), rcpt_options=()):
    with smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S) as smtp:
        smtp.login("alice", "wonderland")
        return smtp.sendmail("alice@north.example", to, octets, mail_options, rcpt_options)


def hand_to(postfix, sender, to, octets, mail_options=(), rcpt_options=()):
    with smtplib.SMTP(postfix.address, postfix.port, timeout=PATIENCE_S) as smtp:
        return smtp.sendmail(sender, to, octets, mail_options, rcpt_options)


def to_postfix(world, postfix, tap):
    for name, eightbit, octets in MESSAGES:
        submit(world, ["erin@post.example"], TOP + octets, ["BODY=8BITMIME"] if eightbit else [])
        there = wait_for(lambda: ends_with(postfix.raw("erin"), TOP + octets))
        tap.check(there, f"Glasspost to Postfix, {name}: octets unchanged", postfix.log()[-1200:])
    erin = postfix.mails("erin")
    tap.check(all(len(mail.get_all("Received")) == 2 for mail in erin), "RFC 5321 §4.4: each hop has written one Received line")
    tap.check("RFC 2920 §3.1" in world.journal(), "RFC 2920 §3.1: commands go to Postfix together")
    tap.check(all(mail["Return-Path"] == "<alice@north.example>" for mail in erin), "and Postfix knows whose it is")


def from_postfix(world, postfix, tap):
    for name, eightbit, octets in MESSAGES:
        top = TOP.replace(b"alice@north", b"erin@post")
        hand_to(postfix, "erin@post.example", ["dave@south.example"], top + octets, ["BODY=8BITMIME"] if eightbit else [])
        there = wait_for(lambda: ends_with(inbox(world, SOUTH, "dave", "copper"), top + octets))
        tap.check(there, f"Postfix to Glasspost, {name}: octets unchanged", postfix.log()[-1200:])
    tap.check(postfix.wait_log("status=sent (250 2."), "Postfix reads our enhanced codes", postfix.log()[-800:])


def encrypted(world, postfix, tap):
    """Opportunistic TLS on both sides: nobody asked for it, and it is used."""
    tap.check(postfix.wait_log(f"Trusted TLS connection established to {SOUTH}"),
              "RFC 3207 §4: Postfix trusts our certificate by the lab's authority", postfix.log()[-1200:])
    received = [field for mail in postfix.mails("erin") for field in mail.get_all("Received") if "by mx.post.example" in field]
    tap.check(received and all("with ESMTPS" in field and "TLSv1" in field for field in received),
              "Glasspost uses the STARTTLS that Postfix offers", received[:1])


def pipelined(world, postfix, tap):
    """Postfix sends MAIL, RCPT and DATA at once; one of the recipients does not exist."""
    octets = TOP + b"Subject: three of you\r\n\r\nHello.\r\n"
    hand_to(postfix, "erin@post.example", ["dave@south.example", "zoe@south.example", "carol@south.example"], octets)
    good = wait_for(lambda: ends_with(inbox(world, SOUTH, "dave", "copper"), octets) and
                    ends_with(inbox(world, SOUTH, "carol", "lewis"), octets))
    tap.check(good, "RFC 2920 §3.1: PIPELINING with a refused recipient: the others get it", postfix.log()[-1200:])
    wait_for(lambda: report(postfix.raw("erin"), "5.1.1")[0])
    fields, _ = report(postfix.raw("erin"), "5.1.1")
    tap.check(fields and "zoe@south.example" in fields["Final-Recipient"] and "550 5.1.1" in fields["Diagnostic-Code"],
              "and Postfix quotes our 550 5.1.1 to the sender", fields)


def refused_there(world, postfix, tap):
    """Postfix refuses while we relay: the report is ours."""
    submit(world, ["nobody@post.example"], TOP + b"Subject: to nobody\r\n\r\nHello.\r\n")
    wait_for(lambda: report(inbox(world, NORTH, "alice", "wonderland"), "5.1.1")[0])
    fields, message = report(inbox(world, NORTH, "alice", "wonderland"), "5.1.1")
    tap.check(fields and "550 5.1.1" in fields["Diagnostic-Code"] and "nobody@post.example" in fields["Final-Recipient"],
              "Postfix refuses an unknown user: our report quotes its words", fields)
    tap.check(message and message["Return-Path"] == "<>" and message["Auto-Submitted"], "RFC 3834 §5: and says that a machine wrote it")


def bounced_there(world, postfix, tap):
    """Postfix takes it for south, south refuses: the report is Postfix's, and comes to us."""
    submit(world, ["ghost@south.example"], TOP + b"Subject: by way of Postfix\r\n\r\nHello.\r\n")
    found = wait_for(lambda: [text for text in inbox(world, NORTH, "alice", "wonderland") if b"ghost@south.example" in text and b"MAILER-DAEMON@post.example" in text])
    fields, message = report(found or [], "5.1.1")
    tap.check(fields and "ghost@south.example" in fields["Final-Recipient"], "a bounce of Postfix's reaches our user", postfix.log()[-1200:])
    tap.check(message and message["Return-Path"] == "<>", "RFC 5321 §4.5.5: its reverse-path is null", message and message["Return-Path"])
    tap.check('"stage":"bounce"' not in "".join(line for line in world.journal().splitlines() if "ghost@south" in line),
              "and we wrote none of our own for it")


def sizes(world, postfix, tap):
    big = TOP + b"Subject: too big\r\n\r\n" + (b"x" * 76 + b"\r\n") * 10000
    submit(world, ["frank@post.example"], big)
    wait_for(lambda: report(inbox(world, NORTH, "alice", "wonderland"), "5.3.4")[0])
    fields, _ = report(inbox(world, NORTH, "alice", "wonderland"), "5.3.4")
    tap.check(fields and "frank@post.example" in fields["Final-Recipient"], "RFC 1870 §6.1: too big for Postfix: our report says 5.3.4", fields)
    tap.check(not postfix.raw("frank"), "and Postfix has not got it")
    top = TOP.replace(b"alice@north", b"erin@post")
    medium = top + b"Subject: too big for south\r\n\r\n" + (b"x" * 76 + b"\r\n") * 8000
    hand_to(postfix, "erin@post.example", ["carol@hub.example", "henry@hub.example"], medium)
    wait_for(lambda: report(postfix.raw("erin"), "5.3.4")[0])
    fields, _ = report(postfix.raw("erin"), "5.3.4")
    tap.check(fields, "RFC 1870 §6.1: too big for us: Postfix reads our SIZE and reports 5.3.4", postfix.log()[-1200:])


def notified(world, postfix, tap):
    """NOTIFY=SUCCESS travels: whoever delivers reports it (RFC 3461)."""
    with smtplib.SMTP(SOUTH, world.port("smtp"), timeout=PATIENCE_S) as smtp:
        smtp.ehlo("client.example")
        if not smtp.has_extn("dsn"):
            tap.skip("RFC 3461: DSN in both directions", "not offered")
            return
    submit(world, ["erin@post.example"], TOP + b"Subject: tell me\r\n\r\nHello.\r\n", ["RET=HDRS", "ENVID=first+2B"],
           ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;erin+2Bx@post.example"])
    wait_for(lambda: report(inbox(world, NORTH, "alice", "wonderland"), "2.")[0])
    fields, message = report(inbox(world, NORTH, "alice", "wonderland"), "2.")
    tap.check(fields and fields["Action"] == "delivered" and "erin+x@post.example" in (fields["Original-Recipient"] or ""),
              "RFC 3461 §6.2: we pass NOTIFY and ORCPT on, and Postfix reports success", fields or postfix.log()[-1200:])
    tap.check(message and b"Original-Envelope-Id: first+" in message.as_bytes(), "ENVID comes back", message)
    hand_to(postfix, "erin@post.example", ["carol@south.example"], TOP + b"Subject: tell me too\r\n\r\nHello.\r\n",
            ["RET=FULL", "ENVID=second"], ["NOTIFY=SUCCESS"])
    wait_for(lambda: report(postfix.raw("erin"), "2.")[0])
    fields, message = report(postfix.raw("erin"), "2.")
    tap.check(fields and fields["Action"] == "delivered" and "carol@south.example" in fields["Final-Recipient"],
              "RFC 3461 §5.2.3: what Postfix hands us with NOTIFY=SUCCESS we report", fields or postfix.log()[-1200:])
    tap.check(message and b"Original-Envelope-Id: second" in message.as_bytes(), "with its ENVID", message)


def without_extensions(world, tap):
    """A Postfix that offers nothing: what can be sent is, and what can't comes back with that reason."""
    with post.Postfix(world, world.port("smtp"), more=post.NO_EXTENSIONS, address=post.OLD, domain="old.example") as old:
        octets = TOP + b"Subject: as in the old days\r\n\r\nHello.\r\n"
        submit(world, ["erin@old.example"], octets, [], ["NOTIFY=SUCCESS,FAILURE"])
        there = wait_for(lambda: ends_with(old.raw("erin"), octets))
        tap.check(there, "to a Postfix without extensions: octets unchanged", old.log()[-1200:])
        wait_for(lambda: b"Action: relayed" in b"".join(inbox(world, NORTH, "alice", "wonderland")))
        fields, _ = report([text for text in inbox(world, NORTH, "alice", "wonderland") if b"erin@old.example" in text], "2.")
        tap.check(fields and fields["Action"] == "relayed", "RFC 3461 §5.2.2: it does not know DSN: we report that it was relayed", fields)
        submit(world, ["frank@old.example"], TOP + "Subject: eight\r\n\r\nGrüße\r\n".encode(), ["BODY=8BITMIME"])
        wait_for(lambda: report(inbox(world, NORTH, "alice", "wonderland"), "5.6.3")[0])
        fields, _ = report(inbox(world, NORTH, "alice", "wonderland"), "5.6.3")
        tap.check(fields and "frank@old.example" in fields["Final-Recipient"], "RFC 6152 §3: 8-bit mail for it comes back: 5.6.3", fields)


def main():
    tap = Tap()
    if not post.is_there():
        tap.skip("Postfix", "it is not installed, or this is not root")
        tap.done()
    world = World({
        "host mx.north.example": {"routes": f"post.example: {post.ADDRESS};south.example: {post.ADDRESS};old.example: {post.OLD}"},
        "host mx.hub.example": {"max-message-size": "500K"},
        "host mx.south.example": {"routes": f"post.example: {post.ADDRESS}"},
    })
    with world, post.Postfix(world, world.port("smtp"), size=700000) as postfix:
        for part in (to_postfix, from_postfix, encrypted, pipelined, refused_there, bounced_there, sizes, notified):
            try:
                part(world, postfix, tap)
            except Exception as error:
                tap.check(False, part.__name__, repr(error) + "\n" + postfix.log()[-1200:])
        try:
            without_extensions(world, tap)
        except Exception as error:
            tap.check(False, "without extensions", repr(error))
        tap.check(world.stop() == 0 and world.errors() == "", "the world ends cleanly", world.errors())
    tap.done()


if __name__ == "__main__":
    main()
