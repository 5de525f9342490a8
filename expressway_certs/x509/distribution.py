"""Which certificates a CRL speaks for: its issuing distribution point against the certificate's own points."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from expressway_certs.x509 import der, extensions, names
from expressway_certs.x509.extensions import DistributionPoint, GeneralName

_REASONS = der.PRIMITIVE | 3


@attrs.frozen(kw_only=True)
class IssuingDistributionPoint:
    """What a CRL is limited to (RFC 5280 §5.2.5)."""

    full_name: tuple[GeneralName, ...] | None = None
    relative_name: bytes | None = None
    only_user: bool = False
    only_ca: bool = False
    indirect: bool = False
    only_attribute: bool = False
    reasons: int | None = None

    @property
    def has_name(self) -> bool:
        """Whether a distribution point name is there at all."""
        return self.full_name is not None or self.relative_name is not None

    @property
    def is_contradictory(self) -> bool:
        """Whether it says "only" of two kinds at once, which makes the list unusable."""
        return self.only_user + self.only_ca + self.only_attribute > 1


_BOOLEANS: dict[int, Callable[[IssuingDistributionPoint, bool], IssuingDistributionPoint]] = {
    1: lambda point, said: attrs.evolve(point, only_user=said),
    2: lambda point, said: attrs.evolve(point, only_ca=said),
    4: lambda point, said: attrs.evolve(point, indirect=said),
    5: lambda point, said: attrs.evolve(point, only_attribute=said),
}


def issuing_distribution_point(value: bytes) -> IssuingDistributionPoint:
    """Decode an issuingDistributionPoint; `DerError` where it is malformed."""
    point = IssuingDistributionPoint()
    for tag, _, content, stop in der.sequence(value):
        if tag == der.CONSTRUCTED | 0:
            full, relative = extensions.point_name(value, content, stop)
            point = attrs.evolve(point, full_name=full, relative_name=relative)
        elif tag == _REASONS:
            point = attrs.evolve(point, reasons=der.named_bits(value[content:stop]) & extensions.ALL_REASONS)
        elif tag & ~0x0F == der.PRIMITIVE and tag & 0x0F in _BOOLEANS:
            point = _BOOLEANS[tag & 0x0F](point, any(value[content:stop]))
        else:
            message = "an issuing distribution point that is malformed"
            raise der.DerError(message)
    return point


def names_meet(
    point: DistributionPoint, point_issuer: bytes, scope: IssuingDistributionPoint, scope_issuer: bytes
) -> bool:
    """Whether a certificate's distribution point and a CRL's name the same place; a missing name fits any.

    ``point_issuer`` and ``scope_issuer`` are the canonical names that a relative name hangs under.
    """
    if not point.has_name or not scope.has_name:
        return True
    left = _relative(point.relative_name, point_issuer)
    right = _relative(scope.relative_name, scope_issuer)
    if left is not None and right is not None:
        return left == right
    if left is not None:
        return left in _directories(scope.full_name)
    if right is not None:
        return right in _directories(point.full_name)
    theirs = set(map(_comparable, scope.full_name or ()))
    return any(_comparable(name) in theirs for name in point.full_name or ())


def _relative(rdn: bytes | None, issuer: bytes) -> bytes | None:
    return None if rdn is None else issuer + names.canonical(der.encode(der.SEQUENCE, rdn))


def _directories(listed: tuple[GeneralName, ...] | None) -> set[bytes]:
    return {names.canonical(name.value) for name in listed or () if name.tag == extensions.DIRECTORY}


def _comparable(name: GeneralName) -> tuple[int, bytes, bytes]:
    value = names.canonical(name.value) if name.tag == extensions.DIRECTORY else name.value
    return name.tag, name.type_id, value
