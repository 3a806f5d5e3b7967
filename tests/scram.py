"""tests/scram.py - the client's side of SCRAM-SHA-256, written from RFC 5802 and RFC 7677."""

import base64
import hashlib
import hmac


def b64(octets):
    return base64.b64encode(octets).decode()


class Scram:
    """A client; each attribute of it can be made wrong."""

    def __init__(self, user="alice", password="wonderland", nonce="fyko+d2lbbFgONRv9qkxdawL"):
        self.password = password.encode()
        self.bare = f"n={user},r={nonce}"
        self.nonce = nonce

    def first(self):
        return b64(b"n,," + self.bare.encode())

    def final(self, challenge, nonce=None, proof=None):
        text = base64.b64decode(challenge).decode()
        said = dict(part.split("=", 1) for part in text.split(","))
        assert said["r"].startswith(self.nonce) and len(said["r"]) > len(self.nonce), said
        salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(said["s"]), int(said["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        without = f"c=biws,r={nonce or said['r']}"
        message = f"{self.bare},{text},{without}".encode()
        mask = hmac.digest(hashlib.sha256(key).digest(), message, "sha256")
        if proof is None:
            proof = bytes(a ^ b for a, b in zip(key, mask))
        self.signature = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        self.rounds = int(said["i"])
        return b64(f"{without},p={b64(proof)}".encode())
