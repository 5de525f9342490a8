"""The private keys of a lab, found by the certificates that they belong to. TEST KEYS: they lie open in its folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from expressway_certs.product.fields import several
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.keys import key_of
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.files.keys import public_key_der

SigningKey = (
    ec.EllipticCurvePrivateKey
    | rsa.RSAPrivateKey
    | dsa.DSAPrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)
LabKey = SigningKey | Issued | str | bytes
"""A private key for a lab: `cryptography`'s object, PEM without a password, or what the factory issued."""

_WANTED: Final = "a key of the lab is an object of `cryptography`, PEM without a password, or an Issued"


class KeyRing:
    """Private keys by public key; what is not among those given is looked for among the keys of the factories."""

    def __init__(self, keys: Iterable[LabKey]) -> None:
        several(keys, "keys of a lab")
        loaded = map(_loaded, keys)
        self._keys = {
            one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo): one for one in loaded
        }

    def pem(self, certificate: Certificate) -> str:
        """Return the private key of a certificate as PKCS#8 in PEM; `ValueError` where the lab has none."""
        key = self._keys.get(public_key_der(certificate.der) or b"") or _made(certificate)
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self._keys)} keys>"


def _made(certificate: Certificate) -> SigningKey:
    try:
        return key_of(certificate)
    except ValueError:
        message = f"the lab has no private key for {certificate.subject}, which no factory in this process made"
        raise ValueError(f"{message}; give it one, as in Lab(keys=[...])") from None


def _loaded(key: LabKey) -> SigningKey:
    if isinstance(key, Issued):
        return key.key
    if isinstance(key, str | bytes):
        data = key.encode("utf-8", "replace") if isinstance(key, str) else key
        try:
            loaded = load_pem_private_key(data, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # What is wrong with it is not told of: it may be a secret.
            raise ValueError(f"this is no private key in PEM that opens without a password; {_WANTED}") from None
    else:
        loaded = key
    if not isinstance(loaded, SigningKey):
        raise TypeError(f"{type(key).__name__} is no key that signs; {_WANTED}")
    return loaded
