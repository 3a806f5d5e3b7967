"""glasspost queue: list, show, hold, release, retry, delete, history; while the world runs and while it does not."""

import json
import re
import smtplib
import time

from served import NORTH, PATIENCE_S, Tap, World, dead_port, wait_for

DEAD = dead_port("127.0.0.9")
HOST = {"routes": f"dead.example: 127.0.0.9:{DEAD.getsockname()[1]}", "retry": "1h", "trusted-networks": "127.0.0.0/8"}


def send(world, recipient, rcpt=()):
    with smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S) as client:
        client.login("alice", "wonderland")
        client.ehlo()
        client.mail("alice@north.example", ["ENVID=Q1", "RET=HDRS"])
        client.rcpt(recipient, rcpt)
        assert client.data(b"Subject: hello\r\n\r\nhello\r\n")[0] == 250


def queue(world, *words):
    return world.run("queue", world.ini, *words)


def row(world, state):
    """The name of the first row in @state, once there is one."""
    def look():
        return re.search(rf"^(\S+:\d+)  {state}  .*$", queue(world, "list").stdout, re.M)

    return wait_for(look)


def tries(world, name):
    found = re.search(r"  (\d+) (?:try|tries)", queue(world, "show", name).stdout)
    return int(found.group(1)) if found else -1


def live(world, tap):
    tap.check(queue(world, "list").stdout == "The queues are empty.\n", "live: empty at first")
    send(world, "x@dead.example", ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;X@dead.example"])
    wait_for(lambda: "1 try, next" in queue(world, "list").stdout)
    found = row(world, "waiting")
    name = found.group(1)
    tap.check("<alice@north.example> to <x@dead.example>  1 try, next 20" in found.group(0), "live: list", found.group(0))
    shown = queue(world, "show", name).stdout
    tap.check(all(word in shown for word in ("RET=HDRS", "ENVID=Q1", "NOTIFY=FAILURE,SUCCESS", "ORCPT=rfc822;X@dead.example", "journey j", "given up 20")),
              "live: show tells what was asked for", shown)
    tap.check(re.search(r"127\.0\.0\.9 \[127\.0\.0\.9\]  .*\(\d+\.\d{3} s\)", shown), "live: show tells each attempt and how long it took", shown)

    tap.check(queue(world, "hold", name).stdout == f"{name}: done\n" and row(world, "held"), "live: hold")
    tap.check(queue(world, "retry", name).returncode == 0 and wait_for(lambda: tries(world, name) == 2), "live: retry tries at once")
    tap.check(wait_for(lambda: row(world, "waiting")) and queue(world, "hold", name).returncode == 0
              and queue(world, "release", name).returncode == 0 and wait_for(lambda: tries(world, name) == 3), "live: release, too")

    events = [json.loads(line) for line in world.journal().splitlines() if line.startswith('{"seq"')]
    inputs = {event["seq"] for event in events if event["kind"] == "input" and f"queue release {name}" in event["text"]}
    by_hand = [event for event in events if event.get("cause") in inputs and "is released" in event["text"]]
    tap.check(len(by_hand) == 1, "live: each is an input, and what it does follows from it", by_hand)
    tap.check(by_hand and any(event.get("cause") == by_hand[0]["seq"] and event["text"].startswith("Try 3") for event in events),
              "live: the next attempt follows from the hand")

    send(world, "carol@south.example")
    wait_for(lambda: "carol" in queue(world, "history").stdout)
    history = queue(world, "history").stdout
    tap.check("  done  <alice@north.example> to <carol@south.example>  1 try, finished 20" in history and "dead.example" not in history,
              "live: history is what is finished", history)
    return name


def wrong(world, tap, name):
    host = name.split(":")[0]
    for words, status, text in ((["frob"], 2, "queue: list"), ([], 2, "usage"), (["show", "x"], 2, "HOST:NUMBER"), (["show", f"{host}:99"], 1, "no recipient 99"),
                                (["hold", f"{host}:99"], 1, "no recipient 99"), (["show", "mx.nowhere.example:1"], 2, "HOST:NUMBER"),
                                (["show", f"{host}:-1"], 2, "HOST:NUMBER"), (["show", f"{host}:99999999999999999999"], 2, "HOST:NUMBER")):
        found = queue(world, *words)
        tap.check(found.returncode != 0 and text in found.stderr and found.stdout == "" and found.stderr.count("\n") == 1,
                  f"wrong: queue {' '.join(words)}", (found.returncode, found.stderr))
    tap.check("show ID" in queue(world, "--help").stdout or "show ID" in world.run("queue", "--help").stdout, "--help names each")


def offline(world, tap, name):
    tap.check(f"{name}  waiting" in queue(world, "list").stdout, "offline: list", queue(world, "list").stdout)
    tap.check(queue(world, "hold", name).returncode == 0 and f"{name}  held" in queue(world, "list").stdout, "offline: hold")
    tap.check("carol@south.example" in queue(world, "history").stdout, "offline: history")
    done = re.search(r"^(\S+:\d+)  done", queue(world, "history").stdout, re.M).group(1)
    refused = queue(world, "retry", done)
    tap.check(refused.returncode == 1 and "done already" in refused.stderr, "offline: what is done is not tried again", refused.stderr)


tap = Tap()
world = World({"host mx.north.example": HOST})
with world:
    name = live(world, tap)
    wrong(world, tap, name)
    world.stop()
    offline(world, tap, name)
    world.write({"host mx.north.example": {**HOST, "history": "1s"}})
    time.sleep(2)
    world.start()
    tap.check(wait_for(lambda: "carol" not in queue(world, "history").stdout), "history: what is too old is forgotten at the start")
    tap.check(f"{name}  held" in queue(world, "list").stdout, "history: what is held is not", queue(world, "list").stdout)
    tap.check(queue(world, "delete", name).returncode == 0 and queue(world, "list").stdout == "The queues are empty.\n", "live: delete")
tap.done()
