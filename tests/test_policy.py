"""The filter and the archive of a running world, by hand: hold and release, list, show, search, and what a mistake says."""

import imaplib
import os
import smtplib

from served import PATIENCE_S, SOUTH, Tap, World, wait_for

RULES = """\
if header Subject contains "money" then hold
if header Subject contains "contract" then archive
"""


def world_with(rules, keys=None, world_keys=None):
    world = World({"world": world_keys or {}, "host mx.south.example": {"filter": "rules.filter", **(keys or {})}})
    with open(os.path.join(world.folder, "rules.filter"), "w") as file:
        file.write(rules)
    return world


def send(world, subject):
    with smtplib.SMTP(SOUTH, world.port("smtp"), local_hostname="client.east.example", timeout=PATIENCE_S) as smtp:
        smtp.sendmail("erin@east.example", ["carol@south.example"], f"Subject: {subject}\r\n\r\nx\r\n")


def inbox(world):
    """How many messages lie in carol's INBOX."""
    box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
    box.login("carol", "lewis")
    count = int(box.select("INBOX", readonly=True)[1][0])
    box.logout()
    return count


def rows(world, *words):
    return world.run(*words[:1], world.ini, *words[1:]).stdout


def hold_and_release(tap):
    with world_with(RULES) as world:
        send(world, "money")
        listed = rows(world, "queue", "list")
        tap.check("mx.south.example:1  held  <erin@east.example> to <carol@south.example>" in listed,
                  "a held message stands in the queue, though it is for a user of ours", listed)
        tap.check(inbox(world) == 0, "and lies in no mailbox")
        got = world.run("queue", world.ini, "release", "mx.south.example:1")
        tap.check(got.returncode == 0, "glasspost queue release", got)
        tap.check(wait_for(lambda: inbox(world) == 1), "brings it there", world.journal()[-2000:])
        tap.check(wait_for(lambda: "empty" in rows(world, "queue", "list")), "and the queue is empty")


def archive(tap):
    with world_with(RULES) as world:
        send(world, "the contract of today")
        listed = rows(world, "archive", "list")
        tap.check("<erin@east.example> to carol@south.example  the contract of today" in listed,
                  "the archive says who, when and what", listed)
        for text, found in (("ERIN@", True), ("of today", True), (listed.split("  ")[1][:16], True), ("nobody", False)):
            tap.check(("mx.south.example:1" in rows(world, "archive", "search", text)) == found,
                      f"archive search {'finds' if found else 'does not find'} '{'a time' if text[:2] == '20' else text}'")
        shown = rows(world, "archive", "show", "mx.south.example:1")
        tap.check("\nSubject: the contract of today\n" in shown, "archive show prints the message", shown)
        got = world.run("archive", world.ini, "show", "mx.south.example:7")
        tap.check(got.returncode != 0 and "no archive row 7" in got.stderr, "one that is not there is named", got)


def retention(tap):
    with world_with(RULES, {"archive-keep": "30d"}, {"clock": "warp"}) as world:
        send(world, "the contract of today")
        tap.check(wait_for(lambda: "No copy" in rows(world, "archive", "list")), "a copy goes after archive-keep")
        tap.check(wait_for(lambda: '"outcome":"expired"' in world.journal()), "which is told")
        tap.check(inbox(world) == 1, "the user's own copy stays")


def mistakes(tap):
    for rules, words in (("if sender is \"a\" then junc\n", ("rules.filter:1:23: ", "did you mean junk?")),
                         ("\nif sender in \"no.list\" then junk\n", ("rules.filter:2:14: ", "no.list"))):
        world = world_with(rules)
        got = world.run("serve", world.ini)
        tap.check(got.returncode != 0 and all(word in got.stderr for word in words), f"a mistake is named: {words[0]}", got)
        world.__exit__()
    with world_with(RULES) as world:
        with open(os.path.join(world.folder, "rules.filter"), "w") as file:
            file.write("if nothing then junk\n")
        got = world.ctl("reload")
        tap.check("rules.filter:1:4: " in got.stdout + got.stderr, "reload says the same, and keeps the old rules", got)
        send(world, "money")
        tap.check("held" in rows(world, "queue", "list"), "which still hold")


tap = Tap()
hold_and_release(tap)
archive(tap)
retention(tap)
mistakes(tap)
tap.done()
