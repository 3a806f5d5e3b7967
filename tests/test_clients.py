"""Real clients against the running demo world: curl, swaks, dig, and Python's own libraries."""

import imaplib
import os
import poplib
import smtplib
import socket
import subprocess

from served import DNS, NORTH, PATIENCE_S, SOUTH, Tap, World, wait_for

MESSAGE = "From: Alice <alice@north.example>\r\nTo: Carol <carol@south.example>\r\nSubject: {}\r\n\r\nHello from a test.\r\n.dot\r\n"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, **options)


def subjects(world, user, password, host):
    box = imaplib.IMAP4(host, world.port("imap"))
    box.login(user, password)
    box.select("INBOX", readonly=True)
    _, found = box.search(None, "ALL")
    result = []
    for number in found[0].split():
        _, data = box.fetch(number, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        result.append(data[0][1].decode().strip().removeprefix("Subject: "))
    box.logout()
    return result


def curl(world, tap):
    if not tap.need("curl", "curl"):
        return
    mail = os.path.join(world.folder, "curl.eml")
    with open(mail, "w", newline="") as file:
        file.write(MESSAGE.format("by curl"))
    sent = run("curl", "-sS", f"smtp://{NORTH}:{world.port('submission')}", "--mail-from", "alice@north.example",
               "--mail-rcpt", "carol@south.example", "--user", "alice@north.example:wonderland", "-T", mail)
    tap.check(sent.returncode == 0, "curl submits with AUTH", sent.stderr)
    there = wait_for(lambda: "by curl" in subjects(world, "carol", "lewis", SOUTH))
    tap.check(there, "the message arrives at the other server")
    got = run("curl", "-sS", f"pop3://{SOUTH}:{world.port('pop3')}/1", "--user", "carol:lewis")
    tap.check("Subject: by curl" in got.stdout and "\n.dot" in got.stdout, "curl retrieves by POP3, dots kept", got)
    got = run("curl", "-sS", f"imap://{SOUTH}:{world.port('imap')}/INBOX;MAILINDEX=1", "--user", "carol:lewis")
    tap.check("Subject: by curl" in got.stdout, "curl reads by IMAP", got)
    got = run("curl", "-sS", f"imap://{SOUTH}:{world.port('imap')}/", "--user", "carol:lewis")
    tap.check("INBOX" in got.stdout, "curl lists mailboxes", got)
    wrong = run("curl", "-sS", f"pop3://{SOUTH}:{world.port('pop3')}/", "--user", "carol:wrong")
    tap.check(wrong.returncode == 67, "curl is refused with a wrong password", wrong)


def swaks(world, tap):
    if not tap.need("swaks", "swaks"):
        return
    sent = run("swaks", "--server", NORTH, "--port", str(world.port("submission")), "--from", "alice@north.example",
               "--to", "bob@north.example", "--auth", "PLAIN", "--auth-user", "alice", "--auth-password", "wonderland",
               "--header", "Subject: by swaks")
    tap.check(sent.returncode == 0, "swaks submits with AUTH PLAIN", sent.stdout)
    sent = run("swaks", "--server", NORTH, "--port", str(world.port("submission")), "--from", "alice@north.example",
               "--to", "bob@north.example", "--auth", "LOGIN", "--auth-user", "alice", "--auth-password", "wonderland")
    tap.check(sent.returncode == 0, "swaks submits with AUTH LOGIN", sent.stdout)
    sent = run("swaks", "--server", NORTH, "--port", str(world.port("submission")), "--from", "alice@north.example",
               "--to", "bob@north.example", "--auth", "PLAIN", "--auth-user", "alice", "--auth-password", "wrong")
    tap.check(sent.returncode == 28, "swaks is refused with a wrong password", sent.stdout)
    sent = run("swaks", "--server", NORTH, "--port", str(world.port("smtp")), "--from", "a@far.example",
               "--to", "b@farther.example")
    tap.check(sent.returncode == 24 and "550" in sent.stdout, "swaks can't relay", sent.stdout)
    sent = run("swaks", "--server", SOUTH, "--port", str(world.port("smtp")), "--from", "a@far.example",
               "--to", "nobody@south.example")
    tap.check(sent.returncode == 24 and "550" in sent.stdout and "5.1.1" in sent.stdout,
              "an unknown user is refused with 550 5.1.1", sent.stdout)
    sent = run("swaks", "--pipeline", "--server", SOUTH, "--port", str(world.port("smtp")), "--from",
               "a@far.example", "--to", "dave@south.example")
    tap.check(sent.returncode == 0, "swaks pipelines", sent.stdout)


def python_smtp(world, tap):
    with smtplib.SMTP(NORTH, world.port("submission")) as smtp:
        smtp.login("alice", "wonderland")
        refused = smtp.sendmail("alice@north.example", ["bob@north.example", "carol@south.example", "no@north.example"],
                                MESSAGE.format("by smtplib"))
    tap.check(list(refused) == ["no@north.example"], "smtplib: one recipient refused, the others taken", refused)
    with smtplib.SMTP(NORTH, world.port("submission")) as smtp:
        smtp.login("bob", "builder")
        try:
            smtp.sendmail("alice@north.example", ["bob@north.example"], MESSAGE.format("forged"))
            code = 250
        except smtplib.SMTPResponseException as error:
            code = error.smtp_code
        except smtplib.SMTPSenderRefused as error:
            code = error.smtp_code
    tap.check(code in (550, 553), "bob may not write as alice", code)
    big = "Subject: big\r\n\r\n" + ("x" * 76 + "\r\n") * 20000
    with smtplib.SMTP(SOUTH, world.port("smtp")) as smtp:
        smtp.sendmail("a@far.example", ["dave@south.example"], big)
    box = poplib.POP3(SOUTH, world.port("pop3"))
    box.user("dave")
    box.pass_("copper")
    got = b"\r\n".join(box.retr(len(box.list()[1]))[1]) + b"\r\n"
    size = int(box.list(len(box.list()[1])).split()[2])
    box.quit()
    tap.check(got.endswith(big.encode()), "a message of 1.5 MB comes out as it went in")
    tap.check(size == len(got), "LIST tells the size that RETR sends", (size, len(got)))


def let_in(world, user, password):
    """A POP3 session; None: the maildrop is in use, as the server has not seen yet that a client has gone."""
    box = poplib.POP3(NORTH, world.port("pop3"), timeout=PATIENCE_S)
    box.user(user)
    try:
        box.pass_(password)
    except poplib.error_proto:
        box.close()
        return None
    return box


def python_pop3(world, tap):
    with smtplib.SMTP(NORTH, world.port("submission")) as smtp:
        smtp.login("alice", "wonderland")
        for number in range(3):
            smtp.sendmail("alice@north.example", ["bob@north.example"], MESSAGE.format(f"for bob {number}"))
    box = poplib.POP3(NORTH, world.port("pop3"))
    box.user("bob")
    box.pass_("builder")
    count = box.stat()[0]
    uids = [line.split()[1] for line in box.uidl()[1]]
    top = b"\n".join(box.top(1, 1)[1])
    tap.check(count == len(uids) == len(set(uids)) >= 3, "poplib: UIDL names each message once", uids)
    tap.check(b"Return-Path: <alice@north.example>" in top, "Return-Path stands on top", top)
    box.dele(1)
    box.rset()
    box.dele(2)
    box.quit()
    box = poplib.POP3(NORTH, world.port("pop3"))
    box.user("bob")
    box.pass_("builder")
    left = [line.split()[1] for line in box.uidl()[1]]
    tap.check(left == uids[:1] + uids[2:], "DELE and QUIT delete, RSET forgets", (uids, left))
    box.dele(1)
    box.close()  # no QUIT
    box = wait_for(lambda: let_in(world, "bob", "builder"))
    tap.check(box and box.stat()[0] == len(left), "a dropped session deletes nothing")
    other = poplib.POP3(NORTH, world.port("pop3"))
    other.user("bob")
    try:
        other.pass_("builder")
        words = "let in"
    except poplib.error_proto as error:
        words = str(error)
    tap.check("IN-USE" in words, "a second POP3 session finds the maildrop in use", words)
    box.quit()


def python_imap(world, tap):
    with smtplib.SMTP(SOUTH, world.port("smtp")) as smtp:
        smtp.sendmail("a@far.example", ["carol@south.example"], MESSAGE.format("for carol"))
    wait_for(lambda: "by smtplib" in subjects(world, "carol", "lewis", SOUTH))
    box = imaplib.IMAP4(SOUTH, world.port("imap"))
    box.login("carol@south.example", "lewis")
    typ, data = box.select("INBOX")
    tap.check(typ == "OK" and int(data[0]) >= 2, "imaplib selects INBOX", data)
    typ, data = box.fetch("1", "(FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE UID)")
    tap.check(typ == "OK" and b"ENVELOPE" in data[0] and b"BODYSTRUCTURE" in data[0], "imaplib fetches structure", data)
    typ, data = box.fetch("1", "(BODY[])")
    tap.check(typ == "OK" and b"Hello from a test." in data[0][1], "imaplib fetches the body", data)
    typ, data = box.fetch("1", "(FLAGS)")
    tap.check(rb"\Seen" in data[0], "reading sets \\Seen", data)
    box.store("1", "+FLAGS", r"(\Flagged)")
    typ, data = box.search(None, "FLAGGED")
    tap.check(data[0].split() == [b"1"], "imaplib searches by flag", data)
    typ, data = box.search(None, "SUBJECT", '"by smtplib"')
    tap.check(len(data[0].split()) == 1, "imaplib searches by subject", data)
    typ, data = box.append("Drafts", r"(\Draft)", None, MESSAGE.format("a draft").encode())
    tap.check(typ == "OK", "imaplib appends", data)
    box.create("Work")
    typ, data = box.copy("1", "Work")
    tap.check(typ == "OK", "imaplib copies", data)
    box.store("1", "+FLAGS", r"(\Deleted)")
    typ, data = box.expunge()
    tap.check(data == [b"1"], "imaplib expunges", data)
    typ, data = box.list()
    tap.check(any(b"Work" in line for line in data), "imaplib lists the new mailbox", data)
    box.logout()
    try:
        imaplib.IMAP4(SOUTH, world.port("imap")).login("carol", "wrong")
        let_in = True
    except imaplib.IMAP4.error:
        let_in = False
    tap.check(not let_in, "imaplib is refused with a wrong password")


def dig(world, tap):
    if not tap.need("dig", "dig"):
        return
    ask = ["dig", f"@{DNS}", "-p", str(world.port("dns")), "+time=60", "+tries=1", "+norec"]
    got = run(*ask, "south.example", "MX")
    tap.check("status: NOERROR" in got.stdout and "10 mx.south.example." in got.stdout and "WARNING" not in got.stdout,
              "dig finds the MX", got.stdout)
    got = run(*ask, "nowhere.example", "A")
    tap.check("status: NXDOMAIN" in got.stdout and "SOA" in got.stdout, "dig learns that there is no such name", got.stdout)
    got = run(*ask, "+tcp", "mx.south.example", "A")
    tap.check("127.0.0.3" in got.stdout, "dig asks over TCP", got.stdout)
    got = run(*ask, "glasspost.test", "A")
    tap.check("status: REFUSED" in got.stdout, "a name outside the zones is refused", got.stdout)
    reload_zone(world, tap, lambda name: run(*ask, "+short", name, "A").stdout.strip())


def reload_zone(world, tap, address):
    """A zone file is changed while the name server runs; then once more, with a mistake in it."""
    zone = os.path.join(world.folder, "south.zone")
    with open(zone) as file:
        before = file.read()
    for line, said in (("fresh IN A 127.0.0.9", '"reloaded":true'), ("fresh IN A 127.0.0", f"south.zone:{before.count(chr(10)) + 1}: ")):
        with open(zone, "w") as file:
            file.write(f"{before}{line}\n")
        got = world.ctl("reload")
        tap.check(said in got.stdout + got.stderr and address("fresh.south.example") == "127.0.0.9",
                  f"a zone read again, without a restart: {line}", got)
    with open(zone, "w") as file:
        file.write(before)
    world.ctl("reload")
    tap.check(address("fresh.south.example") == "" and address("mx.south.example") == "127.0.0.3", "and what is no longer there is gone")


def half_closed(world, tap):
    """As `printf ... | nc -N` does: all is sent, our direction closed, then the replies are read."""
    for host, service, octets, wanted in (
        (NORTH, "submission", "EHLO x.example|AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=|MAIL FROM:<alice@north.example>"
         "|RCPT TO:<carol@nowhere.example>|RCPT TO:<bob@north.example>|DATA|Subject: all at once||x|.|NOOP|QUIT|",
         ("235 2.7.0", "250 2.1.0", "550 5.1.2", "250 2.1.5", "354", "250 2.6.0", "250 2.0.0", "221")),
        (SOUTH, "pop3", "USER dave|PASS copper|STAT|NOOP|QUIT|", ("+OK", "+OK Maildrop", "+OK", "+OK", "+OK mx")),
        (SOUTH, "imap", "a LOGIN dave copper|b SELECT INBOX|c CREATE Once|d LOGOUT|", ("a OK", "b OK", "c OK", "* BYE", "d OK")),
    ):
        with socket.create_connection((host, world.port(service)), timeout=PATIENCE_S) as client:
            client.sendall(octets.replace("|", "\r\n").encode())
            client.shutdown(socket.SHUT_WR)
            text = b"".join(iter(lambda: client.recv(4096), b"")).decode()
        at = 0
        for reply in wanted:
            at = text.find("\r\n" + reply, at) + 1
            if at == 0:
                break
        tap.check(at > 0, f"a half-closed client of {service} is answered to the end", text)


def admin(world, tap):
    """`user add` says done when it is done: after the COMMIT."""
    # Whatever is on its way has its own COMMITs, and the fault is for the next one.
    wait_for(lambda: "empty" in world.run("queue", world.ini, "list").stdout)
    world.ctl("fault", "store-full", "host=mx.north.example")
    got = world.ctl("user", "add", "frank@north.example", "open-sesame")
    tap.check('"ok":false' in got.stdout and "full" in got.stdout, "a user whose COMMIT fails is not 'done'", got)
    got = world.ctl("user", "list")
    tap.check("frank" not in got.stdout, "and not there", got)
    got = world.ctl("user", "add", "frank@north.example", "open-sesame")
    world.kill()
    world.start()
    listed = world.ctl("user", "list")
    tap.check("done" in got.stdout and "frank@north.example" in listed.stdout,
              "one that is 'done' survives kill -9", (got, listed))


def commands(world, tap):
    got = world.run("send", world.ini, "--from", "alice@north.example", "--to", "dave@south.example")
    tap.check(got.returncode == 0 and "C: MAIL FROM:<alice@north.example>" in got.stdout and "S: 250" in got.stdout,
              "glasspost send shows the dialogue", got.stdout + got.stderr)
    tap.check("wonderland" not in got.stdout and "AHdvbmRlcmxhbmQ" not in got.stdout, "and no password", got.stdout)
    got = world.run("fetch", world.ini, "--user", "carol@south.example", "--imap")
    tap.check(got.returncode == 0 and "C: " in got.stdout, "glasspost fetch --imap", got.stdout + got.stderr)
    got = world.run("fetch", world.ini, "--user", "dave@south.example", "--pop3", cwd=world.folder)
    tap.check(got.returncode == 0 and os.path.exists(os.path.join(world.folder, "mail-dave/1.eml")),
              "glasspost fetch --pop3 saves into the folder it names", got.stdout + got.stderr)
    got = world.run("talk", world.ini, "mx.north.example", "smtp", input="EHLO me.example\nRCPT TO:<bob@north.example>\nQUIT\n")
    tap.check("503" in got.stdout and "221" in got.stdout and got.returncode == 0, "glasspost talk", got.stdout + got.stderr)
    got = world.run("dns", "south.example", "MX", "--server", f"{DNS}:{world.port('dns')}")
    tap.check(got.returncode == 0 and "mx.south.example" in got.stdout and "127.0.0.3" in got.stdout, "glasspost dns", got)
    got = world.run("user", world.ini, "add", "erin@north.example", "secret-word")
    tap.check(got.returncode == 0, "glasspost user add, while the world runs", got)
    got = world.run("user", world.ini, "list")
    tap.check("erin@north.example" in got.stdout and "carol@south.example" in got.stdout, "glasspost user list", got)
    tap.check("secret-word" not in world.journal(), "a password never reaches the journal")
    with smtplib.SMTP(NORTH, world.port("submission")) as smtp:
        tap.check(smtp.login("erin", "secret-word")[0] == 235, "the new user can log in")
    got = world.run("queue", world.ini, "history")
    tap.check(got.returncode == 0 and "carol@south.example" in got.stdout and "done" in got.stdout, "glasspost queue history", got)
    got = world.ctl("status")
    tap.check(got.returncode == 0 and '"ok":true' in got.stdout, "glasspost ctl status", got)
    for args, words in (
        (["serve", "/nowhere/world.ini"], "nowhere"),
        (["demo", "--scenario", "nothing"], "nothing"),
        (["dns", "--servr", "x"], "servr"),
        (["nonsense"], "nonsense"),
    ):
        got = world.run(*args)
        tap.check(got.returncode in (1, 2) and words in got.stderr and got.stderr.count("\n") == 1,
                  f"'{' '.join(args)}' is one clear line", got)
    got = world.run("serve", world.ini)
    tap.check(got.returncode == 1 and "using it" in got.stderr, "a second server on the same state is refused", got)


def threads(world, tap):
    tap.check(len(os.listdir(f"/proc/{world.process.pid}/task")) == 1, "the running server has one thread")


tap = Tap()
with World() as world:
    for part in (curl, swaks, python_smtp, python_pop3, python_imap, dig, half_closed, commands, admin, threads):
        try:
            part(world, tap)
        except Exception as error:  # a client that gives up is a failed check, not the end of all
            tap.check(False, part.__name__, repr(error))
    status = world.stop()
    tap.check(status == 0, "the server ends cleanly", (status, world.errors()))
    tap.check(world.errors() == "", "and had nothing to complain of", world.errors())
tap.done()
