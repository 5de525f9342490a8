"""What a handshake is set up from, and what came of it: the values that the grounds of the lab share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import CrlCheck, Purpose
from expressway_certs.x509.revocation_list import RevocationList


def _certificates(values: Iterable[Certificate]) -> tuple[Certificate, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Judging:
    """How an end judges the other: by which list, what the chain must be good for, and by which CRLs.

    ``name`` is a host name or IP address that OpenSSL itself looks for, as a plain TLS client has it do. ``crl_check``
    says which certificates are looked up in the CRLs: "leaf", "all", or None for none. ``goes_on`` says that a refusal
    is noted and the handshake goes on, as with a client that asks its user.
    """

    trust: tuple[Certificate, ...] = attrs.field(converter=_certificates)
    purpose: Purpose | None = None
    name: str | None = None
    crls: tuple[RevocationList, ...] = ()
    crl_check: CrlCheck | None = None
    security_level: int = 1
    partial_chain: bool = False
    goes_on: bool = False


@attrs.frozen(kw_only=True)
class End:
    """An end of a connection: the certificate it shows, what it sends with it, and how it judges the other end.

    ``sends`` are sent as they are; None leaves it to OpenSSL to build the chain out of ``own_list``, as Expressway
    does (platform.md §4.3). ``by_name`` is a name with the certificate that SNI picks for it; the end then judges by
    ``own_list``, if at all.
    """

    certificate: Certificate | None = None
    sends: tuple[Certificate, ...] | None = None
    own_list: tuple[Certificate, ...] = attrs.field(default=(), converter=_certificates)
    by_name: tuple[str, Certificate] | None = None
    judges: Judging | None = None


@attrs.frozen(kw_only=True)
class Handshake:
    """Two ends that meet at an instant; ``server_name`` is what the client gives in SNI, if anything."""

    server: End
    client: End
    server_name: str | None = None
    at: datetime


@attrs.frozen(kw_only=True)
class Refusal:
    """A refusal: by the server or by the client, in which words, with OpenSSL's number and depth where it has one."""

    by_server: bool
    why: str
    code: int | None = None
    depth: int | None = None


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of a handshake. ``refusal`` ended it; ``noted`` is one of an end that went on all the same.

    ``alert`` is what the end that was refused has been told. ``server_certificate`` and ``client_certificate`` are what
    came over the wire, as DER. ``failed`` says why there was no handshake to speak of.
    """

    refusal: Refusal | None = None
    noted: Refusal | None = None
    alert: str | None = None
    server_certificate: bytes | None = None
    client_certificate: bytes | None = None
    failed: str | None = None

    @property
    def is_up(self) -> bool:
        """Whether the connection came up."""
        return self.failed is None and self.refusal is None
