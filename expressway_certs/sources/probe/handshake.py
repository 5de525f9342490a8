"""One TLS handshake with a live server, within one deadline. The only place that opens a socket for a probe."""

from __future__ import annotations

import queue
import socket
import ssl
import sys
import threading
import time
from typing import Any, Final

import attrs

from expressway_certs.sources.probe.probed import ProbeFailure
from expressway_certs.x509.files.source import printable

_CHUNK: Final = 65536
# No handshake is that long; who sends more does not mean one.
_MOST_BYTES: Final = 4 * 1024 * 1024
_RECORDS: Final = frozenset((0x14, 0x15, 0x16, 0x17))
_MAJOR: Final = 3
_RECORD_HEADER: Final = 2
# A server that wants a certificate of the client says so after its own part of TLS 1.3 is done (RFC 8446 §4.4.2.4).
_GRACE: Final = 0.5
_SHOWN: Final = 40
_DER: Final = 2
_WANTED: Final = ("CERTIFICATE_REQUIRED",)


@attrs.define(kw_only=True)
class Answer:
    """What came of a handshake: the chain as DER, and the fields of `Probed` that do not depend on it."""

    chain: tuple[bytes, ...] = ()
    address: str | None = None
    tls_version: str | None = None
    failure: ProbeFailure | None = None
    why: str = ""


class _ProbeError(Exception):
    """What ends a probe early."""

    def __init__(self, failure: ProbeFailure, why: str) -> None:
        super().__init__(why)
        self.failure = failure
        self.why = why


class _Deadline:
    """The instant at which everything ends."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self.seconds = seconds

    def left(self, what: str) -> float:
        """Return the seconds that are left; `_ProbeError` for none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise self.over(what)
        return left

    def over(self, what: str) -> _ProbeError:
        """Return the failure of what has taken too long."""
        return _ProbeError(ProbeFailure.TIMEOUT, f"{what} took longer than {self.seconds:g} s")


def ask(host: str, port: int, server_name: str | None, seconds: float) -> Answer:
    """Shake hands with a server, and return what it showed and how it ended."""
    answer, deadline = Answer(), _Deadline(seconds)
    try:
        connected = _connected(host, port, deadline)
        with connected:
            answer.address = str(connected.getpeername()[0])
            _Handshake(connected, server_name, deadline, answer).run()
    except _ProbeError as failure:
        answer.failure, answer.why = failure.failure, failure.why
    except OSError as error:
        answer.failure, answer.why = ProbeFailure.CLOSED, _said(error)
    return answer


def _said(error: OSError) -> str:
    return printable(error.strerror or str(error) or type(error).__name__).lower()


def _connected(host: str, port: int, deadline: _Deadline) -> socket.socket:
    """Connect to the first address that answers; each gets its share of the time that is left."""
    addresses = _resolved(host, port, deadline)
    failure = _ProbeError(ProbeFailure.CONNECTION, "no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        share = deadline.left("connecting") / (len(addresses) - number)
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(share)
            made.connect(address)
        except TimeoutError:
            failure = deadline.over("connecting")
        except OSError as error:
            failure = _ProbeError(ProbeFailure.CONNECTION, _said(error))
        else:
            return made
        made.close()
    raise failure


def _resolved(host: str, port: int, deadline: _Deadline) -> list[Any]:
    """Look a host up. The system's resolver knows no deadline, so it is left behind where it takes too long."""
    results: queue.SimpleQueue[list[Any] | OSError | UnicodeError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            results.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            results.put(error)

    threading.Thread(target=look_up, daemon=True, name=f"look-up of {host[:_SHOWN]}").start()
    try:
        found = results.get(timeout=deadline.left("looking the name up"))
    except queue.Empty:
        raise deadline.over("looking the name up") from None
    if isinstance(found, list):
        return found
    why = _said(found) if isinstance(found, OSError) else "no host name"
    raise _ProbeError(ProbeFailure.NAME, why)


class _Handshake:
    """The handshake itself, in memory, so that every wait for the network has its deadline."""

    def __init__(self, connected: socket.socket, server_name: str | None, deadline: _Deadline, answer: Answer) -> None:
        self._socket = connected
        self._deadline = deadline
        self._answer = answer
        self._received = 0
        self._head = b""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = _context().wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    def run(self) -> None:
        """Go through it to its end or to what ends it, and note what was shown in either case."""
        try:
            while not self._step():
                self._exchange()
        except ssl.SSLError as error:
            self._send()
            raise self._refused(error) from None
        finally:
            self._answer.chain = _presented(self._tls)
            self._answer.tls_version = self._tls.version()
        self._wait_for_refusal()

    def _step(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def _exchange(self) -> None:
        self._send()
        data = self._receive(self._deadline.left("the handshake"))
        if not data:
            raise _ProbeError(ProbeFailure.CLOSED, "the server closed the connection in the handshake")
        self._incoming.write(data)

    def _send(self) -> None:
        if self._outgoing.pending:
            self._socket.settimeout(self._deadline.left("the handshake"))
            try:
                self._socket.sendall(self._outgoing.read())
            except TimeoutError:
                raise self._deadline.over("the handshake") from None

    def _receive(self, seconds: float) -> bytes:
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            raise self._deadline.over("the handshake") from None
        self._received += len(data)
        if self._received > _MOST_BYTES:
            raise _ProbeError(ProbeFailure.HANDSHAKE, f"the server sent more than {_MOST_BYTES // 1024**2} MiB")
        if len(self._head) < _RECORD_HEADER:
            self._head += data[:_SHOWN]
            self._want_tls()
        return data

    def _want_tls(self) -> None:
        """Tell a server that speaks something else by its first two bytes: a record of TLS has its kind and a 3."""
        kind, major = (*self._head, None, None)[:_RECORD_HEADER]
        if (kind is not None and kind not in _RECORDS) or (major is not None and major != _MAJOR):
            shown = printable(self._head.decode("ascii", "backslashreplace").strip())
            raise _ProbeError(ProbeFailure.NOT_TLS, f"the server began with {shown}")

    def _refused(self, error: ssl.SSLError) -> _ProbeError:
        reason = error.reason or ""
        words = reason.replace("_", " ").lower() or _said(error)
        if reason.endswith(_WANTED):
            return _ProbeError(ProbeFailure.CLIENT_CERTIFICATE, words)
        if _presented(self._tls) and "ALERT" in reason:
            # TLS 1.2 has no alert of its own for it; after the server's certificate nothing but ours can be at fault.
            return _ProbeError(ProbeFailure.CLIENT_CERTIFICATE, f"refused after its certificate: {words}")
        return _ProbeError(ProbeFailure.HANDSHAKE, words)

    def _wait_for_refusal(self) -> None:
        """Wait a moment for a server of TLS 1.3 that wants a certificate: it says so when all else is done."""
        self._send()
        if self._tls.version() != "TLSv1.3":
            return
        try:
            data = self._receive(min(_GRACE, self._deadline.left("the handshake")))
            self._incoming.write(data)
            self._tls.read(1)
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError as error:
            raise self._refused(error) from None
        except (_ProbeError, OSError):
            # Nothing came, or the server hung up: it has shown what was asked for.
            return


def _context() -> ssl.SSLContext:
    """Return a context that takes whatever a server has: the chain is wanted, and nothing is sent over it."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return made


def _presented(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return what the server sent, as DER, leaf first. Python has a public name for it since 3.13."""
    if sys.version_info >= (3, 13):
        return tuple(tls.get_unverified_chain())
    # 3.11 and 3.12 get security fixes alone, so that what is private in them stays as it is.
    chain = tls._sslobj.get_unverified_chain()  # type: ignore[attr-defined]  # noqa: SLF001
    return tuple(one.public_bytes(_DER) for one in chain or ())
