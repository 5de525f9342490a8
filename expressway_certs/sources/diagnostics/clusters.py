"""Which Expressways belong together: peers of one cluster, and the peer that an address leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.dns import host
from expressway_certs.sources.diagnostics.peer import Peer
from expressway_certs.sources.xconfiguration.node import cluster_peers
from expressway_certs.x509.errors import LoadError


def cluster_name(peer: Peer) -> str:
    """Return the name of a peer's cluster, as names are compared; empty where it has none."""
    return host(peer.dump.get("Alternates Cluster Name", "").strip())


def is_called(address: str, peer: Peer) -> bool:
    """Whether an address is a peer's own name or one of its IP addresses."""
    return host(address) == host(peer.name) or address in peer.addresses


def with_roles(peers: Sequence[Peer], given: Mapping[str, Role]) -> list[Peer]:
    """Return the peers with their roles: as given, by their zones, or as another peer of the cluster has it.

    Raises `LoadError` for a peer of which nothing says whether it is Expressway-C or Expressway-E.
    """
    known = [attrs.evolve(peer, role=given.get(host(peer.name), peer.role)) for peer in peers]
    return [peer if peer.role else attrs.evolve(peer, role=_role_of_mate(peer, known)) for peer in known]


def _role_of_mate(peer: Peer, known: Iterable[Peer]) -> Role:
    found = next((other.role for other in known if other.role and _are_mates(peer, other)), None)
    if found is None:
        raise LoadError(
            f"whether {peer.name} is Expressway-C or Expressway-E is not in it",
            found="no traversal zone, or zones of both sides",
            where=peer.where,
            remedy=f'say it: load_diagnostics(…, roles={{"{peer.name}": "C"}})',
        )
    return found


def clusters(peers: Iterable[Peer]) -> list[list[Peer]]:
    """Return the peers by cluster, each in order; one without a cluster stands alone."""
    groups: list[list[Peer]] = []
    for peer in peers:
        mates = [group for group in groups if any(_are_mates(peer, other) for other in group)]
        joined = [other for group in mates for other in group]
        groups = [group for group in groups if group not in mates]
        groups.append([*joined, peer])
    return groups


def _are_mates(one: Peer, other: Peer) -> bool:
    if cluster_name(one) and cluster_name(one) == cluster_name(other):
        return True
    return _lists(one, other) or _lists(other, one)


def _lists(one: Peer, other: Peer) -> bool:
    return any(is_called(address, other) for address in cluster_peers(one.dump, one.name))


def called(address: str, peers: Sequence[Peer]) -> Peer | None:
    """Return the peer that an address leads to: by name or IP address, else by a name in one certificate alone."""
    for peer in peers:
        if is_called(address, peer):
            return peer
    certified = [peer for peer in peers if host(address) in peer.certified_names]
    return certified[0] if len(certified) == 1 else None
