"""Private keys, for a check only: what kind it is and whether it fits a certificate. The secret part is not kept."""

from __future__ import annotations

import math
import re
from typing import Final, NoReturn, Protocol, SupportsIndex

import attrs
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1, pbe, pem
from expressway_certs.x509.files.asn1 import Asn1Error
from expressway_certs.x509.files.contents import Item, contents, describe, is_encrypted
from expressway_certs.x509.files.guard import guarded
from expressway_certs.x509.files.shapes import Shape, shape
from expressway_certs.x509.files.source import Source, read_source

MAX_KEY_BYTES: Final = 64 * 1024
MAX_RSA_BITS: Final = 16_384
"""OpenSSL uses no larger RSA key."""

_KEYS: Final = (Shape.PRIVATE_KEY, Shape.ENCRYPTED_PRIVATE_KEY)
_MESSAGE: Final = "the private key cannot be read"
_AGAIN: Final = "export the key again, as PKCS#8 in PEM"
_HEAD: Final = 1000
_DEK_INFO: Final = re.compile(rb"DEK-Info: *((?:DES-EDE3|DES|AES-(?:128|192|256))-CBC),([0-9A-Fa-f]+)[ \t]*[\r\n]")
_USABLE: Final = {
    bytes.fromhex("2a864886f70d010101"),  # rsaEncryption
    bytes.fromhex("2a864886f70d01010a"),  # RSASSA-PSS
    bytes.fromhex("2a8648ce3d0201"),  # ecPublicKey
    bytes.fromhex("2a8648ce380401"),  # DSA
    bytes.fromhex("2b6570"),  # Ed25519
    bytes.fromhex("2b6571"),  # Ed448
}


class HasDer(Protocol):
    """A certificate or a request."""

    @property
    def der(self) -> bytes:
        """The whole of it as DER."""


@attrs.frozen(kw_only=True, repr=False)
class PrivateKey:
    """What a check needs to know of a private key file; the key itself is read, looked at and let go.

    `algorithm` is "RSA", "EC", "DSA", "Ed25519" or "Ed448", `size` its bits, `curve` OpenSSL's name of an EC curve,
    `file_format` "PKCS#8", "PKCS#1", "SEC1", "OpenSSH" or "traditional". It cannot be pickled or copied.
    """

    algorithm: str
    size: int
    curve: str | None = None
    file_format: str
    is_encrypted_file: bool
    ends_with_newline: bool
    public_key_der: bytes

    def matches(self, other: HasDer) -> bool:
        """Whether a certificate or request is for this key: the public key is the same (RFC 5280 §4.1.2.7)."""
        theirs = public_key_der(other.der)
        if theirs is None:
            return False
        return theirs == self.public_key_der or _plain(theirs) == self.public_key_der

    def __repr__(self) -> str:
        return f"<PrivateKey {self.algorithm} {self.curve or self.size}>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a private key is not handed on; load it where it is needed")


def load_private_key(source: Source, *, password: bytes | str | None = None) -> PrivateKey:
    """Load the one private key of a file: PEM or DER; PKCS#8, PKCS#1, SEC1, OpenSSH; open or under a password.

    Raises `LoadError` where there is none or several, it is damaged, or the password is missing or wrong.
    """
    data, where = read_source(source)
    found = contents(data, where)
    item = _the_key(found.items, data, where)
    block = item.block
    place = block.place(where) if block else where
    if block:
        key, file_format = _from_block(block, place, password)
    else:
        key, file_format = _from_der(found.der, place, password), _format_of(found.der)
    return _described(
        key,
        place,
        file_format=file_format,
        is_encrypted_file=is_encrypted(block) if block else item.shape is Shape.ENCRYPTED_PRIVATE_KEY,
        ends_with_newline=data.endswith(b"\n"),
    )


def public_key_der(der: bytes) -> bytes | None:
    """The SubjectPublicKeyInfo inside a certificate or a request, or None where there is none."""
    position = {Shape.CERTIFICATE: 5, Shape.REQUEST: 2}.get(shape(der) or Shape.OTHER)
    if position is None:
        return None
    try:
        fields = [part for part in asn1.first(asn1.first(asn1.read(der), 1)[0], 8) if part.tag != 0xA0]
        return fields[position].whole
    except (Asn1Error, IndexError):
        return None


def same_key(one: HasDer, other: HasDer) -> bool:
    """Whether two certificates or requests are for one key, however it is encoded."""
    first, second = public_key_der(one.der), public_key_der(other.der)
    if first is None or second is None:
        return False
    return first == second or None is not _plain(first) == _plain(second)


def _the_key(items: tuple[Item, ...], data: bytes, where: str) -> Item:
    keys = [item for item in items if item.shape in _KEYS]
    if len(keys) == 1:
        return keys[0]
    raise LoadError(
        f"holds {len(keys) or 'no'} private key{'s' * bool(keys)} where one is wanted",
        found=describe(data),
        where=where,
        remedy="keep only the key that is wanted" if keys else _where_else(items),
    )


def _where_else(items: tuple[Item, ...]) -> str:
    if any(item.shape is Shape.PKCS12 for item in items):
        return "take the key out with: openssl pkcs12 -nocerts -nodes -in FILE"
    return "give the file with the private key"


def _from_block(block: pem.Block, where: str, password: bytes | str | None) -> tuple[PrivateKeyTypes, str]:
    if block.body_end - block.body > 2 * MAX_KEY_BYTES:
        raise LoadError(_MESSAGE, found="more bytes than any key has", where=where, remedy=_AGAIN)
    if block.label == "OPENSSH PRIVATE KEY":
        return _openssh(block, where), "OpenSSH"
    if is_encrypted(block) and block.label != "ENCRYPTED PRIVATE KEY":
        return _legacy(block, where, password), "traditional"
    der = pem.decode(block, where.rpartition(", block")[0], quote=False)
    return _from_der(der, where, password), _format_of(der)


def _format_of(der: bytes) -> str:
    tags = [part.tag for part in asn1.first(asn1.opened(der), 4)]
    if tags[:1] == [asn1.SEQUENCE] or tags[1:2] == [asn1.SEQUENCE]:
        return "PKCS#8"
    if tags[1:2] == [asn1.OCTET_STRING]:
        return "SEC1"
    return "PKCS#1"


def _from_der(der: bytes, where: str, password: bytes | str | None) -> PrivateKeyTypes:
    if shape(der) is Shape.ENCRYPTED_PRIVATE_KEY:
        der = _decrypted(der, where, password)
    if shape(der) is not Shape.PRIVATE_KEY or len(der) > MAX_KEY_BYTES:
        raise LoadError(_MESSAGE, found="bytes that are no private key", where=where, remedy=_AGAIN)
    _want_usable(der, where)
    with guarded(
        _MESSAGE, found="a damaged private key, or one of a kind that is not known", where=where, remedy=_AGAIN
    ):
        # The primes of a huge RSA key take minutes to check; that the parts fit together is checked in _want_whole.
        return serialization.load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)


def _decrypted(der: bytes, where: str, password: bytes | str | None) -> bytes:
    if not password:
        raise _locked(where)
    try:
        algorithm, content = asn1.first(asn1.read(der), 2)
        plain = pbe.decrypt(algorithm, asn1.octets(content), pbe.passwords(password)[0], pbe.Budget())
        asn1.read(plain)
    except pbe.UnsupportedError as error:
        remedy = "decrypt it with: openssl pkey -in FILE"
        raise LoadError(_MESSAGE, found=str(error), where=where, remedy=remedy) from None
    except (pbe.PasswordError, Asn1Error, ValueError):
        raise _wrong_password(where) from None
    return plain


def _locked(where: str) -> LoadError:
    return LoadError(
        "the private key is locked",
        found="an encrypted private key",
        where=where,
        remedy="give its password, or decrypt it with: openssl pkey -in FILE",
    )


def _wrong_password(where: str) -> LoadError:
    return LoadError(
        "the private key does not open",
        found="a key encrypted with another password, or damaged",
        where=where,
        remedy="check the password, upper and lower case too",
    )


def _want_usable(der: bytes, where: str) -> None:
    parts = asn1.first(asn1.opened(der), 2)
    if len(parts) < 2 or parts[1].tag != asn1.SEQUENCE:
        return
    oid = asn1.first(parts[1], 1)
    if not oid or oid[0].content not in _USABLE:
        found = "a key of a kind that no certificate here can have"
        raise LoadError(_MESSAGE, found=found, where=where, remedy="give an RSA, EC, DSA or Ed25519 key")


def _legacy(block: pem.Block, where: str, password: bytes | str | None) -> PrivateKeyTypes:
    if not password:
        raise _locked(where)
    secret = pbe.passwords(password)[0].utf8
    if not _has_sound_cipher(block):
        found = "a key encrypted in a way that is not known, or damaged"
        raise LoadError(_MESSAGE, found=found, where=where, remedy=_AGAIN)
    body = block.text.data[block.body : block.body_end].replace(b"\r\n", b"\n").strip()
    name = block.label.encode("ascii")
    whole = b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (name, body, name)
    with guarded(
        "the private key does not open",
        found="a key encrypted with another password, damaged, or encrypted in a way that is not known",
        where=where,
        remedy="check the password, or decrypt it with: openssl pkey -in FILE",
    ):
        return serialization.load_pem_private_key(whole, secret, unsafe_skip_rsa_key_validation=True)


def _has_sound_cipher(block: pem.Block) -> bool:
    # Where the IV is shorter than the cipher's (RFC 1421 §4.6.1.3) `cryptography` panics, and prints that.
    header = _DEK_INFO.search(block.text.data, block.body, min(block.body_end, block.body + _HEAD))
    return header is not None and len(header[2]) == 2 * (16 if header[1].startswith(b"AES") else 8)


def _openssh(block: pem.Block, where: str) -> PrivateKeyTypes:
    remedy = "convert it with: ssh-keygen -p -m PEM -f FILE"
    if is_encrypted(block):
        found = "an encrypted key in OpenSSH's own format"
        raise LoadError("the private key is locked", found=found, where=where, remedy=remedy)
    body = pem.decode(block, where.rpartition(", block")[0], quote=False)
    whole = pem.encode(body, block.label).encode("ascii")
    with guarded(_MESSAGE, found="a damaged OpenSSH key", where=where, remedy=remedy):
        return serialization.load_ssh_private_key(whole, None)


def _described(
    key: PrivateKeyTypes, where: str, *, file_format: str, is_encrypted_file: bool, ends_with_newline: bool
) -> PrivateKey:
    with guarded(
        _MESSAGE, found="a damaged private key, or one of a kind that is not known", where=where, remedy=_AGAIN
    ):
        algorithm, size, curve = _kind(key, where)
        if isinstance(key, rsa.RSAPrivateKey):
            _want_whole(key, where)
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return PrivateKey(
            algorithm=algorithm,
            size=size,
            curve=curve,
            file_format=file_format,
            is_encrypted_file=is_encrypted_file,
            ends_with_newline=ends_with_newline,
            public_key_der=public,
        )


def _kind(key: PrivateKeyTypes, where: str) -> tuple[str, int, str | None]:
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA", key.key_size, None
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return "EC", key.key_size, key.curve.name
    if isinstance(key, dsa.DSAPrivateKey):
        return "DSA", key.key_size, None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "Ed25519", 256, None
    if isinstance(key, ed448.Ed448PrivateKey):
        return "Ed448", 456, None
    raise LoadError(_MESSAGE, found="a key of another kind", where=where, remedy="give an RSA, EC or Ed25519 key")


def _want_whole(key: rsa.RSAPrivateKey, where: str) -> None:
    if key.key_size > MAX_RSA_BITS:
        found = f"an RSA key of {key.key_size} bits"
        raise LoadError(_MESSAGE, found=found, where=where, remedy=f"use a key of at most {MAX_RSA_BITS} bits")
    numbers = key.private_numbers()
    p, q = numbers.p, numbers.q
    fits = (
        p * q == numbers.public_numbers.n
        and numbers.d * numbers.public_numbers.e % math.lcm(p - 1, q - 1) == 1
        and (numbers.dmp1, numbers.dmq1) == (numbers.d % (p - 1), numbers.d % (q - 1))
        and numbers.iqmp * q % p == 1
    )
    if not fits:
        found = "an RSA key whose parts do not fit together"
        raise LoadError(_MESSAGE, found=found, where=where, remedy="copy the key again from its source")


def _plain(info: bytes) -> bytes | None:
    # Compressed points and absent parameters are other bytes for the same key.
    try:
        with guarded("", found=""):
            return serialization.load_der_public_key(info).public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
    except LoadError:
        return None
