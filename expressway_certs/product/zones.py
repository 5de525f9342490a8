"""Zones: which Expressways call which systems, and what either side wants of the other's certificate."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.far_ends import AccessRule, FarEnd
from expressway_certs.product.fields import is_name, once_each, only, texts
from expressway_certs.product.nodes import Expressway
from expressway_certs.x509.notebook import as_html
from expressway_certs.x509.shown import Choice
from expressway_certs.x509.typed import typed

_MOST_PEERS = 6
_MOST_RULES = 10_000


class ZoneKind(Choice):
    """What a zone is for."""

    UNIFIED_COMMUNICATIONS = "Unified Communications traversal"
    TRAVERSAL = "Traversal"
    NEIGHBOR = "Neighbor"
    DNS = "DNS"
    WEBEX = "Webex"
    DEFAULT = "Default"

    @property
    def is_traversal(self) -> bool:
        """Whether Expressway-C calls Expressway-E in it."""
        return self in {ZoneKind.UNIFIED_COMMUNICATIONS, ZoneKind.TRAVERSAL}

    @property
    def verifies_by_default(self) -> bool:
        """Whether TLS verify mode is On where nobody says; a UC traversal zone forces it (platform.md §4.1)."""
        return self in {ZoneKind.UNIFIED_COMMUNICATIONS, ZoneKind.WEBEX}


class MediaEncryption(Choice):
    """Media encryption mode of a zone."""

    FORCED = "Force encrypted"
    BEST_EFFORT = "Best effort"
    UNENCRYPTED = "Force unencrypted"
    AUTO = "Auto"


def _several(what: str, values: tuple[object, ...], *, least: int) -> None:
    if not least <= len(values) <= _MOST_PEERS:
        message = f"a zone has {('up', 'one')[least]} to {_MOST_PEERS} {what}, not {len(values)}"
        raise ValueError(message)


def _peers(role: Role, peers: tuple[Expressway, ...]) -> None:
    wrong = [peer.name for peer in peers if peer.role is not role]
    if wrong:
        message = f"{wrong[0]} is no {role.value}"
        raise ValueError(message)
    _several(f"peers of {role.value}", peers, least=1)


def _nodes(values: Iterable[Expressway]) -> tuple[Expressway, ...]:
    listed = tuple(values)
    only(Expressway, listed)
    return listed


def _far_ends(values: Iterable[FarEnd]) -> tuple[FarEnd, ...]:
    listed = tuple(values)
    only(FarEnd, listed)
    return listed


def _rules(values: Iterable[AccessRule]) -> tuple[AccessRule, ...]:
    return tuple(values)


def _fqdns(zone: Zone) -> tuple[str, ...]:
    called: list[Expressway | FarEnd] = [*zone.edge, *zone.far_ends]
    return tuple(peer.name for peer in called)


def _cluster_name(zone: Zone) -> str:
    if not zone.kind.is_traversal or not zone.core:
        return ""
    return zone.core[0].cluster_name or zone.core[0].name


def _verifies(zone: Zone) -> bool:
    return zone.kind.verifies_by_default


def _media(zone: Zone) -> MediaEncryption:
    return MediaEncryption.FORCED if zone.kind is ZoneKind.UNIFIED_COMMUNICATIONS else MediaEncryption.AUTO


@attrs.frozen(kw_only=True, repr=False, field_transformer=typed)
class Zone:
    """A zone of one of the kinds of platform.md §4.1, with one to six peers a side.

    In a traversal zone every Expressway-C of ``core`` calls every Expressway-E of ``edge``. In the others the
    Expressways of ``nodes`` meet the systems of ``far_ends``, which are not ours.

    ``peer_addresses`` are the addresses that the calling side has for the peers of ``edge`` or for the far ends, in
    their order; left out, their names. ``tls_verify_subject_name`` is what Expressway-E wants of the certificate of
    Expressway-C (left out: the cluster name, or the FQDN of a single peer), and in a DNS or Webex zone what is
    wanted of the far end (left out: its own name). ``tls_verify`` is TLS verify mode; ``access_rules`` are those of
    the Default Zone, where it has any. Raises `ValueError` for what a zone cannot be.
    """

    name: str = attrs.field(validator=is_name)
    kind: ZoneKind = attrs.field(default=ZoneKind.UNIFIED_COMMUNICATIONS, converter=ZoneKind)
    core: tuple[Expressway, ...] = attrs.field(default=(), converter=_nodes)
    edge: tuple[Expressway, ...] = attrs.field(default=(), converter=_nodes)
    nodes: tuple[Expressway, ...] = attrs.field(default=(), converter=_nodes)
    far_ends: tuple[FarEnd, ...] = attrs.field(default=(), converter=_far_ends)
    peer_addresses: tuple[str, ...] = attrs.field(default=attrs.Factory(_fqdns, takes_self=True), converter=texts)
    tls_verify_subject_name: str = attrs.field(default=attrs.Factory(_cluster_name, takes_self=True))
    tls_verify: bool = attrs.field(default=attrs.Factory(_verifies, takes_self=True))
    media_encryption: MediaEncryption = attrs.field(
        default=attrs.Factory(_media, takes_self=True), converter=MediaEncryption
    )
    access_rules: tuple[AccessRule, ...] = attrs.field(default=(), converter=_rules)

    def __attrs_post_init__(self) -> None:
        if self.kind.is_traversal:
            self._check_traversal()
        else:
            self._check_others()
        called = (*self.edge, *self.far_ends)
        names = [*(one.name for one in self.members), *(one.name for one in self.far_ends)]
        once_each(names, f"in the zone {self.name}")
        if len(self.peer_addresses) != len(called):
            whom = "peers of Expressway-E" if self.kind.is_traversal else "far ends"
            message = f"{len(self.peer_addresses)} peer addresses for {len(called)} {whom}"
            raise ValueError(message)
        if self.access_rules and self.kind is not ZoneKind.DEFAULT:
            message = f"access rules belong to the Default Zone, not to a {self.kind.value} zone"
            raise ValueError(message)
        if len(self.access_rules) > _MOST_RULES:
            message = f"the Default Zone has at most {_MOST_RULES} access rules, not {len(self.access_rules)}"
            raise ValueError(message)

    def _check_traversal(self) -> None:
        _peers(Role.CORE, self.core)
        _peers(Role.EDGE, self.edge)
        if self.nodes or self.far_ends:
            message = "a traversal zone has core and edge, and no nodes or far_ends"
            raise ValueError(message)
        # Mandatory where TLS verify mode is On (platform.md §4.1).
        if self.tls_verify and not self.tls_verify_subject_name:
            message = f"the zone {self.name} verifies, and has no TLS verify subject name"
            raise ValueError(message)

    def _check_others(self) -> None:
        _several("nodes", self.nodes, least=1)
        _several("far ends", self.far_ends, least=0)
        if self.core or self.edge:
            message = f"a {self.kind.value} zone has nodes and far_ends, and no core or edge"
            raise ValueError(message)

    @property
    def members(self) -> tuple[Expressway, ...]:
        """Every Expressway of the zone."""
        return (*self.core, *self.edge, *self.nodes)

    _repr_html_ = as_html

    def __repr__(self) -> str:
        sides = (self.core, self.edge) if self.kind.is_traversal else (self.nodes, self.far_ends)
        return f"<Zone {self.name!r} {self.kind.value}, {len(sides[0])} by {len(sides[1])}>"

    def address_of(self, called: Expressway | FarEnd) -> str:
        """Return the address that the calling side has for a peer; `ValueError` where it is none of the zone's."""
        known: list[Expressway | FarEnd] = [*self.edge, *self.far_ends]
        for one, address in zip(known, self.peer_addresses, strict=True):
            if one.name == called.name:
                return address
        message = f"{called.name} is not called in the zone {self.name}"
        raise ValueError(message)
