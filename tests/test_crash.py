"""What was acknowledged is kept: kill -9 in the middle of 200 messages, and a disk that is full."""

import poplib
import resource
import signal
import smtplib
import threading

from served import NORTH, PATIENCE_S, SOUTH, Tap, World, wait_for


def send_some(world, number, count, taken, stop):
    """Sends messages one after the other; notes those answered with 250, by their subject."""
    try:
        smtp = smtplib.SMTP(SOUTH, world.port("smtp"), timeout=PATIENCE_S)
        for i in range(count):
            if stop.is_set():
                return
            name = f"m{number}-{i}"
            smtp.sendmail("a@far.example", ["carol@south.example"], f"Subject: {name}\r\n\r\n" + "x" * 500 + "\r\n")
            taken.append(name)
    except (smtplib.SMTPException, OSError):
        pass


def received(world):
    box = poplib.POP3(SOUTH, world.port("pop3"), timeout=PATIENCE_S)
    box.user("carol")
    box.pass_("lewis")
    names = []
    for i in range(len(box.list()[1])):
        lines = box.top(i + 1, 0)[1]
        names += [line.decode().split(": ")[1] for line in lines if line.startswith(b"Subject: ")]
    box.quit()
    return names


def kill_in_the_middle(tap, after):
    with World() as world:
        taken, stop = [], threading.Event()
        clients = [threading.Thread(target=send_some, args=(world, n, 20, taken, stop)) for n in range(10)]
        for client in clients:
            client.start()
        wait_for(lambda: len(taken) >= after)
        world.kill()
        stop.set()
        for client in clients:
            client.join()
        world.start()
        there = received(world)
        lost = set(taken) - set(there)
        tap.check(len(taken) >= after and not lost,
                  f"killed after {after} of 200: none of the acknowledged is lost", (len(taken), lost))
        tap.check(len(there) == len(set(there)) and len(there) - len(taken) <= len(clients),
                  "and none is there twice; only those in flight may be there unacknowledged", (len(there), len(taken)))


def queue_survives(tap):
    """South refuses connections (it is down); north takes the mail, dies, and delivers after its restart."""
    with World({"host mx.north.example": {"retry": "1s"}}) as world:
        world.ctl("host", "mx.south.example", "down")
        with smtplib.SMTP(NORTH, world.port("submission"), timeout=PATIENCE_S) as smtp:
            smtp.login("alice", "wonderland")
            smtp.sendmail("alice@north.example", ["carol@south.example"], "Subject: waits\r\n\r\nx\r\n")
        world.kill()
        got = world.run("queue", world.ini, "list")
        tap.check("carol@south.example" in got.stdout, "the queue is on the disk after kill -9", got.stdout + got.stderr)
        world.start()
        tap.check(wait_for(lambda: "waits" in received(world)), "and goes on after the restart")


def full_disk(tap):
    """No file of the server may grow beyond a limit: what a full disk looks like from inside."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))

    import subprocess
    from served import PROGRAM
    world = World({"world": {"journal": "off"}})
    world.start()
    world.stop()
    world.process = subprocess.Popen([PROGRAM, "serve", world.ini], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                     text=True, preexec_fn=limit, start_new_session=True)
    tap.check(world.process.stdout.readline() == "ready\n", "a world whose files cannot grow starts")
    taken, refused = [], []
    body = ("y" * 70 + "\r\n") * 300
    for i in range(60):
        try:
            with smtplib.SMTP(SOUTH, world.port("smtp"), timeout=PATIENCE_S) as smtp:
                smtp.sendmail("a@far.example", ["carol@south.example"], f"Subject: f{i}\r\n\r\n" + body)
            taken.append(f"f{i}")
        except smtplib.SMTPResponseException as error:
            refused.append(error.smtp_code)
    alive = world.process.poll() is None
    world.stop()
    tap.check(alive and refused and set(refused) <= {451, 452}, "a full disk is answered with 451 or 452, and the server lives",
              (alive, refused))
    world.start()
    there = received(world)
    tap.check(set(taken) == set(there), "after it exactly the acknowledged messages are there", (len(taken), len(there)))
    world.stop()
    import shutil
    shutil.rmtree(world.folder)


tap = Tap()
for after in (1, 60, 150):
    kill_in_the_middle(tap, after)
queue_survives(tap)
full_disk(tap)
tap.done()
