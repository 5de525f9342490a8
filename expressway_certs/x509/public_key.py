"""The public key of a certificate: what it is, how strong OpenSSL takes it to be, and checking with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import attrs
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from expressway_certs.x509 import algorithms, der
from expressway_certs.x509.algorithms import DSA, EC, ED448, ED25519, RSA, RSA_PSS, X448, X25519
from expressway_certs.x509.slices import Reader

_EC_OID = der.oid("1.2.840.10045.2.1")
_FAMILIES = {
    der.oid("1.2.840.113549.1.1.1"): RSA,
    der.oid("1.2.840.113549.1.1.10"): RSA_PSS,
    der.oid("1.2.840.10040.4.1"): DSA,
    _EC_OID: EC,
    der.oid("1.3.101.110"): X25519,
    der.oid("1.3.101.111"): X448,
    der.oid("1.3.101.112"): ED25519,
    der.oid("1.3.101.113"): ED448,
}
_FIXED_SIZES = {X25519: 253, X448: 448, ED25519: 256, ED448: 456}
_FIXED_STRENGTHS = {X25519: 128, X448: 224, ED25519: 128, ED448: 224}


@attrs.frozen(kw_only=True)
class _Curve:
    name: str
    oid: bytes
    bits: int
    prime: int


def _curve(name: str, oid: str, bits: int, prime: int) -> _Curve:
    return _Curve(name=name, oid=der.oid(oid), bits=bits, prime=prime)


_CURVES = (
    _curve("P-192", "1.2.840.10045.3.1.1", 192, 2**192 - 2**64 - 1),
    _curve("P-224", "1.3.132.0.33", 224, 2**224 - 2**96 + 1),
    _curve("P-256", "1.2.840.10045.3.1.7", 256, 2**256 - 2**224 + 2**192 + 2**96 - 1),
    _curve("P-384", "1.3.132.0.34", 384, 2**384 - 2**128 - 2**96 + 2**32 - 1),
    _curve("P-521", "1.3.132.0.35", 521, 2**521 - 1),
    _curve("secp256k1", "1.3.132.0.10", 256, 2**256 - 2**32 - 977),
    _curve(
        "brainpoolP256r1",
        "1.3.36.3.3.2.8.1.1.7",
        256,
        0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
    ),
    _curve(
        "brainpoolP384r1",
        "1.3.36.3.3.2.8.1.1.11",
        384,
        0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53,
    ),
    _curve(
        "brainpoolP512r1",
        "1.3.36.3.3.2.8.1.1.13",
        512,
        0xAADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3,
    ),
)
_CURVES_BY_OID = {curve.oid: curve for curve in _CURVES}
_CURVES_BY_PRIME = {curve.prime: curve for curve in _CURVES}


@attrs.frozen(kw_only=True)
class PublicKeyInfo:
    """A public key: ``algorithm`` ("RSA", "EC", "DSA", "Ed25519", ...), ``size`` in bits, ``curve`` for EC.

    ``explicit_curve`` says that an EC key spells its curve out instead of naming it, which OpenSSL
    3.0 refuses in a chain (RFC 5480 §2.1.1 forbids it).
    """

    algorithm: str
    size: int | None = None
    curve: str | None = None
    explicit_curve: bool = False
    subgroup_size: int | None = attrs.field(default=None, repr=False)

    def __str__(self) -> str:
        if self.curve:
            return f"{self.algorithm} {self.curve}"
        return (
            f"{self.algorithm} {self.size}" if self.size and self.algorithm in {RSA, RSA_PSS, DSA} else self.algorithm
        )

    def security_bits(self, *, rounds: bool = True) -> int:
        """Return the security bits OpenSSL gives the key; 0 where it gives none.

        ``rounds`` is how 3.0 differs from 1.1.1: it works the strength of RSA out and rounds it to
        eight bits, so that RSA of 1963 bits counts as 112.
        """
        if self.algorithm in _FIXED_STRENGTHS:
            return _FIXED_STRENGTHS[self.algorithm]
        if self.size is None:
            return 0
        if self.algorithm == EC:
            return _step(self.size, _EC_STEPS, default=self.size // 2)
        if self.algorithm in {RSA, RSA_PSS}:
            return _step(self.size, _RSA_STEPS if rounds else _FIELD_STEPS)
        return min(_step(self.size, _FIELD_STEPS), (self.subgroup_size or 0) // 2)


def _step(size: int, steps: tuple[tuple[int, int], ...], default: int = 0) -> int:
    for least, bits in steps:
        if size >= least:
            return bits
    return default


# (least size, security bits). The RSA sizes were measured on OpenSSL 3.0.22: from there on a key
# counts as that strong; only the five strengths that a security level asks for are kept.
_RSA_STEPS = ((13914, 256), (6947, 192), (2671, 128), (1963, 112), (920, 80))
_FIELD_STEPS = ((15360, 256), (7680, 192), (3072, 128), (2048, 112), (1024, 80))
_EC_STEPS = ((512, 256), (384, 192), (256, 128), (224, 112), (160, 80))


@lru_cache(maxsize=4096)
def public_key_info(info: bytes) -> PublicKeyInfo | None:
    """Describe a DER SubjectPublicKeyInfo; None where OpenSSL could make no key of it."""
    try:
        family, parameters, key = _split(info)
        if family in {RSA, RSA_PSS}:
            return PublicKeyInfo(algorithm=family, size=_rsa_bits(key))
        if family == DSA:
            return _dsa_info(parameters, key)
        if family == EC:
            return _ec_info(parameters) if load_key(info) is not None else None
    except der.DerError:
        return None
    if family in _FIXED_SIZES and load_key(info) is not None:
        return PublicKeyInfo(algorithm=family, size=_FIXED_SIZES[family])
    return None


def _split(info: bytes) -> tuple[str, bytes, bytes]:
    content, stop = der.expect(info, 0, len(info), der.SEQUENCE)
    start, end = der.expect(info, content, stop, der.SEQUENCE)
    oid, oid_end = der.expect(info, start, end, der.OID)
    bits, bits_end = der.expect(info, end, stop, der.BIT_STRING)
    return _FAMILIES.get(info[oid:oid_end], ""), info[oid_end:end], der.bit_string(info[bits:bits_end])


def _rsa_bits(key: bytes) -> int:
    modulus, _ = _numbers(key, 2)
    return modulus


def _dsa_info(parameters: bytes, key: bytes) -> PublicKeyInfo:
    der.integer(Reader(key, 0, len(key)).content(der.INTEGER))
    if not parameters or parameters[0] != der.SEQUENCE:
        # Inherited parameters (RFC 3279 §2.3.2): OpenSSL holds such a key, without any strength.
        return PublicKeyInfo(algorithm=DSA)
    prime, subgroup, _ = _numbers(parameters, 3)
    return PublicKeyInfo(algorithm=DSA, size=prime, subgroup_size=subgroup)


def _numbers(value: bytes, count: int) -> list[int]:
    """Return the lengths in bits of a SEQUENCE of so many numbers, which have no sign and may be padded."""
    fields = Reader(value, 0, len(value)).inside(der.SEQUENCE)
    found = [int.from_bytes(fields.content(der.INTEGER), "big").bit_length() for _ in range(count)]
    fields.finish()
    return found


def _ec_info(parameters: bytes) -> PublicKeyInfo | None:
    explicit = bool(parameters) and parameters[0] == der.SEQUENCE
    curve = _explicit_curve(parameters) if explicit else _CURVES_BY_OID.get(parameters[2:])
    if curve is None:
        return None
    return PublicKeyInfo(algorithm=EC, size=curve.bits, curve=curve.name, explicit_curve=explicit)


def _explicit_curve(parameters: bytes) -> _Curve | None:
    """Return the named curve that explicit parameters (X9.62 SpecifiedECDomain) spell out, by its prime."""
    _version, field, *_ = der.sequence(parameters)
    members = list(der.children(parameters, field[2], field[3]))
    _, _, content, stop = members[-1]
    return _CURVES_BY_PRIME.get(der.integer(parameters[content:stop]))


@lru_cache(maxsize=4096)
def load_key(info: bytes) -> PublicKeyTypes | None:
    """Return `cryptography`'s key for a DER SubjectPublicKeyInfo; None where it can make none."""
    try:
        return serialization.load_der_public_key(_with_named_curve(info))
    except (ValueError, UnsupportedAlgorithm, OverflowError):
        return None


def _with_named_curve(info: bytes) -> bytes:
    family, parameters, key = _split(info)
    if family != EC or not parameters or parameters[0] != der.SEQUENCE:
        return info
    curve = _explicit_curve(parameters)
    if curve is None:
        return info
    identifier = der.encode(der.SEQUENCE, der.encode(der.OID, _EC_OID) + der.encode(der.OID, curve.oid))
    return der.encode(der.SEQUENCE, identifier + der.encode(der.BIT_STRING, b"\0" + key))


def key_family(info: bytes) -> str:
    """Return the family of a DER SubjectPublicKeyInfo ("" where it is not known)."""
    try:
        return _split(info)[0]
    except der.DerError:
        return ""


_P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_LOW_256 = 2**256 - 1


def is_on_p256(point: bytes) -> bool:
    """Whether two coordinates of 32 bytes each are a point of P-256 (SEC 2 §2.4.2), as a readable key's are."""
    both = int.from_bytes(point, "big")
    x, y = both >> 256, both & _LOW_256
    return x < _P256_PRIME and y < _P256_PRIME and (y * y - (x * x - 3) * x - _P256_B) % _P256_PRIME == 0


REFUSALS = (InvalidSignature, UnsupportedAlgorithm, ValueError)
"""What a key's ``verify`` raises for a signature that is not the key's."""


@attrs.frozen
class SignatureCheck:
    """How one key checks one kind of signature: call ``verify`` with signature, data and ``arguments``."""

    verify: Callable[..., object]
    arguments: tuple[object, ...] = ()

    def accepts(self, signature: bytes, data: bytes) -> bool:
        """Whether the key made ``signature`` over ``data``."""
        try:
            self.verify(signature, data, *self.arguments)
        except REFUSALS:
            return False
        return True


@lru_cache(maxsize=4096)
def signature_check(signer: bytes, algorithm: bytes) -> SignatureCheck | None:
    """Return how the key ``signer`` (its info) checks signatures of a DER AlgorithmIdentifier; None if it cannot."""
    known = algorithms.signature_algorithm(algorithm)
    key = load_key(signer)
    if known is None or key is None:
        return None
    if isinstance(key, rsa.RSAPublicKey) and known.key_family in {RSA, RSA_PSS}:
        return _rsa_check(key, known, algorithm)
    if isinstance(key, ec.EllipticCurvePublicKey) and known.key_family == EC and known.digest is not None:
        return SignatureCheck(key.verify, (ec.ECDSA(known.digest),))
    if isinstance(key, dsa.DSAPublicKey) and known.key_family == DSA and known.digest is not None:
        return SignatureCheck(key.verify, (known.digest,))
    if isinstance(key, ed25519.Ed25519PublicKey) and known.key_family == ED25519:
        return SignatureCheck(key.verify)
    if isinstance(key, ed448.Ed448PublicKey) and known.key_family == ED448:
        return SignatureCheck(key.verify)
    return None


def _rsa_check(key: rsa.RSAPublicKey, known: algorithms.SignatureAlgorithm, algorithm: bytes) -> SignatureCheck | None:
    if known.key_family == RSA:
        return SignatureCheck(key.verify, (padding.PKCS1v15(), known.digest)) if known.digest is not None else None
    parameters = algorithms.pss_parameters(algorithm)
    if parameters is None:
        return None
    scheme = padding.PSS(padding.MGF1(parameters.mask_digest), parameters.salt_length)
    return SignatureCheck(key.verify, (scheme, parameters.digest))


def signature_is_valid(*, signer: bytes, algorithm: bytes, signature: bytes, data: bytes) -> bool:
    """Whether ``signature`` (a BIT STRING's content) over ``data`` was made by the key ``signer`` (its info)."""
    check = signature_check(signer, algorithm)
    return check is not None and signature[:1] == b"\0" and check.accepts(signature[1:], data)
