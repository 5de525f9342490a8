"""Checking a signature in the quickest way that `cryptography` has for the kind of key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import padding, rsa

from expressway_certs.x509.public_key import REFUSALS, SignatureCheck

Accepts = Callable[[bytes, bytes], bool]


class _HasDigest(Protocol):
    def digest(self) -> bytes: ...


_DIGEST_INFO: dict[str, tuple[Callable[[bytes], _HasDigest], bytes]] = {
    "sha256": (hashlib.sha256, bytes.fromhex("3031300d060960864801650304020105000420")),
    "sha384": (hashlib.sha384, bytes.fromhex("3041300d060960864801650304020205000430")),
    "sha512": (hashlib.sha512, bytes.fromhex("3051300d060960864801650304020305000440")),
}
"""How a digest is made, and what stands before it in what RSA signs (RFC 8017 §9.2, note 1)."""


def quick(check: SignatureCheck) -> Accepts:
    """Return a function of signature and data that says what ``check.accepts`` says."""
    key = getattr(check.verify, "__self__", None)
    if isinstance(key, rsa.RSAPublicKey) and isinstance(check.arguments[0], padding.PKCS1v15):
        digest = _DIGEST_INFO.get(getattr(check.arguments[1], "name", ""))
        if digest is not None:
            return _quick_rsa(key, *digest)
    return _plain(check.verify, check.arguments)


def _plain(verify: Callable[..., object], arguments: tuple[object, ...]) -> Accepts:
    """Return what ``accepts`` of a `SignatureCheck` is, without a look into one each time."""

    def accepts(signature: bytes, data: bytes) -> bool:
        try:
            verify(signature, data, *arguments)
        except REFUSALS:
            return False
        return True

    return accepts


def _quick_rsa(key: rsa.RSAPublicKey, digest: Callable[[bytes], _HasDigest], head: bytes) -> Accepts:
    """Return a check of RSASSA-PKCS1-v1_5 that opens the signature and compares what it holds (RFC 8017 §8.2.2)."""
    opened, scheme = key.recover_data_from_signature, padding.PKCS1v15()

    def accepts(signature: bytes, data: bytes) -> bool:
        try:
            return opened(signature, scheme, None) == head + digest(data).digest()
        except REFUSALS:
            return False

    return accepts
