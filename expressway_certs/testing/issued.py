"""A certificate with its private key, and the files that it comes in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Self

import attrs
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from expressway_certs.product.fields import only, wanted
from expressway_certs.testing.keys import FactoryKey, key_of
from expressway_certs.x509 import der
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.files import pem
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_DATA = "1.2.840.113549.1.7.1"


@attrs.frozen(kw_only=True)
class Issued:
    """A certificate of the factory, its private key (a test key), and who issued it: None where it did so itself."""

    certificate: Certificate
    key: FactoryKey = attrs.field(repr=False, eq=False)
    issuer: Issued | None = attrs.field(default=None, repr=False)

    @classmethod
    def of(cls, certificate: Certificate | None, known: Iterable[Certificate] = ()) -> Self:
        """Return a certificate with its key, as a factory of this process made them; `ValueError` for another one.

        ``known``, a trust store say, is where the CAs above it are looked for; with none it has no ``issuer``.
        """
        if certificate is None:
            raise ValueError("there is no certificate")
        wanted(Certificate, certificate)
        chain = build_chain(certificate, TrustStore(known)).certificates
        above: Self | None = None
        for one in reversed(chain):
            above = cls(certificate=one, key=key_of(one), issuer=above)
        return above or cls(certificate=certificate, key=key_of(certificate))

    @property
    def pem(self) -> str:
        """The certificate as PEM."""
        return self.certificate.to_pem()

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.der

    @property
    def key_pem(self) -> str:
        """The private key as PKCS#8 in PEM, open."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")

    def locked_key_pem(self, password: str) -> str:
        """Return the private key as PKCS#8 in PEM, under a password; other bytes each time, for it is salted."""
        wanted(str, password)
        locked = BestAvailableEncryption(password.encode())
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode("ascii")

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """The certificate and those above it, leaf first, the root last."""
        above = self.issuer.chain if self.issuer else ()
        return (self.certificate, *above)

    @property
    def chain_pem(self) -> str:
        """The certificate and those above it as PEM, leaf first."""
        return "".join(one.to_pem() for one in self.chain)

    def pkcs7(self, *crls: RevocationList) -> bytes:
        """Return the chain as PKCS#7 without a signature, in DER (RFC 2315 §9.1), with CRLs where some are given."""
        only(RevocationList, crls)
        return pkcs7(self.chain, crls)

    def pkcs7_pem(self, *crls: RevocationList) -> str:
        """Return the chain as PKCS#7 in PEM."""
        return pem.encode(self.pkcs7(*crls), "PKCS7")

    def pkcs12(self, password: str | None = None) -> bytes:
        """Return the chain and the key as PKCS#12; other bytes each time, for its checksum is salted."""
        wanted(str | None, password)
        certificate, *above = (one.to_cryptography() for one in self.chain)
        locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        name = hashlib.sha256(self.der).hexdigest()[:8].encode()
        return pkcs12.serialize_key_and_certificates(name, self.key, certificate, above, locked)


def pkcs7(certificates: tuple[Certificate, ...], crls: tuple[RevocationList, ...] = ()) -> bytes:
    """Return certificates and CRLs as PKCS#7 without a signature, each kind ordered as DER wants it (X.690 §11.6)."""
    listed = b"".join(sorted(one.der for one in certificates))
    revoked = b"".join(sorted(one.der for one in crls))
    content = (
        der.encode(der.INTEGER, b"\1")
        + der.encode(der.SET, b"")
        + der.encode(der.SEQUENCE, der.encode(der.OID, der.oid(_DATA)))
        + (der.encode(der.CONSTRUCTED, listed) if listed else b"")
        + (der.encode(der.CONSTRUCTED | 1, revoked) if revoked else b"")
        + der.encode(der.SET, b"")
    )
    signed = der.encode(der.CONSTRUCTED, der.encode(der.SEQUENCE, content))
    return der.encode(der.SEQUENCE, der.encode(der.OID, der.oid(_SIGNED_DATA)) + signed)
