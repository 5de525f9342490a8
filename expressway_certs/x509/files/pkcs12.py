"""PKCS#12 (RFC 7292): its certificates, in the order of the file. Its private keys are never decrypted.

`cryptography` opens these files too, but it decrypts the key with them, and takes as many rounds of key
derivation as the file asks for, also where the count is hidden inside what is encrypted: a file of two kilobytes
holds a process for hours. Here the work is counted before it is done, and the key is left alone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Final

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1, pbe
from expressway_certs.x509.files.asn1 import Asn1Error, Element
from expressway_certs.x509.files.pbe import Budget, Password, PasswordError, UnsupportedError

_DATA: Final = bytes.fromhex("2a864886f70d010701")
_ENCRYPTED_DATA: Final = bytes.fromhex("2a864886f70d010706")
_BAG: Final = bytes.fromhex("2a864886f70d010c0a01")
_KEY_BAG, _SHROUDED_KEY_BAG, _CERTIFICATE_BAG, _SAFE_BAG = 1, 2, 3, 6
_X509: Final = bytes.fromhex("2a864886f70d01091601")
_PBMAC1: Final = bytes.fromhex("2a864886f70d01050e")
_DIGESTS: Final = {
    bytes.fromhex("2b0e03021a"): "sha1",
    bytes.fromhex("608648016503040204"): "sha224",
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
MAX_BYTES: Final = 4 * 1024 * 1024
"""The largest PKCS#12 file that is opened: several copies of it are held on the way."""

_MAX_BAGS: Final = 10_000
_MAX_NESTING: Final = 4


def certificates(data: bytes, *, password: bytes | str | None = None, where: str = "") -> tuple[bytes, ...]:
    """The certificates of a PKCS#12 file as DER, perhaps none.

    Raises `LoadError` where the password is missing or wrong, the file is broken, or opening it would take more
    work than `pbe.MAX_ITERATIONS` allows.
    """
    if len(data) > MAX_BYTES:
        raise _refused(f"more than {MAX_BYTES // (1024 * 1024)} MiB", where)
    try:
        return tuple(_certificates(asn1.read(data), password))
    except PasswordError:
        raise _locked(password, where) from None
    except UnsupportedError as error:
        raise _refused(str(error), where) from None
    except Asn1Error as error:
        raise _refused(str(error), where, broken=True) from None


def _locked(password: bytes | str | None, where: str) -> LoadError:
    if not password:
        return LoadError(
            "the PKCS#12 file is locked",
            found="a PKCS#12 file that needs a password",
            where=where,
            remedy="give the password it was exported with",
        )
    return LoadError(
        "the PKCS#12 file does not open",
        found="a PKCS#12 file with another password than the one given, or a damaged one",
        where=where,
        remedy="check the password, upper and lower case too, or export the file again",
    )


def _refused(found: str, where: str, *, broken: bool = False) -> LoadError:
    return LoadError(
        "the PKCS#12 file is broken" if broken else "the PKCS#12 file cannot be opened here",
        found=f"a broken PKCS#12 file ({found})" if broken else f"a PKCS#12 file with {found}",
        where=where,
        remedy="export it again" if broken else "take the certificates out with: openssl pkcs12 -nokeys -in FILE",
    )


def _certificates(outer: Element, given: bytes | str | None) -> Iterator[bytes]:
    parts = asn1.first(outer, 3)
    if len(parts) < 2:
        raise Asn1Error("it is cut off")
    # The length of the whole is looked at here: a file that lost its end would otherwise look like a wrong password.
    safe = _data_content(parts[1])
    budget = Budget()
    password = _fitting(parts[2] if len(parts) > 2 else None, safe, given, budget)
    for content_info in asn1.children(asn1.read(safe)):
        yield from _from_content(content_info, password, budget)


def _from_content(info: Element, password: tuple[Password, ...], budget: Budget) -> Iterator[bytes]:
    kind = asn1.first(info, 1)
    if not kind:
        raise Asn1Error("an empty part")
    if kind[0].content == _DATA:
        yield from _from_bags(_data_content(info), 0)
    elif kind[0].content == _ENCRYPTED_DATA:
        yield from _from_bags(_decrypted(info, password, budget), 0)


def _data_content(info: Element) -> bytes:
    kind, content = _two(info)
    if kind.content != _DATA:
        raise UnsupportedError("protection by a key, not by a password")
    inner = asn1.first(content, 1)
    if not inner or inner[0].tag & ~0x20 != asn1.OCTET_STRING:
        raise Asn1Error("a part without content")
    return asn1.octets(inner[0])


def _two(element: Element) -> list[Element]:
    parts = asn1.first(element, 2)
    if len(parts) != 2:
        raise Asn1Error("a part that is cut off")
    return parts


def _decrypted(info: Element, candidates: tuple[Password, ...], budget: Budget) -> bytes:
    _, content = _two(info)
    _, encrypted = _two(asn1.first(content, 1)[0]) if asn1.first(content, 1) else _two(content)
    parts = asn1.first(encrypted, 3)
    if len(parts) < 3 or parts[2].tag & ~0x20 != 0x80:
        raise Asn1Error("an encrypted part without content")
    ciphertext = asn1.octets(parts[2])
    for password in candidates:
        try:
            plain = pbe.decrypt(parts[1], ciphertext, password, budget)
            asn1.read(plain)
        except (PasswordError, Asn1Error):
            continue
        return plain
    raise PasswordError


def _from_bags(data: bytes, nesting: int) -> Iterator[bytes]:
    for count, bag in enumerate(asn1.children(asn1.read(data))):
        if count > _MAX_BAGS or nesting > _MAX_NESTING:
            raise UnsupportedError("more bags than are looked at")
        kind, value = _two(bag)
        if kind.content[:-1] != _BAG:
            continue
        if kind.content[-1] == _CERTIFICATE_BAG:
            yield from _from_certificate_bag(value)
        elif kind.content[-1] == _SAFE_BAG:
            yield from _from_bags(value.content, nesting + 1)


def _from_certificate_bag(value: Element) -> Iterator[bytes]:
    inner = asn1.first(value, 1)
    kind, certificate = _two(inner[0]) if inner else _two(value)
    if kind.content == _X509:
        octets = asn1.first(certificate, 1)
        if octets:
            yield asn1.octets(octets[0])


def _fitting(mac: Element | None, safe: bytes, given: bytes | str | None, budget: Budget) -> tuple[Password, ...]:
    candidates = pbe.passwords(given)
    if mac is None:
        return candidates
    fitting = tuple(candidate for candidate in candidates if _mac_fits(mac, safe, candidate, budget))
    if not fitting:
        raise PasswordError
    return fitting


def _mac_fits(mac: Element, safe: bytes, password: Password, budget: Budget) -> bool:
    parts = asn1.first(mac, 3)
    if len(parts) < 2:
        raise Asn1Error("a MAC that is cut off")
    algorithm, value = _two(parts[0])
    identifier = asn1.first(algorithm, 2)
    if not identifier:
        raise Asn1Error("a MAC without algorithm")
    if identifier[0].content == _PBMAC1 and len(identifier) > 1:
        return _pbmac1_fits(identifier[1], value.content, safe, password, budget)
    digest = _DIGESTS.get(identifier[0].content)
    if digest is None:
        raise UnsupportedError("a MAC that is not known here")
    # Plain Python derives here, which is dearer than PBKDF2 in C.
    iterations = budget.take(asn1.integer(parts[2]) if len(parts) > 2 else 1, 2)
    size = hashlib.new(digest).digest_size
    key = pbe.pkcs12_key(digest, password.bmp, parts[1].content[:1024], iterations, size, pbe.MAC_KEY)
    return hmac.compare_digest(hmac.digest(key, safe, digest), value.content)


def _pbmac1_fits(parameters: Element, value: bytes, safe: bytes, password: Password, budget: Budget) -> bool:
    kdf, scheme = _two(parameters)
    oid = asn1.first(scheme, 1)
    digest = pbe.HMACS.get(oid[0].content) if oid else None
    if digest is None:
        raise UnsupportedError("a MAC that is not known here")
    key = pbe.key_from(kdf, password, budget, hashlib.new(digest).digest_size)
    return hmac.compare_digest(hmac.digest(key, safe, digest), value)
