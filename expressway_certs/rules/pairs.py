"""Which nodes of a deployment a leg of the table stands between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.dns import host
from expressway_certs.product.legs import Leg, Party, leg
from expressway_certs.product.nodes import Client, Expressway, Node, UcKind
from expressway_certs.product.zones import Zone
from expressway_certs.rules.connection import Connection
from expressway_certs.rules.judging import LegResult
from expressway_certs.rules.memory import Memory


@attrs.frozen(kw_only=True)
class Absent:
    """A leg to a node that is not in the deployment."""

    leg: Leg
    initiator: str
    acceptor: str

    def is_of(self, name: str) -> bool:
        """Whether the node of that name is at one of its ends."""
        return name in {self.initiator, self.acceptor}

    def judge(self, _memory: Memory) -> LegResult:
        """Say that it is not checked, and why."""
        why = f"{self.acceptor}, which {self.initiator} calls, is no node of the deployment"
        return LegResult(leg=self.leg, initiator=self.initiator, acceptor=self.acceptor, not_checked=why)


def connections(deployment: Deployment, leg_ids: Iterable[str]) -> Iterator[Connection | Absent]:
    """Yield the connections that a deployment has on the legs of these ids, leg by leg."""
    for leg_id in leg_ids:
        row = leg(leg_id)
        if row.zones:
            for zone in deployment.zones:
                if zone.kind in row.zones:
                    yield from _of_zone(row, zone, deployment)
        else:
            yield from _BETWEEN[row.initiator, row.acceptor](row, deployment)


def _of_zone(row: Leg, zone: Zone, deployment: Deployment) -> Iterator[Connection]:
    for one in zone.core or zone.nodes:
        for other in zone.edge or zone.far_ends:
            is_inward = row.initiator in {Party.EDGE, Party.FAR_END}
            initiator, acceptor = (other, one) if is_inward else (one, other)
            yield Connection(
                leg=row,
                initiator=initiator,
                acceptor=acceptor,
                deployment=deployment,
                zone=zone,
                called_as=zone.address_of(other),
            )


def _cores(deployment: Deployment) -> tuple[Expressway, ...]:
    return _each(node for zone in deployment.zones for node in zone.core)


def _edges(deployment: Deployment) -> tuple[Expressway, ...]:
    return _each(node for zone in deployment.zones for node in zone.edge)


def _each(nodes: Iterable[Expressway]) -> tuple[Expressway, ...]:
    return tuple({node.name: node for node in nodes}.values())


def _clients(row: Leg, deployment: Deployment) -> Iterator[Connection]:
    for client in deployment.judging_clients:
        if row.only_if is None or getattr(client, row.only_if):
            for edge in _edges(deployment):
                yield _plain(row, client, edge, deployment, server_name(client, edge))


def server_name(client: Client, edge: Expressway) -> str:
    """Return the host name that a client looks for, and gives in SNI where Expressway-E has domain certificates.

    The host of the SRV record is Expressway-E's own name. Where that lies outside the user's domain, a client names
    ``<host label>.<service domain>`` (mra.md A1.12 and A1.14).
    """
    name, domain = host(edge.name), host(client.service_domain)
    if name == domain or name.endswith(f".{domain}"):
        return edge.name
    named = f"{name.partition('.')[0]}.{domain}"
    return named if any(one.is_for(named) for one in edge.domain_certificates) else edge.name


def _servers(kind: UcKind, *, is_back: bool = False) -> Callable[[Leg, Deployment], Iterator[Connection]]:
    def between(row: Leg, deployment: Deployment) -> Iterator[Connection]:
        servers = [one for one in deployment.uc_servers if one.kind is kind]
        for core in _cores(deployment):
            for server in servers:
                if row.only_if is None or getattr(server, row.only_if):
                    initiator, acceptor = (server, core) if is_back else (core, server)
                    yield _plain(row, initiator, acceptor, deployment, acceptor.name)

    return between


def _webex(row: Leg, deployment: Deployment) -> Iterator[Connection]:
    for edge in _edges(deployment):
        for service in deployment.webex_services:
            yield _plain(row, edge, service, deployment, service.name)


def _administrators(row: Leg, deployment: Deployment) -> Iterator[Connection]:
    for node in deployment.nodes:
        for one in deployment.administrators:
            yield _plain(row, one, node, deployment, node.name)


def _ldap(row: Leg, deployment: Deployment) -> Iterator[Connection]:
    for node in deployment.nodes:
        for server in deployment.ldap_servers:
            yield _plain(row, node, server, deployment, server.name)


def _cluster(row: Leg, deployment: Deployment) -> Iterator[Connection | Absent]:
    for node in deployment.nodes:
        for called_as in node.cluster_peers:
            peer = _peer(called_as, deployment) or _by_host_name(called_as, node, deployment)
            if peer is None:
                yield Absent(leg=row, initiator=node.name, acceptor=called_as)
            elif peer.name != node.name:
                yield _plain(row, node, peer, deployment, called_as)


def _peer(called_as: str, deployment: Deployment) -> Expressway | None:
    """Return the node that is called by a name, an address, or a name that leads to its address."""
    addresses = deployment.dns.addresses(called_as) if deployment.dns else (called_as,)
    fitting = (
        node
        for node in deployment.nodes
        if host(node.name) == host(called_as) or (node.address is not None and node.address in addresses)
    )
    return next(fitting, None)


def _by_host_name(called_as: str, by: Expressway, deployment: Deployment) -> Expressway | None:
    """Return the node of the same cluster whose host name it is, where a peer is called by that alone."""
    same = (node for node in deployment.nodes if (node.role, node.cluster_name) == (by.role, by.cluster_name))
    return next((node for node in same if host(node.name).partition(".")[0] == host(called_as)), None)


def _plain(row: Leg, initiator: Node, acceptor: Node, deployment: Deployment, called_as: str) -> Connection:
    return Connection(leg=row, initiator=initiator, acceptor=acceptor, deployment=deployment, called_as=called_as)


_BETWEEN: Final[dict[tuple[Party, Party], Callable[[Leg, Deployment], Iterator[Connection | Absent]]]] = {
    (Party.CLIENT, Party.EDGE): _clients,
    (Party.CORE, Party.CUCM): _servers(UcKind.CUCM),
    (Party.CUCM, Party.CORE): _servers(UcKind.CUCM, is_back=True),
    (Party.CORE, Party.IMP): _servers(UcKind.IMP),
    (Party.CORE, Party.UNITY): _servers(UcKind.UNITY),
    (Party.EDGE, Party.WEBEX): _webex,
    (Party.NODE, Party.PEER): _cluster,
    (Party.ADMINISTRATOR, Party.NODE): _administrators,
    (Party.NODE, Party.LDAP): _ldap,
}
