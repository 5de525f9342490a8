"""Faults of the zones to others, and of Webex."""

from __future__ import annotations

from typing import Any, Final

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.far_ends import AccessRule, FarEnd
from expressway_certs.product.zones import Zone, ZoneKind
from expressway_certs.testing.breaking.bench import SERVERS_ALONE, Bench, CannotBreakError
from expressway_certs.testing.breaking.fault import Fault, fault

_UNUSED_ADDRESS: Final = "192.0.2.77"
_WEBEX: Final = "idbroker.example.org"


def _far_end(zone: Zone) -> FarEnd:
    if not zone.far_ends:
        raise CannotBreakError(f"it needs a far end in the zone {zone.name}, which has none")
    return zone.far_ends[0]


def _with_far_end(bench: Bench, zone: Zone, **fields: Any) -> Deployment:
    first, *others = zone.far_ends or (_far_end(zone),)
    return bench.with_zone(zone, far_ends=[attrs.evolve(first, **fields), *others])


@fault("far-end-name-not-in-certificate")
def name_not_in_certificate(bench: Bench) -> Deployment:
    """The neighbor is called by an IP address, which its certificate does not have."""
    zone = bench.zone_of(ZoneKind.NEIGHBOR)
    return bench.with_zone(zone, peer_addresses=[_UNUSED_ADDRESS, *zone.peer_addresses[1:]])


@fault("far-end-not-trusted")
def not_trusted(bench: Bench) -> Deployment:
    """An Expressway-E has lost the CA of the partner."""
    zone = bench.zone_of(ZoneKind.NEIGHBOR)
    certificate = _far_end(zone).server_certificate
    if certificate is None:
        raise CannotBreakError("it needs the certificate of the far end, which is not given")
    return bench.with_trust([bench.edge], bench.known_chain(bench.issuer_of(certificate).certificate))


@fault("far-end-distrusts-us")
def distrusts_us(bench: Bench) -> Deployment:
    """The partner's list has not the CA of Expressway-E."""
    zone = bench.zone_of(ZoneKind.DNS)
    _far_end(zone)
    return _with_far_end(bench, zone, trusted_ca=[bench.other_root().certificate])


@fault("far-end-certificate-refused")
def certificate_refused(bench: Bench) -> Deployment:
    """The partner calls with a certificate for servers alone."""
    zone = bench.zone_of(ZoneKind.DEFAULT)
    far_end = _far_end(zone)
    client = bench.for_name(far_end.server_certificate, far_end.name, extended_key_usage=SERVERS_ALONE)
    return _with_far_end(bench, zone, client_certificate=client)


@fault("default-zone-keeps-out")
def keeps_out(bench: Bench) -> Deployment:
    """The access rules of the Default Zone let somebody else in, and not the partner."""
    zone = bench.zone_of(ZoneKind.DEFAULT)
    _far_end(zone)
    return bench.with_zone(zone, access_rules=[AccessRule(pattern="sip.example.org")])


def _with_webex(bench: Bench, far_end: FarEnd) -> Deployment:
    if not bench.zone.edge:
        raise CannotBreakError("it needs an Expressway-E, and the site has none")
    return attrs.evolve(bench.site, webex_services=[*bench.site.webex_services, far_end])


@fault("webex-not-trusted")
def webex_not_trusted(bench: Bench) -> Deployment:
    """A host of Webex has a certificate of a CA that the lists of Expressway-E do not have."""
    leaf = bench.factory.leaf(bench.other_root(), _WEBEX, dns_names=[_WEBEX])
    return _with_webex(bench, FarEnd(name=_WEBEX, server_certificate=leaf.certificate))


@fault("webex-certificate-refused")
def webex_refused(bench: Bench) -> Deployment:
    """A proxy answers in place of a host of Webex, with its own name."""
    issuer = bench.issuer_of(bench.shown(bench.edge).certificate)
    leaf = bench.factory.leaf(issuer, "proxy.example.com", dns_names=["proxy.example.com"])
    return _with_webex(bench, FarEnd(name=_WEBEX, server_certificate=leaf.certificate))


FAR_END_FAULTS: Final[tuple[Fault, ...]] = (
    name_not_in_certificate,
    not_trusted,
    distrusts_us,
    certificate_refused,
    keeps_out,
    webex_not_trusted,
    webex_refused,
)
