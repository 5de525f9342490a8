"""Faults of the SSH tunnels, of XCP and of DNS."""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.product.applying import replaced
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.dns import Dns
from expressway_certs.product.nodes import Expressway
from expressway_certs.testing.breaking.bench import SERVERS_ALONE, Bench, CannotBreakError
from expressway_certs.testing.breaking.fault import Fault, fault

UNREADABLE: Final = ("1.3.6.1.4.1.6449.1.2.1.5.1", "odd")
"""An attribute of a subject that OpenSSL shows as a number (platform.md §1.2)."""


@fault("tunnel-ca-missing")
def tunnel_ca_missing(bench: Bench) -> Deployment:
    """Expressway-C's lists lose the intermediate of Expressway-E and keep its root, as after a renewal."""
    edge = bench.zone.edge[0]
    between = bench.known_chain(bench.shown(edge).certificate)[1:-1]
    if not between:
        raise CannotBreakError(f"it needs an intermediate above {edge.name}, and there is none")
    return bench.with_trust(bench.calling, between)


@fault("tunnel-certificate-refused")
def tunnel_certificate_refused(bench: Bench) -> Deployment:
    """An Expressway-C has a client certificate for servers alone, and Expressway-E does not mind it in SIP."""
    core = bench.core
    bench.need(core, Behaviour.SEPARATE_CLIENT_CERTIFICATE)
    client = bench.fresh(core, extended_key_usage=SERVERS_ALONE).certificate
    site = bench.with_fields(core, client_certificate=client)
    for edge in bench.zone.edge:
        site = replaced(site, attrs.evolve(edge, extended_key_usage_checking=False))
    return site


@fault("tunnel-key-type-not-allowed")
def key_type_not_allowed(bench: Bench) -> Deployment:
    """Expressway-E takes no key of the kind that Expressway-C has in its tunnels."""
    kind = bench.shown(bench.zone.core[0]).certificate.key.algorithm
    allowed = "x509v3-rsa2048-sha256" if kind != "RSA" else "x509v3-ecdsa-sha2-nistp256"
    return bench.with_fields(bench.edge, ssh_key_types=[allowed])


@fault("tunnel-name-not-readable")
def name_not_readable(bench: Bench) -> Deployment:
    """The subject of an Expressway-C has an attribute that nobody has a name for."""
    return bench.recertified(bench.core, attributes=[UNREADABLE])


def _dns(bench: Bench) -> Dns:
    if bench.site.dns is None:
        raise CannotBreakError("it needs DNS records, and the site has none")
    return bench.site.dns


def _address(bench: Bench, node: Expressway) -> str:
    found = _dns(bench).addresses(node.name)
    if not found:
        raise CannotBreakError(f"it needs a DNS record of {node.name}, and there is none")
    return found[0]


def _with_records(
    bench: Bench, *, forward: dict[str, tuple[str, ...]], reverse: dict[str, tuple[str, ...]]
) -> Deployment:
    return attrs.evolve(bench.site, dns=Dns(forward=forward, reverse=reverse))


@fault("forward-record-missing")
def forward_record_missing(bench: Bench) -> Deployment:
    """DNS has no address for an Expressway-C."""
    dns = _dns(bench)
    _address(bench, bench.core)
    forward = {name: value for name, value in dns.forward if name != bench.core.name.lower()}
    return _with_records(bench, forward=forward, reverse=dict(dns.reverse))


@fault("reverse-record-missing")
def reverse_record_missing(bench: Bench) -> Deployment:
    """DNS has no name for the address of an Expressway-E."""
    dns, address = _dns(bench), _address(bench, bench.edge)
    reverse = {one: value for one, value in dns.reverse if one != address}
    return _with_records(bench, forward=dict(dns.forward), reverse=reverse)


@fault("xcp-name-not-in-certificate")
def xcp_name(bench: Bench) -> Deployment:
    """The reverse record of an Expressway-E names a host that its certificate does not have."""
    dns, address = _dns(bench), _address(bench, bench.edge)
    inside = f"inside.{bench.edge.name.partition('.')[2]}"
    return _with_records(bench, forward=dict(dns.forward), reverse={**dict(dns.reverse), address: (inside,)})


TUNNEL_FAULTS: Final[tuple[Fault, ...]] = (
    tunnel_ca_missing,
    tunnel_certificate_refused,
    key_type_not_allowed,
    name_not_readable,
    forward_record_missing,
    reverse_record_missing,
    xcp_name,
)
