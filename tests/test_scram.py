"""SCRAM-SHA-256 to its end over SMTP: an exchange written from RFC 5802 and RFC 7677, and mutt by its SASL library."""

import base64
import glob
import os
import smtplib
import subprocess

from scram import Scram, b64
from served import NORTH, PATIENCE_S, Tap, World, wait_for


def connect(world, source="127.0.0.1"):
    client = smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S, source_address=(source, 0))
    client.ehlo("laptop.north.example")
    return client


def attempt(client, scram, **wrong):
    """The codes of the replies, and the last text."""
    code, challenge = client.docmd("AUTH", "SCRAM-SHA-256 " + scram.first())
    codes = [code]
    if code == 334:
        code, text = client.docmd(scram.final(challenge.decode(), **wrong))
        codes.append(code)
        if code == 334:
            scram.answer = base64.b64decode(text)
            code, text = client.docmd("")
            codes.append(code)
    return codes


def right(world, tap):
    client, scram = connect(world), Scram()
    codes = attempt(client, scram)
    tap.check(codes == [334, 334, 235], "RFC 7677 §3: the right password logs in", codes)
    tap.check(scram.answer == b"v=" + b64(scram.signature).encode(),
              "RFC 5802 §3: the server proves that it knows the verifier, too", scram.answer)
    tap.check(scram.rounds >= 4096, "RFC 7677 §4: at least 4096 rounds", scram.rounds)
    refused = client.sendmail("alice@north.example", ["bob@north.example"], "Subject: by SCRAM\r\n\r\nx\r\n")
    tap.check(refused == {}, "and a message can be sent")
    client.quit()
    secret = world.journal()
    tap.check(scram.first() not in secret and scram.nonce not in secret, "the journal has nothing of the exchange")


def wrong(world, tap):
    """Each from an address of its own: at one, each wrong one waits twice as long as the one before."""
    cases = [("a wrong password is refused", Scram(password="x"), {}, (535,)),
             ("an unknown user is refused in the same way, with a salt of their own", Scram(user="nobody"), {}, (535,)),
             ("another nonce is refused", Scram(), {"nonce": "another"}, (501, 535)),
             ("a proof that is too short is refused", Scram(), {"proof": b"short"}, (501, 535))]
    for number, (name, scram, how, codes) in enumerate(cases):
        client = connect(world, f"127.0.1.{number + 1}")
        found = attempt(client, scram, **how)
        tap.check(found[0] == 334 and len(found) == 2 and found[1] in codes, name, found)
        tap.check(attempt(client, Scram()) == [334, 334, 235], "and then the right one is taken")
        client.close()


def same_salt(world, tap):
    """Who asks twice must not learn from the salt whether a user exists."""
    salts = []
    for user in ("nobody", "nobody", "alice", "alice"):
        client = connect(world)
        _, challenge = client.docmd("AUTH", "SCRAM-SHA-256 " + Scram(user=user).first())
        salts.append(base64.b64decode(challenge).decode().split(",s=")[1])
        client.close()
    tap.check(salts[0] == salts[1] and salts[2] == salts[3] and salts[0] != salts[2],
              "an unknown user's salt is the same each time, as a known one's is", salts)


def mutt(world, tap):
    name = "mutt logs in by SCRAM-SHA-256 of its SASL library"
    if not tap.need("mutt", name):
        return
    if not glob.glob("/usr/lib*/sasl2/libscram*") + glob.glob("/usr/lib*/*/sasl2/libscram*"):
        tap.skip(name, "the SASL library has no SCRAM module")
        return
    settings = os.path.join(world.folder, "muttrc")
    with open(settings, "w") as file:
        file.write('set from="alice@north.example"\nset use_from=yes\nset use_envelope_from=yes\nset realname="Alice"\n'
                   f'set smtp_url="smtp://alice@{NORTH}:{world.port("submission")}/"\nset smtp_pass="wonderland"\n'
                   'set smtp_authenticators="scram-sha-256"\nset ssl_starttls=no\nset ssl_force_tls=no\nset copy=no\n'
                   f'set folder="{world.folder}"\nset record=""\nset hostname="laptop.north.example"\n')
    sent = subprocess.run(["mutt", "-n", "-F", settings, "-s", "by mutt", "bob@north.example"], input="Hello\n",
                          capture_output=True, text=True, timeout=PATIENCE_S, env={**os.environ, "HOME": world.folder, "TERM": "dumb"})
    there = wait_for(lambda: [line for line in world.journal().splitlines() if "Subject: by mutt" in line])
    tap.check(sent.returncode == 0 and there, name, sent.stderr)


tap = Tap()
with World() as world:
    for part in (right, wrong, same_salt, mutt):
        try:
            part(world, tap)
        except Exception as error:
            tap.check(False, part.__name__, repr(error))
tap.done()
