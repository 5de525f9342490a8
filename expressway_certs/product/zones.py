"""Zones between clusters."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.nodes import Expressway

_MOST_PEERS = 6


class ZoneKind(enum.Enum):
    """What a zone is for."""

    UNIFIED_COMMUNICATIONS = "Unified Communications traversal"


def _peers(role: Role, peers: tuple[Expressway, ...]) -> None:
    wrong = [peer.name for peer in peers if peer.role is not role]
    if wrong:
        message = f"{wrong[0]} is no {role.value}"
        raise ValueError(message)
    if not 1 <= len(peers) <= _MOST_PEERS:
        message = f"a zone has one to {_MOST_PEERS} peers of {role.value}, not {len(peers)}"
        raise ValueError(message)


def _nodes(values: Iterable[Expressway]) -> tuple[Expressway, ...]:
    return tuple(values)


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


def _fqdns(zone: Zone) -> tuple[str, ...]:
    return tuple(peer.name for peer in zone.edge)


def _cluster_name(zone: Zone) -> str:
    return zone.core[0].cluster_name or zone.core[0].name


@attrs.frozen(kw_only=True)
class Zone:
    """A traversal zone: every Expressway-C of ``core`` calls every Expressway-E of ``edge`` (platform.md §4.1).

    ``peer_addresses`` are the addresses that Expressway-C has for the peers of ``edge``, in their
    order; left out, their FQDNs. ``tls_verify_subject_name`` is what Expressway-E wants of the
    certificate of Expressway-C; left out, the cluster name, or the FQDN of a single peer.
    """

    name: str
    core: tuple[Expressway, ...] = attrs.field(converter=_nodes)
    edge: tuple[Expressway, ...] = attrs.field(converter=_nodes)
    peer_addresses: tuple[str, ...] = attrs.field(default=attrs.Factory(_fqdns, takes_self=True), converter=_addresses)
    tls_verify_subject_name: str = attrs.field(default=attrs.Factory(_cluster_name, takes_self=True))
    kind: ZoneKind = ZoneKind.UNIFIED_COMMUNICATIONS

    def __attrs_post_init__(self) -> None:
        _peers(Role.CORE, self.core)
        _peers(Role.EDGE, self.edge)
        if len(self.peer_addresses) != len(self.edge):
            message = f"{len(self.peer_addresses)} peer addresses for {len(self.edge)} peers of Expressway-E"
            raise ValueError(message)

    def address_of(self, edge: Expressway) -> str:
        """Return the address that Expressway-C has for a peer."""
        return self.peer_addresses[self.edge.index(edge)]
