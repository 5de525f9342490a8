"""Certificates that no CA stands behind: self-signed ones, and those that a new box makes for a start."""

from __future__ import annotations

from expressway_certs.x509.certificate import Certificate

_TEMPORARY = "Temporary CA "


def self_made(certificate: Certificate) -> str | None:
    """Return what kind of such a certificate it is, in words; None for one of a CA (platform.md §1.1 and §2)."""
    if _TEMPORARY in certificate.issuer:
        return "a temporary certificate"
    return "self-signed" if certificate.is_self_signed else None
