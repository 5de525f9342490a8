"""Decryption by password (RFC 7292 appendix B, RFC 8018), with a limit on the work that a file can ask for."""

from __future__ import annotations

import hashlib
from typing import Final

import attrs
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from expressway_certs.x509.files import asn1, rc2
from expressway_certs.x509.files.asn1 import Asn1Error, Element

MAX_ITERATIONS: Final = 1_000_000
"""How many rounds of key derivation one file may take in all."""
MAX_SCRYPT_MEMORY: Final = 32 * 1024 * 1024

_PKCS12_PBE: Final = bytes.fromhex("2a864886f70d010c01")
_PBES2: Final = bytes.fromhex("2a864886f70d01050d")
_PBKDF2: Final = bytes.fromhex("2a864886f70d01050c")
_SCRYPT: Final = bytes.fromhex("2b06010401da47040b")
HMACS: Final = {
    bytes.fromhex("2a864886f70d0207"): "sha1",
    bytes.fromhex("2a864886f70d0208"): "sha224",
    bytes.fromhex("2a864886f70d0209"): "sha256",
    bytes.fromhex("2a864886f70d020a"): "sha384",
    bytes.fromhex("2a864886f70d020b"): "sha512",
}
_AES: Final = {
    bytes.fromhex("60864801650304") + bytes((0x01, number)): size
    for number, size in ((0x02, 16), (0x16, 24), (0x2A, 32))
}
_DES3_CBC: Final = bytes.fromhex("2a864886f70d0307")
# Of each PKCS#12 scheme: the cipher and the length of its key in bytes.
_LEGACY: Final = {3: ("3des", 24), 4: ("3des", 16), 5: ("rc2", 16), 6: ("rc2", 5)}
_KEY, _IV, MAC_KEY = 1, 2, 3


class PasswordError(Exception):
    """The password does not fit, or there is none. Never leaves the files package."""


class UnsupportedError(Exception):
    """A scheme that is not known, or that asks for more work than is allowed. Never leaves the files package."""


@attrs.frozen
class Password:
    """A password in the two encodings that files use; the absent one of PKCS#12 is no bytes at all."""

    utf8: bytes = attrs.field(repr=False)
    bmp: bytes = attrs.field(repr=False)


@attrs.define
class Budget:
    """The rounds of key derivation that are left for a file."""

    left: int = MAX_ITERATIONS

    def take(self, iterations: int, weight: int = 1) -> int:
        """Count iterations off, each as `weight`. Raises `UnsupportedError` where they are more than is left."""
        if iterations < 1 or iterations * weight > self.left:
            raise UnsupportedError(f"an iteration count of {iterations}, which is not allowed here")
        self.left -= iterations * weight
        return iterations


def passwords(given: bytes | str | None) -> tuple[Password, ...]:
    """The forms to try: of none given both the empty and the absent password. `TypeError` for no text or bytes."""
    if given is not None and not isinstance(given, (bytes, str)):
        raise TypeError(f"a password is text or bytes, not {type(given).__name__}")
    if given is None or not given:
        return Password(b"", b"\0\0"), Password(b"", b"")
    utf8 = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else given
    text = given if isinstance(given, str) else given.decode("utf-8", "surrogateescape")
    return (Password(utf8, text.encode("utf-16-be", "surrogatepass") + b"\0\0"),)


def decrypt(algorithm: Element, ciphertext: bytes, password: Password, budget: Budget) -> bytes:
    """Decrypt under an AlgorithmIdentifier. Raises `PasswordError`, `UnsupportedError` or `Asn1Error`."""
    oid, parameters = _algorithm(algorithm)
    if oid == _PBES2 and parameters:
        return _unpad(_pbes2(parameters, ciphertext, password, budget))
    if oid[:-1] == _PKCS12_PBE and parameters and oid[-1] in _LEGACY:
        return _unpad(_legacy(oid[-1], parameters, ciphertext, password, budget))
    raise UnsupportedError("an encryption scheme that is not known here")


def pkcs12_key(digest: str, password: bytes, salt: bytes, iterations: int, size: int, purpose: int) -> bytes:
    """Derive a key as RFC 7292 appendix B.2 has it, with purpose 1 for a key, 2 for an IV, 3 for a MAC key."""
    block = hashlib.new(digest).block_size
    fill = bytes([purpose]) * block
    salted = bytearray(_repeated(salt, block) + _repeated(password, block))
    result = b""
    while len(result) < size:
        piece = fill + bytes(salted)
        for _ in range(iterations):
            piece = hashlib.new(digest, piece).digest()
        result += piece
        _add_to_blocks(salted, _repeated(piece, block)[:block], block)
    return result[:size]


def key_from(kdf: Element, password: Password, budget: Budget, size: int) -> bytes:
    """Derive a key by PBKDF2 or scrypt as an AlgorithmIdentifier says."""
    oid, parameters = _algorithm(kdf)
    if oid == _PBKDF2 and parameters:
        return _pbkdf2(parameters, password, budget, size)
    if oid == _SCRYPT and parameters:
        return _scrypt(parameters, password, budget, size)
    raise UnsupportedError("a key derivation that is not known here")


def _repeated(value: bytes, block: int) -> bytes:
    size = block * ((len(value) + block - 1) // block)
    return (value * (size // len(value) + 1))[:size] if value else b""


def _add_to_blocks(salted: bytearray, added: bytes, block: int) -> None:
    addend = int.from_bytes(added, "big") + 1
    for start in range(0, len(salted), block):
        total = int.from_bytes(salted[start : start + block], "big") + addend
        salted[start : start + block] = (total % (1 << 8 * block)).to_bytes(block, "big")


def _algorithm(element: Element) -> tuple[bytes, Element | None]:
    parts = asn1.first(element, 2)
    if element.tag != asn1.SEQUENCE or not parts or parts[0].tag != asn1.OID:
        raise Asn1Error("no AlgorithmIdentifier")
    return parts[0].content, parts[1] if len(parts) > 1 else None


def _legacy(scheme: int, parameters: Element, ciphertext: bytes, password: Password, budget: Budget) -> bytes:
    cipher, size = _LEGACY[scheme]
    salt, count = _salt_and_count(parameters)
    # Plain Python derives here, two blocks for a key and one for an IV: dearer than PBKDF2 in C.
    iterations = budget.take(count, 3)
    key = pkcs12_key("sha1", password.bmp, salt, iterations, size, _KEY)
    iv = pkcs12_key("sha1", password.bmp, salt, iterations, 8, _IV)
    if cipher == "rc2":
        return _rc2(key, iv, ciphertext)
    return _cbc("3des", key, iv, ciphertext)


def _salt_and_count(parameters: Element) -> tuple[bytes, int]:
    salt, count = _exactly(parameters, 2)
    if salt.tag != asn1.OCTET_STRING or len(salt.content) > 1024:
        raise Asn1Error("no salt")
    return salt.content, asn1.integer(count)


def _exactly(element: Element, count: int) -> list[Element]:
    parts = asn1.first(element, count)
    if len(parts) != count:
        raise Asn1Error("parameters that are cut off")
    return parts


def _pbes2(parameters: Element, ciphertext: bytes, password: Password, budget: Budget) -> bytes:
    kdf, scheme = _exactly(parameters, 2)
    oid, iv = _algorithm(scheme)
    if iv is None or iv.tag != asn1.OCTET_STRING:
        raise UnsupportedError("a cipher that is not known here")
    if oid == _DES3_CBC:
        return _cbc("3des", key_from(kdf, password, budget, 24), iv.content, ciphertext)
    if oid in _AES:
        return _cbc("aes", key_from(kdf, password, budget, _AES[oid]), iv.content, ciphertext)
    raise UnsupportedError("a cipher that is not known here")


def _pbkdf2(parameters: Element, password: Password, budget: Budget, size: int) -> bytes:
    parts = asn1.first(parameters, 4)
    if len(parts) < 2 or parts[0].tag != asn1.OCTET_STRING:
        raise Asn1Error("PBKDF2 without salt or count")
    digest = "sha1"
    for part in parts[2:]:
        if part.tag == asn1.SEQUENCE:
            digest = HMACS.get(_algorithm(part)[0], "")
    if not digest:
        raise UnsupportedError("a digest that is not known here")
    blocks = -(-size // hashlib.new(digest).digest_size)
    iterations = budget.take(asn1.integer(parts[1]), blocks)
    return hashlib.pbkdf2_hmac(digest, password.utf8, parts[0].content, iterations, size)


def _scrypt(parameters: Element, password: Password, budget: Budget, size: int) -> bytes:
    salt, *numbers = _exactly(parameters, 4)
    cost, block, parallel = (asn1.integer(number) for number in numbers)
    if min(cost, block, parallel) < 1 or 128 * cost * block > MAX_SCRYPT_MEMORY:
        raise UnsupportedError("scrypt parameters larger than is allowed")
    budget.take(cost * block * parallel)
    try:
        return hashlib.scrypt(
            password.utf8,
            salt=salt.content,
            n=cost,
            r=block,
            p=parallel,
            maxmem=2 * MAX_SCRYPT_MEMORY,
            dklen=size,
        )
    except ValueError:
        raise UnsupportedError("scrypt parameters that are not allowed") from None


def _rc2(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    try:
        return rc2.decrypt_cbc(key, iv, ciphertext)
    except ValueError as error:
        raise UnsupportedError(str(error)) from None


def _cbc(cipher: str, key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    if cipher == "aes":
        algorithm: algorithms.AES | TripleDES = algorithms.AES(key)
    else:
        algorithm = TripleDES(key if len(key) == 24 else key + key[:8])
    if len(iv) * 8 != algorithm.block_size or not ciphertext or len(ciphertext) % len(iv):
        raise Asn1Error("encrypted data of an impossible length")
    decryptor = Cipher(algorithm, modes.CBC(iv)).decryptor()
    return decryptor.update(ciphertext) + decryptor.finalize()


def _unpad(padded: bytes) -> bytes:
    count = padded[-1] if padded else 0
    if not 1 <= count <= 16 or padded[-count:] != bytes([count]) * count:
        raise PasswordError
    return padded[:-count]
