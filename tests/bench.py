"""tests/bench.py - figures for `make bench`, never a test: durable messages a second, journal on and off.

Both settings run in turn, several times, so that a noisy machine is noisy for both; the median and the ratio
of each pair count. The load is a program of its own (tests/bench_load.c).
"""

import os
import re
import shutil
import statistics
import subprocess

from served import ROOT, SOUTH, World

LOAD = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tests/bench_load")
PAIRS, SESSIONS, MESSAGES, OCTETS = 9, 10, 5000, 4096


def load(world, messages):
    out = subprocess.run([LOAD, SOUTH, str(world.port("smtp")), str(SESSIONS), str(messages), str(OCTETS),
                          "carol@south.example"], capture_output=True, text=True, timeout=300).stdout
    return float(re.match(r"(\d+) messages a second", out).group(1))


def processor_seconds(pid):
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


def run(journal):
    """Messages a second, and the server's processor time of one in microseconds."""
    with World({"world": {"journal": journal}}) as world:
        start = processor_seconds(world.process.pid)
        rate = load(world, MESSAGES)
        return rate, (processor_seconds(world.process.pid) - start) / MESSAGES * 1e6


def count_writes():
    """SQLite writes by pwrite64 and sockets by sendto, so that write() is the journal's alone."""
    count = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"glasspost-bench-{os.getpid()}")
    with World({"world": {"journal": "on"}}, wrapper=["strace", "-f", "-c", "-e", "trace=write", "-o", count]) as world:
        load(world, 1000)
        world.stop()
        events = world.journal().count('\n{"seq":')
    with open(count) as file:
        # % time, seconds, usecs/call, calls, ..., write
        calls = next(line.split()[3] for line in file if line.endswith(" write\n"))
    os.unlink(count)
    return events, int(calls)


def show(name, figures):
    rates, times = zip(*figures)
    print(f"  journal {name:4} {statistics.median(rates):6.0f} a second ({min(rates):.0f} to {max(rates):.0f}), "
          f"{statistics.median(times):4.0f} us of the processor each ({min(times):.0f} to {max(times):.0f})")


if shutil.which("strace"):
    print("{} events of 1000 messages, {} calls of write()".format(*count_writes()))
on, off = [], []
for pair in range(PAIRS):
    # Now the one comes first, now the other.
    for journal, figures in [("on", on), ("off", off)][:: 1 if pair % 2 == 0 else -1]:
        figures.append(run(journal))
ratios = [a[0] / b[0] for a, b in zip(on, off)]
print(f"{MESSAGES} messages of {OCTETS} octets from {SESSIONS} sessions, {PAIRS} pairs:")
show("on", on)
show("off", off)
print(f"  on/off       {statistics.median(ratios):6.2f}          ({min(ratios):.2f} to {max(ratios):.2f})")
