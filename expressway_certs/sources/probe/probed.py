"""The call that asks a server for its chain, and what comes of it."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Iterable

import attrs

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.policy import Purpose, VerifyPolicy
from expressway_certs.x509.shown import shown
from expressway_certs.x509.trust_store import TrustStore, as_trust_store
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify

DEFAULT_PORT = 8443
_LAST_PORT = 65535
_LONGEST = 600


class ProbeFailure(enum.Enum):
    """Why a probe did not come to its end."""

    NAME = "the name was not resolved"
    CONNECTION = "no connection came about"
    TIMEOUT = "the time ran out"
    CLOSED = "the connection was closed"
    NOT_TLS = "no TLS is spoken there"
    HANDSHAKE = "the handshake failed"
    CLIENT_CERTIFICATE = "a client certificate is wanted"
    CERTIFICATE = "a certificate that was sent cannot be read"


@attrs.frozen(kw_only=True)
class Probed:
    """What a server showed: ``chain`` is what it sent, in its order, the leaf first; empty where it sent nothing.

    ``failure`` and ``why`` say what kept the handshake from its end, None and "" for nothing; there may be a chain all
    the same, as where the server wants a certificate of the client. ``address`` is the IP address that was reached,
    ``tls_version`` as in "TLSv1.2", ``server_name`` what was sent as SNI; None where there was none.
    """

    host: str
    port: int
    server_name: str | None
    address: str | None = None
    tls_version: str | None = None
    chain: tuple[Certificate, ...] = ()
    failure: ProbeFailure | None = None
    why: str = ""

    @property
    def leaf(self) -> Certificate | None:
        """The server's own certificate; None where it sent none."""
        return self.chain[0] if self.chain else None

    @property
    def presented(self) -> tuple[Certificate, ...]:
        """What it sent besides its own certificate."""
        return self.chain[1:]

    def verdict(self, trust: TrustStore | Iterable[Certificate], policy: VerifyPolicy | None = None) -> Verdict:
        """Judge the chain by a trust store; without ``policy`` for a server of the name that was asked for.

        Raises `ValueError` where the server sent no certificate.
        """
        if self.leaf is None:
            raise ValueError(f"{self.host} sent no certificate: {self.why}")
        asked = policy or VerifyPolicy(purpose=Purpose.SERVER, names=[self.server_name or self.host])
        return verify(self.leaf, as_trust_store(trust), self.presented, asked)


def probe(host: str, port: int = DEFAULT_PORT, *, server_name: str | None = None, timeout: float = 10) -> Probed:
    """Ask a live server for the chain that it presents in TLS: no trust, no data, one handshake.

    ``host`` is a name or an IP address, ``port`` that of a service with TLS from its first byte: 8443, 5061, 7001, 443.
    ``server_name`` goes out as SNI; None is the host, where that is a name, and "" is none. ``timeout`` is the seconds
    for everything: looking the name up, connecting, the handshake. Whatever the server does is in the value; raises
    `ValueError` for a host, port, name or timeout that is none.

    >>> from expressway_certs import probe
    >>> probe("127.0.0.1", 9, timeout=2).failure
    <ProbeFailure.CONNECTION: 'no connection came about'>
    """
    from expressway_certs.sources.probe.handshake import ask  # noqa: PLC0415 - loads ssl

    _check(host, port, timeout)
    sni = _sni(host, server_name)
    answer = ask(host, port, sni, timeout)
    chain, unreadable = _read(answer.chain)
    return Probed(
        host=host,
        port=port,
        server_name=sni,
        address=answer.address,
        tls_version=answer.tls_version,
        chain=chain,
        failure=ProbeFailure.CERTIFICATE if unreadable else answer.failure,
        why=unreadable or answer.why,
    )


def _check(host: object, port: object, timeout: object) -> None:
    if not isinstance(host, str) or not host or any(one.isspace() or one == "\0" for one in host):
        raise ValueError(f"a host is a name or an IP address, not {shown(host)}")
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port <= _LAST_PORT:
        raise ValueError(f"a port is 1 to {_LAST_PORT}, not {shown(port)}")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= _LONGEST:
        raise ValueError(f"a timeout is more than 0 and at most {_LONGEST} seconds, not {shown(timeout)}")


def _sni(host: str, server_name: str | None) -> str | None:
    name = host.rstrip(".") if server_name is None else server_name
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    else:
        # RFC 6066 §3 lets no address in.
        return None
    try:
        return name.encode("idna").decode("ascii") or None
    except UnicodeError:
        raise ValueError(f"a server name is a host name, not {shown(name)}") from None


def _read(ders: Iterable[bytes]) -> tuple[tuple[Certificate, ...], str]:
    """Return the certificates as far as they can be read, and why the next one cannot."""
    chain: list[Certificate] = []
    for number, der in enumerate(ders, 1):
        try:
            chain.append(Certificate.from_der(der))
        except LoadError as error:
            return tuple(chain), f"certificate {number} of the chain: {error}"
    return tuple(chain), ""
