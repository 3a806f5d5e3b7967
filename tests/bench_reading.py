"""tests/bench_reading.py - figures of reading for `make bench`, never a test: Glasspost and Dovecot side by side.

    python3 tests/bench_reading.py [--rounds N] [--messages N] [FIGURE ...]     BUILD names the folder of the programs
    python3 tests/bench_reading.py --rounds 2 --messages 100000                 the same with a large mailbox

Both servers stand at the same time and hold the same mail; each figure is taken from one right after the other,
several times, so that a noisy machine is noisy for both. The median counts, of the times and of the ratios.
What only one of them is asked for stands below the table: new mail told to an idle client, the price of
10,000 idle connections, and how long a NOOP waits while somebody else's long command runs.

Start reading at FIGURES.
"""

import argparse
import os
import resource
import shutil
import signal
import socket
import statistics
import sys
import threading
import time

import bench_dovecot
from served import SOUTH, World

USER, PASSWORD = "carol", "secret"
BODY = b"abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz012345\r\n"


def message(number, octets=1024):
    head = (f"From: Sender {number} <sender{number % 50}@far.example>\r\nTo: carol@south.example\r\nCc: dave@south.example\r\n"
            f"Subject: Message {number} of the bench\r\nDate: Mon, 5 Jan 2026 09:00:{number % 60:02} +0000\r\n"
            f"Message-ID: <{number}@far.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n").encode()
    return (head + BODY * (octets // len(BODY) + 1))[:octets - 2] + b"\r\n"


class Wire:
    """A connection of which only the end of each answer is looked at: the servers are measured, not Python."""

    def __init__(self, server, service):
        self.socket = socket.create_connection((server.address, server.port(service)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number, self.rest = 0, b""

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        while b"\n" not in self.rest:
            more = self.socket.recv(1 << 16)
            if not more:
                raise RuntimeError("the server has closed the connection")
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def until(self, end, octets=b""):
        """Reads until the last line begins with @end; returns how many octets came before it."""
        tail, count = octets + self.rest, 0
        while True:
            start = tail.rfind(b"\r\n" + end)
            if tail.endswith(b"\r\n") and (start >= 0 or tail.startswith(end)):
                self.rest = b""
                return count + max(start, 0), tail[start + 2 if start >= 0 else 0:]
            keep = tail[-2000:]
            count += len(tail) - len(keep)
            more = self.socket.recv(1 << 18)
            if not more:
                raise RuntimeError("the server has closed the connection")
            tail = keep + more

    def close(self):
        self.socket.close()


class Imap(Wire):
    def __init__(self, server, mailbox=None):
        super().__init__(server, "imap")
        self.line()
        self.do(f"LOGIN {USER}{server.at} {PASSWORD}")
        if mailbox:
            self.do(f"SELECT {mailbox}")

    def do(self, command):
        self.number += 1
        tag = b"b%d " % self.number
        self.send(tag + command.encode() + b"\r\n")
        octets, last = self.until(tag)
        if not last.startswith(tag + b"OK"):
            raise RuntimeError(f"{command}: {last}")
        return octets

    def append(self, mailbox, messages):
        """All at once: with LITERAL+ nobody waits for a go-ahead."""
        out = bytearray()
        for octets in messages:
            self.number += 1
            out += b"b%d APPEND %s {%d+}\r\n" % (self.number, mailbox.encode(), len(octets)) + octets + b"\r\n"
        sender = threading.Thread(target=self.send, args=(out,))
        sender.start()
        self.until(b"b%d OK" % self.number)
        sender.join()


class Glasspost:
    """mx.south.example of the demo world."""

    name, address, at, hello = "Glasspost", SOUTH, "@south.example", "EHLO"

    def __init__(self):
        self.world = World({"host mx.south.example": {"accounts": f"{USER}:{PASSWORD};dave:{PASSWORD}", "filter": "",
                                                      "trusted-networks": "127.0.0.0/8", "verify-domain": "off",
                                                      "max-message-size": "120M"}})

    def port(self, service):
        return self.world.port(service)

    def start(self):
        self.world.start()

    def keep(self, mailbox, messages):
        """By many sessions at once: they share a COMMIT, and 100,000 one after the other would take minutes."""
        messages, crowd = list(messages), 20

        def some(first):
            client, part = Imap(self), messages[first::crowd]
            for start in range(0, len(part), 500):
                client.append(mailbox, part[start:start + 500])
            client.close()
        threads = [threading.Thread(target=some, args=(first,)) for first in range(min(crowd, len(messages)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def forget(self):
        self.world.stop()
        self.world.start()

    def remove(self):
        self.world.stop()
        shutil.rmtree(self.world.folder, ignore_errors=True)

    def status(self, name):
        with open(f"/proc/{self.world.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name))

    def processor_seconds(self):
        with open(f"/proc/{self.world.process.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9


class Dovecot(bench_dovecot.Dovecot):
    at = ""


# ---- one figure of one server: seconds ----

def timed(do, *arguments):
    began = time.monotonic()
    do(*arguments)
    return time.monotonic() - began


def command(text):
    """Of the mailbox that is open already."""
    def figure(server, _):
        client = Imap(server, "Many")
        seconds = timed(client.do, text)
        client.close()
        return seconds
    return figure


def select(server, _):
    client = Imap(server)
    seconds = timed(client.do, "SELECT Many")
    client.close()
    return seconds


def first_envelopes(server, _):
    """The caches of the mailbox are not there yet."""
    server.forget()
    return command("FETCH 1:* ENVELOPE")(server, _)


def store(server, _):
    client = Imap(server, "Many")
    seconds = timed(client.do, "STORE 1:* +FLAGS (\\Flagged)")
    client.do("STORE 1:* -FLAGS.SILENT (\\Flagged)")
    client.close()
    return seconds


def bodies(mailbox):
    def figure(server, _):
        client = Imap(server, mailbox)
        seconds = timed(client.do, "FETCH 1:* BODY.PEEK[]")
        client.close()
        return seconds
    return figure


def append(server, messages):
    client = Imap(server)
    client.do("CREATE Gone")
    seconds = timed(client.append, "Gone", [message(i) for i in range(messages // 10)])
    client.do("DELETE Gone")
    client.close()
    return seconds


def expunge(server, messages):
    client = Imap(server)
    client.do("CREATE Gone")
    server.keep("Gone", (message(i) for i in range(messages)))
    client.do("SELECT Gone")
    client.do("STORE 1:* +FLAGS.SILENT (\\Deleted)")
    seconds = timed(client.do, "EXPUNGE")
    client.do("UNSELECT")
    client.do("DELETE Gone")
    client.close()
    return seconds


def logins(server, _):
    def some():
        for _ in range(50):
            Imap(server).close()
    return timed(some)


class Pop3(Wire):
    """Reads every message of INBOX, and leaves it there."""

    def __init__(self, server):
        super().__init__(server, "pop3")
        self.line()
        self.do(f"USER {USER}{server.at}")
        self.do(f"PASS {PASSWORD}")

    def do(self, command):
        self.send(command.encode() + b"\r\n")
        answer = self.line()
        if not answer.startswith(b"+OK"):
            raise RuntimeError(f"{command}: {answer}")
        return answer

    def quit(self):
        self.send(b"QUIT\r\n")
        while self.socket.recv(1 << 16):  # to the end: the maildrop is unlocked then
            pass
        self.close()


def pop3_login(server, _):
    began = time.monotonic()
    client = Pop3(server)
    seconds = time.monotonic() - began
    client.quit()
    return seconds


def pop3_login_anew(server, _):
    """A message has gone since the last one: what was kept of it is of no use."""
    client = Imap(server, "INBOX")
    client.do("STORE 1 +FLAGS (\\Deleted)")
    client.do("EXPUNGE")
    client.close()
    return pop3_login(server, _)


def drain(pipelined):
    def figure(server, _):
        client = Pop3(server)
        count = int(client.do("STAT").split()[1])
        seconds = timed(read_at_once if pipelined else read_each, client, count)
        client.quit()
        return seconds
    return figure


def read_each(client, count):
    for number in range(1, count + 1):
        client.send(b"RETR %d\r\n" % number)
        client.until(b".\r\n")


def read_at_once(client, count):
    out = b"".join(b"RETR %d\r\n" % number for number in range(1, count + 1)) + b"NOOP\r\n"
    sender = threading.Thread(target=client.send, args=(out,))
    sender.start()
    ends, tail = 0, b""
    while ends < count:
        octets = tail + client.socket.recv(1 << 18)
        ends += octets.count(b"\r\n.\r\n")
        tail = octets[-4:]
    sender.join()


# name: what it says, goal as a ratio to Dovecot (more is better), how
FIGURES = {
    "select": ("SELECT, warm", 10, select),
    "first": ("first FETCH 1:* ENVELOPE", 5, first_envelopes),
    "envelope": ("FETCH 1:* ENVELOPE again", 1, command("FETCH 1:* ENVELOPE")),
    "flags": ("FETCH 1:* FLAGS", 1, command("FETCH 1:* FLAGS")),
    "store": ("STORE 1:* +FLAGS", 1, store),
    "search": ("SEARCH TEXT", 1, command("SEARCH TEXT nowhere-to-be-found")),
    "bodies": ("bodies of 4 KB", 1, bodies("Small")),
    "large": ("bodies of 1 MB", 1, bodies("Large")),
    "append": ("APPEND, a tenth of it", 1, append),
    "expunge": ("EXPUNGE of all", 1, expunge),
    "logins": ("50 logins", 1, logins),
    "pop3": ("POP3 login, warm", 1, pop3_login),
    "anew": ("POP3 login after an EXPUNGE", 1, pop3_login_anew),
    "drain": ("POP3, one after the other", 1, drain(False)),
    "burst": ("POP3, pipelined", 1, drain(True)),
}


def fill(server, messages):
    client = Imap(server, "INBOX")  # it is made when it is looked at
    for mailbox, count, octets in (("Many", messages, 1024), ("Small", 2000, 4096), ("Large", 30, 1 << 20), ("INBOX", messages, 1024)):
        if mailbox != "INBOX":
            client.do(f"CREATE {mailbox}")
        server.keep(mailbox, (message(i, octets) for i in range(count)))
    client.close()


def spread(values):
    return f"{statistics.median(values) * 1000:8.1f} ({min(values) * 1000:.1f}-{max(values) * 1000:.1f})"


def compare(name, servers, rounds, messages):
    what, goal, figure = FIGURES[name]
    values = [[], []]
    for turn in range(rounds + 1):
        for i in (0, 1) if turn % 2 == 0 else (1, 0):
            seconds = figure(servers[i], messages)
            if turn > 0:  # the first one warms up
                values[i].append(seconds)
    ratios = [theirs / ours for ours, theirs in zip(*values)]
    median = statistics.median(ratios)
    print(f"{what:26} {spread(values[0]):>26} {spread(values[1]):>26} {median:7.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
          f"{goal:5}  {'reached' if median >= goal else 'missed'}", flush=True)


# ---- new mail told to an idle client ----

def deliver(server, wire, number):
    """Hands one message in; returns when its 250 came."""
    for text in ("MAIL FROM:<sender@far.example>", f"RCPT TO:<{USER}@{'south' if server.at else 'west'}.example>", "DATA"):
        wire.send(text.encode() + b"\r\n")
        wire.line()
    wire.send(message(number) + b".\r\n")
    wire.line()
    return time.monotonic()


def pushed(server, count):
    """Milliseconds from each 250 to the idle client's EXISTS."""
    client, wire, times = Imap(server, "INBOX"), Wire(server, "smtp"), []
    wire.line()
    wire.send(f"{server.hello} bench.far.example\r\n".encode())
    while wire.line()[3:4] == b"-":
        pass
    client.send(b"i1 IDLE\r\n")
    client.line()
    heard = []

    def listen():
        while len(heard) < count:
            if b"EXISTS" in client.line():
                heard.append(time.monotonic())
    listener = threading.Thread(target=listen)
    listener.start()
    for number in range(count):
        taken = deliver(server, wire, number)
        while len(heard) <= number and time.monotonic() - taken < 5:
            time.sleep(0.0002)
        times.append((heard[number] - taken) * 1000)
    listener.join()
    client.close()
    wire.close()
    return times


def tell_pushes(servers):
    for server in servers:
        times = pushed(server, 30)
        print(f"IDLE told    {server.name:10} {statistics.median(times):8.2f} ms after the 250 (at most {max(times):.2f})", flush=True)


# ---- ten thousand idle connections ----

def noop_us(server, client, count=2000):
    before = server.processor_seconds()
    for _ in range(count):
        client.do("NOOP")
    return (server.processor_seconds() - before) / count * 1e6


def idle(server, wanted=10000):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 200), hard))
    clients, price = [], {}
    watched = Imap(server, "INBOX")
    noop_us(server, watched)
    before = server.status("VmRSS:")
    for count in (100, wanted):
        while len(clients) < count:
            client = Imap(server, "Large" if len(clients) % 2 else "Small")
            client.send(b"i1 IDLE\r\n")
            client.line()
            clients.append(client)
        price[count] = noop_us(server, watched)
    each = (server.status("VmRSS:") - before) / wanted
    spent = server.processor_seconds()
    time.sleep(10)
    spent = (server.processor_seconds() - spent) / 10 * 1000
    print(f"idle         {wanted} connections, {each:.2f} KiB each; goal: at most 4.5: {'reached' if each <= 4.5 else 'missed'}")
    print(f"             {spent:.2f} ms of the processor a second; goal: under 5: {'reached' if spent < 5 else 'missed'}")
    print(f"             a NOOP takes {price[100]:.1f} us with 100 of them, {price[wanted]:.1f} us with {wanted}", flush=True)
    for client in clients + [watched]:
        client.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# ---- nobody starves ----

def starved(server, what, long_one):
    """p99 of NOOP on another connection while @long_one runs."""
    client, waits, over = Imap(server, "INBOX"), [], threading.Event()

    def work():
        long_one()
        over.set()
    worker = threading.Thread(target=work)
    worker.start()
    while not over.is_set():
        waits.append(timed(client.do, "NOOP") * 1000)
        time.sleep(0.001)
    worker.join()
    client.close()
    waits.sort()
    p99 = waits[len(waits) * 99 // 100] if waits else 0
    print(f"NOOP while   {what:24} {len(waits):6} asked, p99 {p99:6.2f} ms, at most {waits[-1] if waits else 0:.2f}; goal: 10: "
          f"{'reached' if p99 <= 10 else 'missed'}", flush=True)


def starving(server, messages):
    client = Imap(server, "Many")
    starved(server, "FETCH 1:* of all", lambda: client.do("FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE)"))
    starved(server, "SEARCH TEXT", lambda: client.do("SEARCH TEXT nowhere-to-be-found"))
    starved(server, "an APPEND of 100 MB", lambda: client.append("Large", [message(0, 100 << 20)]))
    client.do("CREATE Gone")
    client.do("COPY 1:* Gone")
    client.do("SELECT Gone")
    client.do("STORE 1:* +FLAGS.SILENT (\\Deleted)")
    starved(server, "EXPUNGE of all", lambda: client.do("EXPUNGE"))
    client.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=10000,
                        help="in the large mailbox; 100000 shows what grows with it, and takes ten times as long: "
                             "--rounds 2 is enough then")
    parser.add_argument("figures", nargs="*", help=f"of: {' '.join(FIGURES)} push idle starve; all without one")
    wanted = parser.parse_args()
    asked = wanted.figures or [*FIGURES, "push", "idle", "starve"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    why = bench_dovecot.lacks()
    if why:
        print(f"No comparison: {why}")
    servers = [Glasspost()] + ([] if why else [Dovecot()])
    try:
        for server in servers:
            server.start()
            fill(server, wanted.messages)
        if not why:
            print(f"\nmilliseconds, {wanted.messages} messages of 1 KB unless said; median of {wanted.rounds} (least-most)")
            print(f"{'':26} {'Glasspost':>26} {'Dovecot':>26} {'ratio':>7} {'goal':>18}")
            for name in (name for name in FIGURES if name in asked):
                compare(name, servers, wanted.rounds, wanted.messages)
        if "push" in asked:
            tell_pushes(servers)
        if "starve" in asked:
            starving(servers[0], wanted.messages)
        if "idle" in asked:
            idle(servers[0])
    finally:
        for server in servers:
            server.remove()


if __name__ == "__main__":
    main()
