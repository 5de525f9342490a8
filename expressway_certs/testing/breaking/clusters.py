"""Faults of clusters."""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.product.applying import replaced
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.far_ends import FarEnd
from expressway_certs.product.nodes import ClusterTls, Expressway
from expressway_certs.product.zones import Zone
from expressway_certs.testing.breaking.bench import DAY, SERVERS_ALONE, Bench, CannotBreakError
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.breaking.zones import HOUR, UNUSED_ADDRESS


@fault("cluster-tls-permissive")
def permissive(bench: Bench) -> Deployment:
    """The peers of a cluster verify nothing of each other: the mode is Permissive."""
    site = bench.site
    for peer in bench.clustered():
        site = replaced(site, attrs.evolve(peer, cluster_tls=ClusterTls.PERMISSIVE))
    return site


@fault("cluster-peer-not-in-certificate")
def peer_not_in_certificate(bench: Bench) -> Deployment:
    """A peer is configured under its IP address, which its certificate does not have."""
    first, other = bench.clustered()[:2]
    address = _address(other)
    peers = [address if peer == other.name else peer for peer in first.cluster_peers]
    return bench.with_fields(first, cluster_peers=peers)


@fault("cluster-name-leads-elsewhere")
def name_leads_elsewhere(bench: Bench) -> Deployment:
    """The address mapping of a peer has another address for its neighbour than DNS."""
    first, other = bench.clustered()[:2]
    if bench.site.dns is None:
        raise CannotBreakError("it needs DNS records, and the site has none")
    return bench.with_fields(first, cluster_addresses={**dict(first.cluster_addresses), other.name: UNUSED_ADDRESS})


def _address(node: Expressway) -> str:
    if node.address is None:
        raise CannotBreakError(f"it needs the IP address of {node.name}, which is not given")
    return node.address


# An Expressway-E that has lost its own CAs does not send them either.
@fault("cluster-ca-not-trusted", "client-distrusts-edge", "far-end-distrusts-us")
def ca_not_trusted(bench: Bench) -> Deployment:
    """The list of one peer has lost the CAs of the other peers' certificates."""
    first, other = bench.clustered()[:2]
    issuer = bench.issuer_of(bench.shown(other).certificate)
    return bench.with_trust([first], bench.known_chain(issuer.certificate))


@fault("cluster-certificate-refused")
def certificate_refused(bench: Bench) -> Deployment:
    """A peer of the cluster that is in no zone yet has an expired certificate."""
    first, *others = bench.clustered()
    peer = others[-1] if bench.node is None else first
    zones = [_without(zone, peer) for zone in bench.site.zones]
    expired = bench.fresh(peer, not_before=bench.at - 365 * DAY, not_after=bench.at - HOUR)
    site = attrs.evolve(bench.site, zones=zones, expressways=bench.site.nodes)
    return replaced(site, attrs.evolve(peer, server_certificate=expired.certificate))


def _without(zone: Zone, peer: Expressway) -> Zone:
    """Return a zone that a peer is no longer in."""
    core, edge, nodes = (
        tuple(one for one in side if one.name != peer.name) for side in (zone.core, zone.edge, zone.nodes)
    )
    called: list[Expressway | FarEnd] = [*zone.edge, *zone.far_ends]
    pairs = zip(called, zone.peer_addresses, strict=True)
    addresses = [address for one, address in pairs if one.name != peer.name]
    return attrs.evolve(zone, core=core, edge=edge, nodes=nodes, peer_addresses=addresses)


@fault("service-certificate-refused")
def service_certificate_refused(bench: Bench) -> Deployment:
    """The certificate of an Expressway-E is for servers alone, and Expressway-C wants more in SIP SERVICE."""
    edge = bench.edge
    bench.need(bench.zone.core[0], Behaviour.SERVICE_NEEDS_CLIENT_AUTH)
    return bench.recertified(edge, extended_key_usage=SERVERS_ALONE)


CLUSTER_FAULTS: Final[tuple[Fault, ...]] = (
    permissive,
    peer_not_in_certificate,
    name_leads_elsewhere,
    ca_not_trusted,
    certificate_refused,
    service_certificate_refused,
)
