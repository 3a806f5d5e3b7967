"""tests/bench_postfix.py - a Postfix of our own for `make bench`, on a loopback port, in a folder of its own.

The machine's own Postfix is not touched: configuration, queue and mailboxes lie in the folder and go with it.
All is as it comes, but for this: nothing is chrooted, nothing is logged (there may be no syslog, and then
Postfix is the faster for it), local mail goes to Maildirs by virtual(8), remote mail to the bench's sink.
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

from served import wait_for

ADDRESS = "127.0.0.5"
DAEMONS = "/usr/lib/postfix/sbin"

# Folders of its queue that only its own user enters.
QUEUE = "active bounce corrupt defer deferred flush hold incoming private saved trace".split()

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.west.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = all
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = [{sink}]:{sink_port}
disable_dns_lookups = yes
virtual_mailbox_domains = west.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 30000000
"""

# service, type, private, unprivileged, chroot, wake up, processes, program
MASTER = """\
{address}:{port} inet n - n - - smtpd
pickup     unix n - n 60    1 pickup
cleanup    unix n - n -     0 cleanup
qmgr       unix n - n 300   1 qmgr
rewrite    unix - - n -     - trivial-rewrite
bounce     unix - - n -     0 bounce
defer      unix - - n -     0 bounce
trace      unix - - n -     0 bounce
verify     unix - - n -     1 verify
flush      unix n - n 1000? 0 flush
proxymap   unix - - n -     - proxymap
proxywrite unix - - n -     1 proxymap
smtp       unix - - n -     - smtp
relay      unix - - n -     - smtp
showq      unix n - n -     - showq
error      unix - - n -     - error
retry      unix - - n -     - error
virtual    unix - n n -     - virtual
anvil      unix - - n -     1 anvil
scache     unix - - n -     1 scache
tlsmgr     unix - - n 1000? 1 tlsmgr
"""


def lacks():
    """Why no Postfix can be started here; None: it can."""
    if not os.path.exists(f"{DAEMONS}/master"):
        return "Postfix is not installed (apt-get install postfix)"
    return None if os.getuid() == 0 else "only root can start Postfix"


class Postfix:
    def __init__(self, port, users, sink, sink_port, wrapper=()):
        self.folder = tempfile.mkdtemp(prefix="glasspost-bench-postfix-")
        self.config = os.path.join(self.folder, "config")
        self.number, self.wrapper, self.process = port, list(wrapper), None
        owner = pwd.getpwnam("postfix")
        os.chmod(self.folder, 0o755)
        for name in ("config", "queue", "queue/pid"):
            os.mkdir(os.path.join(self.folder, name))
        for name in ("data", "mail", *("queue/" + name for name in QUEUE)):
            os.mkdir(os.path.join(self.folder, name), 0o700)
            os.chown(os.path.join(self.folder, name), owner.pw_uid, owner.pw_gid)
        for name, mode in (("queue/maildrop", 0o1730), ("queue/public", 0o2710)):
            os.mkdir(os.path.join(self.folder, name))
            os.chown(os.path.join(self.folder, name), owner.pw_uid, grp.getgrnam("postdrop").gr_gid)
            os.chmod(os.path.join(self.folder, name), mode)
        values = {"folder": self.folder, "daemons": DAEMONS, "address": ADDRESS, "port": port, "sink": sink,
                  "sink_port": sink_port, "uid": owner.pw_uid, "gid": owner.pw_gid}
        self.write("config/main.cf", MAIN.format(**values))
        self.write("config/master.cf", MASTER.format(**values))
        self.write("boxes", "".join(f"{user}@west.example {user}/\n" for user in users))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def start(self):
        self.process = subprocess.Popen(self.wrapper + [f"{DAEMONS}/master", "-c", self.config, "-d"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        if not wait_for(self.answers):
            raise RuntimeError("Postfix did not start")
        return self

    def port(self):
        return self.number

    def answers(self):
        try:
            with socket.create_connection((ADDRESS, self.number), timeout=2) as client:
                return client.recv(3) == b"220"
        except OSError:
            return False

    def queued(self):
        return sum(len(files) for name in ("incoming", "active", "deferred", "maildrop")
                   for _, _, files in os.walk(os.path.join(self.folder, "queue", name)))

    def flush(self):
        subprocess.run(["postqueue", "-c", self.config, "-f"], check=True, capture_output=True)

    def stop(self):
        """master ends its own daemons; the group is only ours."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
