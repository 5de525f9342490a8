"""The issuer that a chain lacks: everything by which it can be found."""

from __future__ import annotations

import attrs

from expressway_certs.x509.certificate import Certificate


@attrs.frozen(kw_only=True)
class MissingIssuer:
    """A certificate that is wanted: its subject, its key identifier where known, and where it can be had.

    ``urls`` come out of the certificate that it issued (authorityInfoAccess, RFC 5280 §4.2.2.1).
    """

    name: str
    key_identifier: bytes | None = None
    urls: tuple[str, ...] = ()

    @classmethod
    def of(cls, certificate: Certificate) -> MissingIssuer:
        """Say what the issuer of ``certificate`` is known by."""
        return cls(
            name=certificate.issuer,
            key_identifier=certificate.authority_key_identifier,
            urls=certificate.issuer_urls,
        )

    def __str__(self) -> str:
        parts = [self.name]
        if self.key_identifier:
            parts.append(f"key identifier {self.key_identifier.hex(':')}")
        if self.urls:
            parts.append(f"to be had from {' or '.join(self.urls)}")
        return ", ".join(parts)
