"""Servers on loopback that show a chain in TLS, or misbehave in one of the ways that live ones do."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs

from expressway_certs.testing import Issued

Handler = Callable[[socket.socket], None]


@contextmanager
def serving(handle: Handler, host: str = "127.0.0.1") -> Iterator[int]:
    """Run a server that hands each connection to a function, and yield its port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.bind((host, 0))
        listening.listen()
        thread = threading.Thread(target=_accept, args=(listening, handle), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        # Closing does not wake who waits for a connection on Linux; shutting down does.
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _accept(listening: socket.socket, handle: Handler) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            connection.settimeout(5)
            handle(connection)


@attrs.frozen(kw_only=True)
class Shown:
    """What a server of TLS shows, and how it is set up besides."""

    leaf: Issued
    above: tuple[Issued, ...] = ()
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    wants_certificate: bool = False

    def context(self, folder: Path) -> ssl.SSLContext:
        """Return its context."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version, made.maximum_version = self.versions
        made.set_ciphers("ALL:@SECLEVEL=0")
        file = folder / f"{self.leaf.certificate.sha256}.pem"
        file.write_text(self.leaf.key_pem + self.leaf.pem + "".join(one.pem for one in self.above), "ascii")
        made.load_cert_chain(file)
        if self.wants_certificate:
            made.verify_mode = ssl.CERT_REQUIRED
        return made


def tls(context: ssl.SSLContext) -> Handler:
    """Return a handler that shakes hands and then waits for the other side to hang up."""

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(1)

    return handle


def saying(data: bytes) -> Handler:
    """Return a handler that says something at once, and hangs up when the other side does."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.recv(65536)

    return handle


def silent(connection: socket.socket) -> None:
    """Take a connection and whatever comes over it, and say nothing."""
    while connection.recv(65536):
        pass


def resetting(connection: socket.socket) -> None:
    """Reset the connection once something has come."""
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closing(connection: socket.socket) -> None:
    """Close the connection once everything has been read."""
    connection.recv(65536)


def flooding(connection: socket.socket) -> None:
    """Send records of a handshake without end, each with a part of a message of 16 MiB."""
    connection.recv(65536)
    start = b"\x0b\xff\xff\xff"
    connection.sendall(b"\x16\x03\x03\x40\x00" + start + bytes(2**14 - len(start)))
    while True:
        connection.sendall(b"\x16\x03\x03\x40\x00" + bytes(2**14))


def dripping(context: ssl.SSLContext, pause: float) -> Handler:
    """Return a handler of TLS whose answer comes a byte at a time."""

    def handle(connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(connection.recv(65536))
        with suppress(ssl.SSLWantReadError):
            server.do_handshake()
        for byte in outgoing.read():
            connection.sendall(bytes((byte,)))
            time.sleep(pause)

    return handle
