"""Keys for tests: EC keys derived from a seed, and stored RSA keys. TEST KEYS ONLY: everybody has them.

EC keys by default, for making an RSA key takes a large part of a second and making one of these takes none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache
from importlib import resources
from typing import Final, Literal, Protocol, get_args

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from expressway_certs.x509.files.keys import public_key_der

FactoryKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
"""The key of a certificate that the factory made."""

KeyKind = Literal["ec", "ec-384", "ec-521", "rsa", "rsa-1024", "rsa-3072", "rsa-4096", "ed25519"]
"""A kind of key: "ec" is P-256, "rsa" has 2048 bits; RSA of 1024 bits is for what has to be refused."""

KEY_KINDS: Final = get_args(KeyKind)

# The order of the group of P-256 (SEC 2, section 2.4.2): a private key lies between 0 and this.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "ec": ec.SECP256R1(),
    "ec-384": ec.SECP384R1(),
    "ec-521": ec.SECP521R1(),
}
_SIZES: Final = {"rsa": 2048, "rsa-1024": 1024, "rsa-3072": 3072, "rsa-4096": 4096}
_EXPONENT: Final = 65537
# A process that makes more certificates than this forgets the keys of the first ones.
_MOST_REMEMBERED: Final = 50_000
_made: Final[dict[bytes, FactoryKey]] = {}


def seeded_number(*parts: object) -> int:
    """Return the number of 256 bits that belongs to ``parts``: the same one on every machine."""
    text = "\0".join(map(str, ("expressway_certs test key", *parts)))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest(), "big")


def ec_key(*parts: object, kind: str = "ec") -> ec.EllipticCurvePrivateKey:
    """Return the key that belongs to ``parts``; the larger curves have it below 2 to the 256th too."""
    return ec.derive_private_key(seeded_number(*parts) % (_ORDER - 1) + 1, _CURVES[kind])


def ed25519_key(*parts: object) -> ed25519.Ed25519PrivateKey:
    """Return the Ed25519 key that belongs to ``parts``."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(seeded_number(*parts).to_bytes(32, "big"))


class KeySource:
    """Hands out keys: those of a curve by what they are for, the stored RSA keys one after the other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._used: Counter[int] = Counter()

    def take(self, kind: KeyKind, *parts: object) -> FactoryKey:
        """Return the key for ``parts``; `ValueError` for no such kind, or where no RSA key of that size is left."""
        if kind in _CURVES:
            return ec_key(self.seed, *parts, kind=kind)
        if kind == "ed25519":
            return ed25519_key(self.seed, *parts)
        if kind not in _SIZES:
            raise ValueError(f"no key is called {kind!r}; there are {', '.join(KEY_KINDS)}")
        size = _SIZES[kind]
        self._used[size] += 1
        return rsa_key(self._used[size] - 1, size)


@cache
def rsa_key(number: int, size: int = 2048) -> rsa.RSAPrivateKey:
    """Return one of the stored RSA keys of that many bits; `ValueError` where there are no more."""
    stored = _stored().get(size, ())
    if number >= len(stored):
        raise ValueError(
            f"there are {len(stored)} RSA keys of {size} bits; leave key= out where the kind does not matter, "
            "or give the key of another certificate"
        )
    p, q = stored[number]
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def rsa_key_count(size: int = 2048) -> int:
    """Return how many RSA keys of that many bits are stored."""
    return len(_stored().get(size, ()))


@cache
def _stored() -> dict[int, tuple[tuple[int, int], ...]]:
    """Return the primes of the stored keys by the size of the key; there are some too short for use, to be refused."""
    text = (resources.files(__package__) / "rsa_keys.txt").read_text(encoding="ascii")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    sizes = dict.fromkeys(int(row[0]) for row in rows)
    return {size: tuple((int(p, 16), int(q, 16)) for bits, p, q in rows if int(bits) == size) for size in sizes}


class _HasDer(Protocol):
    """A certificate or a request."""

    @property
    def der(self) -> bytes: ...


def remember(key: FactoryKey) -> None:
    """Keep the key of a certificate or request that was made, so that `key_of` finds it."""
    while len(_made) >= _MOST_REMEMBERED:
        _made.pop(next(iter(_made)), None)
    _made[key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)] = key


def key_of(certificate: _HasDer) -> FactoryKey:
    """Return the private key of a certificate or request of a factory of this process; `ValueError` for another one.

    >>> from expressway_certs.testing import CertificateFactory
    >>> root = CertificateFactory(seed=1).root("Example Root CA")
    >>> key_of(root.certificate) == root.key
    True
    """
    der = getattr(certificate, "der", None)
    if not isinstance(der, bytes):
        raise TypeError(f"a certificate or request is wanted, not {type(certificate).__name__}")
    public = public_key_der(der)
    found = None if public is None else _made.get(public)
    if found is None:
        name = getattr(certificate, "subject", "this")
        raise ValueError(f"the key of {name} is not known: no factory of this process made it")
    return found
