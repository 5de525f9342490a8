"""Switches, names and addresses, carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from expressway_certs.product.applying.nodes import (
    is_expressway,
    refuse,
    replaced,
    uc_server,
    with_uc_server,
    with_zone,
    zone,
)
from expressway_certs.product.changes import (
    AddAccessRule,
    AddDnsRecord,
    MapClusterAddress,
    RefreshServers,
    RenameExpressway,
    RenameUcServer,
    Restart,
    SetClusterPeer,
    SetPeerAddress,
    SetSwitch,
    SetVerifyName,
    SetZoneSwitch,
)
from expressway_certs.product.changes.switches import UC_SWITCHES
from expressway_certs.product.dns import Dns, host
from expressway_certs.product.nodes import UcServer
from expressway_certs.x509.certificate import Certificate

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment


def with_peer_address(deployment: Deployment, change: SetPeerAddress) -> Deployment:
    """Return the deployment in which a zone calls a peer by another address."""
    changed = zone(deployment, change.zone)
    called = [*(one.name for one in changed.edge), *(one.name for one in changed.far_ends)]
    if change.node not in called:
        refuse(f"{change.node} is not called in the zone {change.zone}")
    pairs = zip(called, changed.peer_addresses, strict=True)
    addresses = [change.address if name == change.node else old for name, old in pairs]
    return with_zone(deployment, attrs.evolve(changed, peer_addresses=addresses))


def with_verify_name(deployment: Deployment, change: SetVerifyName) -> Deployment:
    """Return the deployment in which a zone looks for another name."""
    changed = zone(deployment, change.zone)
    return with_zone(deployment, attrs.evolve(changed, tls_verify_subject_name=change.name))


def with_access_rule(deployment: Deployment, change: AddAccessRule) -> Deployment:
    """Return the deployment in which a zone has one access rule more."""
    changed = zone(deployment, change.zone)
    return with_zone(deployment, attrs.evolve(changed, access_rules=(*changed.access_rules, change.rule)))


def with_zone_switch(deployment: Deployment, change: SetZoneSwitch) -> Deployment:
    """Return the deployment in which a switch of a zone is set."""
    value: dict[str, Any] = {change.switch: change.value}
    return with_zone(deployment, attrs.evolve(zone(deployment, change.zone), **value))


def with_switch(deployment: Deployment, change: SetSwitch) -> Deployment:
    """Return the deployment in which a switch of a node is set."""
    value: dict[str, Any] = {change.switch: change.value}
    if change.switch in UC_SWITCHES:
        return with_uc_server(deployment, change.node, lambda server: attrs.evolve(server, **value))
    return replaced(deployment, attrs.evolve(deployment.expressway(change.node), **value))


def with_cluster_peer(deployment: Deployment, change: SetClusterPeer) -> Deployment:
    """Return the deployment in which a node has another address for a peer of its cluster."""
    node = deployment.expressway(change.node)
    if change.old not in node.cluster_peers:
        refuse(f"{change.node} has no cluster peer {change.old}")
    peers = [change.new if one == change.old else one for one in node.cluster_peers]
    return replaced(deployment, attrs.evolve(node, cluster_peers=peers))


def with_cluster_address(deployment: Deployment, change: MapClusterAddress) -> Deployment:
    """Return the deployment in which a node maps a name to an address."""
    node = deployment.expressway(change.node)
    mapped = {**dict(node.cluster_addresses), host(change.name): change.address}
    return replaced(deployment, attrs.evolve(node, cluster_addresses=mapped))


def with_record(deployment: Deployment, change: AddDnsRecord) -> Deployment:
    """Return the deployment with a record more in DNS; `ValueError` where DNS is not known."""
    known = deployment.dns
    if known is None:
        refuse("DNS is not given, so nothing can be entered there")
    if change.kind == "A":
        forward = {**dict(known.forward), host(change.name): (*known.addresses(change.name), change.address)}
        return attrs.evolve(deployment, dns=Dns(forward=forward, reverse=dict(known.reverse)))
    reverse = {**dict(known.reverse), change.address: (*known.names(change.address), change.name)}
    return attrs.evolve(deployment, dns=Dns(forward=dict(known.forward), reverse=reverse))


def with_other_name(deployment: Deployment, change: RenameUcServer) -> Deployment:
    """Return the deployment in which a server is published under another name."""
    return with_uc_server(deployment, change.old, lambda server: attrs.evolve(server, name=change.new))


def with_other_node_name(deployment: Deployment, change: RenameExpressway) -> Deployment:
    """Return the deployment in which an Expressway has another name, and the files for it are for that one."""
    node = attrs.evolve(deployment.expressway(change.old), name=change.new)
    renamed = replaced(attrs.evolve(deployment, uploads=()), node, called=change.old)
    uploads = [attrs.evolve(one, node=change.new) if one.node == change.old else one for one in deployment.uploads]
    return attrs.evolve(renamed, uploads=uploads)


def refreshed(deployment: Deployment, change: RefreshServers) -> Deployment:
    """Return the deployment after a refresh: every Unified CM lists the names of the node (mra.md A2.4: 215572)."""
    shown = deployment.expressway(change.node).certificate("client")
    if shown is None:
        return deployment
    servers = [_listing(server, shown) for server in deployment.uc_servers]
    return attrs.evolve(deployment, uc_servers=servers)


def _listing(server: UcServer, shown: Certificate) -> UcServer:
    if server.expressway_cores is None:
        return server
    common = [shown.common_name] if shown.common_name else []
    names = dict.fromkeys((*server.expressway_cores, *common, *shown.dns_names))
    return attrs.evolve(server, expressway_cores=tuple(names))


def restarted(deployment: Deployment, change: Restart) -> Deployment:
    """Return the deployment as it is: the model knows no running state; `ValueError` for what cannot be restarted."""
    is_there = is_expressway if change.what == "Expressway" else uc_server
    if not is_there(deployment, change.node):
        refuse(f"{change.node} is no node that has {change.what} to restart")
    return deployment
