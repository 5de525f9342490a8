"""CRL distribution points: a certificate's own, a CRL's, and whether the one speaks for the other."""

from __future__ import annotations

from functools import lru_cache

import attrs

from expressway_certs.x509 import der, extensions, names
from expressway_certs.x509.extensions import GeneralName, names_in
from expressway_certs.x509.slices import Reader

_REASONS = der.PRIMITIVE | 3

ALL_REASONS = 0x1FE
"""Every reason flag of a CRL distribution point but ``unused`` (RFC 5280 §4.2.1.13), as named bits."""


@attrs.frozen(kw_only=True)
class DistributionPoint:
    """A CRL distribution point: full names or a name relative to the issuer (its RDN's DER), reasons, CRL issuer."""

    full_name: tuple[GeneralName, ...] | None
    relative_name: bytes | None
    reasons: int
    crl_issuer: tuple[GeneralName, ...]
    has_crl_issuer: bool

    @property
    def has_name(self) -> bool:
        """Whether a distribution point name is there at all."""
        return self.full_name is not None or self.relative_name is not None


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


@lru_cache(maxsize=1024)
def distribution_points(value: bytes) -> tuple[DistributionPoint, ...]:
    """Decode cRLDistributionPoints (or freshestCRL)."""
    fields = Reader(value, 0, len(value)).inside(der.SEQUENCE)
    found = []
    while fields.tag is not None:
        found.append(_distribution_point(fields.inside(der.SEQUENCE)))
    return tuple(found)


def _distribution_point(fields: Reader) -> DistributionPoint:
    full_name, relative_name = point_name(fields)
    reasons = ALL_REASONS
    if fields.tag == der.PRIMITIVE | 1:
        reasons = der.named_bits(fields.content(der.PRIMITIVE | 1)) & ALL_REASONS
    has_crl_issuer = fields.tag == der.CONSTRUCTED | 2
    crl_issuer = names_in(fields.inside(der.CONSTRUCTED | 2)) if has_crl_issuer else ()
    fields.finish()
    return DistributionPoint(
        full_name=full_name,
        relative_name=relative_name,
        reasons=reasons,
        crl_issuer=crl_issuer,
        has_crl_issuer=has_crl_issuer,
    )


def point_name(fields: Reader) -> tuple[tuple[GeneralName, ...] | None, bytes | None]:
    """Take a DistributionPointName, if one is next: (full names, None), (None, an RDN's DER) or two times None."""
    if fields.tag != der.CONSTRUCTED | 0:
        return None, None
    inner = fields.inside(der.CONSTRUCTED | 0)
    if inner.tag == der.CONSTRUCTED | 0:
        full_name = names_in(inner.inside(der.CONSTRUCTED | 0))
        inner.finish()
        return full_name, None
    rdn = der.encode(der.SET, inner.content(der.CONSTRUCTED | 1))
    inner.finish()
    names.check(der.encode(der.SEQUENCE, rdn))
    return None, rdn


def issuing_distribution_point(value: bytes) -> IssuingDistributionPoint:
    """Decode an issuingDistributionPoint; `DerError` where it is malformed."""
    fields = Reader(value, 0, len(value)).inside(der.SEQUENCE)
    full_name, relative_name = point_name(fields)
    only_user, only_ca = _flag(fields, 1), _flag(fields, 2)
    reasons = der.named_bits(fields.content(_REASONS)) & ALL_REASONS if fields.tag == _REASONS else None
    indirect, only_attribute = _flag(fields, 4), _flag(fields, 5)
    fields.finish()
    return IssuingDistributionPoint(
        full_name=full_name,
        relative_name=relative_name,
        only_user=only_user,
        only_ca=only_ca,
        indirect=indirect,
        only_attribute=only_attribute,
        reasons=reasons,
    )


def _flag(fields: Reader, number: int) -> bool:
    tag = der.PRIMITIVE | number
    return fields.tag == tag and der.boolean(fields.content(tag))


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
