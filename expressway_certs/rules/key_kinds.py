"""Which ECDSA keys Expressway can have at all (platform.md §1.2: CG155-about, AG155-sec)."""

from __future__ import annotations

from typing import Final

from expressway_certs.x509.public_key import PublicKeyInfo

_CURVES: Final = frozenset({"P-256", "P-384", "P-521"})


def has_known_curve(key: PublicKeyInfo) -> bool:
    """Whether it is an ECDSA key on P-256, P-384 or P-521, named as such and not written out."""
    return key.algorithm == "EC" and key.curve in _CURVES and not key.explicit_curve
