"""The boxes and programs that show certificates to each other."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

import attrs

from expressway_certs.product.behaviours import Behaviour, Role, Switch
from expressway_certs.product.emulation import Emulation
from expressway_certs.product.release import Release
from expressway_certs.product.settings import Settings
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.trust_store import TrustStore


def _as_release(value: Release | str) -> Release:
    return value if isinstance(value, Release) else Release(value)


def _as_role(value: Role | str) -> Role:
    letters: dict[Role | str, Role] = {"C": Role.CORE, "E": Role.EDGE}
    return letters.get(value) or Role(value)


@attrs.frozen(kw_only=True)
class Expressway:
    """An Expressway peer. ``name`` is its FQDN (System host name and Domain name).

    ``role``: `Role` or "C" / "E". ``trusted_ca`` is its own Trusted CA list: lists are never replicated
    between peers (platform.md §2). ``client_certificate`` is the client store's, from X15.5 on; None
    means the copy of the server certificate that an upgrade makes. ``pending_request`` is the one request
    that Generate CSR made and no certificate has answered.

    ``verify_origin_server``, ``server_eku_upload`` and ``extended_key_usage_checking`` are the switches
    ``xConfiguration EdgeConfigServer VerifyOriginServer``, ``XCP TLS Certificate CVS
    EnableServerEkuUpload`` (X15.4, Expressway-E alone) and ``SIP TLS Certificate ExtendedKeyUsage Checking
    Mode`` (X15.5). ``settings`` says which side is taken where the sources disagree.
    """

    name: str
    role: Role = attrs.field(converter=_as_role)
    release: Release = attrs.field(default=Release("X14.2"), converter=_as_release)
    server_certificate: Certificate | None = None
    client_certificate: Certificate | None = None
    trusted_ca: TrustStore = attrs.field(factory=TrustStore)
    cluster_name: str | None = None
    pending_request: CertificateRequest | None = None
    verify_origin_server: bool = True
    server_eku_upload: bool = False
    extended_key_usage_checking: bool = True
    settings: Settings = attrs.field(factory=Settings)

    @cached_property
    def emulation(self) -> Emulation:
        """How this node behaves."""
        changed = {
            Switch.ORIGIN_SERVER_UNVERIFIED: not self.verify_origin_server,
            Switch.SERVER_EKU_UPLOAD: self.server_eku_upload,
            Switch.EKU_UNCHECKED: not self.extended_key_usage_checking,
        }
        return Emulation(
            release=self.release,
            role=self.role,
            switches=[switch for switch, is_set in changed.items() if is_set],
            settings=self.settings,
        )

    def certificate(self, store: str) -> Certificate | None:
        """Return the certificate it shows as "server" or as "client" (platform.md §7)."""
        if store == "client" and self.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE):
            return self.client_certificate or self.server_certificate
        return self.server_certificate

    def trust(self, _name: str) -> TrustStore:
        """Return the list that judges its peers: there is one for everything."""
        return self.trusted_ca

    def presents(self, certificate: Certificate, at: datetime | None = None) -> tuple[Certificate, ...]:
        """Return what it sends after ``certificate``: the chain out of its own list, root included, or nothing.

        Source: platform.md §4.3 (T-212475, issue 3).
        """
        chain = build_chain(certificate, self.trusted_ca, at=at)
        return chain.certificates[1:] if chain.is_complete else ()


def _certificates(values: Iterable[Certificate]) -> tuple[Certificate, ...]:
    return tuple(values)


class UcKind(enum.Enum):
    """A server behind Expressway-C."""

    CUCM = "Unified CM"
    IMP = "IM and Presence"
    UNITY = "Unity Connection"


@attrs.frozen(kw_only=True)
class UcServer:
    """A Unified CM, IM and Presence or Unity node. ``name`` is what System > Server publishes.

    Each service shows a certificate of its own; ``tomcat_trust`` and ``callmanager_trust`` judge who
    connects (mra.md A2.3). What a server sends besides its leaf is ``presented_cas``.
    """

    name: str
    kind: UcKind = UcKind.CUCM
    tomcat: Certificate | None = None
    callmanager: Certificate | None = None
    tomcat_trust: TrustStore | None = None
    callmanager_trust: TrustStore | None = None
    presented_cas: tuple[Certificate, ...] = attrs.field(default=(), converter=_certificates)

    def certificate(self, store: str) -> Certificate | None:
        """Return the certificate of the service "tomcat" or "callmanager"."""
        return self.callmanager if store == "callmanager" else self.tomcat

    def trust(self, name: str) -> TrustStore | None:
        """Return "tomcat-trust" or "CallManager-trust"; None where it is not known."""
        return self.callmanager_trust if name == "CallManager-trust" else self.tomcat_trust

    def presents(self, _certificate: Certificate, _at: datetime | None = None) -> tuple[Certificate, ...]:
        """Return what it sends after its leaf."""
        return self.presented_cas


class ClientFamily(enum.Enum):
    """Clients by what they do with an Expressway-E whose certificate lacks the service domain (mra.md A1.6)."""

    JABBER = "Jabber"
    ROOM_SYSTEM = "TC/CE room system"
    PHONE = "78xx/88xx phone"

    @property
    def prompts(self) -> bool:
        """Whether the user is asked, and may log in all the same; the others just fail."""
        return self is ClientFamily.JABBER


@attrs.frozen(kw_only=True)
class Client:
    """Clients of one family that log in for one service domain, and the CAs they trust (None: not known)."""

    service_domain: str
    family: ClientFamily = ClientFamily.JABBER
    trusted_ca: TrustStore | None = None

    @property
    def name(self) -> str:
        """What the client is called in a report."""
        return f"{self.family.value} of {self.service_domain}"

    def certificate(self, _store: str) -> None:
        """Return None: a client shows no certificate, but for onboarding, which is not modelled."""

    def trust(self, _name: str) -> TrustStore | None:
        """Return the client's list of CAs; None where it is not known."""
        return self.trusted_ca

    def presents(self, _certificate: Certificate, _at: datetime | None = None) -> tuple[Certificate, ...]:
        """Return nothing."""
        return ()


Node = Expressway | UcServer | Client
