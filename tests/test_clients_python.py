"""Python's poplib and imaplib, every call of theirs that a server has to do with.

What we do not offer must be refused in words that the library understands, and the session must live on.
"""

import imaplib
import poplib
import re
import ssl
import sys

from served import PATIENCE_S, SOUTH, Tap, World

TEXT = "From: Alice <alice@north.example>\r\nSubject: {}\r\nMessage-ID: <{}@north.example>\r\n\r\nText of {}.\r\n.\r\n..dots\r\nlast line\r\n"
WHEN = '"05-Jan-2026 09:00:00 +0000"'


def text(name):
    return TEXT.format(name, name, name).encode()


def refused(call, *arguments):
    """The words of the refusal; None: it was not refused."""
    try:
        answer = call(*arguments)
    except (poplib.error_proto, imaplib.IMAP4.error) as error:
        return str(error)
    return str(answer) if answer[0] in ("NO", "BAD") else None


def imap(world):
    box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
    box.login("carol", "lewis")
    return box


def pop3(world, tap):
    box = imap(world)
    for name in ("one", "two", "three"):
        box.append("INBOX", None, WHEN, text(name))
    box.logout()
    pop = poplib.POP3(SOUTH, world.port("pop3"), timeout=PATIENCE_S)
    tap.check(b"+OK" in pop.getwelcome() and b"<" not in pop.getwelcome(), "getwelcome: no APOP challenge", pop.getwelcome())
    capabilities = pop.capa()
    tap.check({"TOP", "UIDL", "SASL", "STLS", "RESP-CODES", "PIPELINING", "EXPIRE", "IMPLEMENTATION"} <= set(capabilities), "capa", capabilities)
    tap.check("APOP" in (refused(pop.apop, "carol", "lewis") or ""), "apop: the library sees that there is none")
    tap.check("-ERR" in (refused(pop.rpop, "carol") or ""), "rpop is refused")
    tap.check("-ERR" in (refused(pop.utf8) or ""), "utf8 is refused: CAPA does not offer it")
    tap.check("-ERR" in (refused(pop.stat) or ""), "stat is refused before login")
    pop.stls(context=ssl._create_unverified_context())
    tap.check("STLS" not in pop.capa() and pop.user("carol").startswith(b"+OK"), "stls, and USER behind it")
    tap.check("[AUTH]" in (refused(pop.pass_, "wrong") or ""), "pass_: a wrong one says [AUTH]")
    pop.user("carol")
    tap.check(pop.pass_("lewis").startswith(b"+OK"), "pass_")
    octets = [len(text(name)) for name in ("one", "two", "three")]
    tap.check(pop.stat() == (3, sum(octets)), "stat", pop.stat())
    tap.check(pop.list()[1] == [f"{i + 1} {n}".encode() for i, n in enumerate(octets)], "list", pop.list())
    tap.check(pop.list(2) == f"+OK 2 {octets[1]}".encode(), "list(2)", pop.list(2))
    names = pop.uidl()[1]
    tap.check(len(set(line.split()[1] for line in names)) == 3 and pop.uidl(3).split()[1:] == names[2].split(), "uidl, uidl(3)", names)
    got = pop.retr(1)
    tap.check(b"\r\n".join(got[1]) + b"\r\n" == text("one"), "retr: octet for octet", got)
    head = text("two").partition(b"\r\n\r\n")[0]
    tap.check(b"\r\n".join(pop.top(2, 0)[1]) == head + b"\r\n", "top(2, 0)", pop.top(2, 0))
    tap.check(pop.top(2, 2)[1][-2:] == [b"Text of two.", b"."], "top(2, 2)", pop.top(2, 2))
    tap.check(pop.noop().startswith(b"+OK"), "noop")
    pop.dele(1)
    tap.check("-ERR" in (refused(pop.retr, 1) or "") and pop.stat()[0] == 2, "dele")
    tap.check(pop.rset().startswith(b"+OK") and pop.stat()[0] == 3, "rset")
    pop.dele(2)
    tap.check(pop.quit().startswith(b"+OK"), "quit")
    pop = poplib.POP3_SSL(SOUTH, world.port("pop3s"), timeout=PATIENCE_S, context=ssl._create_unverified_context())
    pop.user("carol")
    pop.pass_("lewis")
    tap.check([line.split()[1] for line in pop.uidl()[1]] == [line.split()[1] for line in (names[0], names[2])],
              "POP3_SSL: the two that are left have kept their names", pop.uidl())
    pop.close()


def imap_mailboxes(world, tap):
    box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
    tap.check("IMAP4REV1" in box.capabilities and box.capability()[0] == "OK", "capability", box.capabilities)
    tap.check(refused(box.login_cram_md5, "carol", "lewis") is not None, "login_cram_md5 is refused")
    tap.check(box.authenticate("PLAIN", lambda _: b"\0carol\0lewis")[0] == "OK", "authenticate")
    tap.check(box.namespace()[1][0].upper().startswith(b'(("" "/'), "namespace", box.namespace())
    tap.check(box.create("Work/2026")[0] == "OK" and box.create('"with space"')[0] == "OK", "create")
    listed = b"\n".join(box.list()[1])
    tap.check(b"Work/2026" in listed and b'"with space"' in listed and b"INBOX" in listed, "list", listed)
    tap.check(b"\n".join(box.list('""', "Work/%")[1]).count(b"Work/") == 1, "list with a pattern", box.list('""', "Work/%"))
    tap.check(box.subscribe("Work/2026")[0] == "OK" and b"Work/2026" in b"".join(box.lsub()[1]), "subscribe, lsub", box.lsub())
    tap.check(box.rename("Work/2026", "Work/2027")[0] == "OK" and b"Work/2027" in b"\n".join(box.list()[1]), "rename")
    tap.check(b"Work/2026" in b"".join(line or b"" for line in box.lsub()[1]), "a subscription outlives its mailbox", box.lsub())
    box.unsubscribe("Work/2026")
    tap.check(b"Work/2026" not in b"".join(line or b"" for line in box.lsub()[1]), "unsubscribe", box.lsub())
    tap.check(box.delete("Work/2027")[0] == "OK" and refused(box.select, "Work/2027") is not None, "delete")
    tap.check(box.delete("Work/2027")[0] == "NO" and box.delete("INBOX")[0] == "NO", "delete what is not there, or INBOX: NO")
    tap.check(box.create("INBOX")[0] == "NO" and box.rename("none", "other")[0] == "NO", "create INBOX, rename what is not there: NO")
    status = box.status('"with space"', "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT)")
    tap.check(status[0] == "OK" and b"MESSAGES 0" in status[1][0], "status", status)
    for call, arguments in ((box.getacl, ("INBOX",)), (box.setacl, ("INBOX", "bob", "lr")), (box.deleteacl, ("INBOX", "bob")), (box.myrights, ("INBOX",)),
                            (box.getannotation, ("INBOX", '"/comment"', '"value.priv"')), (box.proxyauth, ("bob",))):
        tap.check(refused(call, *arguments) is not None, f"{call.__name__} is refused: CAPABILITY does not offer it")
    tap.check((refused(box.getquotaroot, "INBOX") is None) == (b"QUOTA" in box.capability()[1][0].split()), "getquotaroot, as CAPABILITY says",
              box.capability())
    tap.check(box.xatom("NOOP")[0] == "OK" and box.noop()[0] == "OK", "xatom, noop")
    tap.check(box.logout()[0] == "BYE", "logout")


def imap_messages(world, tap):
    box = imap(world)
    box.create("Box")
    put = [box.append("Box", flags, WHEN, text(name)) for name, flags in (("a", None), ("b", r"(\Seen)"), ("c", r"(\Flagged $Later)"))]
    tap.check(all(typ == "OK" and b"APPENDUID" in data[0] for typ, data in put), "append", put)
    tap.check(box.select("Box") == ("OK", [b"3"]), "select")
    tap.check(re.fullmatch(rb"[1-9]\d*", box.response("UIDVALIDITY")[1][0]) and box.response("UIDNEXT")[1][0] == b"4", "response")
    got = box.fetch("1:2", "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
    bodies = [part[1] for part in got[1] if isinstance(part, tuple)]
    tap.check(bodies == [text("a"), text("b")] and imaplib.Internaldate2tuple(got[1][0][0]) is not None, "fetch: octet for octet", got)
    tap.check(imaplib.ParseFlags(box.fetch("3", "(FLAGS)")[1][0]) == (rb"\Flagged", rb"\Recent", b"$Later"), "flags and keywords", box.fetch("3", "(FLAGS)"))
    for item in ("ALL", "FAST", "FULL", "BODY", "BODYSTRUCTURE", "ENVELOPE", "RFC822.HEADER", "(BODY.PEEK[TEXT]<0.4>)",
                 "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])", "(BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT)])", "(BODY.PEEK[1])"):
        typ, data = box.fetch("1", item)
        tap.check(typ == "OK" and data[0] is not None, f"fetch {item}", data)
    tap.check(box.fetch("1", "(BODY.PEEK[TEXT]<0.4>)")[1][0][1] == b"Text", "a part of a part")
    tap.check(imaplib.ParseFlags(box.fetch("1", "(FLAGS)")[1][0]) == (rb"\Recent",), "PEEK leaves no \\Seen")
    box.fetch("1", "(RFC822)")
    tap.check(imaplib.ParseFlags(box.fetch("1", "(FLAGS)")[1][0]) == (rb"\Seen", rb"\Recent"), "RFC822 does")
    tap.check(refused(box.partial, "1", "RFC822", "1", "10") is not None, "partial is refused: it is IMAP2's")
    for criteria, wanted in (("ALL", "1 2 3"), ("SEEN", "1 2"), ("UNSEEN", "3"), ("NOT FLAGGED", "1 2"), ("KEYWORD $Later", "3"), ('SUBJECT "b"', "2"),
                             ('BODY "text of c"', "3"), ('OR SUBJECT "a" SUBJECT "c"', "1 3"), ("UID 2:*", "2 3"), ("LARGER 100000", ""), ("ON 5-Jan-2026", "1 2 3"),
                             ('HEADER Message-ID "b@"', "2"), ("(SEEN 2:3)", "2"), ("BEFORE 1-Jan-2026", "")):
        typ, data = box.search(None, criteria)
        tap.check(typ == "OK" and data[0].decode() == wanted, f"search {criteria}", data)
    tap.check(box.search("UTF-8", "TEXT", '"dots"')[1][0].split() == [b"1", b"2", b"3"], "search with a charset")
    tap.check(refused(box.search, "KLINGON", "ALL") is not None, "search in an unknown charset: NO")
    tap.check(refused(box.sort, "(SUBJECT)", "UTF-8", "ALL") is not None and refused(box.thread, "REFERENCES", "UTF-8", "ALL") is not None,
              "sort and thread are refused: CAPABILITY does not offer them")
    typ, data = box.store("1:2", "+FLAGS", r"(\Answered)")
    tap.check(typ == "OK" and len(data) == 2 and rb"\Answered" in data[0], "store +FLAGS", data)
    tap.check(box.store("1", "FLAGS.SILENT", r"(\Draft)") == ("OK", [None]) and rb"\Draft" in box.fetch("1", "(FLAGS)")[1][0], "store FLAGS.SILENT")
    tap.check(box.store("1", "-FLAGS", r"(\Draft)")[1][0].endswith(rb"(FLAGS (\Recent))"), "store -FLAGS")
    box.create("Other")
    typ, data = box.copy("1:2", "Other")
    tap.check(typ == "OK" and b"COPYUID" in data[0], "copy", data)
    tap.check(refused(box.copy, "1", "Nowhere") is not None, "copy to nowhere: NO")
    tap.check(box.uid("COPY", "3", "Other")[0] == "OK" and box.uid("SEARCH", None, "ALL")[1] == [b"1 2 3"], "uid")
    tap.check(box.uid("FETCH", "3", "(FLAGS)")[1][0].startswith(b"3 (") and b"UID 3" in box.uid("FETCH", "3", "(FLAGS)")[1][0], "uid FETCH names the UID")
    box.store("2", "+FLAGS", r"(\Deleted)")
    tap.check(box.expunge() == ("OK", [b"2"]), "expunge")
    tap.check(box.recent()[0] == "OK" and box.check()[0] == "OK", "recent, check")
    box.store("1", "+FLAGS", r"(\Deleted)")
    if sys.version_info >= (3, 9):
        tap.check(box.unselect()[0] == "OK" and box.select("Box") == ("OK", [b"2"]), "unselect expunges nothing")
    tap.check(box.close()[0] == "OK" and box.select("Box", readonly=True) == ("OK", [b"1"]), "close expunges")
    tap.check(refused(box.store, "1", "+FLAGS", r"(\Seen)") is not None, "a mailbox that is only looked at: no STORE")
    tap.check(box.enable("CONDSTORE")[0] == "OK" if "ENABLE" in box.capabilities else True, "enable")
    box.logout()


def tls(world, tap):
    box = imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S)
    tap.check(box.starttls(ssl_context=ssl._create_unverified_context())[0] == "OK" and box.login("carol", "lewis")[0] == "OK", "starttls, login")
    box.logout()
    box = imaplib.IMAP4_SSL(SOUTH, world.port("imaps"), timeout=PATIENCE_S, ssl_context=ssl._create_unverified_context())
    tap.check(box.login("carol", "lewis")[0] == "OK", "IMAP4_SSL")
    box.logout()
    with imaplib.IMAP4(SOUTH, world.port("imap"), timeout=PATIENCE_S) as box:
        tap.check(refused(box.authenticate, "PLAIN", lambda _: b"\0carol\0wrong") is not None, "authenticate: refused with a wrong password")


tap = Tap()
with World() as world:
    for part in (pop3, imap_mailboxes, imap_messages, tls):
        try:
            part(world, tap)
        except Exception as error:
            tap.check(False, part.__name__, repr(error))
    tap.check(world.stop() == 0 and world.errors() == "", "the server ends cleanly", world.errors())
tap.done()
