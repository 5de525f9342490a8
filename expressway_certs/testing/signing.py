"""Signatures, the same ones each time as far as the algorithm allows: RSA PKCS#1 v1.5, Ed25519, and ECDSA by RFC 6979.

`cryptography` makes the part that is signed; its own signature is thrown away, and another one is put in here with the
name of its algorithm. So an ECDSA signature needs no random number, and a digest may be one that is refused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.x509 import ocsp

from expressway_certs.testing.keys import FactoryKey
from expressway_certs.x509 import der

Digest = Literal["sha1", "sha256", "sha384", "sha512"]
"""What is signed; sha1 is for what has to be refused."""

_DIGESTS: Final[dict[Digest, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - tests of a weak signature need one
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# RFC 8017 appendix A.2.4, RFC 3279 §2.2.3 with RFC 5758 §3.2, RFC 8410 §3.
_RSA: Final[dict[Digest, str]] = {
    "sha1": "1.2.840.113549.1.1.5",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
_ECDSA: Final[dict[Digest, str]] = {
    "sha1": "1.2.840.10045.4.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
_ED25519: Final = "1.3.101.112"
_THROWN_AWAY: Final = ec.derive_private_key(1, ec.SECP256R1())
_SHA256: Final = hashes.SHA256()
_NULL: Final = der.encode(der.NULL, b"")
_EXTENSIONS: Final = der.CONSTRUCTED | 3


def certificate_der(builder: pyca.CertificateBuilder, key: FactoryKey, digest: Digest, version: Literal[1, 3]) -> bytes:
    """Return a certificate, signed; of version 1 it has no extensions (RFC 5280 §4.1.2.1)."""
    parts = _parts(builder.sign(_THROWN_AWAY, _SHA256).tbs_certificate_bytes)
    algorithm = _algorithm(key, digest)
    parts[2] = algorithm
    if version == 1:
        parts = [part for part in parts[1:] if part[0] != _EXTENSIONS]
    return _signed(der.encode(der.SEQUENCE, b"".join(parts)), algorithm, key, digest)


def crl_der(builder: pyca.CertificateRevocationListBuilder, key: FactoryKey, digest: Digest) -> bytes:
    """Return a revocation list, signed."""
    parts = _parts(builder.sign(_THROWN_AWAY, _SHA256).tbs_certlist_bytes)
    algorithm = _algorithm(key, digest)
    parts[1] = algorithm
    return _signed(der.encode(der.SEQUENCE, b"".join(parts)), algorithm, key, digest)


def request_der(builder: pyca.CertificateSigningRequestBuilder, key: FactoryKey, digest: Digest) -> bytes:
    """Return a request, signed; the builder has no key, for a request brings that of who signs it."""
    body = builder.sign(key, _usual(key)).tbs_certrequest_bytes
    return _signed(body, _algorithm(key, digest), key, digest)


def ocsp_der(
    builder: ocsp.OCSPResponseBuilder, key: FactoryKey, digest: Digest, produced: datetime, certificates: list[bytes]
) -> bytes:
    """Return an OCSP response that was ``produced`` then, signed, with the certificates that go with it (RFC 6960)."""
    parts = _parts(builder.sign(key, _usual(key)).tbs_response_bytes)
    # The builder reads the clock.
    time = der.encode(der.GENERALIZED_TIME, f"{produced.astimezone(UTC):%Y%m%d%H%M%SZ}".encode())
    dated = [time if part[0] == der.GENERALIZED_TIME else part for part in parts]
    body = der.encode(der.SEQUENCE, b"".join(dated))
    listed = der.encode(der.SEQUENCE, b"".join(certificates))
    sent = der.encode(der.CONSTRUCTED, listed) if certificates else b""
    basic = _signed(body, _algorithm(key, digest), key, digest, sent)
    kind = der.encode(der.OID, der.oid("1.3.6.1.5.5.7.48.1.1"))
    answer = der.encode(der.SEQUENCE, kind + der.encode(der.OCTET_STRING, basic))
    return der.encode(der.SEQUENCE, der.encode(der.ENUMERATED, b"\0") + der.encode(der.CONSTRUCTED, answer))


def _usual(key: FactoryKey) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else _SHA256


def _parts(body: bytes) -> list[bytes]:
    return [body[start:end] for _, start, _, end in der.sequence(body)]


def _algorithm(key: FactoryKey, digest: Digest) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        dotted, parameters = _ED25519, b""
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        dotted, parameters = _ECDSA[digest], b""
    else:
        dotted, parameters = _RSA[digest], _NULL
    return der.encode(der.SEQUENCE, der.encode(der.OID, der.oid(dotted)) + parameters)


def _signed(body: bytes, algorithm: bytes, key: FactoryKey, digest: Digest, more: bytes = b"") -> bytes:
    signature = der.encode(der.BIT_STRING, b"\0" + _signature(key, body, digest))
    return der.encode(der.SEQUENCE, body + algorithm + signature + more)


def _signature(key: FactoryKey, body: bytes, digest: Digest) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(body)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(body, ec.ECDSA(_DIGESTS[digest], deterministic_signing=True))
    return key.sign(body, padding.PKCS1v15(), _DIGESTS[digest])
