"""The names that are asked of a certificate after the handshake, read from what came over the wire.

No TLS stack looks for these as the product does, so that the lab's ends do, as the product's do: apart from the
library's own matching, and from its own reading of certificates.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import attrs
from cryptography import x509

from expressway_certs.product.legs import Ask
from expressway_certs.product.nodes import Client, ClientFamily, Expressway
from expressway_certs.rules.connection import Connection, Showing

_COMMON_NAME: Final = x509.NameOID.COMMON_NAME
_SRV_NAME: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.7")
_IA5_STRING: Final = 0x16


@attrs.frozen(kw_only=True)
class WireNames:
    """The names of a certificate: DNS names and the common name in lower case, addresses, SRV names."""

    dns: frozenset[str]
    addresses: frozenset[str]
    services: frozenset[str]
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
        return cls(
            dns=frozenset(one.lower() for one in names.get_values_for_type(x509.DNSName)),
            addresses=frozenset(map(str, names.get_values_for_type(x509.IPAddress))),
            services=frozenset(one.decode("ascii", "replace").lower() for one in services),
            common=common[-1] if common else None,
        )

    def has(self, *wanted: str) -> bool:
        """Whether one of these stands among the alternative names, as it is."""
        return any(one.lower() in self.dns or _plain(one) in self.addresses for one in wanted)

    def fits(self, host: str, names: Iterable[str]) -> bool:
        """Whether a host fits one of the names, a ``*`` standing for its first label."""
        first, _, rest = host.lower().partition(".")
        # RFC 6125 section 6.4.3; a star right above a top-level domain stands for nothing.
        forms = {host.lower(), f"*.{rest}"} if first and "." in rest else {host.lower()}
        return not forms.isdisjoint(names)


@attrs.frozen(kw_only=True)
class Wanted:
    """What is asked of the names of a certificate: what the connection wants, and whether the common name will do."""

    names: WireNames
    showing: Showing
    connection: Connection

    @property
    def called(self) -> str:
        """The name of who shows the certificate."""
        return self.showing.presenter.name

    def zone_name(self, wanted: str) -> bool:
        """Whether a name of TLS verify is there; what the common name counts is a setting (platform.md §11 C1)."""
        judge = self.showing.judge
        takes_common = not isinstance(judge, Expressway) or judge.settings.common_name_in_verify != "refuse"
        return self.names.has(wanted) or (takes_common and self.names.common == wanted.lower())


Check = Callable[[Wanted], tuple[str, bool] | None]


def _peer_address(asked: Wanted) -> tuple[str, bool] | None:
    zone = asked.connection.zone
    called = {*(one.name for one in zone.edge), *(one.name for one in zone.far_ends)} if zone else set()
    if asked.called not in called:
        return None
    address = asked.connection.called_as
    return address, asked.zone_name(address)


def _verify_name(asked: Wanted) -> tuple[str, bool] | None:
    zone = asked.connection.zone
    wanted = (zone.tls_verify_subject_name if zone else "") or asked.called
    return (wanted, asked.zone_name(wanted)) if zone else None


def _node_name(asked: Wanted) -> tuple[str, bool]:
    return asked.called, asked.zone_name(asked.called)


def _published_name(asked: Wanted) -> tuple[str, bool]:
    names, judge = asked.names, asked.showing.judge
    common = {names.common} if names.common else set()
    takes_address = not isinstance(judge, Expressway) or judge.settings.uc_server_address_names != "refuse"
    is_address = takes_address and _plain(asked.called) in names.addresses
    return asked.called, names.fits(asked.called, names.dns | common) or is_address


def _host(names: WireNames, host: str) -> bool:
    """Whether a client takes a certificate for a host; that the common name alone has it is worth a warning."""
    common = {names.common} if names.common else set()
    return names.fits(host, names.dns | common) or _plain(host) in names.addresses


def _host_name(asked: Wanted) -> tuple[str, bool]:
    return asked.called, _host(asked.names, asked.called)


def _edge_name(asked: Wanted) -> tuple[str, bool]:
    wanted = asked.connection.called_as
    return wanted, _host(asked.names, wanted)


def _service_domain(asked: Wanted) -> tuple[str, bool] | None:
    client, names = asked.showing.judge, asked.names
    if not isinstance(client, Client):
        return None
    domain = client.service_domain.lower()
    spellings = {domain, f"collab-edge.{domain}"}
    takes_service = client.family is ClientFamily.ROOM_SYSTEM or asked.connection.leg.id == "1c"
    is_service = takes_service and f"_collab-edge._tls.{domain}" in names.services
    return domain, not spellings.isdisjoint({*names.dns, names.common}) or is_service


def _cluster_peer(asked: Wanted) -> tuple[str, bool]:
    wanted = asked.connection.called_as.lower()
    is_name = _plain(wanted) is None
    return wanted, is_name and (wanted in asked.names.dns or wanted == asked.names.common)


CHECKS: Final[Mapping[Ask, Check]] = {
    Ask.PEER_ADDRESS: _peer_address,
    Ask.VERIFY_NAME: _verify_name,
    Ask.NODE_NAME: _node_name,
    Ask.PUBLISHED_NAME: _published_name,
    Ask.HOST_NAME: _host_name,
    Ask.EDGE_NAME: _edge_name,
    Ask.SERVICE_DOMAIN: _service_domain,
    Ask.CLUSTER_PEER: _cluster_peer,
}
"""What an end looks for in a certificate once the handshake is done: what is wanted, and whether it is there."""


def _plain(text: str) -> str | None:
    """Return an IP address in its plain form; None for what is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
