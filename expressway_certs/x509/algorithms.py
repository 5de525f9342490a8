"""Signature algorithms: what each object identifier stands for, and how strong OpenSSL takes it to be."""

from __future__ import annotations

from functools import lru_cache

import attrs
from cryptography.hazmat.primitives import hashes

from expressway_certs.x509 import der
from expressway_certs.x509.slices import Reader

RSA = "RSA"
RSA_PSS = "RSA-PSS"
DSA = "DSA"
EC = "EC"
ED25519 = "Ed25519"
ED448 = "Ed448"
X25519 = "X25519"
X448 = "X448"

_PSS_OID = "1.2.840.113549.1.1.10"


@attrs.frozen(kw_only=True)
class SignatureAlgorithm:
    """A signature algorithm: OpenSSL's name for it, the family of the key that makes it, and its digest.

    Without a digest nobody can check such a signature here. ``bits`` is its strength where that is not the digest's.
    """

    name: str
    key_family: str
    digest: hashes.HashAlgorithm | None = None
    bits: int | None = None


def _table() -> dict[bytes, SignatureAlgorithm]:
    # Those of which OpenSSL 3.0 knows what key makes them (its obj_xref.txt): any other fits no issuer.
    rows = [
        ("1.2.840.113549.1.1.4", "md5WithRSAEncryption", RSA, hashes.MD5()),  # noqa: S303 - judged, not used
        ("1.3.14.3.2.3", "md5WithRSA", RSA, hashes.MD5()),  # noqa: S303 - judged, not used
        ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption", RSA, hashes.SHA1()),  # noqa: S303 - judged, not used
        ("1.3.14.3.2.29", "sha1WithRSA", RSA, hashes.SHA1()),  # noqa: S303 - judged, not used
        ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption", RSA, hashes.SHA224()),
        ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption", RSA, hashes.SHA256()),
        ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption", RSA, hashes.SHA384()),
        ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption", RSA, hashes.SHA512()),
        ("2.16.840.1.101.3.4.3.13", "RSA-SHA3-224", RSA, hashes.SHA3_224()),
        ("2.16.840.1.101.3.4.3.14", "RSA-SHA3-256", RSA, hashes.SHA3_256()),
        ("2.16.840.1.101.3.4.3.15", "RSA-SHA3-384", RSA, hashes.SHA3_384()),
        ("2.16.840.1.101.3.4.3.16", "RSA-SHA3-512", RSA, hashes.SHA3_512()),
        (_PSS_OID, "rsassaPss", RSA_PSS, None),
        ("1.2.840.10040.4.3", "dsaWithSHA1", DSA, hashes.SHA1()),  # noqa: S303 - judged, not used
        ("2.16.840.1.101.3.4.3.1", "dsa_with_SHA224", DSA, hashes.SHA224()),
        ("2.16.840.1.101.3.4.3.2", "dsa_with_SHA256", DSA, hashes.SHA256()),
        ("1.2.840.10045.4.1", "ecdsa-with-SHA1", EC, hashes.SHA1()),  # noqa: S303 - judged, not used
        ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224", EC, hashes.SHA224()),
        ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256", EC, hashes.SHA256()),
        ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384", EC, hashes.SHA384()),
        ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512", EC, hashes.SHA512()),
        ("1.3.101.112", "ED25519", ED25519, None),
        ("1.3.101.113", "ED448", ED448, None),
    ]
    # No digest here can check the first two, which OpenSSL can; it gives the others no strength at all.
    odd = [
        ("1.2.840.113549.1.1.3", "md4WithRSAEncryption", RSA, None, 64),
        ("1.3.36.3.3.1.2", "ripemd160WithRSA", RSA, None, 80),
        ("1.2.840.113549.1.1.2", "md2WithRSAEncryption", RSA, None, 0),
        ("1.3.14.3.2.15", "shaWithRSAEncryption", RSA, None, 0),
        ("2.5.8.3.100", "mdc2WithRSA", RSA, None, 0),
        ("1.3.14.3.2.13", "dsaWithSHA", DSA, None, 0),
        ("1.2.840.10045.4.2", "ecdsa-with-Recommended", EC, hashes.SHA256(), 0),
        ("1.2.840.10045.4.3", "ecdsa-with-Specified", EC, hashes.SHA256(), 0),
    ]
    return {
        der.oid(oid): SignatureAlgorithm(name=name, key_family=family, digest=digest)
        for oid, name, family, digest in rows
    } | {
        der.oid(oid): SignatureAlgorithm(name=name, key_family=family, digest=digest, bits=bits)
        for oid, name, family, digest, bits in odd
    }


_BY_OID = _table()
_DIGESTS = {
    der.oid("1.2.840.113549.2.5"): hashes.MD5(),  # noqa: S303 - judged, not used
    der.oid("1.3.14.3.2.26"): hashes.SHA1(),  # noqa: S303 - judged, not used
    der.oid("2.16.840.1.101.3.4.2.4"): hashes.SHA224(),
    der.oid("2.16.840.1.101.3.4.2.1"): hashes.SHA256(),
    der.oid("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    der.oid("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
    der.oid("2.16.840.1.101.3.4.2.5"): hashes.SHA512_224(),
    der.oid("2.16.840.1.101.3.4.2.6"): hashes.SHA512_256(),
    der.oid("2.16.840.1.101.3.4.2.7"): hashes.SHA3_224(),
    der.oid("2.16.840.1.101.3.4.2.8"): hashes.SHA3_256(),
    der.oid("2.16.840.1.101.3.4.2.9"): hashes.SHA3_384(),
    der.oid("2.16.840.1.101.3.4.2.10"): hashes.SHA3_512(),
}
_MGF1 = der.oid("1.2.840.113549.1.1.8")


@attrs.frozen(kw_only=True)
class PssParameters:
    """The parameters of an RSASSA-PSS signature (RFC 4055 §3.1)."""

    digest: hashes.HashAlgorithm
    mask_digest: hashes.HashAlgorithm
    salt_length: int


def check(identifier: bytes) -> None:
    """Make sure that a DER AlgorithmIdentifier is an OID, with one value or none after it."""
    fields = Reader(identifier, 0, len(identifier)).inside(der.SEQUENCE)
    der.dotted(fields.content(der.OID))
    if fields.tag is not None:
        der.check(fields.whole(fields.tag))
    fields.finish()


def algorithm_oid(identifier: bytes) -> bytes:
    """Return the OID octets of a DER AlgorithmIdentifier; none where it is malformed."""
    try:
        content, stop = der.expect(identifier, 0, len(identifier), der.SEQUENCE)
        start, end = der.expect(identifier, content, stop, der.OID)
    except der.DerError:
        return b""
    return identifier[start:end]


@lru_cache(maxsize=1024)
def signature_algorithm(identifier: bytes) -> SignatureAlgorithm | None:
    """Return what a DER AlgorithmIdentifier stands for; None for one that is not known here."""
    return _BY_OID.get(algorithm_oid(identifier))


def signature_name(identifier: bytes) -> str:
    """Return OpenSSL's name of a signature algorithm, or its dotted OID."""
    known = signature_algorithm(identifier)
    if known is not None:
        return known.name
    oid = algorithm_oid(identifier)
    try:
        return der.dotted(oid)
    except der.DerError:
        return "unknown"


def pss_parameters(identifier: bytes) -> PssParameters | None:
    """Decode the parameters of an rsassaPss AlgorithmIdentifier; None for what cannot be used."""
    digest: hashes.HashAlgorithm | None = hashes.SHA1()  # noqa: S303 - the default of RFC 4055
    mask: hashes.HashAlgorithm | None = digest
    salt, trailer = 20, 1
    try:
        outer = Reader(identifier, 0, len(identifier)).inside(der.SEQUENCE)
        outer.content(der.OID)
        fields = outer.inside(der.SEQUENCE)
        if fields.tag == der.CONSTRUCTED | 0:
            digest = _DIGESTS.get(algorithm_oid(fields.content(der.CONSTRUCTED | 0)))
        if fields.tag == der.CONSTRUCTED | 1:
            mask = _mask_digest(fields.content(der.CONSTRUCTED | 1))
        if fields.tag == der.CONSTRUCTED | 2:
            salt = der.integer(fields.inside(der.CONSTRUCTED | 2).content(der.INTEGER))
        if fields.tag == der.CONSTRUCTED | 3:
            trailer = der.integer(fields.inside(der.CONSTRUCTED | 3).content(der.INTEGER))
        fields.finish()
    except der.DerError:
        return None
    if digest is None or mask is None or salt < 0 or trailer != 1:
        return None
    return PssParameters(digest=digest, mask_digest=mask, salt_length=salt)


def _mask_digest(member: bytes) -> hashes.HashAlgorithm | None:
    if algorithm_oid(member) != _MGF1:
        return None
    fields = Reader(member, 0, len(member)).inside(der.SEQUENCE)
    fields.content(der.OID)
    return _DIGESTS.get(algorithm_oid(fields.whole(der.SEQUENCE)))


# OpenSSL 3.0 lowers these below level 1 (x509_set.c, rsa_ameth.c); 1.1.1 takes half the digest's bits.
_WEAKENED = {"sha1": 63, "md5": 39}
_WEAKENED_PSS = {"sha1": 64, "md5": 39}
_EDWARDS = {ED25519: 128, ED448: 224}


@lru_cache(maxsize=1024)
def signature_security_bits(identifier: bytes, *, weakens_sha1: bool) -> int | None:
    """Return the security bits OpenSSL gives a signature algorithm; None where it knows none.

    ``weakens_sha1`` is how 3.0 differs from 1.1.1, which still has 80 bits for SHA-1.
    """
    known = signature_algorithm(identifier)
    if known is None:
        return None
    if known.bits is not None:
        return known.bits
    if known.key_family in _EDWARDS:
        return _EDWARDS[known.key_family]
    digest, weakened = known.digest, _WEAKENED
    if known.key_family == RSA_PSS:
        parameters = pss_parameters(identifier)
        if parameters is None:
            return None
        digest, weakened = parameters.digest, _WEAKENED_PSS
    if digest is None:
        return None
    bits = digest.digest_size * 4
    return weakened.get(digest.name, bits) if weakens_sha1 else bits
