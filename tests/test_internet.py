"""tests/test_internet.py - a class as a small internet: three machines, one world each, joined by their real addresses.

The machines are network namespaces on one bridge, all inside a namespace of this test's own: nothing of it is seen outside, no
right is needed where the kernel lets a user make namespaces, and it is gone when the test's processes are. The worlds come from
labs/internet/make.sh, as in class.

    teacher 10.77.0.1 (the name server) --+-- bridge --+-- north 10.77.0.2
                                                       +-- south 10.77.0.3
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from served import PROGRAM, ROOT, Tap, wait_for

INSIDE = "GLASSPOST_TEST_INTERNET"
MACHINES = ["teacher", "north", "south"]
NAMESPACES = ["unshare", "--user", "--map-root-user", "--net"]
tap = Tap()


def command(*words, check=True):
    return subprocess.run(words, check=check, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


def why_not():
    """Why this machine can't make such a net; None: it can."""
    for program in ("unshare", "nsenter", "ip"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    made = command(*NAMESPACES, "sh", "-c", "ip link add b0 type bridge && unshare --net true", check=False)
    return None if made.returncode == 0 else "no network namespaces here: " + made.stderr.strip().splitlines()[-1]


class Machine:
    """A namespace, kept by a process that does nothing, with one cable to the bridge."""

    def __init__(self, number, name, folder):
        self.name, self.folder, self.process = name, os.path.join(folder, "class", name), None
        self.keeper = subprocess.Popen(["unshare", "--net", "sleep", "600"], stdin=subprocess.DEVNULL)
        own = os.readlink("/proc/self/ns/net")
        wait_for(lambda: os.readlink(f"/proc/{self.keeper.pid}/ns/net") != own)
        command("ip", "link", "add", f"cable{number}", "type", "veth", "peer", "name", "eth0", "netns", str(self.keeper.pid))
        command("ip", "link", "set", f"cable{number}", "master", "bridge", "up")
        self.run("ip", "link", "set", "lo", "up")
        self.run("ip", "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
        self.run("ip", "link", "set", "eth0", "up")

    def inside(self, *words):
        return ["nsenter", f"--target={self.keeper.pid}", "--net", *words]

    def run(self, *words, check=True):
        return command(*self.inside(*words), check=check)

    def glasspost(self, *words):
        done = self.run(PROGRAM, *words, check=False)
        return done.stdout + done.stderr

    def world(self):
        return os.path.join(self.folder, "world.ini")

    def start(self):
        self.process = subprocess.Popen(self.inside(PROGRAM, "serve", "world.ini"), cwd=self.folder, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        return self.process.stdout.readline().strip() == "ready"

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def traces(self):
        request = json.loads(command(PROGRAM, "export", os.path.join(self.folder, "state"), "--format", "otlp").stdout)
        return [span for resource in request["resourceSpans"] for span in resource["scopeSpans"][0]["spans"]]

    def end(self):
        self.stop()
        self.keeper.kill()
        self.keeper.wait()


def make_worlds(folder):
    with open(os.path.join(folder, "list"), "w", encoding="utf-8") as file:
        file.write("# the class\n" + "".join(f"{name}  10.77.0.{i}\n" for i, name in enumerate(MACHINES, 1)))
    made = command("sh", os.path.join(ROOT, "labs/internet/make.sh"), os.path.join(folder, "list"), os.path.join(folder, "class"))
    tap.check(made.stdout.count("world.ini") == 3, "make.sh makes a world a machine", made.stdout + made.stderr)


def a_letter(teacher, north, south):
    """south's machine is off; the message waits, and arrives when it is on."""
    tap.check(teacher.start() and north.start(), "the teacher's and north's worlds are ready")
    said = north.glasspost("send", north.world(), "--from", "north@north.example", "--to", "south@south.example")
    tap.check("250 2.6.0" in said, "north's server takes the message: it has asked the teacher's for south", said)
    waiting = wait_for(lambda: "1 try" in (said := north.glasspost("queue", north.world(), "list")) and said)
    tap.check(waiting, "south's machine is off: the message waits", north.glasspost("queue", north.world(), "list"))
    tap.check(south.start(), "south's world is ready")
    empty = wait_for(lambda: "empty" in north.glasspost("queue", north.world(), "list"))
    tap.check(empty, "the next try reaches it", north.glasspost("queue", north.world(), "list"))
    said = south.glasspost("fetch", south.world(), "--user", "south@south.example", "--imap")
    tap.check("has read 1 message" in said, "south reads it", said)


def not_for_strangers(north, south):
    """What a machine of the class may not do with another one's."""
    host = "import smtplib, sys; s = smtplib.SMTP('10.77.0.3', int(sys.argv[1])); s.ehlo('mx.north.example');"
    relay = north.run("python3", "-c", host + "s.mail('north@north.example'); print(s.rcpt('teacher@teacher.example'))", "10025")
    tap.check("(55" in relay.stdout, "south passes on nothing for strangers", relay.stdout)
    login = north.run("python3", "-c", host + "print(s.docmd('AUTH PLAIN AHNvdXRoAGdsYXNzcG9zdA=='))", "10587")
    tap.check("(53" in login.stdout or "(50" in login.stdout, "nor takes a password in the clear from another machine", login.stdout)


def one_trace(north, south):
    sent, taken = north.traces(), south.traces()
    trace = {span["traceId"] for span in sent}
    tap.check(len(trace) == 1, "north's journal tells of one message", trace)
    root = [span for span in taken if span["traceId"] in trace and span["name"] == "mx.south.example"]
    tap.check(len(root) == 1, "south's, exported there, knows the same trace", taken[:1])
    relays = [span["spanId"] for span in sent if span["name"] == "relay"]
    tap.check(len(relays) >= 2 and root and root[0].get("parentSpanId") == relays[-1],
              "and hangs below the try that reached it", relays)


def inside():
    command("ip", "link", "set", "lo", "up")
    command("ip", "link", "add", "bridge", "type", "bridge")
    command("ip", "link", "set", "bridge", "up")
    machines = []
    with tempfile.TemporaryDirectory(prefix="glasspost-internet-") as folder:
        try:
            make_worlds(folder)
            for number, name in enumerate(MACHINES, 1):
                machines.append(Machine(number, name, folder))
            teacher, north, south = machines
            a_letter(teacher, north, south)
            not_for_strangers(north, south)
            one_trace(north, south)
        finally:
            for machine in machines:
                machine.end()
    tap.done()


if INSIDE in os.environ:
    inside()
if reason := why_not():
    tap.skip("three machines, one world each", reason)
    tap.done()
os.execvpe(NAMESPACES[0], [*NAMESPACES, sys.executable, os.path.abspath(__file__)], {**os.environ, INSIDE: "1"})
