"""tests/syncs.py - what strace tells about durability, for tests/test_commit_order.py and tests/bench.py."""

import re
import subprocess


def strace_works():
    try:
        got = subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True)
    except OSError:
        return False
    return got.returncode == 0


def early_replies(log):
    """How many final dots were read and answered, the answers that came before a sync of what they promise,
    and the number of syncs. `dirty` are the connections whose final dot was read since the last sync."""
    dirty, dots, answered, early, syncs = set(), 0, 0, [], 0
    for line in log:
        read = re.match(r'.*\b(?:read|recvfrom|recv)\((\d+), "(.*)"', line)
        if read and r"\r\n.\r\n" in read.group(2):
            dirty.add(read.group(1))
            dots += 1
        if re.match(r".*\bf(?:data)?sync\(\d+\) += 0", line):
            dirty.clear()
            syncs += 1
        wrote = re.match(r'.*\b(?:write|sendto|send)\((\d+), "250 2\.6\.0', line)
        if wrote:
            answered += 1
            if wrote.group(1) in dirty:
                early.append(line)
    return dots, answered, early, syncs


def synced_first(log):
    """The files that were synced before the first message was acknowledged."""
    paths, synced = {}, []
    for line in log:
        opened = re.match(r'.*\bopenat\(AT_FDCWD, "(.*?)".* = (\d+)$', line)
        sync = re.match(r".*\bf(?:data)?sync\((\d+)\) += 0", line)
        if opened:
            paths[opened.group(2)] = opened.group(1)
        if sync:
            synced.append(paths.get(sync.group(1), "?"))
        if re.match(r'.*\b(?:write|sendto|send)\(\d+, "250 2\.6\.0', line):
            return synced
    return []
