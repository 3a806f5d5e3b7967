"""Each kind of report (RFC 3464), made by a running world, and read by Python's email library."""

import email
import imaplib
import smtplib
import socketserver
import threading

from served import NORTH, PATIENCE_S, Tap, World, dead_port, wait_for

OLD = "127.0.0.9"
TEXT = "From: <alice@north.example>\r\nTo: <x@old.example>\r\nSubject: Gr\u00fc\u00dfe\r\n\r\nThe text.\r\n"


class OldHost(socketserver.StreamRequestHandler):
    """A host that knows no extension: neither EHLO nor, therefore, DSN."""

    def handle(self):
        def say(line):
            self.wfile.write(line.encode() + b"\r\n")

        say("220 old.example")
        data = False
        for line in self.rfile:
            verb = line.strip().upper()
            if data:
                data = verb != b"."
                if not data:
                    say("250 OK, whatever that means")
            elif verb.startswith(b"EHLO"):
                say("502 what?")
            elif verb == b"DATA":
                data = True
                say("354 go on")
            else:
                say("221 bye" if verb == b"QUIT" else "250 ok")


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def send(world, recipients, mail=(), rcpt=(), text=TEXT):
    with smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S) as client:
        client.login("alice", "wonderland")
        client.ehlo()
        code, words = client.mail("alice@north.example", [*mail, "BODY=8BITMIME"])
        assert code == 250, words
        for recipient in recipients:
            code, words = client.rcpt(recipient, rcpt)
            assert code == 250, words
        code, words = client.data(text.encode())
        assert code == 250, words


def reports(world):
    """All messages in alice's mailbox."""
    with imaplib.IMAP4(NORTH, world.port("imap"), timeout=PATIENCE_S) as client:
        client.login("alice", "wonderland")
        client.select("INBOX")
        numbers = client.search(None, "ALL")[1][0].split()
        # Between the answers there may be other words of the server; what has a body is a pair.
        answers = [client.fetch(number, "(BODY.PEEK[])")[1] for number in numbers]
        return [email.message_from_bytes(next(part[1] for part in answer if isinstance(part, tuple))) for answer in answers]


def next_report(world, before):
    found = wait_for(lambda: reports(world)[before:])
    return found[0] if found else None


def check_form(tap, kind, report):
    """What all reports have in common."""
    parts = report.get_payload() if report.is_multipart() else []
    tap.check(report.get_content_type() == "multipart/report" and report.get_param("report-type") == "delivery-status"
              and len(parts) == 3 and not report.defects and not any(part.defects for part in parts)
              and parts[0].get_content_type() == "text/plain" and parts[1].get_content_type() == "message/delivery-status",
              f"{kind}: three parts that Python reads without a complaint", report)
    tap.check(report["Return-Path"] == "<>" and report["Auto-Submitted"] == "auto-replied" and report["To"] == "<alice@north.example>",
              f"{kind}: from <>, auto-replied, to the sender", report.as_string()[:600])
    status = parts[1].get_payload()
    tap.check(status[0]["Reporting-MTA"] == "dns; mx.north.example" and status[0]["Arrival-Date"], f"{kind}: who reports", status[0])
    return status, parts[2]


def check(tap, kind, report, action, code, **fields):
    if report is None:
        tap.check(False, f"{kind}: a report comes")
        return None
    status, original = check_form(tap, kind, report)
    one = status[1]
    wanted = {"Action": action, "Status": code, **{name.replace("_", "-"): value for name, value in fields.items()}}
    tap.check(all(one[name] == value for name, value in wanted.items()), f"{kind}: what became of the recipient", one)
    return status, original


with Threads((OLD, 0), OldHost) as old:
    threading.Thread(target=old.serve_forever, daemon=True).start()
    dead = dead_port(OLD)
    changes = {"host mx.north.example": {
        "routes": f"old.example: {OLD}:{old.server_address[1]};dead.example: {OLD}:{dead.getsockname()[1]}", "retry": "1s", "warn-after": "1s"}}
    tap = Tap()
    with World(changes) as world:
        send(world, ["zoe@south.example", "yan@south.example"], ["RET=FULL", "ENVID=QQ+2B314159"],
             ["NOTIFY=FAILURE", "ORCPT=rfc822;Zoe+2Bx@south.example"])
        found = check(tap, "failed", next_report(world, 0), "failed", "5.1.1", Original_Recipient="rfc822;Zoe+x@south.example",
                      Final_Recipient="rfc822; zoe@south.example", Remote_MTA="dns; mx.south.example")
        if found:
            status, original = found
            tap.check(status[0]["Original-Envelope-Id"] == "QQ+314159", "failed: the sender's own name for the message", status[0])
            tap.check(len(status) == 3 and status[2]["Final-Recipient"] == "rfc822; yan@south.example", "failed: both recipients in one report")
            tap.check(status[1]["Diagnostic-Code"].startswith("smtp; 550 5.1.1 ") and status[1]["Last-Attempt-Date"],
                      "failed: the remote host's own words", status[1])
            tap.check(original.get_content_type() == "message/rfc822"
                      and original.get_payload()[0].get_payload(decode=True) == b"The text.\r\n"
                      and original["Content-Transfer-Encoding"] == "8bit", "failed: RET=FULL brings all of it back", original)

        send(world, ["x@old.example"], ["RET=FULL"], ["NOTIFY=SUCCESS"], TEXT.replace("\u00fc\u00df", "u"))
        found = check(tap, "relayed", next_report(world, 1), "relayed", "2.0.0", Remote_MTA="dns; [127.0.0.9]",
                      Final_Recipient="rfc822; x@old.example", Original_Recipient=None)
        if found:
            tap.check("Original-Envelope-Id" not in found[0][0], "relayed: no name that nobody gave", found[0][0])
            tap.check(found[1].get_content_type() == "text/rfc822-headers" and "The text." not in found[1].as_string(),
                      "relayed: of a success only the header comes back", found[1])

        send(world, ["bob@north.example"], [], ["NOTIFY=SUCCESS"])
        check(tap, "delivered", next_report(world, 2), "delivered", "2.1.5", Final_Recipient="rfc822; bob@north.example", Remote_MTA=None)

        send(world, ["sales@north.example"], [], ["NOTIFY=SUCCESS"])
        # sales is alice and bob: the message itself lies there, too.
        both = wait_for(lambda: len(reports(world)) >= 5 and reports(world)[3:])
        check(tap, "expanded", next((one for one in both or [] if one.is_multipart()), None), "expanded", "2.1.5",
              Final_Recipient="rfc822; sales@north.example")

        send(world, ["x@dead.example"], [], ["NOTIFY=DELAY"])
        found = check(tap, "delayed", next_report(world, 5), "delayed", "4.4.1", Final_Recipient="rfc822; x@dead.example", Remote_MTA=None)
        if found:
            tap.check(found[0][1]["Will-Retry-Until"], "delayed: until when we go on trying", found[0][1])

        send(world, ["zoe@south.example", "bob@north.example"], [], ["NOTIFY=NEVER"])
        send(world, ["zoe@south.example"], [], ["NOTIFY=FAILURE"])
        last = wait_for(lambda: len(reports(world)) > 6 and reports(world))
        tap.check(len(last or []) == 7, "NOTIFY=NEVER: no report, of success or of failure", len(last or []))
    old.shutdown()
    tap.done()
