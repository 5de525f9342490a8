"""The names that are asked of a certificate after the handshake, read from what came over the wire.

No TLS stack looks for these as the product does, so that the lab's ends do, as the product's do: apart from the
library's own matching, and from its own reading of certificates.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Final, Literal

import attrs
from cryptography import x509

from expressway_certs.product.legs import Ask
from expressway_certs.product.nodes import Client, ClientFamily, Expressway
from expressway_certs.rules.connection import Connection, Showing

_COMMON_NAME: Final = x509.NameOID.COMMON_NAME
_SRV_NAME: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.7")
_IA5_STRING: Final = 0x16
_XMPP: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.5")
_UTF8_STRING: Final = 0x0C


@attrs.frozen(kw_only=True)
class WireNames:
    """The names of a certificate in lower case: DNS names, addresses, SRV and XMPP names, the first common name."""

    dns: frozenset[str]
    addresses: frozenset[str]
    services: frozenset[str]
    xmpp: frozenset[str]
    common: str | None

    @classmethod
    def read(cls, der: bytes) -> WireNames:
        """Read them by `cryptography`."""
        certificate = x509.load_der_x509_certificate(der)
        common = [str(one.value).lower() for one in certificate.subject.get_attributes_for_oid(_COMMON_NAME)]
        try:
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            names = x509.SubjectAlternativeName([])
        others = names.get_values_for_type(x509.OtherName)
        services = (
            one.value[2:] for one in others if one.type_id == _SRV_NAME and one.value[:1] == bytes([_IA5_STRING])
        )
        xmpp = (one.value[2:] for one in others if one.type_id == _XMPP and one.value[:1] == bytes([_UTF8_STRING]))
        return cls(
            dns=frozenset(one.lower() for one in names.get_values_for_type(x509.DNSName)),
            addresses=frozenset(map(str, names.get_values_for_type(x509.IPAddress))),
            services=frozenset(one.decode("ascii", "replace").lower() for one in services),
            xmpp=frozenset(one.decode("utf-8", "replace").lower() for one in xmpp),
            common=common[0] if common else None,
        )

    def has(self, *wanted: str) -> bool:
        """Whether one of these stands among the alternative names, as it is."""
        return any(one.lower() in self.dns or _plain(one) in self.addresses for one in wanted)


Standing = Literal["taken", "taken with a warning", "refused"]
_CHOICES: Final[Mapping[str, Standing]] = {"accept": "taken", "warn": "taken with a warning", "refuse": "refused"}


@attrs.frozen(kw_only=True)
class Wanted:
    """What is asked of the names of a certificate: who shows it to whom, and the connection around them."""

    names: WireNames
    showing: Showing
    connection: Connection

    @property
    def called(self) -> str:
        """The name of who shows the certificate."""
        return self.showing.presenter.name

    def zone_name(self, wanted: str) -> Standing:
        """Return how a name of TLS verify stands; what the common name counts is a setting (platform.md §11 C1)."""
        if self.names.has(wanted):
            return "taken"
        return self._chosen("common_name_in_verify") if self.names.common == wanted.lower() else "refused"

    def published_name(self, wanted: str) -> Standing:
        """Return how a name stands with the traffic server, which reads the common name too (mra.md A2.2)."""
        names = {*self.names.dns, self.names.common} - {None}
        if not _forms(wanted).isdisjoint(names):
            return "taken"
        return self._chosen("uc_server_address_names") if _plain(wanted) in self.names.addresses else "refused"

    def host_name(self, wanted: str) -> Standing:
        """Return how a host stands with a client, which is warned of one that is the common name alone."""
        if not _forms(wanted).isdisjoint(self.names.dns) or _plain(wanted) in self.names.addresses:
            return "taken"
        return "refused" if self.names.common not in _forms(wanted) else "taken with a warning"

    def _chosen(self, setting: str) -> Standing:
        judge = self.showing.judge
        return _CHOICES[judge.settings.chosen(setting).value] if isinstance(judge, Expressway) else _CHOICES["warn"]


Check = Callable[[Wanted], tuple[str, Standing] | None]


def _peer_address(asked: Wanted) -> tuple[str, Standing] | None:
    zone = asked.connection.zone
    called = {*(one.name for one in zone.edge), *(one.name for one in zone.far_ends)} if zone else set()
    if asked.called not in called:
        return None
    address = asked.connection.called_as
    return address, asked.zone_name(address)


def _verify_name(asked: Wanted) -> tuple[str, Standing] | None:
    zone = asked.connection.zone
    wanted = (zone.tls_verify_subject_name if zone else "") or asked.called
    return (wanted, asked.zone_name(wanted)) if zone else None


def _edge_name(asked: Wanted) -> tuple[str, Standing]:
    wanted, client = asked.connection.called_as, asked.showing.judge
    standing = asked.host_name(wanted)
    if standing != "taken with a warning":
        return wanted, standing
    # Jabber falls back to the common name, and no other client is known to (mra.md A1.7).
    return wanted, "taken" if isinstance(client, Client) and client.family.is_jabber else "refused"


def _service_domain(asked: Wanted) -> tuple[str, Standing] | None:
    client, names = asked.showing.judge, asked.names
    if not isinstance(client, Client):
        return None
    domain = client.service_domain.lower()
    spellings = {domain, f"collab-edge.{domain}"}
    is_xmpp = asked.connection.leg.id == "1c"
    takes_service = client.family is ClientFamily.ROOM_SYSTEM or is_xmpp
    is_service = takes_service and f"_collab-edge._tls.{domain}" in names.services
    is_of_xmpp = is_xmpp and (f"_xmpp-client.{domain}" in names.services or domain in names.xmpp)
    is_there = is_service or is_of_xmpp or not spellings.isdisjoint(names.dns)
    return domain, "taken" if is_there else "refused"


def _cluster_peer(asked: Wanted) -> tuple[str, Standing]:
    wanted = asked.connection.called_as.lower()
    # An FQDN, as common name or alternative name (platform.md §4.6).
    is_there = _plain(wanted) is None and (wanted in asked.names.dns or wanted == asked.names.common)
    return wanted, "taken" if is_there else "refused"


CHECKS: Final[Mapping[Ask, Check]] = {
    Ask.PEER_ADDRESS: _peer_address,
    Ask.VERIFY_NAME: _verify_name,
    Ask.NODE_NAME: lambda asked: (asked.called, asked.zone_name(asked.called)),
    Ask.PUBLISHED_NAME: lambda asked: (asked.called, asked.published_name(asked.called)),
    Ask.HOST_NAME: lambda asked: (asked.called, asked.host_name(asked.called)),
    Ask.EDGE_NAME: _edge_name,
    Ask.SERVICE_DOMAIN: _service_domain,
    Ask.CLUSTER_PEER: _cluster_peer,
}
"""What an end looks for in a certificate once the handshake is done: what is wanted, and how it stands."""


def _forms(host: str) -> set[str | None]:
    """Return the names that a host fits: itself, and one with a ``*`` for its first label (RFC 6125 §6.4.3)."""
    first, _, rest = host.lower().partition(".")
    # A star right above a top-level domain stands for nothing.
    return {host.lower(), f"*.{rest}"} if first and "." in rest else {host.lower()}


def _plain(text: str) -> str | None:
    """Return an IP address in its plain form; None for what is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
