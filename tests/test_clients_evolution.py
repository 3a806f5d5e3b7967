"""Evolution without its windows: Camel, the library that speaks IMAP and POP3 for it, driven from Python.

It needs gir1.2-camel-1.2, python3-gi and evolution-data-server (a hundred packages: not among those that `make test` asks for).
The library runs in a process of its own, so that its end is not ours.
"""

import imaplib
import json
import os
import subprocess
import sys

from served import SOUTH, Tap, World

TEXT = "From: Ann <ann@far.example>\r\nTo: carol@south.example\r\nDate: Mon, 5 Jan 2026 10:00:00 +0100\r\nSubject: {}\r\n" \
       "Message-ID: <{}@far.example>\r\n\r\nText of {}.\r\n"


def tell(good, name, detail=""):
    print(json.dumps([bool(good), name, str(detail)]), flush=True)


def session_of(home):
    import gi
    gi.require_version("Camel", "1.2")
    from gi.repository import Camel

    class Session(Camel.Session):
        def do_authenticate_sync(self, service, mechanism, cancellable=None):
            service.set_password("lewis")
            return service.authenticate_sync(mechanism, cancellable) == Camel.AuthenticationResult.ACCEPTED

    Camel.init(home, False)
    Camel.provider_init()
    session = Session(user_data_dir=home + "/data", user_cache_dir=home + "/cache")
    session.set_online(True)
    return Camel, session


def account(Camel, session, protocol, port):
    store = session.add_service(protocol, protocol, Camel.ProviderType.STORE)
    settings = store.ref_settings()
    for key, value in {"host": SOUTH, "port": port, "user": "carol", "auth-mechanism": "PLAIN",
                       "security-method": Camel.NetworkSecurityMethod.NONE}.items():
        settings.set_property(key, value)
    return store


class Other:
    """What another program sees and does."""

    def __init__(self, port):
        self.box = imaplib.IMAP4(SOUTH, port, timeout=20)
        self.box.login("carol", "lewis")

    def put(self, name):
        self.box.append("INBOX", None, None, TEXT.format(name, name, name).encode())

    def holds(self, folder):
        self.box.select(folder, readonly=True)
        data = self.box.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        return {part[1].split(b": ")[1].strip().decode(): imaplib.ParseFlags(part[0]) for part in data if isinstance(part, tuple)}


def subjects(folder):
    return sorted(folder.get_message_info(uid).get_subject() for uid in folder.get_uids())


def uid_of(folder, subject):
    return next(uid for uid in folder.get_uids() if folder.get_message_info(uid).get_subject() == subject)


def by_imap(Camel, store, other):
    store.set_online_sync(True, None)
    store.connect_sync(None)
    inbox = store.get_folder_sync("INBOX", 0, None)
    inbox.refresh_info_sync(None)
    tell(subjects(inbox) == ["one", "three", "two"], "IMAP: it lists what is there", subjects(inbox))
    message = inbox.get_message_sync(uid_of(inbox, "one"), None)
    tell(message.get_subject() == "one" and message.get_message_id() == "one@far.example", "it reads a message", message.get_message_id())
    inbox.get_message_info(uid_of(inbox, "one")).set_flags(Camel.MessageFlags.FLAGGED | Camel.MessageFlags.SEEN, 0xff)
    inbox.get_message_info(uid_of(inbox, "two")).set_flags(Camel.MessageFlags.DELETED, 0xff)
    inbox.synchronize_sync(True, None)
    tell({s: set(f) for s, f in other.holds("INBOX").items()} == {"one": {rb"\Seen", rb"\Flagged"}, "three": set()},
         "it flags one, deletes and expunges another", other.holds("INBOX"))
    store.create_folder_sync(None, "Work", None)
    work = store.get_folder_sync("Work", 0, None)
    inbox.transfer_messages_to_sync([uid_of(inbox, "one")], work, True, None)
    tell(set(other.holds("Work")) == {"one"} and set(other.holds("INBOX")) == {"three"}, "it makes a folder and moves one there",
         (other.holds("Work"), other.holds("INBOX")))
    other.put("four")
    inbox.refresh_info_sync(None)
    tell(subjects(inbox) == ["four", "three"], "it sees what has come meanwhile", subjects(inbox))
    inbox.append_message_sync(message, None, None)
    tell(set(other.holds("INBOX")) == {"three", "four", "one"}, "it puts a message of its own there", other.holds("INBOX"))
    store.rename_folder_sync("Work", "Play", None)
    tell(any(b"Play" in line for line in other.box.list()[1]), "it renames a folder", other.box.list())
    store.delete_folder_sync("Play", None)
    tell(not any(b"Play" in line for line in other.box.list()[1]), "and deletes it", other.box.list())
    store.disconnect_sync(True, None)


def by_pop3(Camel, store, other):
    store.connect_sync(None)
    inbox = store.get_folder_sync("inbox", 0, None)
    inbox.refresh_info_sync(None)
    uids = list(inbox.get_uids())
    tell(len(uids) == len(set(uids)) == len(other.holds("INBOX")), "POP3: it lists what is there by UIDL", uids)
    first = inbox.get_message_sync(uids[0], None)
    tell(first.get_subject() in other.holds("INBOX"), "it downloads a message", first.get_subject())
    store.disconnect_sync(True, None)


def child(home, imap, pop3):
    try:
        Camel, session = session_of(home)
        stores = [account(Camel, session, protocol, int(port)) for protocol, port in (("imapx", imap), ("pop", pop3))]
    except Exception as error:  # the library or its IMAP half is not there
        print(repr(error))
        sys.exit(77)
    other = Other(int(imap))
    for name in ("one", "two", "three"):
        other.put(name)
    by_imap(Camel, stores[0], other)
    by_pop3(Camel, stores[1], other)
    other.box.logout()


def main():
    tap = Tap()
    with World() as world:
        got = subprocess.run([sys.executable, __file__, "--camel", os.path.join(world.folder, "camel"), str(world.port("imap")), str(world.port("pop3"))],
                             capture_output=True, text=True, timeout=60, env={**os.environ, "GIO_USE_NETWORK_MONITOR": "base", "GSETTINGS_BACKEND": "memory"})
        if got.returncode == 77:
            tap.skip("Evolution's library", "it is not installed")
            tap.done()
        for line in got.stdout.splitlines():
            tap.check(*json.loads(line))
        tap.check(got.returncode == 0, "Evolution's library has come to its end", got.stderr[-1500:])
        tap.check(world.stop() == 0 and world.errors() == "", "the server ends cleanly", world.errors())
    tap.done()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--camel"]:
        child(*sys.argv[2:])
    else:
        main()
