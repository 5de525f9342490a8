"""The legs that a deployment has, as connections between two of its nodes, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from expressway_certs.product import legs as table
from expressway_certs.product.deployment import Deployment
from expressway_certs.rules.judging import Connection
from expressway_certs.rules.rule import Stage


def _zone_connections(deployment: Deployment, leg_ids: Iterable[str]) -> Iterator[Connection]:
    for zone in deployment.zones:
        for leg_id in leg_ids:
            for core in zone.core:
                for edge in zone.edge:
                    yield Connection(leg=table.leg(leg_id), initiator=core, acceptor=edge, zone=zone)


def _mra_connections(deployment: Deployment) -> Iterator[Connection]:
    edges = {node.name: node for zone in deployment.zones for node in zone.edge}
    cores = {node.name: node for zone in deployment.zones for node in zone.core}
    for client in deployment.clients:
        for edge in edges.values():
            yield Connection(leg=table.leg("1a"), initiator=client, acceptor=edge)
    for leg_id in ("6a", "6c"):
        for core in cores.values():
            for server in deployment.uc_servers:
                yield Connection(leg=table.leg(leg_id), initiator=core, acceptor=server)


CONNECTIONS: Final[dict[Stage, Callable[[Deployment], Iterator[Connection]]]] = {
    Stage.TRAVERSAL: lambda deployment: _zone_connections(deployment, table.ZONE_LEGS),
    Stage.TUNNELS: lambda deployment: _zone_connections(deployment, table.TUNNEL_LEGS),
    Stage.MRA: _mra_connections,
}
"""How to find the connections that a stage judges."""


def connections_of(deployment: Deployment, node: str) -> Iterator[Connection]:
    """Yield every connection that a node takes part in, whatever the stage; SIP TLS to Unified CM (6e) among them."""
    for connections in CONNECTIONS.values():
        for one in connections(deployment):
            if node in {one.initiator.name, one.acceptor.name}:
                yield one
    cores = {peer.name: peer for zone in deployment.zones for peer in zone.core}
    if node in cores:
        for server in deployment.uc_servers:
            yield Connection(leg=table.leg("6e"), initiator=cores[node], acceptor=server)
