"""What SSH asks of a certificate besides what TLS does: the type of its key, and names that it can read."""

from __future__ import annotations

from typing import Final

from expressway_certs.x509.attribute_types import unnamed_attributes
from expressway_certs.x509.certificate import Certificate

_CURVES: Final = {"P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521"}
_LEAST_RSA_BITS: Final = 2048


def key_type(certificate: Certificate) -> str | None:
    """Return the SSH key type that a certificate's key gives (RFC 6187, PKIX-SSH), or None where there is none.

    ``x509v3-rsa2048-sha256`` wants 2048 bits at least (RFC 6187 §3.3).
    """
    key = certificate.key
    if key.algorithm == "RSA" and (key.size or 0) >= _LEAST_RSA_BITS:
        return "x509v3-rsa2048-sha256"
    curve = _CURVES.get(key.curve or "")
    return f"x509v3-ecdsa-sha2-{curve}" if key.algorithm == "EC" and curve else None


def unknown_in_issuer(certificate: Certificate) -> bool:
    """Whether the issuer has an attribute without a name, so that the CA's other certificates are no better."""
    return bool(unnamed_attributes(certificate.slices.issuer))
