"""tests/served.py - a running world for tests that use real clients, and TAP for their results.

    with World() as world:                      # glasspost serve, on free ports, in a folder of its own
        world.port("smtp"), world.north, ...
"""

import glob
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(ROOT, os.environ.get("BUILD", "build"), "glasspost")
# A program with the sanitizers keeps what it has freed, up to 256 MB, to catch late uses: its memory tells little.
SANITIZED = "sanitize" in os.environ.get("BUILD", "")
NORTH, SOUTH, HUB, DNS = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.53"
OFFSETS = {"smtp": 25, "submission": 587, "submissions": 465, "pop3": 110, "pop3s": 995, "imap": 143, "imaps": 993, "dns": 53}

# The demo's hosts begin without these, for a first look; here they are as in a world that says nothing about them.
BETWEEN_HOSTS = {"relay-tls": "optional", "relay-pipelining": "on"}
# Above the demo's own ports, and below those that the kernel gives to clients: a port that is free stays
# free while a world is stopped and started again.
BASES = (20000, 31700)
PATIENCE_S = 60  # how long something may take on a machine that is busy with other tests


def free_base():
    """A base whose ports nobody uses; tests that run at the same time look at different ones."""
    for _ in range(60):
        base = random.randrange(*BASES)
        if all(is_free(host, base + port) for host in (NORTH, SOUTH, HUB, DNS) for port in OFFSETS.values()):
            return base
    raise RuntimeError("no free range of ports")


def is_free(host, port):
    """For a server on TCP and, as a name server's is, on UDP."""
    try:
        with socket.socket() as probe, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            datagrams.bind((host, port))
    except OSError:
        return False
    return True


def dead_port(host):
    """A socket whose port refuses everybody: it is taken, and nobody listens there. Kept open, or another test may get it."""
    taken = socket.socket()
    taken.bind((host, 0))
    return taken


class World:
    """The demo world under `glasspost serve`. Keys of sections can be changed: {"world": {"clock": "real"}}."""

    def __init__(self, changes=None, args=(), wrapper=()):
        self.folder = tempfile.mkdtemp(prefix="glasspost-test-")
        self.base = free_base()
        self.state = os.path.join(self.folder, "state")
        self.ini = os.path.join(self.folder, "world.ini")
        self.args, self.wrapper = list(args), list(wrapper)
        self.process = None
        self.failed = Tap.failed_in_all
        self.write(changes or {})

    def port(self, service):
        return self.base + OFFSETS[service]

    def write(self, changes):
        self.changes = changes
        for file in glob.glob(os.path.join(ROOT, "labs/demo/*.zone")) + [os.path.join(ROOT, "labs/demo/south.filter")]:
            shutil.copy(file, self.folder)
        keys = {
            "smtp-port": self.port("smtp"),
            "submission-port": self.port("submission"),
            "submissions-port": self.port("submissions"),
            "pop3-port": self.port("pop3"),
            "pop3s-port": self.port("pop3s"),
            "imap-port": self.port("imap"),
            "imaps-port": self.port("imaps"),
            "resolver": f"{DNS}:{self.port('dns')}",
            "clock": "real",
        }
        changes = {section: dict(values) for section, values in changes.items()}
        changes["world"] = {**keys, **changes.get("world", {})}
        changes["dns"] = {"port": self.port("dns"), **changes.get("dns", {})}
        for host in ("mx.north.example", "mx.hub.example", "mx.south.example"):
            changes[f"host {host}"] = {**BETWEEN_HOSTS, **changes.get(f"host {host}", {})}
        with open(os.path.join(ROOT, "labs/demo/world.ini")) as source, open(self.ini, "w") as out:
            section, pending = None, {}
            for line in source:
                if line.startswith("["):
                    out.writelines(f"{k} = {v}\n" for k, v in pending.items())
                    section = line.strip()[1:-1]
                    pending = dict(changes.get(section, {}))
                key = line.split("=")[0].strip()
                if "=" in line and not line.startswith("#") and key in pending:
                    line = f"{key} = {pending.pop(key)}\n"
                out.write(line)
            out.writelines(f"{k} = {v}\n" for k, v in pending.items())

    def start(self):
        """Another test may take the ports between the look and the start: then others are tried."""
        for _ in range(5):
            if self.start_once():
                return self
            if "in use" not in self.errors():
                break
            self.base = free_base()
            self.write(self.changes)
        raise RuntimeError("the world did not start: " + self.errors())

    def start_once(self):
        open(os.path.join(self.folder, "stderr"), "w").close()
        self.process = subprocess.Popen(
            self.wrapper + [PROGRAM, "serve", self.ini] + self.args,
            stdout=subprocess.PIPE, stderr=open(os.path.join(self.folder, "stderr"), "a"), text=True, start_new_session=True)
        return self.process.stdout.readline() == "ready\n"

    def errors(self):
        with open(os.path.join(self.folder, "stderr")) as file:
            return file.read()

    def kill(self):
        """As a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            # The whole group: a wrapper such as strace would leave the server behind.
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                return self.process.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode if self.process else None

    def run(self, *args, **options):
        return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=2 * PATIENCE_S, **options)

    def ctl(self, *words):
        return self.run("ctl", self.state, *words)

    def journal(self):
        """The journal's whole lines. The server may be in the middle of writing another: that one is left for later."""
        whole = b""
        for name in sorted(glob.glob(os.path.join(self.state, "journal-*.ndjson"))):
            with open(name, "rb") as file:
                octets = file.read()
            whole += octets[:octets.rfind(b"\n") + 1]
        return whole.decode("utf-8")

    def __enter__(self):
        return self.start()

    def tell(self):
        """The server's last words, for whoever asks why a check failed."""
        for line in self.errors().splitlines()[-20:] + self.journal().splitlines()[-30:]:
            print("# " + line[:300], flush=True)

    def __exit__(self, *_):
        self.stop()
        if Tap.failed_in_all > self.failed:
            self.tell()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_for(condition, seconds=PATIENCE_S):
    """Polls until @condition() is true; returns its last value."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return value


class Tap:
    """Counts checks as the other test programs print them."""

    failed_in_all = 0

    def __init__(self):
        self.count = self.failed = 0

    def check(self, good, name, detail=""):
        self.count += 1
        print(f"{'ok' if good else 'not ok'} {self.count} {name}", flush=True)
        if not good:
            self.failed += 1
            Tap.failed_in_all += 1
            where = traceback.format_exc() if sys.exc_info()[0] else ""
            for line in f"{detail}\n{where}".splitlines():
                print("# " + line, flush=True)

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {why}", flush=True)

    def need(self, program, name):
        """Is @program there? If not, the check is skipped and says so."""
        if shutil.which(program):
            return True
        self.skip(name, f"{program} is not installed")
        return False

    def done(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
