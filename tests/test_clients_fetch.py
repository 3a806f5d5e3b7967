"""Programs that pick mail up: fetchmail, which hands it on by SMTP, and curl, a command at a time. POP3 and IMAP."""

import imaplib
import os
import poplib
import signal
import subprocess
import tempfile

from served import NORTH, PATIENCE_S, SOUTH, Tap, World, wait_for

TEXT = "From: Ann <ann@far.example>\r\nTo: carol@south.example\r\nSubject: {}\r\nMessage-ID: <{}@far.example>\r\n\r\nText of {}.\r\n.\r\n..dots\r\n"


def text(name):
    return TEXT.format(name, name, name).encode()


def imap(world, host=SOUTH, user="carol", password="lewis"):
    box = imaplib.IMAP4(host, world.port("imap"), timeout=PATIENCE_S)
    box.login(user, password)
    return box


def put(world, *names):
    box = imap(world)
    for name in names:
        box.append("INBOX", None, None, text(name))
    box.logout()


def left(world):
    """{subject: flags} of carol's INBOX"""
    box = imap(world)
    box.select("INBOX", readonly=True)
    data = box.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    box.logout()
    return {part[1].split(b": ")[1].strip().decode(): imaplib.ParseFlags(part[0]) for part in data if isinstance(part, tuple)}


def came(world):
    """The messages that bob has, to whom fetchmail hands them on."""
    pop = poplib.POP3(NORTH, world.port("pop3"), timeout=PATIENCE_S)
    pop.user("bob")
    pop.pass_("builder")
    messages = [b"\r\n".join(pop.retr(i + 1)[1]) + b"\r\n" for i in range(pop.stat()[0])]
    pop.quit()
    return messages


def subjects(messages):
    return [name for message in messages for name in [message.split(b"Subject: ")[1].split(b"\r\n")[0].decode()]]


# ---- fetchmail ----

class Fetchmail:
    def __init__(self, world, protocol, words):
        self.home = tempfile.mkdtemp(prefix="fetchmail-", dir=world.folder)
        self.rc = os.path.join(self.home, "rc")
        with open(self.rc, "w") as file:
            file.write(f"poll {SOUTH} service {world.port('imap' if protocol == 'IMAP' else 'pop3')} protocol {protocol}{' uidl' if protocol == 'POP3' else ''}\n"
                       f"user carol password lewis {words}\n"
                       f"sslcertfile {world.state}/tls/authority.pem sslcommonname mx.south.example\n"
                       f"smtphost {NORTH}/{world.port('smtp')} smtpname bob@north.example\n")
        os.chmod(self.rc, 0o600)
        self.env = {**os.environ, "FETCHMAILHOME": self.home, "HOME": self.home, "LC_ALL": "C"}

    def run(self, *more):
        return subprocess.run(["fetchmail", "-f", self.rc, "-v", *more], capture_output=True, text=True, timeout=2 * PATIENCE_S, env=self.env)


def fetchmail(world, tap):
    if not tap.need("fetchmail", "fetchmail"):
        return
    put(world, "one", "two")
    program = Fetchmail(world, "POP3", "keep sslproto ''")
    got = program.run()
    tap.check(got.returncode == 0 and subjects(came(world)) == ["one", "two"], "fetchmail, POP3: picks up and hands on", (got.stdout + got.stderr)[-1500:])
    tap.check(all(m.endswith(text(s).partition(b"\r\n\r\n")[2]) for s, m in zip(("one", "two"), came(world))), "octet for octet", came(world))
    got = program.run()
    tap.check(got.returncode == 1 and len(came(world)) == 2, "the second time, by UIDL, there is nothing new", (got.stdout + got.stderr)[-1500:])
    put(world, "three")
    got = program.run()
    tap.check(got.returncode == 0 and subjects(came(world)) == ["one", "two", "three"], "but the one that is new", (got.stdout + got.stderr)[-1500:])
    tap.check(sorted(left(world)) == ["one", "three", "two"], "and all stay on the server", left(world))
    got = Fetchmail(world, "POP3", "fetchall nokeep sslproto 'auto' sslcertck").run()
    tap.check(got.returncode == 0 and left(world) == {} and len(came(world)) == 6, "without keep, over STLS: nothing stays", (got.stdout + got.stderr)[-1500:])

    put(world, "four", "five")
    program = Fetchmail(world, "IMAP", "keep sslproto ''")
    got = program.run()
    tap.check(got.returncode == 0 and subjects(came(world))[6:] == ["four", "five"], "fetchmail, IMAP: picks up and hands on", (got.stdout + got.stderr)[-1500:])
    tap.check(left(world) == {"four": (rb"\Seen",), "five": (rb"\Seen",)}, "what it has picked up is \\Seen", left(world))
    got = program.run()
    tap.check(got.returncode == 1 and len(came(world)) == 8, "the second time there is nothing new", (got.stdout + got.stderr)[-1500:])
    got = Fetchmail(world, "IMAP", "fetchall nokeep sslproto 'auto' sslcertck").run()
    tap.check(got.returncode == 0 and left(world) == {} and len(came(world)) == 10, "without keep, over STARTTLS: nothing stays", (got.stdout + got.stderr)[-1500:])


def fetchmail_idle(world, tap):
    if not tap.need("fetchmail", "fetchmail that waits"):
        return
    program = Fetchmail(world, "IMAP", "idle sslproto ''")
    before = len(came(world))
    waiting = subprocess.Popen(["fetchmail", "-f", program.rc, "-v", "--nodetach"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=program.env)
    try:
        tap.check(wait_for(lambda: "IDLE" in world.journal()), "fetchmail waits by IDLE")
        put(world, "six")
        # It would look by itself only after 28 minutes.
        tap.check(wait_for(lambda: len(came(world)) > before), "and has the next message at once")
        tap.check(wait_for(lambda: left(world) == {}), "which then does not stay on the server")
    finally:
        waiting.send_signal(signal.SIGTERM)
        waiting.communicate(timeout=PATIENCE_S)


# ---- curl ----

def curl(world, *arguments):
    return subprocess.run(["curl", "-sS", "--user", "carol:lewis", *arguments], capture_output=True, timeout=2 * PATIENCE_S)


def curl_pop3(world, tap):
    if not tap.need("curl", "curl, POP3"):
        return
    put(world, "seven", "eight")
    for scheme in ("pop3", "pop3s"):
        url = f"{scheme}://{SOUTH}:{world.port(scheme)}/"
        trust = ("--cacert", os.path.join(world.state, "tls", "authority.pem")) if scheme == "pop3s" else ()
        got = curl(world, *trust, url)
        tap.check([line.split()[0] for line in got.stdout.splitlines()] == [b"1", b"2"], f"curl, {scheme}: LIST", got)
        got = curl(world, *trust, url + "2")
        tap.check(got.stdout == text("eight"), f"curl, {scheme}: RETR, octet for octet", got)
        got = curl(world, *trust, "-X", "UIDL", url)
        tap.check(len(set(line.split()[1] for line in got.stdout.splitlines())) == 2, f"curl, {scheme}: UIDL", got)
        got = curl(world, *trust, "-X", "TOP 1 1", url)
        tap.check(got.stdout.endswith(b"\r\n\r\nText of seven.\r\n"), f"curl, {scheme}: TOP", got)
        got = curl(world, *trust, "-X", "NOOP", "-I", url)
        tap.check(got.returncode == 0, f"curl, {scheme}: NOOP", got)
    url = f"pop3://{SOUTH}:{world.port('pop3')}/"
    for method in ("AUTH=PLAIN", "AUTH=LOGIN", "AUTH=SCRAM-SHA-256"):
        got = curl(world, "--login-options", method, url)
        if method.endswith("256") and got.returncode == 67:
            tap.skip(f"curl, {method}", "this curl was built without it")
            continue
        tap.check(got.returncode == 0, f"curl, {method}", got)
    got = curl(world, url + "9")
    tap.check(got.returncode != 0 and got.stdout == b"", "curl is told that there is no such message", got)
    got = curl(world, "-X", "DELE 1", "-I", url)
    tap.check(got.returncode == 0 and list(left(world)) == ["eight"], "curl, DELE: and QUIT removes it", (got, left(world)))


def curl_imap(world, tap):
    if not tap.need("curl", "curl, IMAP"):
        return
    for scheme in ("imap", "imaps"):
        url = f"{scheme}://{SOUTH}:{world.port(scheme)}/"
        trust = ("--cacert", os.path.join(world.state, "tls", "authority.pem")) if scheme == "imaps" else ()
        folder = "By-" + scheme
        got = curl(world, *trust, "-X", "CREATE " + folder, url)
        tap.check(got.returncode == 0 and folder.encode() in curl(world, *trust, url).stdout, f"curl, {scheme}: CREATE, LIST", got)
        mail = os.path.join(world.folder, "curl.eml")
        for name in ("nine", "ten"):
            with open(mail, "wb") as file:
                file.write(text(name))
            got = curl(world, *trust, "-T", mail, url + folder)
            tap.check(got.returncode == 0, f"curl, {scheme}: APPEND", got)
        got = curl(world, *trust, f"{url}{folder}?SUBJECT%20ten")
        tap.check(got.stdout == b"* SEARCH 2\r\n", f"curl, {scheme}: SEARCH", got)
        got = curl(world, *trust, f"{url}{folder};UID=1")
        tap.check(got.stdout == text("nine"), f"curl, {scheme}: a message by its UID, octet for octet", got)
        got = curl(world, *trust, f"{url}{folder};MAILINDEX=2;SECTION=TEXT")
        tap.check(got.stdout == text("ten").partition(b"\r\n\r\n")[2], f"curl, {scheme}: a section by its number", got)
        got = curl(world, *trust, "-X", "STORE 1 +FLAGS \\Deleted", url + folder)
        tap.check(b"\\Deleted" in got.stdout, f"curl, {scheme}: STORE", got)
        got = curl(world, *trust, "-X", "EXPUNGE", url + folder)
        tap.check(b"* 1 EXPUNGE" in got.stdout, f"curl, {scheme}: EXPUNGE", got)
        got = curl(world, *trust, "-X", f"STATUS {folder} (MESSAGES UIDNEXT)", url)
        tap.check(b"(MESSAGES 1 UIDNEXT 3)" in got.stdout, f"curl, {scheme}: STATUS", got)
    got = curl(world, f"imap://{SOUTH}:{world.port('imap')}/Nowhere;UID=1")
    tap.check(got.returncode != 0, "curl is told that there is no such mailbox", got)


tap = Tap()
with World() as world:
    for part in (fetchmail, fetchmail_idle, curl_pop3, curl_imap):
        try:
            part(world, tap)
        except Exception as error:
            tap.check(False, part.__name__, repr(error))
    tap.check(world.stop() == 0 and world.errors() == "", "the server ends cleanly", world.errors())
tap.done()
