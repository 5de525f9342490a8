"""Certificates and CRLs written byte by byte, so that a test can have what no builder would make."""

from datetime import UTC, datetime
from functools import cache
from typing import Final

import attrs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from make_keys import RSA_KEYS

from expressway_certs.x509 import der, times

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

SHA256, SHA1, MD5 = hashes.SHA256(), hashes.SHA1(), hashes.MD5()  # noqa: S303 - weak signatures are wanted here
_ALGORITHMS: Final = {
    (rsa.RSAPrivateKey, "sha256"): "1.2.840.113549.1.1.11",
    (rsa.RSAPrivateKey, "sha1"): "1.2.840.113549.1.1.5",
    (rsa.RSAPrivateKey, "md5"): "1.2.840.113549.1.1.4",
    (ec.EllipticCurvePrivateKey, "sha256"): "1.2.840.10045.4.3.2",
    (ec.EllipticCurvePrivateKey, "sha1"): "1.2.840.10045.4.1",
}
_DIGESTS: Final = {"sha256": SHA256, "sha1": SHA1, "md5": MD5}
# The two digits of a UTCTime's year stand for 1950 to 2049.
_FIRST_UTC_TIME: Final = -631_152_000
_LAST_UTC_TIME: Final = 2_524_608_000


@cache
def key(name: str) -> PrivateKey:
    """Return the test key of a name: "ec0", "p384-1", "ed0", or one of the stored RSA keys."""
    if name in RSA_KEYS:
        stored = load_pem_private_key(RSA_KEYS[name].encode(), None)
        assert isinstance(stored, rsa.RSAPrivateKey)
        return stored
    if name.startswith("ed"):
        return ed25519.Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
    curve = ec.SECP384R1() if name.startswith("p384") else ec.SECP256R1()
    return ec.derive_private_key(int.from_bytes(name.encode(), "big"), curve)


@cache
def public_key_info(name: str) -> bytes:
    """Return the SubjectPublicKeyInfo of a test key."""
    return key(name).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@cache
def key_identifier(name: str) -> bytes:
    """Return a key identifier for a test key."""
    digest = hashes.Hash(SHA256)
    digest.update(public_key_info(name))
    return digest.finalize()[:20]


def sequence(*members: bytes) -> bytes:
    """Return a SEQUENCE."""
    return der.encode(der.SEQUENCE, b"".join(members))


def context(number: int, content: bytes, *, constructed: bool = True) -> bytes:
    """Return a context-specific value."""
    return der.encode((der.CONSTRUCTED if constructed else der.PRIMITIVE) | number, content)


def oid(text: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    return der.encode(der.OID, der.oid(text))


def integer(number: int) -> bytes:
    """Return an INTEGER."""
    return der.encode(der.INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def boolean(said: bool) -> bytes:
    """Return a BOOLEAN."""
    return der.encode(der.BOOLEAN, b"\xff" if said else b"\0")


def named_bits(*bits: int) -> bytes:
    """Return a named bit list as a BIT STRING."""
    if not bits:
        return der.encode(der.BIT_STRING, b"\0")
    octets = bytearray(max(bits) // 8 + 1)
    for bit in bits:
        octets[bit // 8] |= 0x80 >> bit % 8
    return der.encode(der.BIT_STRING, bytes((7 - max(bits) % 8,)) + octets)


def common_name(text: str, tag: int = der.UTF8_STRING) -> bytes:
    """Return a name of one common name."""
    value = text.encode("utf-16-be") if tag == der.BMP_STRING else text.encode()
    return sequence(der.encode(der.SET, sequence(oid("2.5.4.3"), der.encode(tag, value))))


def time(at: int) -> bytes:
    """Return seconds since 1970 as the time that RFC 5280 wants."""
    instant = datetime.fromtimestamp(at, UTC)
    if _FIRST_UTC_TIME <= at < _LAST_UTC_TIME:
        return der.encode(der.UTC_TIME, instant.strftime("%y%m%d%H%M%SZ").encode())
    return der.encode(der.GENERALIZED_TIME, f"{instant.year:04}{instant:%m%d%H%M%SZ}".encode())


def extension(kind: str, value: bytes, *, critical: bool = False) -> bytes:
    """Return one extension."""
    return sequence(oid(kind), boolean(True) if critical else b"", der.encode(der.OCTET_STRING, value))


def dns(*names: str) -> bytes:
    """Return DNS names as the members of general names."""
    return b"".join(context(2, name.encode(), constructed=False) for name in names)


@attrs.frozen(kw_only=True)
class Spec:
    """A certificate to be written: every piece as it is to stand there."""

    subject: bytes
    issuer: bytes
    key: str
    signer: str
    serial: int
    start: int
    end: int
    digest: str = "sha256"
    version: int = 3
    extensions: tuple[bytes, ...] = ()
    damaged: bool = False


@cache
def certificate(spec: Spec) -> bytes:
    """Return the DER of a certificate; the same spec gives the same bytes."""
    algorithm = algorithm_identifier(spec.signer, spec.digest)
    tbs = sequence(
        context(0, integer(spec.version - 1)) if spec.version > 1 else b"",
        integer(spec.serial),
        algorithm,
        spec.issuer,
        sequence(time(spec.start), time(spec.end)),
        spec.subject,
        public_key_info(spec.key),
        context(3, sequence(*spec.extensions)) if spec.extensions and spec.version > 1 else b"",
    )
    return signed(tbs, algorithm, spec.signer, spec.digest, damaged=spec.damaged)


def algorithm_identifier(signer: str, digest: str) -> bytes:
    """Return the AlgorithmIdentifier of a signature by a test key."""
    signing = key(signer)
    if isinstance(signing, ed25519.Ed25519PrivateKey):
        return sequence(oid("1.3.101.112"))
    if isinstance(signing, rsa.RSAPrivateKey):
        return sequence(oid(_ALGORITHMS[rsa.RSAPrivateKey, digest]), b"\x05\0")
    return sequence(oid(_ALGORITHMS[ec.EllipticCurvePrivateKey, "sha256" if digest == "md5" else digest]))


def signed(tbs: bytes, algorithm: bytes, signer: str, digest: str, *, damaged: bool = False) -> bytes:
    """Return a signed structure: what is signed, the algorithm, the signature."""
    signature = _sign(key(signer), tbs, digest)
    if damaged:
        signature = signature[:-1] + bytes((signature[-1] ^ 1,))
    return sequence(tbs, algorithm, der.encode(der.BIT_STRING, b"\0" + signature))


def _sign(signing: PrivateKey, data: bytes, digest: str) -> bytes:
    if isinstance(signing, ed25519.Ed25519PrivateKey):
        return signing.sign(data)
    if isinstance(signing, rsa.RSAPrivateKey):
        return signing.sign(data, padding.PKCS1v15(), _DIGESTS[digest])
    algorithm = _DIGESTS["sha256" if digest == "md5" else digest]
    return signing.sign(data, ec.ECDSA(algorithm, deterministic_signing=True))


@attrs.frozen(kw_only=True)
class CrlSpec:
    """A CRL to be written."""

    issuer: bytes
    signer: str
    start: int
    end: int | None
    revoked: tuple[tuple[int, bytes], ...] = ()
    """Serial numbers, each with the DER of its entry extensions (or nothing)."""
    extensions: tuple[bytes, ...] = ()
    digest: str = "sha256"
    damaged: bool = False


@cache
def crl(spec: CrlSpec) -> bytes:
    """Return the DER of a CRL."""
    algorithm = algorithm_identifier(spec.signer, spec.digest)
    entries = [
        sequence(integer(serial), time(spec.start), sequence(own) if own else b"") for serial, own in spec.revoked
    ]
    tbs = sequence(
        integer(1),
        algorithm,
        spec.issuer,
        time(spec.start),
        time(spec.end) if spec.end is not None else b"",
        sequence(*entries) if entries else b"",
        context(0, sequence(*spec.extensions)) if spec.extensions else b"",
    )
    return signed(tbs, algorithm, spec.signer, spec.digest, damaged=spec.damaged)


def seconds(instant: datetime) -> int:
    """Return an instant as seconds since 1970."""
    return times.seconds(instant)
