"""Which keys Expressway can have at all, and which give trouble (platform.md §1.2: CG155-about, AG155-sec, CG-tr)."""

from __future__ import annotations

from typing import Final

from expressway_certs.x509.public_key import PublicKeyInfo

_TROUBLESOME_RSA: Final = 8192
RSA: Final = frozenset({"RSA", "RSA-PSS"})
_CURVES: Final = frozenset({"P-256", "P-384", "P-521"})


def has_known_curve(key: PublicKeyInfo) -> bool:
    """Whether it is an ECDSA key on P-256, P-384 or P-521, named as such and not written out."""
    return key.algorithm == "EC" and key.curve in _CURVES and not key.explicit_curve


def is_too_large(key: PublicKeyInfo) -> bool:
    """Whether it is an RSA key of a size with which SIP TLS zones may not become active."""
    return key.algorithm in RSA and (key.size or 0) >= _TROUBLESOME_RSA
