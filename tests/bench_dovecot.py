"""tests/bench_dovecot.py - a Dovecot of our own for `make bench`, on loopback ports, in a folder of its own.

The machine's own Dovecot is not touched: configuration, sockets and Maildirs lie in the folder and go with it.
All is as it comes, but for this: any user may log in with the password "secret", nothing is logged, there is
no TLS, and as many connections as the bench needs may come from one address.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

from served import is_free, wait_for

ADDRESS = "127.0.0.7"
PROGRAM = "/usr/sbin/dovecot"

CONFIG = """\
protocols = imap pop3 lmtp
listen = {address}
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = glasspost-bench
log_path = /dev/null
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
mail_max_userip_connections = 0
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n allow_all_users=yes
}}
protocol lmtp {{
  auth_username_format = %n
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {smtp}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


def lacks():
    """Why no Dovecot can be started here; None: it can."""
    if not os.path.exists(PROGRAM) or not os.path.exists("/usr/lib/dovecot/lmtp"):
        return "Dovecot is not installed (apt-get install dovecot-imapd dovecot-pop3d dovecot-lmtpd)"
    return None if os.getuid() == 0 else "only root can start Dovecot"


class Dovecot:
    name, address, domain, hello = "Dovecot", ADDRESS, "west.example", "LHLO"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="glasspost-bench-dovecot-")
        self.process = None
        self.owner = owner = pwd.getpwnam("mail")
        os.chmod(self.folder, 0o755)
        for name in ("mail", "run", "state"):
            os.mkdir(os.path.join(self.folder, name))
        os.chown(os.path.join(self.folder, "mail"), owner.pw_uid, owner.pw_gid)
        free = (port for port in range(25000, 26000) if is_free(ADDRESS, port))
        self.ports = {"imap": next(free), "pop3": next(free), "smtp": next(free)}
        self.config = os.path.join(self.folder, "dovecot.conf")
        with open(self.config, "w") as file:
            file.write(CONFIG.format(folder=self.folder, address=ADDRESS, uid=owner.pw_uid, gid=owner.pw_gid, **self.ports))

    def port(self, service):
        return self.ports[service]

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", self.config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        if not wait_for(self.answers):
            raise RuntimeError("Dovecot did not start")
        return self

    def answers(self):
        try:
            with socket.create_connection((ADDRESS, self.ports["imap"]), timeout=2) as client:
                return client.recv(4) == b"* OK"
        except OSError:
            return False

    def forget(self):
        """The caches of its mailboxes; the next reader makes them anew."""
        self.stop()
        for folder, _, files in os.walk(os.path.join(self.folder, "mail")):
            for name in files:
                if name.startswith("dovecot.index"):
                    os.unlink(os.path.join(folder, name))
        self.start()

    def keep(self, mailbox, messages):
        """Puts @messages where its own delivery would have left them: by IMAP 100,000 would take minutes."""
        folder = os.path.join(self.folder, "mail", "carol", "" if mailbox == "INBOX" else "." + mailbox, "cur")
        for number, octets in enumerate(messages):
            kept = octets.replace(b"\r\n", b"\n")
            name = f"1767600000.M{number:06}P1.bench,S={len(kept)},W={len(octets)}:2,"
            with open(os.path.join(folder, name), "wb") as file:
                file.write(kept)
            os.chown(file.name, self.owner.pw_uid, self.owner.pw_gid)

    def stop(self):
        """The master ends its own processes; the group is only ours."""
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
