"""Real clients over TLS against the running demo world: curl, swaks, msmtp, openssl; each checks the certificate."""

import os
import subprocess

from served import NORTH, SOUTH, Tap, World, wait_for

MESSAGE = "From: Alice <alice@north.example>\r\nTo: Carol <carol@south.example>\r\nSubject: {}\r\n\r\nHello, sealed.\r\n.dot\r\n"
TO_CAROL = ("--from", "alice@north.example", "--to", "carol@south.example")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def authority(world):
    return os.path.join(world.state, "tls", "authority.pem")


def curl(world, tap):
    if not tap.need("curl", "curl"):
        return
    mail = os.path.join(world.folder, "curl.eml")
    with open(mail, "w", newline="") as file:
        file.write(MESSAGE.format("by curl"))
    trust = ("-sS", "--cacert", authority(world))
    for url in (f"smtp://{NORTH}:{world.port('submission')}", f"smtps://{NORTH}:{world.port('submissions')}"):
        got = run("curl", *trust, "--ssl-reqd", url, "--mail-from", "alice@north.example", "--mail-rcpt", "carol@south.example",
                  "--user", "alice:wonderland", "-T", mail)
        tap.check(got.returncode == 0, f"curl submits, {url.split(':')[0]}", got.stderr)
    for url in (f"pop3://{SOUTH}:{world.port('pop3')}/", f"pop3s://{SOUTH}:{world.port('pop3s')}/",
                f"imap://{SOUTH}:{world.port('imap')}/INBOX?ALL", f"imaps://{SOUTH}:{world.port('imaps')}/INBOX?ALL"):
        got = run("curl", *trust, "--ssl-reqd", url, "--user", "carol:lewis")
        tap.check(got.returncode == 0, f"curl reads, {url.split(':')[0]}", got.stderr)
    wait_for(lambda: "by curl" in run("curl", *trust, "--ssl-reqd", f"imap://{SOUTH}:{world.port('imap')}/INBOX;MAILINDEX=2",
                                      "--user", "carol:lewis").stdout)
    got = run("curl", *trust, "--ssl-reqd", f"pop3s://{SOUTH}:{world.port('pop3s')}/1", "--user", "carol:lewis")
    tap.check("Subject: by curl" in got.stdout and "\n.dot" in got.stdout, "and gets what it sent", got)
    got = run("curl", "-sS", "--ssl-reqd", f"smtp://{NORTH}:{world.port('submission')}", "--mail-from", "alice@north.example",
              "--mail-rcpt", "carol@south.example", "--user", "alice:wonderland", "-T", mail)
    tap.check(got.returncode == 60, "without the lab's authority curl does not trust us", (got.returncode, got.stderr))


def swaks(world, tap):
    if not tap.need("swaks", "swaks"):
        return
    if run("perl", "-MNet::SSLeay", "-e", "1").returncode != 0:
        tap.skip("swaks over TLS", "perl has no Net::SSLeay")
        return
    login = ("--auth-user", "alice", "--auth-password", "wonderland", "--tls-ca-path", authority(world), "--tls-verify", "--server", NORTH)
    for method in ("PLAIN", "LOGIN"):
        got = run("swaks", "--tls", "--auth", method, "--port", str(world.port("submission")), *login, *TO_CAROL)
        tap.check(got.returncode == 0 and "~> " in got.stdout, f"swaks submits by STARTTLS, AUTH {method}", got.stdout + got.stderr)
    got = run("swaks", "--tls-on-connect", "--auth", "PLAIN", "--port", str(world.port("submissions")), *login, *TO_CAROL)
    tap.check(got.returncode == 0, "swaks submits with TLS from the first octet", got.stdout + got.stderr)
    got = run("swaks", "--tls", "--server", SOUTH, "--port", str(world.port("smtp")), "--from", "a@far.example",
              "--to", "carol@south.example")
    tap.check(got.returncode == 0, "swaks delivers by STARTTLS on the SMTP port", got.stdout + got.stderr)


def msmtp(world, tap):
    if not tap.need("msmtp", "msmtp"):
        return
    for port, at_once, method in (("submission", "on", "scram-sha-256"), ("submission", "on", "plain"), ("submissions", "off", "login")):
        got = run("msmtp", "--file=/dev/null", f"--host={NORTH}", f"--port={world.port(port)}", "--tls=on", f"--tls-starttls={at_once}",
                  f"--tls-trust-file={authority(world)}", f"--auth={method}", "--user=alice", "--passwordeval=echo wonderland",
                  "--from=alice@north.example", "--domain=laptop.north.example", "carol@south.example",
                  input=MESSAGE.format("by msmtp").replace("\r\n", "\n"))
        if got.returncode != 0 and "not supported" in got.stderr + got.stdout:
            tap.skip(f"msmtp submits, {port}, {method}", "this msmtp was built without it")
            continue
        tap.check(got.returncode == 0, f"msmtp submits, {port}, {method}", got.stderr)


def openssl(world, tap):
    if not tap.need("openssl", "openssl"):
        return
    for host, service, words in ((NORTH, "smtp", "smtp"), (SOUTH, "pop3", "pop3"), (SOUTH, "imap", "imap")):
        got = run("openssl", "s_client", "-connect", f"{host}:{world.port(service)}", "-starttls", words, "-CAfile", authority(world),
                  "-verify_ip", host, "-verify_return_error", "-brief", input="")
        tap.check("Verification: OK" in got.stdout + got.stderr, f"openssl verifies the certificate after STARTTLS, {service}",
                  got.stdout + got.stderr)
    got = run("openssl", "s_client", "-connect", f"{NORTH}:{world.port('submissions')}", "-tls1_1", "-brief", input="")
    tap.check(got.returncode != 0, "TLS 1.1 is refused", got.stdout + got.stderr)


tap = Tap()
with World() as world:
    for part in (curl, swaks, msmtp, openssl):
        try:
            part(world, tap)
        except Exception as error:
            tap.check(False, part.__name__, repr(error))
    tap.check(world.stop() == 0 and world.errors() == "", "the server ends cleanly, with nothing to complain of", world.errors())
tap.done()
