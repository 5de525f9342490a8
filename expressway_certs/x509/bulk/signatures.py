"""Checking a signature in the quickest way that `cryptography` has for the kind of key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

import attrs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from expressway_certs.x509 import der
from expressway_certs.x509.bulk.cutting import COUNT, LONG
from expressway_certs.x509.public_key import REFUSALS, signature_check

Accepts = Callable[[bytes, int], bool]
"""Whether a key made the signature of a certificate, given its DER and where what is signed ends in it.

The certificate is one of usual length that the strict parser takes.
"""

_SIGNED_AT = 4
"""Where what is signed begins in a certificate of usual length."""


class _HasDigest(Protocol):
    def digest(self) -> bytes: ...


@attrs.frozen
class _Digest:
    """A digest, which `hashlib` makes most quickly; ``head`` is what RSA signs before it (RFC 8017 §9.2, note 1)."""

    kind: hashes.HashAlgorithm
    make: Callable[[bytes], _HasDigest]
    head: bytes


_DIGESTS = {
    one.kind.name: one
    for one in (
        _Digest(hashes.SHA256(), hashlib.sha256, bytes.fromhex("3031300d060960864801650304020105000420")),
        _Digest(hashes.SHA384(), hashlib.sha384, bytes.fromhex("3041300d060960864801650304020205000430")),
        _Digest(hashes.SHA512(), hashlib.sha512, bytes.fromhex("3051300d060960864801650304020305000440")),
    )
}


def accepts_of(key_info: bytes, algorithm: bytes) -> Accepts | None:
    """Return what tells a key's signatures with an algorithm; None where the key makes none with it."""
    check = signature_check(key_info, algorithm)
    if check is None:
        return None
    key, scheme = getattr(check.verify, "__self__", None), check.arguments[0] if check.arguments else None
    if isinstance(key, rsa.RSAPublicKey) and isinstance(scheme, padding.PKCS1v15):
        digest = _DIGESTS.get(getattr(check.arguments[1], "name", ""))
        if digest is not None:
            return _opening(key, algorithm, digest)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(scheme, ec.ECDSA):
        digest = _DIGESTS.get(getattr(scheme.algorithm, "name", ""))
        if digest is not None:
            make = digest.make
            prehashed = ec.ECDSA(Prehashed(digest.kind))
            return _asking(lambda signature, data: key.verify(signature, make(data).digest(), prehashed), algorithm)
    verify, arguments = check.verify, check.arguments
    return _asking(lambda signature, data: verify(signature, data, *arguments), algorithm)


def _asking(verify: Callable[[bytes, bytes], object], algorithm: bytes) -> Accepts:
    """Return what asks a key, whose ``verify`` raises for a signature that is not its own."""
    length = len(algorithm)

    def accepts(data: bytes, end: int) -> bool:
        at = end + length
        # That a BIT STRING is what is left, the strict parser has said.
        start = at + 2 if data[at + 1] < LONG else at + 2 + (data[at + 1] & COUNT)
        if data[end:at] != algorithm or data[start] != 0:
            return False
        try:
            verify(data[start + 1 :], data[_SIGNED_AT:end])
        except REFUSALS:
            return False
        return True

    return accepts


def _opening(key: rsa.RSAPublicKey, algorithm: bytes, digest: _Digest) -> Accepts:
    """Return what opens a signature of RSASSA-PKCS1-v1_5 and compares what it holds (RFC 8017 §8.2.2)."""
    opened, scheme, size = key.recover_data_from_signature, padding.PKCS1v15(), (key.key_size + 7) // 8
    make, head = digest.make, digest.head
    # Such a signature is as long as the modulus, so all that stands before it is known.
    frame = algorithm + der.encode(der.BIT_STRING, bytes(1 + size))[:-size]
    length = len(frame)

    def accepts(data: bytes, end: int) -> bool:
        try:
            return (
                data.startswith(frame, end)
                and opened(data[end + length :], scheme, None) == head + make(data[_SIGNED_AT:end]).digest()
            )
        except REFUSALS:
            return False

    return accepts
