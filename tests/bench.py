"""tests/bench.py - figures for `make bench`, never a test: durable messages a second, journal on and off.

Both settings run in turn, several times, so that a noisy machine is noisy for both; the median and the ratio
of each pair count. The load is a program of its own (tests/bench_load.c).
"""

import os
import re
import statistics
import subprocess

from served import ROOT, SOUTH, World

LOAD = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tests/bench_load")
ROUNDS, SESSIONS, MESSAGES, OCTETS = 7, 20, 2000, 4096


def rate(journal):
    with World({"world": {"journal": journal}}) as world:
        out = subprocess.run([LOAD, SOUTH, str(world.port("smtp")), str(SESSIONS), str(MESSAGES), str(OCTETS),
                              "carol@south.example"], capture_output=True, text=True, timeout=120).stdout
    return float(re.match(r"(\d+) messages a second", out).group(1))


on, off = [], []
for _ in range(ROUNDS):
    on.append(rate("on"))
    off.append(rate("off"))
ratios = [a / b for a, b in zip(on, off)]
print(f"{MESSAGES} messages of {OCTETS} octets from {SESSIONS} sessions, {ROUNDS} rounds in turn:")
print(f"  journal on   {statistics.median(on):6.0f} a second  ({min(on):.0f} to {max(on):.0f})")
print(f"  journal off  {statistics.median(off):6.0f} a second  ({min(off):.0f} to {max(off):.0f})")
print(f"  on/off       {statistics.median(ratios):6.2f}           ({min(ratios):.2f} to {max(ratios):.2f})")
