"""The lab: real endpoints on loopback, set up as the nodes of a model are, which show what becomes of its legs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Final, Literal, Self, get_args, overload

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.fields import one_of, wanted
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.zones import Zone
from expressway_certs.rules.connection import Connection
from expressway_certs.rules.judging import Judged, LegResult
from expressway_certs.rules.rule import Stage
from expressway_certs.rules.site_legs import judge_legs
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.lab.ends import End, Handshake, Outcome
from expressway_certs.testing.lab.folder import Folder
from expressway_certs.testing.lab.keyring import KeyRing, LabKey
from expressway_certs.testing.lab.observed import Observed
from expressway_certs.testing.lab.ocsp import Responder
from expressway_certs.testing.lab.openssl import OpenSslCommand, find_openssl
from expressway_certs.testing.lab.proofs import Proof
from expressway_certs.testing.lab.python_ssl import PythonSsl
from expressway_certs.testing.lab.ssh import Ssh, SshEnds
from expressway_certs.testing.lab.web import Http, HttpServer
from expressway_certs.x509 import clock

Ground = Literal["openssl", "python"]
"""What the TLS endpoints are made of: the command ``openssl``, or Python's own `ssl`."""

_OF_ZONE: Final = (Stage.TRAVERSAL, Stage.TUNNELS, Stage.MRA)
_OF_SITE: Final = tuple(Stage)
_MOST_SEEN: Final = 10_000
_CLOSED: Final = "the lab is closed"
_NO_OPENSSL: Final = "there is no command openssl on the path; install OpenSSL, or take ground='python' for TLS"


class Lab:
    """Real TLS and SSH endpoints on loopback, set up as the nodes of a model are; a context manager.

    `prove` lets the two nodes of a leg meet. Every end shows its certificate with its private key, Expressway sends the
    chain that OpenSSL builds out of its Trusted CA list, each judges the other by its own list, and then looks for the
    names that it wants. The keys are found for what the factories of this process made; ``keys`` are those of other
    certificates (`cryptography`'s objects, PEM, or `Issued`). They lie open in a folder of the lab: test keys only.

    ``at`` is the aware instant that everything is judged at; None is now. ``ground`` is what the TLS endpoints are made
    of: "openssl", the command (the default where there is one), or "python", its `ssl`, which knows no instant but now
    and no unusual purpose. ``timeout`` is the most seconds that a connection may take. SSH needs the extra ``lab``.

    A lab may be used by several threads at a time, and any number of labs run beside each other. Raises `ValueError`
    where there is no such ground, a key cannot be read or ``timeout`` is no time, and `LookupError` where the ground is
    not on this computer.
    """

    def __init__(
        self,
        *,
        at: datetime | None = None,
        keys: Iterable[LabKey] = (),
        ground: Ground | None = None,
        timeout: float = 10.0,
    ) -> None:
        _check_timeout(timeout)
        self.at: datetime | None = None if at is None else clock.resolve(at)
        self._folder = Folder(KeyRing(keys))
        self._closing = ExitStack()
        self._closing.callback(self._folder.close)
        self._closed = False
        self._timeout = timeout
        self._lock = Lock()
        self._seen: dict[tuple[Handshake, tuple[str, ...] | None], Outcome] = {}
        with ExitStack() as undo:
            undo.callback(self._closing.close)
            self._openssl = _openssl(self._folder, timeout)
            self._tls = _ground(ground, self._openssl, self._folder, timeout)
            ends = SshEnds(self._folder, timeout)
            self._closing.callback(ends.close)
            self._ssh = Ssh(ends, self._openssl)
            self.ground: str = self._tls.version
            undo.pop_all()

    @overload
    def prove(self, leg: LegResult | Connection, *, at: datetime | None = None) -> Observed: ...
    @overload
    def prove(
        self, leg: Zone | Deployment, *, at: datetime | None = None
    ) -> tuple[tuple[LegResult, Observed], ...]: ...
    def prove(
        self, leg: LegResult | Connection | Zone | Deployment, *, at: datetime | None = None
    ) -> Observed | tuple[tuple[LegResult, Observed], ...]:
        """Let the two ends of a leg meet and return what came of it; of a zone or a deployment, of every leg.

        A leg is one of `Report.legs`. For a zone or deployment each leg comes with the library's own verdict on it at
        the same instant: ``observed.agrees_with(result)`` compares the two. ``at`` goes before the lab's own. Raises
        `ValueError` where there is no private key for a certificate that has to be shown, and once the lab is closed,
        and `TypeError` for what is none of these.
        """
        if self._closed:
            raise ValueError(_CLOSED)
        instant = clock.resolve(at if at is not None else self.at)
        if isinstance(leg, Zone | Deployment):
            is_zone = isinstance(leg, Zone)
            site = Deployment(name=leg.name, zones=(leg,)) if isinstance(leg, Zone) else leg
            results = judge_legs(site, _OF_ZONE if is_zone else _OF_SITE, instant)
            return tuple((one, self._observed(one.connection, instant)) for one in results)
        if not isinstance(leg, LegResult | Connection):
            raise TypeError(f"what is proven is a leg of a report, a zone or a deployment, not {type(leg).__name__}")
        return self._observed(leg.connection if isinstance(leg, LegResult) else leg, instant)

    def meet(self, *, server: End, client: End, server_name: str | None = None, at: datetime | None = None) -> Outcome:
        """Let two ends of TLS meet that stand in no model, and return what came of it; ``server_name`` goes into SNI.

        ``at`` goes before the lab's own. Raises `ValueError` where there is no private key for a certificate that has
        to be shown, and once the lab is closed.
        """
        if self._closed:
            raise ValueError(_CLOSED)
        for one in (server, client):
            wanted(End, one)
        instant = clock.resolve(at if at is not None else self.at)
        return self._once(Handshake(server=server, client=client, server_name=server_name, at=instant))

    def http(self) -> Http:
        """Start an HTTP server on loopback, on a port of its own, until the lab is closed; ``ValueError`` after that.

        Its `Http.url` is for certificates that are made after it, its ``routes`` are what lies there.
        """
        server = HttpServer()
        self._until_closed(server.close)
        return server.http

    def ocsp(self, ca: Issued, signer: Issued | None = None) -> Responder:
        """Start an OCSP responder for what a CA has issued; it signs by itself, or by ``signer``.

        Raises `LookupError` where there is no command ``openssl``, whose answers they are, and `ValueError` once the
        lab is closed.
        """
        if self._openssl is None:
            raise LookupError(_NO_OPENSSL)
        http = self.http()
        responder = Responder(
            http.url("/ocsp"),
            ca=ca,
            signer=signer or ca,
            folder=self._folder.sub(f"ocsp-{http.port}"),
            command=self._openssl.command,
            timeout=self._timeout,
        )
        http.routes["/ocsp"] = responder.respond
        return responder

    def close(self) -> None:
        """End what runs and delete the files; may be called again."""
        with self._lock:
            self._closed = True
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Lab on {self.ground}{', closed' if self._closed else ''}>"

    def _observed(self, connection: Judged | None, at: datetime) -> Observed:
        if not isinstance(connection, Connection):
            return Observed(ok=None, not_proven=("one of the two nodes is not in the deployment",), ground=self.ground)
        is_ssh = connection.leg.protocol == "SSH"
        shake = partial(self._once, key_types=_key_types(connection) if is_ssh else None)
        ground = self._ssh.version() if is_ssh else self.ground
        return Proof(connection=connection, at=at, ground=ground, shake=shake).observe()

    def _until_closed(self, close: Callable[[], None]) -> None:
        with self._lock:
            if not self._closed:
                self._closing.callback(close)
                return
        close()
        raise ValueError(_CLOSED)

    def _once(self, handshake: Handshake, key_types: tuple[str, ...] | None = None) -> Outcome:
        """Return what comes of a handshake, which is the same whenever the same ends meet at the same instant."""
        key = (handshake, key_types)
        with self._lock:
            found = self._seen.get(key)
        if found is None:
            found = self._tls.shake(handshake) if key_types is None else self._ssh.shake(handshake, key_types)
            if found.failed is None:
                with self._lock:
                    while len(self._seen) >= _MOST_SEEN:
                        del self._seen[next(iter(self._seen))]
                    self._seen[key] = found
        return found


def _check_timeout(timeout: object) -> None:
    if not isinstance(timeout, int | float) or not 0 < timeout < math.inf:
        raise ValueError(f"timeout is a number of seconds above 0, not {timeout!r}")


def _key_types(connection: Connection) -> tuple[str, ...]:
    """Return the types of SSH keys that both ends allow."""
    ends = (connection.initiator, connection.acceptor)
    allowed = [node.ssh_key_types for node in ends if isinstance(node, Expressway)]
    return tuple(one for one in allowed[0] if all(one in types for types in allowed))


def _openssl(folder: Folder, timeout: float) -> OpenSslCommand | None:
    command = find_openssl()
    return None if command is None else OpenSslCommand(command, folder, timeout)


def _ground(
    name: Ground | None, openssl: OpenSslCommand | None, folder: Folder, timeout: float
) -> OpenSslCommand | PythonSsl:
    if name is not None:
        one_of(name, get_args(Ground), "ground")
    if name == "openssl" and openssl is None:
        raise LookupError(_NO_OPENSSL)
    return PythonSsl(folder, timeout) if name == "python" or openssl is None else openssl
