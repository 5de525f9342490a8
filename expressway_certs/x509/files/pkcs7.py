"""PKCS#7 (RFC 2315, RFC 5652) as a bag of certificates and CRLs, in DER or BER; signatures are not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1
from expressway_certs.x509.files.asn1 import Asn1Error, Element

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_CERTIFICATES: Final = 0xA0
_CRLS: Final = 0xA1


def certificates(data: bytes, where: str = "") -> tuple[bytes, ...]:
    """The certificates of a PKCS#7 file in its order, perhaps none. Raises `LoadError` where it is broken."""
    return _bag(data, _CERTIFICATES, where)


def crls(data: bytes, where: str = "") -> tuple[bytes, ...]:
    """The CRLs of a PKCS#7 file in its order, perhaps none. Raises `LoadError` where it is broken."""
    return _bag(data, _CRLS, where)


def _bag(data: bytes, tag: int, where: str) -> tuple[bytes, ...]:
    try:
        signed = _signed_data(asn1.read(data))
        return tuple(child.whole for child in _inside(signed, tag) if child.tag == asn1.SEQUENCE)
    except Asn1Error as error:
        raise LoadError(
            "the PKCS#7 file is broken",
            found=str(error),
            where=where,
            remedy="export it again, as PEM (Base-64) certificates if the tool can",
        ) from None


def _signed_data(outer: Element) -> Element:
    parts = list(asn1.children(outer))
    if not parts or parts[0].content != _SIGNED_DATA:
        raise Asn1Error("PKCS#7 of a kind that holds no certificates (not signedData)")
    content = next((part for part in parts if part.tag == _CERTIFICATES), None)
    inner = asn1.first(content, 1) if content else []
    if not inner:
        raise Asn1Error("PKCS#7 signedData that is empty")
    return inner[0]


def _inside(signed: Element, tag: int) -> Iterator[Element]:
    for part in asn1.children(signed):
        if part.tag == tag:
            yield from asn1.children(part)
