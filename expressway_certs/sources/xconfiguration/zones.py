"""The zones of a dump."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.provenance import Source
from expressway_certs.product.zones import MediaEncryption, ZoneKind
from expressway_certs.sources.xconfiguration.readings import Setting, media, settings_of, switch

if TYPE_CHECKING:
    from expressway_certs.sources.xconfiguration.value import XConfiguration

_ZONE: Final = re.compile(r"Zones Zone (\d{1,4}) (?:Name|Type)", re.IGNORECASE)
_CLIENT, _SERVER = "TraversalClient", "TraversalServer"
_TYPES: Final = ("Neighbor", _CLIENT, _SERVER, "ENUM", "DNS")
_ROLES: Final = {_CLIENT: Role.CORE, _SERVER: Role.EDGE}
_KINDS: Final = {"Neighbor": ZoneKind.NEIGHBOR, "DNS": ZoneKind.DNS}
_KEYS: Final = Source("platform.md §8: AG155-ref, T-212475")


def _row(key: str, field: str, read: Any = str, wanted: str = "a text", source: Source = _KEYS) -> Setting:
    return Setting(key=key, field=field, read=read, wanted=wanted, source=source)


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 1 << 16:
        raise ValueError(text)
    return port


_ON_OFF: Final = "On or Off"
ZONE_SETTINGS: Final[dict[str, tuple[Setting, ...]]] = {
    kind: (
        _row(f"{kind} SIP Port", "port", _port, "a port"),
        _row(f"{kind} SIP Transport", "transport"),
        _row(f"{kind} SIP TLS Verify Mode", "tls_verify", switch, _ON_OFF),
        _row(f"{kind} SIP TLS Verify Subject Name", "tls_verify_subject_name"),
        _row(f"{kind} SIP Media Encryption Mode", "media_encryption", media, "Off, On, BestEffort or Auto"),
        _row(
            f"{kind} Collaboration Edge",
            "is_unified_communications",
            switch,
            _ON_OFF,
            Source("platform.md §8: T-212475", "inferred"),
        ),
    )
    for kind in ("Neighbor", _CLIENT, _SERVER, "DNS")
}
"""The rows for a zone of each type, without "Zones Zone n"; a type has not all of the keys."""

DEFAULT_ZONE: Final = (
    _row("Zones DefaultZone SIP TLS Verify Mode", "tls_verify", switch, _ON_OFF),
    _row("Zones DefaultZone SIP Media Encryption Mode", "media_encryption", media, "Off, On, BestEffort or Auto"),
)


@attrs.frozen(kw_only=True)
class ConfiguredZone:
    """A zone as one node configures it. ``index`` is its number in the dump, ``type`` the product's word.

    ``peer_addresses`` are those that it has for a neighbor, or on Expressway-C for Expressway-E.
    """

    index: int
    name: str
    type: str
    peer_addresses: tuple[str, ...] = ()
    port: int | None = None
    transport: str | None = None
    tls_verify: bool = False
    tls_verify_subject_name: str = ""
    media_encryption: MediaEncryption = MediaEncryption.AUTO
    is_unified_communications: bool = False

    @property
    def role(self) -> Role | None:
        """The role of a node that has such a zone; None where both may have it."""
        return _ROLES.get(self.type)

    @property
    def kind(self) -> ZoneKind | None:
        """The kind of zone in the model; None for ENUM, which needs no certificate, and for a type not known."""
        if self.role is None:
            return _KINDS.get(self.type)
        return ZoneKind.UNIFIED_COMMUNICATIONS if self.is_unified_communications else ZoneKind.TRAVERSAL


def configured_zones(dump: XConfiguration) -> tuple[ConfiguredZone, ...]:
    """Return the zones of a dump, in the order of their numbers."""
    return tuple(_zone(dump, index) for index in sorted(set(_indexes(dump))) if _type(dump, index))


def _indexes(dump: XConfiguration) -> Iterator[int]:
    matches = (_ZONE.fullmatch(key) for key in dump)
    return (int(match.group(1)) for match in matches if match)


def _type(dump: XConfiguration, index: int) -> str:
    """Return the type of a zone; an empty text where none is said, as of a zone that is not there."""
    found = dump.get(f"Zones Zone {index} Type", "").strip()
    return next((one for one in _TYPES if one.lower() == found.lower()), found)


def _zone(dump: XConfiguration, index: int) -> ConfiguredZone:
    prefix, kind = f"Zones Zone {index} ", _type(dump, index)
    peers = (dump.get(f"{prefix}{kind} Peer {number} Address", "").strip() for number in range(1, 7))
    return ConfiguredZone(
        index=index,
        name=dump.get(f"{prefix}Name", "").strip() or f"Zone {index}",
        type=kind,
        peer_addresses=tuple(peer for peer in peers if peer),
        **settings_of(dump, ZONE_SETTINGS.get(kind, ()), prefix),
    )
