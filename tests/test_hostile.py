"""Next hosts and name servers that cut, lie, stall and flood: how each message ends, and that the server lives on.

One message a vice (tests/hostile_host.py, tests/hostile_dns.py), all at the same time. It was taken with a 250, so it
is delivered, or returned to alice with the reason, or still in the queue with the next attempt's time: never lost.
"""

import os
import poplib
import re
import smtplib
import sqlite3
import time

import hostile_dns
import hostile_host
from hostile_host import DONE, EITHER, FAILED, WAITS
from served import NORTH, PATIENCE_S, SANITIZED, SOUTH, Tap, World, wait_for

RETRY_S = 3600
PEER_TIMEOUT_S = 8  # an honest host that is slow, as others keep the machine busy, is not to be taken for a mute one
GROWTH_MB = 400 if SANITIZED else 20  # what all the vices together may cost


def memory_mb(world):
    with open(f"/proc/{world.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def ends(world):
    """Of each recipient: state, last words, tries, next attempt."""
    database = sqlite3.connect(f"file:{world.state}/mx.north.example.db?mode=ro", uri=True, timeout=PATIENCE_S)
    rows = database.execute("SELECT recipient, state, coalesce(last, ''), tries, next_attempt FROM recipients").fetchall()
    database.close()
    return {row[0]: row[1:] for row in rows}


def reports(world):
    """What lies in alice's mailbox, all of it."""
    box = poplib.POP3(NORTH, world.port("pop3"), timeout=PATIENCE_S)
    box.user("alice")
    box.pass_("wonderland")
    text = b"\n".join(b"\n".join(box.retr(i + 1)[1]) for i in range(len(box.list()[1])))
    box.quit()
    return text


def send_all(world, recipients):
    with smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S) as smtp:
        smtp.login("alice", "wonderland")
        for recipient in recipients:
            smtp.sendmail("alice@north.example", [recipient], f"Subject: to {recipient}\r\n\r\n" + "text\r\n" * 20)


def check_end(tap, name, recipient, found, wanted, words, told):
    state, last, tries, due = found.get(recipient, ("lost", "", 0, 0))
    detail = f"{recipient}: {state}, {tries} tries, next in {due - time.time():.0f} s: {last[:200]!r}"
    good = state in ((WAITS, FAILED, DONE) if wanted is EITHER else (wanted,))
    if state == WAITS:
        good = good and tries >= 1 and due > time.time() + RETRY_S / 2 and re.search(words, last)
    if state == FAILED:
        good = good and recipient.encode() in told and re.search(words, last)
    if state == DONE:
        good = good and recipient.encode() not in told
    how = {WAITS: "waits for its next attempt", FAILED: "is returned", DONE: "is delivered", EITHER: "is not lost"}[wanted]
    tap.check(good, f"{name}: the message {how}", detail)


def is_settled(world, recipients):
    found = ends(world)
    states = [found.get(recipient, ("lost", "", 0, 0)) for recipient in recipients]
    return all(state in (DONE, FAILED) or (state == WAITS and tries >= 1) for state, _, tries, _ in states)


def play(tap, world, hosts, dns, honest, recipients):
    send_all(world, ["carol@south.example"])
    before, began = memory_mb(world), time.monotonic()
    send_all(world, recipients)
    settled = wait_for(lambda: is_settled(world, recipients), 2 * PATIENCE_S)
    took, grown = time.monotonic() - began, memory_mb(world) - before
    found, told = ends(world), reports(world)
    for name, _, wanted, words in hostile_host.VICES:
        check_end(tap, name, f"victim@{name}.host.example", found, wanted, words, told)
    for name, (_, wanted, words) in hostile_dns.VICES.items():
        check_end(tap, "dns " + name, f"victim@{name}.dns.example", found, wanted, words, told)
    tap.check(settled, "each has come to its end in time", f"{took:.1f} s")
    tap.check(grown < GROWTH_MB, "and memory is bounded", f"{grown:.0f} MB more")
    print(f"# {len(recipients)} messages in {took:.1f} s, {grown:.1f} MB more")
    check_after(tap, world, hosts, dns, honest)


def check_after(tap, world, hosts, dns, honest):
    send_all(world, ["dave@south.example"])
    arrived = wait_for(lambda: ends(world).get("dave@south.example", ("",))[0] == DONE)
    tap.check(arrived and world.process.poll() is None, "the server lives on, and delivers", world.errors())
    tap.check(("mx.south.example", hostile_dns.A) in dns.asked, "what a liar added beside its answer was not believed", dns.asked[-5:])
    tap.check(hosts["mute-quit"].taken == 1 and honest.taken == 2, "what is delivered is delivered once", honest.taken)
    for what, numbers in zip(("ids", "source ports"), zip(*dns.senders)):
        steps = [after - before for before, after in zip(numbers, numbers[1:])]
        tap.check(len(set(numbers)) > 0.9 * len(numbers) and len(set(steps)) > 0.8 * len(steps),
                  f"RFC 5452 §9.2: nobody can guess the {what} of our questions from those before", numbers)
    flooded = {name: hosts[name].flooded for name in ("endless-line", "endless-lines", "ten-megabytes")}
    tap.check(all(0 < octets < 10 * 2**20 for octets in flooded.values()), "an endless reply is not listened to for long", flooded)
    text, listed = world.journal(), world.run("queue", world.ini, "list")
    tap.check("\x1b" not in text and "\x1b" not in listed.stdout and "owned" in text,
              "escapes of a peer are told, and never as they came", listed.stdout[-300:] + listed.stderr)


tap = Tap()
hosts = {vice[0]: hostile_host.Host(vice[1], number) for number, vice in enumerate(hostile_host.VICES, 1)}
dns = hostile_dns.Dns("127.0.0.54")
routes = ";".join(f"{name}.host.example: {host.address}:{host.port}" for name, host in hosts.items())
keys = {"routes": routes, "peer-timeout": f"{PEER_TIMEOUT_S}s", "retry": f"{RETRY_S}s", "verify-domain": "off"}
with World({"world": {"resolver": f"{dns.address}:{dns.port}"}, "host mx.north.example": keys}) as world:
    # Where DNS leads to in the end: a mail host's port is the world's.
    honest = hostile_host.Host(hostile_host.Peer.talk, 251, world.port("smtp"))
    play(tap, world, hosts, dns, honest, [f"victim@{name}.host.example" for name in hosts]
         + [f"victim@{name}.dns.example" for name in hostile_dns.VICES])
tap.done()
