"""Traversal zones, of which Expressway-C has one half in its dump and Expressway-E the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from expressway_certs.product.dns import host
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.not_given import NotGiven
from expressway_certs.product.zones import Zone, ZoneKind
from expressway_certs.sources.diagnostics.clusters import called, cluster_name
from expressway_certs.sources.diagnostics.peer import Peer
from expressway_certs.sources.xconfiguration.zones import ConfiguredZone

_DIAGNOSTICS = "the diagnostic log archive"
_LEGS = ("2", "3", "4", "5")


@attrs.frozen(kw_only=True)
class Halves:
    """A traversal zone found: what Expressway-C says, whose it is, whom it calls, and what Expressway-E says."""

    zone: ConfiguredZone
    core: tuple[Peer, ...]
    edge: tuple[tuple[str, Peer], ...]
    missing: tuple[str, ...]
    answer: ConfiguredZone | None

    def model(self, name: str, nodes: dict[str, Expressway]) -> Zone:
        """Return it as a zone of the model."""
        options: dict[str, Any] = {}
        if self.answer is not None and self.answer.tls_verify_subject_name:
            options["tls_verify_subject_name"] = self.answer.tls_verify_subject_name
        verifies = self.zone.tls_verify or (self.answer is not None and self.answer.tls_verify)
        return Zone(
            name=name,
            kind=self.zone.kind or ZoneKind.TRAVERSAL,
            core=[nodes[peer.name] for peer in self.core],
            edge=[nodes[peer.name] for _, peer in self.edge],
            peer_addresses=[address for address, _ in self.edge],
            tls_verify=verifies,
            media_encryption=self.zone.media_encryption,
            **options,
        )

    def not_given(self) -> Iterator[NotGiven]:
        """Yield what is not known of it."""
        node = self.core[0].name
        for address in self.missing:
            yield NotGiven(
                what=f"{address}, which Expressway-C calls in the zone {self.zone.name}",
                remedy=f"Give {_DIAGNOSTICS} of {address} as well",
                node=node,
                legs=() if self.edge else _LEGS,
                missing_node=address if self.edge else None,
                missing_zone=None if self.edge else self.zone.name,
            )
        if self.edge and self.answer is None:
            yield NotGiven(
                what=f"the TLS verify subject name of the zone {self.zone.name}",
                remedy=f"Expressway-E has no traversal server zone on port {self.zone.port}: set the one that answers",
                node=self.edge[0][1].name,
            )


def traversal_zones(cores: Sequence[Sequence[Peer]], edges: Sequence[Sequence[Peer]]) -> Iterator[Halves]:
    """Yield the traversal zones of clusters of Expressway-C; the peers of one share their configuration."""
    for cluster in cores:
        distinct = dict.fromkeys(_key(zone) for peer in cluster for zone in peer.zones if zone.role)
        for key in distinct:
            core = tuple(peer for peer in cluster if any(_key(zone) == key for zone in peer.zones))
            zone = next(zone for zone in core[0].zones if _key(zone) == key)
            if zone.role is core[0].role:
                yield _halves(zone, core, edges)


def _key(zone: ConfiguredZone) -> tuple[object, ...]:
    return zone.name, zone.type, zone.peer_addresses, zone.port


def _halves(zone: ConfiguredZone, core: tuple[Peer, ...], edges: Sequence[Sequence[Peer]]) -> Halves:
    everybody = [peer for cluster in edges for peer in cluster]
    found = {address: called(address, everybody) for address in zone.peer_addresses}
    lost = [address for address, peer in found.items() if peer is None]
    if lost:
        found |= zip(lost, _by_their_zone(zone, core, edges, found.values(), len(lost)), strict=False)
    # Two addresses of one peer are one peer, called by the first.
    edge = {peer.name: (address, peer) for address, peer in reversed(found.items()) if peer is not None}
    return Halves(
        zone=zone,
        core=core,
        edge=tuple(reversed(edge.values())),
        missing=tuple(address for address, peer in found.items() if peer is None),
        answer=next(iter(_answers(zone, core, [peer for _, peer in edge.values()])), None),
    )


def _by_their_zone(
    zone: ConfiguredZone,
    core: tuple[Peer, ...],
    edges: Sequence[Sequence[Peer]],
    found: Iterable[Peer | None],
    count: int,
) -> Sequence[Peer]:
    """Return who is called by addresses that nobody is known to have, as behind a NAT: one for each, or nobody.

    They are the peers of the one cluster that has a zone for this Expressway-C by its TLS verify subject name. Which of
    several addresses is whose cannot be told, and is no matter: no certificate has any of them.
    """
    taken = set(found)
    waiting = [[peer for peer in cluster if peer not in taken and _meant(zone, core, [peer])] for cluster in edges]
    fitting = [cluster for cluster in waiting if len(cluster) == count]
    return fitting[0] if len(fitting) == 1 else ()


def _answers(zone: ConfiguredZone, core: tuple[Peer, ...], edge: Sequence[Peer]) -> list[ConfiguredZone]:
    """Return the zones of Expressway-E of the same port and sort; those that are meant for this Expressway-C first."""
    fitting = [
        other
        for peer in edge
        for other in peer.zones
        if other.role is peer.role and other.kind is zone.kind and _same_port(zone, other)
    ]
    meant = _meant(zone, core, edge)
    return [*meant, *(other for other in fitting if other not in meant)]


def _meant(zone: ConfiguredZone, core: tuple[Peer, ...], edge: Sequence[Peer]) -> list[ConfiguredZone]:
    names = {name for peer in core for name in (*peer.certified_names, host(peer.name), cluster_name(peer)) if name}
    return [
        other
        for peer in edge
        for other in peer.zones
        if other.role is peer.role and other.kind is zone.kind and _same_port(zone, other)
        if host(other.tls_verify_subject_name) in names
    ]


def _same_port(zone: ConfiguredZone, other: ConfiguredZone) -> bool:
    return zone.port == other.port or None in {zone.port, other.port}
