"""Holding the world: an outside client waits, the clock stands still, and going on completes its session."""

import json
import signal
import smtplib
import threading
import time
from datetime import datetime

from served import NORTH, PATIENCE_S, Tap, World, wait_for


def status(world):
    return json.loads(world.ctl("status").stdout)


def send(world, result):
    try:
        with smtplib.SMTP(NORTH, world.port("submission"), timeout=2 * PATIENCE_S) as smtp:
            smtp.login("alice", "wonderland")
            smtp.sendmail("alice@north.example", ["carol@south.example"], "Subject: held\r\n\r\nx\r\n")
        result.append("sent")
    except (smtplib.SMTPException, OSError) as error:
        result.append(repr(error))


def last_event(world):
    return json.loads(world.journal().rstrip("\n").split("\n")[-1])


def seconds_between(event, later):
    """By the world's clock."""
    begin, end = (datetime.fromisoformat(one["time"].rstrip("Z")) for one in (event, later))
    return (end - begin).total_seconds()


def hold_and_step(tap):
    with World({"world": {"resolver": "127.0.0.53:1"}, "host mx.north.example": {"verify-domain": "off"}}) as world:
        got = world.ctl("break", "stage=route")
        tap.check('"ok":true' in got.stdout, "a breakpoint is set", got)
        result = []
        client = threading.Thread(target=send, args=(world, result))
        client.start()
        tap.check(wait_for(lambda: status(world)["held"]), "the world holds at it")
        event = last_event(world)
        tap.check(event["stage"] == "route", "the event it holds at is the last in the journal", event)
        before = status(world)
        time.sleep(1.2)
        after = status(world)
        tap.check(not result and client.is_alive(), "the client waits", result)
        tap.check(before["slow_turns"] == after["slow_turns"], "that is no slow turn of the loop", (before, after))
        tap.check(before["time"] == after["time"], "the clock stands still", (before, after))
        tap.check(before["seq"] == after["seq"] == event["seq"], "and nothing happens", (before, after))
        seqs = []
        for _ in range(5):
            world.ctl("step")
            wait_for(lambda: status(world)["held"])
            seqs.append(status(world)["seq"])
        tap.check(seqs == list(range(event["seq"] + 1, event["seq"] + 6)), "each step is one event", seqs)
        world.ctl("clear")
        world.ctl("continue")
        client.join(PATIENCE_S)
        tap.check(result == ["sent"], "going on completes the session", result)
        tap.check(wait_for(lambda: not status(world)["held"]), "and the world runs")


def event_with(world, wanted):
    """The first event for which @wanted is true; None: there is none yet."""
    lines = [json.loads(line) for line in world.journal().splitlines() if line.startswith('{"seq"')]
    return next((event for event in lines if wanted(event)), None)


def timeouts_stand_still(tap):
    """A DNS look-up that nobody answers times out after 5 s of the world's time; held for 6 s of ours, it has them still."""
    with World({"world": {"resolver": "127.0.0.53:1"}}) as world:
        world.ctl("break", "stage=dns")
        result = []
        client = threading.Thread(target=send, args=(world, result))
        client.start()
        wait_for(lambda: status(world)["held"])
        time.sleep(6)
        world.ctl("clear")
        seq = status(world)["seq"]
        asked = event_with(world, lambda event: event["seq"] == seq)
        world.ctl("continue")
        over = wait_for(lambda: event_with(world, lambda event: event["seq"] > seq and event.get("data", {}).get("outcome") == "timeout"))
        tap.check(over and seconds_between(asked, over) >= 5, "no timeout fires while the world is held, or at once after it", (asked, over))
        client.join(2 * PATIENCE_S)
        tap.check(result and result[0] == "sent", "no answer is not a no: the message is taken in the end", result)


def killed_viewer(tap):
    """The one that steers is killed: the world goes on by itself."""
    import socket
    with World() as world:
        watcher = socket.socket(socket.AF_UNIX)
        watcher.connect(world.state + "/control.sock")
        watcher.settimeout(PATIENCE_S)
        watcher.sendall(b"watch\n")
        watcher.recv(4096)  # so it is watching
        world.ctl("pause")
        result = []
        client = threading.Thread(target=send, args=(world, result))
        client.start()
        tap.check(wait_for(lambda: status(world)["held"]), "pause holds at the next event")
        watcher.close()
        client.join(PATIENCE_S)
        tap.check(result == ["sent"], "when the last viewer goes, the world goes on", result)


def slow_turn(tap):
    """The thread stands still in the middle of its work, as a blocking call would make it: the watchdog counts that."""
    with World() as world:
        over = threading.Event()

        def busy():
            while not over.is_set():
                send(world, [])

        clients = [threading.Thread(target=busy) for _ in range(4)]
        for client in clients:
            client.start()

        def is_counted():
            world.process.send_signal(signal.SIGSTOP)
            time.sleep(0.1)
            world.process.send_signal(signal.SIGCONT)
            return status(world)["slow_turns"] > 0

        counted = wait_for(is_counted)
        over.set()
        for client in clients:
            client.join(PATIENCE_S)
        tap.check(counted and status(world)["slowest_turn_ms"] >= 50, "a turn of the loop that took too long is counted", status(world))


tap = Tap()
for part in (hold_and_step, timeouts_stand_still, killed_viewer, slow_turn):
    try:
        part(tap)
    except Exception as error:
        tap.check(False, part.__name__, repr(error))
tap.done()
