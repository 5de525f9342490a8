"""What SSH asks of a certificate besides what TLS does: the type of its key, and names that it can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from expressway_certs.x509 import der, names
from expressway_certs.x509.certificate import Certificate

_CURVES: Final = {"P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521"}
_LEAST_RSA_BITS: Final = 2048
_KNOWN: Final = frozenset(
    [
        *(f"2.5.4.{number}" for number in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 20, 41, 42, 43, 44, 45,
                                           46, 54, 65, 72, 97)),
        *(f"0.9.2342.19200300.100.1.{number}" for number in (1, 3, 25)),
        *(f"1.2.840.113549.1.9.{number}" for number in (1, 2, 7, 8)),
        *(f"1.3.6.1.4.1.311.60.2.1.{number}" for number in (1, 2, 3)),
    ]
)  # fmt: skip
"""Attributes of distinguished names that OpenSSL has a name for; of the EV ones these three (platform.md §5)."""


def key_type(certificate: Certificate) -> str | None:
    """Return the SSH key type that a certificate's key gives (RFC 6187, PKIX-SSH), or None where there is none.

    ``x509v3-rsa2048-sha256`` wants 2048 bits at least (RFC 6187 §3.3).
    """
    key = certificate.key
    if key.algorithm == "RSA" and (key.size or 0) >= _LEAST_RSA_BITS:
        return "x509v3-rsa2048-sha256"
    curve = _CURVES.get(key.curve or "")
    return f"x509v3-ecdsa-sha2-{curve}" if key.algorithm == "EC" and curve else None


def unknown_attributes(certificate: Certificate) -> tuple[str, ...]:
    """Return the OIDs in subject and issuer that have no name, which breaks SSH tunnels (platform.md §5: CG-tr)."""
    slices = certificate.slices
    return tuple(dict.fromkeys((*_unknown(slices.subject), *_unknown(slices.issuer))))


def unknown_in_issuer(certificate: Certificate) -> bool:
    """Whether the issuer has such an OID, so that the CA's other certificates are no better."""
    return any(_unknown(certificate.slices.issuer))


def _unknown(name: bytes) -> Iterator[str]:
    found = (der.oid_text(kind) for rdn in names.attributes(name) for kind, _, _ in rdn)
    return (oid for oid in found if oid not in _KNOWN)
