"""tests/hostile_dns.py - a name server that lies, one vice a domain: MX questions for VICE.dns.example are answered so.

Names that are not in VICES are answered honestly from HONEST; everything else is NXDOMAIN.
"""

import socket
import struct
import threading
import time

from hostile_host import DONE, EITHER, FAILED, WAITS

A, CNAME, MX, AAAA = 1, 5, 15, 28


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def record(owner, kind, data, ttl=60):
    return name(owner) + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def mx(owner, host, preference=10):
    return record(owner, MX, struct.pack("!H", preference) + name(host))


def a(owner, address):
    return record(owner, A, socket.inet_aton(address))


class Question:
    """What was asked, and by which way it came."""

    def __init__(self, octets, tcp):
        self.id, self.tcp = octets[:2], tcp
        labels, at = [], 12
        while octets[at]:
            labels.append(octets[at + 1:at + 1 + octets[at]].decode())
            at += 1 + octets[at]
        self.name, self.kind = ".".join(labels).lower(), struct.unpack("!H", octets[at + 1:at + 3])[0]
        self.octets = octets[12:at + 5]

    def answer(self, *records, rcode=0, id=None, flags=0x8400, question=None, extra=()):
        """A whole message: @records in the answer section, @extra in the additional one."""
        return ((id or self.id) + struct.pack("!HHHHH", flags | rcode, 1, len(records), 0, len(extra))
                + (question or self.octets) + b"".join(records) + b"".join(extra))


def circle(q):
    return [q.answer(record(q.name, CNAME, name("circle2.dns.example")), record("circle2.dns.example", CNAME, name("circle.dns.example")))]


def chain(q):
    number = int(q.name.split(".")[0][5:] or 0)
    return [q.answer(record(q.name, CNAME, name(f"chain{number + 1}.dns.example")))]


def thousand(q):
    many = [b"\xc0\x0c" + struct.pack("!HHIH", MX, 1, 60, 9) + struct.pack("!H", i) + b"\4mx%02d\xc0\x0c" % (i % 90 + 10) for i in range(1000)]
    return [q.answer(*many)] if q.tcp else [q.answer(flags=0x8600)]


def own_name(q):
    return [q.answer(mx(q.name, "mx.north.example"))]


def poison(q):
    """An honest answer, and beside it an address for somebody else's mail host."""
    return [q.answer(mx(q.name, "nobody.dns.example"), extra=[a("mx.south.example", "127.0.0.66"), a("nobody.dns.example", "127.0.1.250")])]


def pointing_at_itself(q):
    """The name of the mail host is a pointer to this very pointer (RFC 1035 §4.1.4)."""
    return [q.answer(b"\xc0\x0c" + struct.pack("!HHIHH", MX, 1, 60, 4, 10) + b"\xc0" + bytes([len(q.octets) + 26]))]


def tc_then(what):
    return lambda q: what(q) if q.tcp else [q.answer(flags=0x8600)]


# A vice: what it answers (a list of datagrams, or of pieces of a TCP stream), how the message ends, and what is said of it.
VICES = {
    "silent":    (lambda q: [], WAITS, "."),
    "wrong-id":  (lambda q: [q.answer(mx(q.name, "mx.south.example"), id=bytes([q.id[0] ^ 1, q.id[1]]))], WAITS, "."),
    "question":  (lambda q: [q.answer(mx(q.name, "mx.south.example"), question=name("else.example") + b"\0\x0f\0\1")], WAITS, "."),
    "not-qr":    (lambda q: [q.answer(mx(q.name, "mx.south.example"), flags=0x0400)], WAITS, "."),
    "opcode":    (lambda q: [q.answer(mx(q.name, "mx.south.example"), flags=0xa400)], WAITS, "."),
    "guesses":   (lambda q: [q.answer(mx(q.name, "mx.south.example"), id=struct.pack("!H", i)) for i in range(400)], WAITS, "."),
    "nxdomain":  (lambda q: [q.answer(rcode=3)], FAILED, "."),
    "servfail":  (lambda q: [q.answer(rcode=2)], WAITS, "."),
    "refused":   (lambda q: [q.answer(rcode=5)], WAITS, "."),
    "formerr":   (lambda q: [q.answer(rcode=1)], WAITS, "."),
    "garbage":   (lambda q: [bytes(range(256))], WAITS, "."),
    "half":      (lambda q: [q.answer(mx(q.name, "mx.south.example"))[:-9]], WAITS, "."),
    "pointer":   (pointing_at_itself, WAITS, "."),
    "circle":    (circle, EITHER, "."),
    "circle2":   (circle, EITHER, "."),
    "chain":     (chain, EITHER, "."),
    "thousand":  (thousand, EITHER, "."),
    "null-mx":   (lambda q: [q.answer(mx(q.name, "", 0))], FAILED, "."),
    "own-name":  (own_name, FAILED, "."),
    "own-addr":  (lambda q: [q.answer(mx(q.name, "own.dns.example"))], FAILED, "."),
    "zero":      (lambda q: [q.answer(mx(q.name, "zero.at.example"))], FAILED, "circle"),
    "multicast": (lambda q: [q.answer(mx(q.name, "multicast.at.example"))], WAITS, "."),
    "broadcast": (lambda q: [q.answer(mx(q.name, "broadcast.at.example"))], WAITS, "."),
    "poison":    (poison, FAILED, "no(ne of|.*address)"),
    "tcp":       (tc_then(lambda q: [q.answer(mx(q.name, "honest.at.example"))]), DONE, ""),
    "pieces":    (tc_then(lambda q: [bytes([o]) for o in q.answer(mx(q.name, "honest.at.example"))]), DONE, ""),
    "tc-always": (lambda q: [q.answer(flags=0x8600)], WAITS, "."),
    "tcp-mute":  (tc_then(lambda q: []), WAITS, "."),
    "tcp-cut":   (tc_then(lambda q: None), WAITS, "."),
    "tcp-long":  (tc_then(lambda q: [b"\xff" * 8000]), WAITS, "."),
}

HONEST_HOST = "127.0.1.251"
HONEST = {
    ("south.example", MX): lambda q: [mx(q.name, "mx.south.example")],
    ("mx.south.example", A): lambda q: [a(q.name, "127.0.0.3")],
    ("mx.north.example", A): lambda q: [a(q.name, "127.0.0.2")],
    ("own.dns.example", A): lambda q: [a(q.name, "127.0.0.2")],
    ("zero.at.example", A): lambda q: [a(q.name, "0.0.0.0")],
    ("multicast.at.example", A): lambda q: [a(q.name, "224.0.0.1")],
    ("broadcast.at.example", A): lambda q: [a(q.name, "255.255.255.255")],
    ("honest.at.example", A): lambda q: [a(q.name, HONEST_HOST)],
}


def one_port(address):
    """Two sockets with the same port; None: that port was free on TCP, and somebody has it on UDP."""
    tcp = socket.create_server((address, 0), backlog=50)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.bind(tcp.getsockname())
    except OSError:
        tcp.close()
        udp.close()
        return None
    return tcp, udp


class Dns:
    """Listens on @address, UDP and TCP, the same port."""

    def __init__(self, address):
        self.address, self.asked, self.senders = address, [], []
        self.tcp, self.udp = next(pair for _ in range(60) if (pair := one_port(address)))
        self.port = self.tcp.getsockname()[1]
        threading.Thread(target=self.serve_udp, daemon=True).start()
        threading.Thread(target=self.serve_tcp, daemon=True).start()

    def think(self, q):
        self.asked.append((q.name, q.kind))
        vice = q.name.split(".")[0]
        if q.name.endswith(".dns.example") and (q.kind == MX or vice.startswith("c")):
            return VICES["chain" if vice.startswith("chain") else vice][0](q)
        if (q.name, q.kind) in HONEST:
            return [q.answer(*HONEST[q.name, q.kind](q))]
        return [q.answer(rcode=0 if any(known == q.name for known, _ in HONEST) else 3)]

    def serve_udp(self):
        while True:
            octets, source = self.udp.recvfrom(4096)
            self.senders.append((int.from_bytes(octets[:2], "big"), source[1]))
            for some in self.think(Question(octets, tcp=False)) or []:
                self.udp.sendto(some, source)

    def serve_tcp(self):
        while True:
            conn, _ = self.tcp.accept()
            threading.Thread(target=self.answer_tcp, args=(conn,), daemon=True).start()

    def answer_tcp(self, conn):
        with conn:
            conn.settimeout(15)
            try:
                octets = conn.recv(4096)
                pieces = self.think(Question(octets[2:], tcp=True))
                whole = sum(len(piece) for piece in pieces or [])
                conn.sendall(struct.pack("!H", 65535 if whole == 8000 else whole) if pieces else b"")
                for piece in pieces or []:
                    conn.sendall(piece)
                    time.sleep(0.001 if len(piece) == 1 else 0)
                if pieces is not None:
                    conn.recv(1)
            except OSError:
                pass
