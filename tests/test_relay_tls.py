"""Our sending half against next hops over real sockets: TLS that works, TLS that does not, hosts that break off."""

import os
import socket
import ssl
import threading

from served import NORTH, PATIENCE_S, Tap, World, wait_for

PEER = "127.0.0.9"
STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot")


class NextHop(threading.Thread):
    """A host that takes mail. @tls: "good" with @pem, "garbage" or "shut" instead of a handshake; None: not offered.
    @breaks: {call: (step, "421" or "cut")}."""

    def __init__(self, tls=None, pem=None, breaks=None, pipelining=True):
        super().__init__(daemon=True)
        self.listener = socket.create_server((PEER, 0))
        self.port = self.listener.getsockname()[1]
        self.tls, self.pem, self.breaks, self.pipelining = tls, pem, breaks or {}, pipelining
        self.calls, self.taken, self.sealed, self.writes = 0, [], 0, []
        self.start()

    def run(self):
        while True:
            conn, _ = self.listener.accept()
            self.calls += 1
            conn.settimeout(PATIENCE_S)
            try:
                self.talk(conn, self.breaks.get(self.calls, (None, None)))
            except OSError:
                pass
            finally:
                conn.close()

    def answer(self, conn, step, words, breaks):
        """False: this is where the conversation ends."""
        if step == breaks[0]:
            if breaks[1] == "421":
                conn.sendall(b"421 4.3.2 going down\r\n")
            return False
        conn.sendall(words.encode() + b"\r\n")
        return True

    def offers(self, inside):
        lines = ["mx.odd.example", "8BITMIME"]
        lines += ["PIPELINING"] if self.pipelining else []
        lines += ["STARTTLS"] if self.tls and not inside else []
        return "".join(f"250{'-' if line != lines[-1] else ' '}{line}\r\n" for line in lines)[:-2]

    def talk(self, conn, breaks):
        inside, rest = False, b""
        if not self.answer(conn, "greeting", "220 mx.odd.example", breaks):
            return
        while True:
            while b"\r\n" not in rest:
                octets = conn.recv(65536)
                if not octets:
                    return
                self.writes.append(octets)
                rest += octets
            line, rest = rest.split(b"\r\n", 1)
            verb = line[:4].decode().upper()
            if verb == "EHLO":
                going = self.answer(conn, "EHLO", self.offers(inside), breaks)
            elif line == b"STARTTLS":
                conn.sendall(b"220 go\r\n")
                if self.tls == "shut":
                    return
                if self.tls == "garbage":
                    conn.sendall(b"this is no TLS at all\r\n" * 20)
                    return
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.pem)
                conn, inside, going = context.wrap_socket(conn, server_side=True), True, True
                self.sealed += 1
            elif verb == "DATA":
                going = self.answer(conn, "DATA", "354 go on", breaks)
                while going and b"\r\n.\r\n" not in rest:
                    octets = conn.recv(65536)
                    if not octets:
                        return
                    rest += octets
                if going:
                    message, rest = rest.split(b"\r\n.\r\n", 1)
                    self.taken.append(message)
                    going = self.answer(conn, "dot", "250 2.0.0 taken", breaks)
            elif verb == "QUIT":
                conn.sendall(b"221 bye\r\n")
                return
            else:
                going = self.answer(conn, verb, "250 ok", breaks)
            if not going:
                return


def world_with(hop, keys=None):
    return World({"host mx.north.example": {"routes": f"odd.example: {PEER}:{hop.port}", "retry": "1s", **(keys or {})}})


def send(world):
    result = world.run("send", world.ini, "--from", "alice@north.example", "--to", "carol@odd.example")
    return result.returncode == 0


def two_hosts(tap):
    with World() as world:
        world.run("send", world.ini, "--from", "alice@north.example", "--to", "carol@south.example")
        there = wait_for(lambda: '"stage":"deliver"' in world.journal())
        tap.check(there and "the certificate says that this is mx.south.example" in world.journal(),
                  "two hosts of ours: TLS, and the lab's authority vouches for the next host")


def one_write(tap):
    hop = NextHop()
    with world_with(hop) as world:
        tap.check(send(world) and wait_for(lambda: hop.taken), "a host with PIPELINING takes the message")
        together = [w for w in hop.writes if w.startswith(b"MAIL")]
        tap.check(len(together) == 1 and b"RCPT TO:" in together[0] and together[0].endswith(b"DATA\r\n"),
                  "RFC 2920 §3.1: MAIL, RCPT and DATA came in one piece", together)


def wrong_certificate(tap):
    with World() as other:  # its certificate is for another name, by an authority nobody else believes
        pem = os.path.join(other.state, "tls", "mx.north.example.pem")
        hop = NextHop(tls="good", pem=pem)
        with world_with(hop) as world:
            tap.check(send(world) and wait_for(lambda: hop.taken) and hop.sealed == 1 and hop.calls == 1,
                      "a certificate that proves nothing: the message still goes inside TLS", (hop.calls, hop.sealed, hop.taken))
            tap.check("is not proven" in world.journal(), "and it is told that the name is not proven")


def broken_tls(tap, how):
    hop = NextHop(tls=how)
    with world_with(hop) as world:
        tap.check(send(world) and wait_for(lambda: hop.taken) and hop.calls == 2,
                  f"RFC 3207 §4.1: {how} instead of a handshake: the same host at once, without TLS", hop.calls)
        tap.check("The message goes once more, without it" in world.journal(), "and it is told")


def required(tap):
    hop = NextHop()
    with world_with(hop, {"relay-tls": "required", "give-up-tries": "1"}) as world:
        send(world)
        told = wait_for(lambda: '"stage":"bounce"' in world.journal())
        tap.check(told and not hop.taken and not any(b"MAIL" in w for w in hop.writes),
                  "relay-tls = required: a host without TLS hears no MAIL, and the sender is told in the end")


def breaking_off(tap, how):
    breaks = {number + 1: (step, how) for number, step in enumerate(STEPS)}
    hop = NextHop(breaks=breaks)
    with world_with(hop) as world:
        send(world)
        wait_for(lambda: hop.calls > len(STEPS))
        wait_for(lambda: "has taken the message" in world.journal())
        # At the dot it had the message already: RFC 1047.
        tap.check(len(hop.taken) == 2 and hop.calls == len(STEPS) + 1,
                  f"{how} at each of {len(STEPS)} steps, one a try: the seventh try succeeds", (hop.calls, len(hop.taken)))
        doubted = "twice is better than never (RFC 1047)" in world.journal()
        tap.check(doubted == (how == "cut"), f"{how} behind the dot: " + ("the doubt is told" if how == "cut" else "no doubt"))


tap = Tap()
for part in (two_hosts, one_write, wrong_certificate, lambda t: broken_tls(t, "garbage"), lambda t: broken_tls(t, "shut"),
             required, lambda t: breaking_off(t, "421"), lambda t: breaking_off(t, "cut")):
    try:
        part(tap)
    except Exception as error:
        tap.check(False, part.__name__, repr(error))
tap.done()
