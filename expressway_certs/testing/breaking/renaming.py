"""An Expressway under another name, wherever on the site the name stands."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.dns import Dns
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.zones import Zone
from expressway_certs.testing.breaking.bench import Bench


def renamed(bench: Bench, node: Expressway, name: str) -> Deployment:
    """Return the site on which a node has another name: in its certificate, cluster, zones, DNS and Unified CM."""
    old = bench.shown(node).certificate
    certificate = bench.factory.leaf(
        bench.issuer_of(old),
        name,
        dns_names=_swapped(old.dns_names, node.name, name),
        extended_key_usage=None if old.extended_key_usage is None else sorted(old.extended_key_usage),
    ).certificate
    new = attrs.evolve(node, name=name, server_certificate=certificate)
    site = bench.site

    def with_name(one: Expressway) -> Expressway:
        known = new if one.name == node.name else one
        addresses = {name if host == node.name.lower() else host: at for host, at in known.cluster_addresses}
        peers = _swapped(known.cluster_peers, node.name, name)
        return attrs.evolve(known, cluster_peers=peers, cluster_addresses=addresses)

    def in_zone(zone: Zone) -> Zone:
        core, edge, nodes = (tuple(map(with_name, side)) for side in (zone.core, zone.edge, zone.nodes))
        addresses = _swapped(zone.peer_addresses, node.name, name)
        return attrs.evolve(zone, core=core, edge=edge, nodes=nodes, peer_addresses=addresses)

    servers = [
        one if one.expressway_cores is None
        else attrs.evolve(one, expressway_cores=_swapped(one.expressway_cores, node.name, name))
        for one in site.uc_servers
    ]  # fmt: skip
    return attrs.evolve(
        site,
        expressways=[with_name(one) for one in site.expressways],
        zones=[in_zone(zone) for zone in site.zones],
        uc_servers=servers,
        dns=None if site.dns is None else _renamed_records(site.dns, node.name, name),
    )


def _swapped(names: Iterable[str], old: str, new: str) -> list[str]:
    return [new if one == old else one for one in names]


def _renamed_records(dns: Dns, old: str, new: str) -> Dns:
    host = old.lower()
    forward = {new if name == host else name: addresses for name, addresses in dns.forward}
    reverse = {address: _swapped(names, host, new) for address, names in dns.reverse}
    return Dns(forward=forward, reverse=reverse)
