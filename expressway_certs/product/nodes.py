"""The boxes and programs that show certificates to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

import attrs

from expressway_certs.product import dns, namesakes
from expressway_certs.product.behaviours import Behaviour, Role, Switch
from expressway_certs.product.clients import Client, ClientFamily
from expressway_certs.product.emulation import Emulation
from expressway_certs.product.far_ends import FarEnd
from expressway_certs.product.fields import is_name, texts
from expressway_certs.product.openssl import OpenSsl
from expressway_certs.product.release import Release
from expressway_certs.product.revocation import CrlChecking, RevocationSources, superseding_first
from expressway_certs.product.settings import Settings
from expressway_certs.product.uc_servers import UcKind, UcServer
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.ocsp import OcspResponse
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList, revocation_lists
from expressway_certs.x509.shown import Choice, shown
from expressway_certs.x509.trust_store import TrustStore, as_optional_trust_store, as_trust_store
from expressway_certs.x509.typed import typed

__all__ = [
    "Client",
    "ClientFamily",
    "ClusterTls",
    "DomainCertificate",
    "Expressway",
    "FarEnd",
    "Node",
    "UcKind",
    "UcServer",
]


def _as_release(value: Release | str) -> Release:
    return value if isinstance(value, Release) else Release(value)


def as_role(value: Role | str) -> Role:
    """Return a role that is given as "C", "E" or in words; `ValueError` for another one."""
    letters: dict[Role | str, Role] = {"C": Role.CORE, "E": Role.EDGE}
    found = letters.get(value) or next((role for role in Role if value in {role, role.value}), None)
    if found is None:
        raise ValueError(f"role is 'C' (Expressway-C) or 'E' (Expressway-E), not {shown(value)}")
    return found


class ClusterTls(Choice):
    """System > Clustering > TLS verification mode (platform.md §4.6)."""

    PERMISSIVE = "Permissive"
    ENFORCE = "Enforce"


@attrs.frozen(kw_only=True, field_transformer=typed)
class DomainCertificate:
    """A certificate of Expressway-E for one domain, which SNI picks (mra.md A1.14)."""

    domain: str = attrs.field(validator=is_name)
    certificate: Certificate

    def is_for(self, name: str) -> bool:
        """Whether a client that names this host gets it: the domain itself, or a host in it, whatever the case."""
        return dns.host(name) == dns.host(self.domain) or dns.host(name).endswith(f".{dns.host(self.domain)}")


def _domains(values: Iterable[DomainCertificate]) -> tuple[DomainCertificate, ...]:
    return tuple(values)


def _responses(values: Iterable[OcspResponse | bytes]) -> tuple[OcspResponse, ...]:
    return tuple(one if isinstance(one, OcspResponse) else OcspResponse.from_der(one) for one in values)


def _as_address(value: str | None) -> str | None:
    return None if value is None else dns.address(value)


Mapped = tuple[tuple[str, str], ...]


def _mapping(value: Mapping[str, str] | Mapped) -> Mapped:
    return tuple({dns.host(name): dns.address(one) for name, one in dict(value).items()}.items())


ONBOARDING_LIST = "Activation code onboarding trusted CA list"

SSH_KEY_TYPES = (
    "x509v3-rsa2048-sha256",
    "x509v3-ecdsa-sha2-nistp256",
    "x509v3-ecdsa-sha2-nistp384",
    "x509v3-ecdsa-sha2-nistp521",
)
"""What ``xConfiguration Ciphers sshd_pfwd_pubkeyalgorithms`` holds by default (platform.md §5)."""


@attrs.frozen(kw_only=True, field_transformer=typed)
class Expressway:
    """An Expressway peer. ``name`` is its FQDN (System host name and Domain name).

    ``role``: `Role` or "C" / "E". ``trusted_ca`` is its own Trusted CA list: lists are never replicated
    between peers (platform.md §2). ``client_certificate`` is the client store's, from X15.5 on; None
    means the copy of the server certificate that an upgrade makes. ``pending_request`` is the one request
    that Generate CSR made and no certificate has answered.

    ``verify_origin_server``, ``server_eku_upload`` and ``extended_key_usage_checking`` are the switches
    ``xConfiguration EdgeConfigServer VerifyOriginServer``, ``XCP TLS Certificate CVS
    EnableServerEkuUpload`` (X15.4, Expressway-E alone) and ``SIP TLS Certificate ExtendedKeyUsage Checking
    Mode`` (X15.5); ``xcp_verification`` and ``xcp_verify_hostname`` are ``XCP TLS Certificate CVS EnableCvs`` and
    ``VerifyHostname``; ``ssh_key_types`` is ``Ciphers sshd_pfwd_pubkeyalgorithms``. ``ecdsa_first`` says that the
    cipher lists put ECDSA first, as on a new X14.2 or later, ``sip_prefers_rsa`` is ``SIP Advanced
    TlsSignatureAlgoPrefRsa`` (X15.2). ``settings`` says which side is taken where the sources disagree,
    ``openssl`` with which OpenSSL it judges.

    ``address`` is the node's IP address. ``cluster_peers`` are the addresses under System > Clustering, of the other
    peers; ``cluster_tls`` the TLS verification mode there, ``cluster_addresses`` the address mapping (name to IP
    address). ``revocation_checking`` is that of SIP, ``revocation_sources`` what SIP asks then: ``crls``, the lists
    that the node has, ``trusted_ca_crls``, those in its CA file, what is behind the URLs in certificates, and
    ``ocsp_responses``, the answers that its responders would give, as DER. ``xcp_revocation_checking``,
    ``xcp_fail_on_inaccessible_source`` and ``xcp_revocation_sources`` are ``XCP TLS Certificate CVS
    CertificateRevocationCheck``, ``FailOnInaccessibleSource`` and its switches of the sources, OCSP not among them.
    With ``client_certificate_security`` administrators' browsers are asked for a certificate;
    ``client_certificate_crls`` says which of its chain are looked up in CRLs, and
    ``client_certificate_fail_on_inaccessible_source`` that it is refused where there is none. ``ldap_crls`` is the same
    for LDAP servers, by ``trusted_ca_crls`` alone (its default is our own choice).
    ``domain_certificates`` are those that SNI picks. With
    ``activation_code_onboarding`` every client is asked for a certificate, which ``onboarding_trusted_ca`` judges.
    Raises `ValueError` where an address is none.
    """

    name: str = attrs.field(validator=is_name)
    role: Role = attrs.field(converter=as_role)
    release: Release = attrs.field(default=Release("X14.2"), converter=_as_release)
    server_certificate: Certificate | None = None
    client_certificate: Certificate | None = None
    trusted_ca: TrustStore = attrs.field(factory=TrustStore, converter=as_trust_store)
    cluster_name: str | None = None
    pending_request: CertificateRequest | None = None
    verify_origin_server: bool = True
    server_eku_upload: bool = False
    extended_key_usage_checking: bool = True
    settings: Settings = attrs.field(factory=Settings)
    openssl: OpenSsl = attrs.field(factory=OpenSsl)
    address: str | None = attrs.field(default=None, converter=_as_address)
    cluster_peers: tuple[str, ...] = attrs.field(default=(), converter=texts)
    cluster_tls: ClusterTls = attrs.field(default=ClusterTls.PERMISSIVE, converter=ClusterTls)
    cluster_addresses: Mapped = attrs.field(default=(), converter=_mapping)
    domain_certificates: tuple[DomainCertificate, ...] = attrs.field(default=(), converter=_domains)
    revocation_checking: bool = False
    revocation_sources: RevocationSources = attrs.field(factory=RevocationSources)
    crls: tuple[RevocationList, ...] = attrs.field(default=(), converter=revocation_lists, repr=False)
    trusted_ca_crls: tuple[RevocationList, ...] = attrs.field(default=(), converter=revocation_lists, repr=False)
    ocsp_responses: tuple[OcspResponse, ...] = attrs.field(default=(), converter=_responses, repr=False)
    xcp_verification: bool = True
    xcp_verify_hostname: bool = True
    xcp_revocation_checking: bool = False
    xcp_fail_on_inaccessible_source: bool = True
    xcp_revocation_sources: RevocationSources = attrs.field(factory=RevocationSources)
    client_certificate_security: bool = False
    client_certificate_crls: CrlChecking = attrs.field(default=CrlChecking.ALL, converter=CrlChecking)
    client_certificate_fail_on_inaccessible_source: bool = False
    ldap_crls: CrlChecking = attrs.field(default=CrlChecking.NONE, converter=CrlChecking)
    ssh_key_types: tuple[str, ...] = attrs.field(default=SSH_KEY_TYPES, converter=texts)
    ecdsa_first: bool = False
    sip_prefers_rsa: bool = False
    activation_code_onboarding: bool = False
    onboarding_trusted_ca: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store)

    @cached_property
    def emulation(self) -> Emulation:
        """How this node behaves."""
        changed = {
            Switch.ORIGIN_SERVER_UNVERIFIED: not self.verify_origin_server,
            Switch.SERVER_EKU_UPLOAD: self.server_eku_upload,
            Switch.EKU_UNCHECKED: not self.extended_key_usage_checking,
            Switch.ECDSA_FIRST: self.ecdsa_first,
            Switch.SIP_PREFERS_RSA: self.sip_prefers_rsa,
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

    @property
    def stores(self) -> tuple[str, ...]:
        """The stores that its release has: "server", and from X15.5 on "client" (platform.md §7)."""
        return ("server", "client") if self.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE) else ("server",)

    def certificate_for(self, server_name: str) -> Certificate | None:
        """Return the certificate that a client gets who names ``server_name`` in SNI: a domain's, or the server's."""
        found = (one.certificate for one in self.domain_certificates if one.is_for(server_name))
        return next(found, self.server_certificate)

    def trust(self, name: str) -> TrustStore | None:
        """Return the list that judges its peers: there is one for everything but onboarding."""
        return self.onboarding_trusted_ca if name == ONBOARDING_LIST else self.effective_ca

    @cached_property
    def all_crls(self) -> tuple[RevocationList, ...]:
        """The CRLs at hand for SIP, XCP and administrators: its own, and those in its CA file; LDAP has these alone.

        That those in the CA file count here too is inferred: OpenSSL loads them with the list. What supersedes another
        one stands before it.
        """
        return superseding_first((*self.crls, *self.trusted_ca_crls))

    @cached_property
    def effective_ca(self) -> TrustStore:
        """The Trusted CA list as it is looked up: by subject, so that of two namesakes only the first is found.

        With the setting ``same_subject_cas`` at "key identifiers decide" it is the whole list, out of which OpenSSL
        chooses. Source: platform.md §2 (T-213872), §10.2 and §11 C7; mra.md E.
        """
        return namesakes.looked_up(self.trusted_ca, self.settings.same_subject_cas)

    @cached_property
    def with_hidden_first(self) -> tuple[TrustStore, ...]:
        """For each certificate below a namesake, what `effective_ca` would be if that one stood first of all."""
        trusted, reading = self.trusted_ca, self.settings.same_subject_cas
        orders = (TrustStore((one, *trusted.removing(one))) for one in namesakes.lower_ones(trusted))
        return tuple(namesakes.looked_up(one, reading) for one in orders)

    def presents(self, certificate: Certificate, at: datetime | None = None) -> tuple[Certificate, ...]:
        """Return what it sends after ``certificate``: the chain out of its own list, as far as it goes.

        With every CA in the list that is up to the root and with it, with none it is nothing (platform.md §4.3,
        T-212475 issue 3). A list without the root gives a part of it: "whatever can be built" (§10.4), and OpenSSL 3.0
        was measured to send that when it makes the chain out of its own list.
        """
        chain = build_chain(certificate, self.effective_ca, at=at)
        return chain.certificates[1:]


Node = Expressway | UcServer | Client | FarEnd
"""Who shows or judges a certificate."""
