"""tests/bench.py - figures for `make bench`, never a test: Glasspost and Postfix side by side.

    python3 tests/bench.py [--rounds N] [FIGURE ...]      BUILD names the folder of the programs

Both servers stand at the same time, and each figure is taken from one right after the other, several times,
so that a noisy machine is noisy for both; the median counts, of the rates and of the ratios of the pairs.
Both deliver what they take: Glasspost into its database, Postfix (tests/bench_postfix.py) into Maildirs.
The same load (tests/bench_load.c) and the same next hop (tests/bench_sink.c) serve both.

A rate counts only if it is durable. So strace looks first: each 250 of Glasspost must follow a sync of
what it promises, and Postfix must sync at least once a message.

Start reading at FIGURES.
"""

import argparse
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import bench_postfix
from served import PROGRAM, ROOT, SOUTH, World, is_free, wait_for
from syncs import early_replies, strace_works

TOOLS = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tests")
SINK, USERS = "127.0.0.6", ["carol"] + [f"user{i}" for i in range(50)]
ADMITTED_MIB, STARTED_MS = 64, 25

# name: what it says, goal as a ratio to Postfix, load, messages (ours, theirs)
# In a rate more is better; the ratio of a time is turned round, so that more is better there, too.
FIGURES = {
    "one": ("1 session", 3, {"sessions": 1}, (1500, 700)),
    "ten": ("10 sessions", 6, {"sessions": 10}, (6000, 1200)),
    "hundred": ("100 sessions", 10, {"sessions": 100}, (6000, 1200)),
    "ten-off": ("10 sessions, journal off", 6, {"sessions": 10}, (6000, 1200)),
    "hundred-off": ("100 sessions, journal off", 10, {"sessions": 100}, (6000, 1200)),
    "each": ("one message a connection", 1, {"sessions": 10, "each": 1}, (2000, 700)),
    "large": ("messages of 1 MB", 1, {"sessions": 10, "octets": 1 << 20}, (200, 200)),
    "fifty": ("50 recipients, to the 250", 1, {"sessions": 10}, (100, 40)),
    "lists": ("50 recipients, delivered", 1, {"sessions": 10}, (100, 40)),
    "relay": ("relaying", 3, {"sessions": 10}, (2000, 800)),
    "backlog": ("backlog drain", 1, {"sessions": 10}, (2000, 800)),
    "calm": ("whole transaction, us", 2, {"sessions": 1, "each": 1, "pause-ms": 10}, (100, 100)),
}


def recipients(figure, domain):
    if figure in ("relay", "backlog"):
        return ["someone@sink.example"]
    return [f"{user}@{domain}" for user in (USERS[1:] if figure in ("fifty", "lists") else USERS[:1])]


def load(address, port, options, to):
    """Messages taken, seconds until the last reply, and the median time of one in microseconds."""
    words = [f"{name}={value}" for name, value in options.items()]
    out = subprocess.run([os.path.join(TOOLS, "bench_load"), address, str(port), *words, *to], capture_output=True, text=True, timeout=600)
    taken, refused, seconds, median_us = out.stdout.split()
    if refused != "0" or out.stderr:
        raise RuntimeError(f"{refused} messages were refused. {out.stderr}")
    return int(taken), float(seconds), int(median_us)


class Sink:
    """The next hop. While it is not there, what is to be relayed waits."""

    def __init__(self):
        self.port = next(port for port in range(23000, 24000) if is_free(SINK, port))

    def __enter__(self):
        self.process = subprocess.Popen([os.path.join(TOOLS, "bench_sink"), SINK, str(self.port)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        return self

    def expect(self, messages):
        self.process.stdin.write(f"{messages}\n")
        self.process.stdin.flush()

    def wait(self):
        assert self.process.stdout.readline() == "done\n"

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Glasspost:
    """mx.south.example of the demo world, which may relay to the sink."""

    name, address, domain = "Glasspost", SOUTH, "south.example"

    def __init__(self, sink, journal="on", wrapper=()):
        self.world = World({"world": {"journal": journal}, "host mx.south.example": {
            "accounts": ";".join(f"{user}:secret" for user in USERS), "trusted-networks": "127.0.0.0/8",
            "relay-via": f"{SINK}:{sink.port}", "verify-domain": "off", "filter": ""}}, wrapper=wrapper)

    def port(self):
        return self.world.port("smtp")

    def start(self):
        self.world.start()

    def stop(self):
        self.world.stop()

    def queued(self):
        return int(self.ask("SELECT count(*) FROM recipients WHERE state IN ('waiting', 'trying')"))

    def hurry(self):
        """All that waits is due at once. Only while it is stopped: the database is the server's own."""
        self.ask("UPDATE recipients SET next_attempt = 0 WHERE state = 'waiting'")

    def flush(self):
        pass

    def ask(self, sql):
        with sqlite3.connect(os.path.join(self.world.state, "mx.south.example.db")) as db:
            return (db.execute(sql).fetchone() or [0])[0]

    def processor_seconds(self):
        with open(f"/proc/{self.world.process.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9

    def peak_mib(self):
        with open(f"/proc/{self.world.process.pid}/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024

    def remove(self):
        self.world.stop()
        shutil.rmtree(self.world.folder, ignore_errors=True)


class Postfix(bench_postfix.Postfix):
    name, address, domain = "Postfix", bench_postfix.ADDRESS, "west.example"

    def __init__(self, sink, wrapper=()):
        super().__init__(next(port for port in range(24000, 25000) if is_free(self.address, port)),
                         USERS, SINK, sink.port, wrapper)

    def hurry(self):
        pass


# ---- one figure of one server ----

def rate(server, figure, options):
    taken, seconds, _ = load(server.address, server.port(), options, recipients(figure, server.domain))
    return taken / seconds


def relay(server, figure, options, sink):
    """From the first message handed in to the last one handed on."""
    with sink:
        sink.expect(options["messages"])
        began = time.monotonic()
        load(server.address, server.port(), options, recipients(figure, server.domain))
        sink.wait()
        return options["messages"] / (time.monotonic() - began)


def lists(server, figure, options):
    """Postfix says 250 when it has queued the message, Glasspost when it has delivered it: until it is for both."""
    began = time.monotonic()
    load(server.address, server.port(), options, recipients(figure, server.domain))
    wait_for(lambda: server.queued() == 0, 60)
    return options["messages"] / (time.monotonic() - began)


def backlog(server, figure, options, sink):
    """The next hop was away. It is back, and the server starts with all that waits."""
    load(server.address, server.port(), options, recipients(figure, server.domain))
    server.stop()
    server.hurry()
    with sink:
        sink.expect(options["messages"])
        began = time.monotonic()
        server.start()
        server.flush()
        sink.wait()
        return options["messages"] / (time.monotonic() - began)


def measure(server, figure, messages, sink):
    options = {**FIGURES[figure][2], "messages": messages}
    if figure == "relay":
        value = relay(server, figure, options, sink)
    elif figure == "backlog":
        value = backlog(server, figure, options, sink)
    elif figure == "lists":
        value = lists(server, figure, options)
    elif figure == "calm":
        value = load(server.address, server.port(), options, recipients(figure, server.domain))[2]
    else:
        value = rate(server, figure, options)
    # What the one still has to deliver must not slow the other down.
    wait_for(lambda: server.queued() == 0, 60)
    return value


# ---- tables ----

def spread(values, width=6):
    return f"{statistics.median(values):{width}.0f} ({min(values):.0f}-{max(values):.0f})"


def table_line(figure, ours, theirs):
    what, goal = FIGURES[figure][:2]
    ratios = [b / a if figure == "calm" else a / b for a, b in zip(ours, theirs)]
    median = statistics.median(ratios)
    print(f"{what:26} {spread(ours):>22} {spread(theirs):>22} {median:7.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
          f"{goal:6}  {'reached' if median >= goal else 'missed'}", flush=True)


def compare(figure, servers, sink, rounds):
    values = [[], []]
    for turn in range(rounds + 1):
        # Now the one comes first, now the other.
        for i in (0, 1) if turn % 2 == 0 else (1, 0):
            value = measure(servers[i], figure, FIGURES[figure][3][i], sink)
            if turn > 0:  # the first one warms up
                values[i].append(value)
    table_line(figure, *values)


def compare_journals(sink, rounds):
    """Messages a second, and the processor time of one in microseconds."""
    servers = {name: Glasspost(sink, journal=name) for name in ("on", "off")}
    rates, times = {"on": [], "off": []}, {"on": [], "off": []}
    for server in servers.values():
        server.start()
    for turn in range(rounds):
        for name in ("on", "off") if turn % 2 == 0 else ("off", "on"):
            before = servers[name].processor_seconds()
            rates[name].append(rate(servers[name], "ten", {"sessions": 10, "messages": 6000}))
            times[name].append((servers[name].processor_seconds() - before) / 6000 * 1e6)
    for name, server in servers.items():
        print(f"journal {name:4} {spread(rates[name])} a second, {spread(times[name])} us of the processor each")
        server.remove()
    ratios = [a / b for a, b in zip(rates["on"], rates["off"])]
    print(f"on/off       {statistics.median(ratios):6.2f} ({min(ratios):.2f}-{max(ratios):.2f})", flush=True)


# ---- what has no ratio ----

def durable(sink):
    """Says whether the 250s are worth anything; only then a rate is."""
    if not strace_works():
        print("durable?     not looked at: strace is not installed, or not allowed here")
        return True
    log = os.path.join(tempfile.gettempdir(), f"glasspost-bench-{os.getpid()}")
    strace = ["strace", "-f", "-s", "8192", "-o", log, "-e", "trace=read,recvfrom,write,sendto,sendmsg,fsync,fdatasync"]
    ours = Glasspost(sink, wrapper=strace)
    ours.start()
    rate(ours, "ten", {"sessions": 10, "messages": 500})
    ours.remove()
    with open(log, errors="replace") as lines:
        dots, answered, early, syncs = early_replies(lines)
    print(f"durable?     Glasspost: {answered} messages acknowledged with {syncs} syncs, {len(early)} before theirs")
    fine = dots == answered == 500 and not early
    if bench_postfix.lacks() is None:
        theirs = Postfix(sink, wrapper=strace)
        theirs.start()
        rate(theirs, "ten", {"sessions": 10, "messages": 500})
        shutil.copy(log, log + "-postfix")
        theirs.remove()
        with open(log + "-postfix", errors="replace") as lines:
            syncs = sum(1 for line in lines if re.search(r"\bf(?:data)?sync(?:\(| resumed).*= 0", line))
        print(f"             Postfix: 500 messages acknowledged with {syncs} syncs")
        os.unlink(log + "-postfix")
    os.unlink(log)
    return fine


def memory(sink):
    """A hundred sessions hand in 25 MB each, all at once."""
    server = Glasspost(sink)
    server.start()
    before = server.peak_mib()
    rate(server, "one", {"sessions": 100, "messages": 100, "octets": 25 << 20})
    peak = server.peak_mib()
    print(f"memory       {before:.0f} MiB before, {peak:.0f} MiB after 100 sessions with a message of 25 MB each; "
          f"goal: under {ADMITTED_MIB}: {'reached' if peak < ADMITTED_MIB else 'missed'}", flush=True)
    server.remove()


def start_up(sink, rounds):
    """From fork() to "ready", which is said when all ports listen: the first start of a world, and later ones."""
    first, later = [], []
    for _ in range(max(rounds, 9)):
        server = Glasspost(sink)
        server.world.changes["host mx.south.example"]["accounts"] = "carol:lewis;dave:copper"
        server.world.write(server.world.changes)
        for times in (first, later):
            began = time.monotonic()
            server.start()
            times.append((time.monotonic() - began) * 1000)
            server.stop()
        server.remove()
    for name, times in (("first", first), ("later", later)):
        print(f"{name} start  {spread(times)} ms until it listens; goal: under {STARTED_MS}: "
              f"{'reached' if statistics.median(times) < STARTED_MS else 'missed'}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("figures", nargs="*", help=f"of: {' '.join(FIGURES)} durable journal memory start; all without one")
    wanted = parser.parse_args()
    asked = wanted.figures or [*FIGURES, "durable", "journal", "memory", "start"]
    # Ended from outside: still clear up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sink = Sink()
    if "durable" in asked and not durable(sink):
        sys.exit("A 250 came before its sync: no rate counts.")
    if "start" in asked:
        start_up(sink, wanted.rounds)
    if "memory" in asked:
        memory(sink)
    if "journal" in asked:
        compare_journals(sink, wanted.rounds)
    why = bench_postfix.lacks()
    figures = [figure for figure in FIGURES if figure in asked]
    if why is not None or not figures:
        print(f"No comparison: {why}" if why else "", end="\n" if why else "")
        return
    postfix = Postfix(sink)
    ours = {journal: Glasspost(sink, journal) for journal in ("on", "off")}
    servers = [postfix, *ours.values()]
    try:
        for server in servers:
            server.start()
        print(f"\nmessages a second, 4 KB unless said; median of {wanted.rounds} (least-most)")
        print(f"{'':26} {'Glasspost':>22} {'Postfix':>22} {'ratio':>7} {'goal':>18}")
        for figure in figures:
            compare(figure, [ours["off" if figure.endswith("-off") else "on"], postfix], sink, wanted.rounds)
    finally:
        for server in servers:
            server.remove()


if __name__ == "__main__":
    main()
