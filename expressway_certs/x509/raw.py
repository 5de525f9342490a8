"""The one place that knows asn1crypto: its view of a certificate, for what the library does not read itself."""

from __future__ import annotations

from asn1crypto import x509 as asn1


def to_asn1crypto(certificate: bytes) -> asn1.Certificate:
    """Return asn1crypto's object for a DER certificate."""
    return asn1.Certificate.load(certificate)
