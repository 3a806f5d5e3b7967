"""tests/postfix.py - a Postfix of our own beside the world: its own folder, 127.0.0.5, ended by its pid.

    with Postfix(world, port) as postfix:       # mail for post.example goes into postfix.mails("erin")

It asks no DNS: where south.example and north.example are stands in a table. Nothing of the
system's own Postfix is touched or needed but its programs.
"""

import email
import email.policy
import glob
import os
import pwd
import shutil
import subprocess

from served import HUB, NORTH, SOUTH, wait_for

ADDRESS, OLD = "127.0.0.5", "127.0.0.6"
# For @more: a server as it was before the extensions.
NO_EXTENSIONS = "smtpd_discard_ehlo_keywords = 8bitmime, pipelining, dsn, size, starttls, etrn, vrfy, chunking, enhancedstatuscodes"

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_bind_address = {address}
myhostname = mx.{domain}
mydomain = {domain}
myorigin = {domain}
mydestination =
mynetworks = 127.0.0.0/8
local_header_rewrite_clients =
alias_maps =
alias_database =
local_recipient_maps =
disable_dns_lookups = yes
smtpd_peername_lookup = no
relay_domains = south.example, north.example, hub.example
transport_maps = texthash:{folder}/transport
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_transport = virtual
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_cert_file = {folder}/tls.pem
smtpd_tls_key_file = {folder}/tls.pem
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtp_tls_security_level = may
smtp_tls_CAfile = {authority}
smtp_tls_loglevel = 1
smtp_tls_note_starttls_offer = yes
message_size_limit = {size}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
{more}
"""

MASTER = """
{address}:{port} inet n - n - - smtpd
pickup    unix n - n 60  1 pickup
cleanup   unix n - n -   0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


def is_there():
    """Postfix starts as root only: it changes users by itself."""
    return shutil.which("postfix", path=os.environ.get("PATH", "") + ":/usr/sbin") is not None and os.getuid() == 0


class Postfix:
    """@port: where it listens, and where the world's hosts listen too."""

    def __init__(self, world, port, size=10240000, more="", address=ADDRESS, domain="post.example"):
        self.world, self.port, self.size, self.more, self.address, self.domain = world, port, size, more, address, domain
        self.folder = os.path.join(world.folder, "postfix-" + address)
        self.config = os.path.join(self.folder, "etc")

    def postfix(self, *words):
        return subprocess.run(["postfix", "-c", self.config, *words], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin"})

    def put(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def start(self):
        user = pwd.getpwnam("nobody")
        owner = pwd.getpwnam("postfix")
        for name in ("etc", "queue", "data", "mail"):
            os.makedirs(os.path.join(self.folder, name))
        os.chmod(self.world.folder, 0o755)  # its programs run as postfix and as nobody
        os.chown(os.path.join(self.folder, "mail"), user.pw_uid, user.pw_gid)
        os.chown(os.path.join(self.folder, "data"), owner.pw_uid, owner.pw_gid)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mx." + self.domain,
                        "-keyout", os.path.join(self.folder, "tls.pem"), "-out", os.path.join(self.folder, "tls.crt")],
                       capture_output=True, timeout=120, check=True)
        with open(os.path.join(self.folder, "tls.crt")) as certificate, open(os.path.join(self.folder, "tls.pem"), "a") as both:
            both.write(certificate.read())
        self.put("transport", f"south.example smtp:[{SOUTH}]:{self.world.port('smtp')}\n"
                              f"north.example smtp:[{NORTH}]:{self.world.port('smtp')}\n"
                              f"hub.example smtp:[{HUB}]:{self.world.port('smtp')}\n")
        self.put("mailboxes", f"erin@{self.domain} erin/\nfrank@{self.domain} frank/\n")
        authority = os.path.join(self.folder, "authority.pem")
        shutil.copy(os.path.join(self.world.state, "tls", "authority.pem"), authority)
        os.chmod(authority, 0o644)
        self.put("etc/main.cf", MAIN.format(folder=self.folder, address=self.address, uid=user.pw_uid, gid=user.pw_gid,
                                            authority=authority, size=self.size, more=self.more, domain=self.domain))
        self.put("etc/master.cf", MASTER.format(address=self.address, port=self.port))
        got = self.postfix("start")
        if got.returncode != 0:
            raise RuntimeError("Postfix did not start: " + got.stderr + self.log())
        return self

    def stop(self):
        self.postfix("stop")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def log(self):
        try:
            with open(os.path.join(self.folder, "log")) as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def raw(self, user):
        """The messages of @user as they lie there, in the order in which they came, their lines ended by CRLF."""
        found = glob.glob(os.path.join(self.folder, "mail", user, "new", "*"))
        texts = []
        for path in sorted(found, key=os.path.getmtime):
            with open(path, "rb") as file:
                texts.append(file.read().replace(b"\n", b"\r\n"))
        return texts

    def mails(self, user):
        return [email.message_from_bytes(text, policy=email.policy.default) for text in self.raw(user)]

    def wait_log(self, text):
        """Postfix writes its log beside its work, and after it."""
        return wait_for(lambda: text in self.log())
