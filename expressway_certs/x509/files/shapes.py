"""What kind of thing a piece of DER is, told by the shape of its outermost elements alone."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Final

from expressway_certs.x509.files import asn1
from expressway_certs.x509.files.asn1 import Element


class Shape(enum.Enum):
    """What DER can be here; the value is how it is called in a sentence."""

    CERTIFICATE = "a certificate"
    REQUEST = "a certificate request (CSR)"
    CRL = "a certificate revocation list (CRL)"
    PKCS7 = "a PKCS#7 file"
    PKCS12 = "a PKCS#12 file"
    PRIVATE_KEY = "a private key"
    ENCRYPTED_PRIVATE_KEY = "an encrypted private key"
    PUBLIC_KEY = "a public key"
    OCSP_RESPONSE = "an OCSP response"
    OTHER = "ASN.1 data of another kind"


_TIMES: Final = (asn1.UTC_TIME, asn1.GENERALIZED_TIME)
_PKCS7_OIDS: Final = bytes.fromhex("2a864886f70d0107")
# Nearly every certificate: two long sequences, an explicit version, the tag of a serial number. Thousands in a file
# are told so in a fraction of the time.
_starts_as_certificates_do: Final = re.compile(rb"\x30\x82..\x30\x82..\xa0\x03\x02\x01.\x02", re.DOTALL).match
_X, _I, _O, _B, _S = asn1.OID, asn1.INTEGER, asn1.OCTET_STRING, asn1.BIT_STRING, asn1.SEQUENCE


def shape(data: bytes) -> Shape | None:
    """What DER (or BER) at the start of the data is, also where its end is missing; None where it is no ASN.1."""
    if _starts_as_certificates_do(data):
        return Shape.CERTIFICATE
    try:
        outer = asn1.opened(data)
    except asn1.Asn1Error:
        return None
    if outer.tag != asn1.SEQUENCE:
        return None
    parts = asn1.first(outer, 1) or _cut_part(outer, outer.body)
    if not parts:
        return None
    return _of_signed(outer, parts[0]) if parts[0].tag == _S else _of_plain(_first_parts(outer))


def _first_parts(outer: Element) -> list[Element]:
    parts = asn1.first(outer, 4)
    return parts if len(parts) == 4 else parts + _cut_part(outer, parts[-1].end if parts else outer.body)


def _cut_part(outer: Element, position: int) -> list[Element]:
    # Where the file is cut off inside a part, that part is looked at as far as it goes.
    try:
        return [asn1.opened(outer.data[position : min(outer.body_end, position + 65536)])]
    except asn1.Asn1Error:
        return []


def _of_plain(parts: list[Element]) -> Shape:
    tags = tuple(part.tag for part in parts)
    if tags[0] == _X and parts[0].content.startswith(_PKCS7_OIDS):
        return Shape.PKCS7
    if tags[0] == asn1.ENUMERATED:
        return Shape.OCSP_RESPONSE
    if tags[0] != _I:
        return Shape.OTHER
    if tags[1:3] == (_S, _O) or tags[1:2] == (_O,) or tags == (_I, _I, _I, _I):
        return Shape.PRIVATE_KEY
    if tags[1:2] == (_S,) and _starts_with_pkcs7(parts[1]):
        return Shape.PKCS12
    return Shape.PUBLIC_KEY if tags == (_I, _I) and parts[0].body_end - parts[0].body > 32 else Shape.OTHER


def _of_signed(outer: Element, signed: Element) -> Shape:
    inner = tuple(part.tag for part in asn1.first(signed, 4))
    if inner[:1] == (_X,):
        second = asn1.first(outer, 2)[1:]
        by_second = {_O: Shape.ENCRYPTED_PRIVATE_KEY, _B: Shape.PUBLIC_KEY}
        return by_second.get(second[0].tag if second else 0, Shape.OTHER)
    for match, result in _SIGNED:
        if match(inner):
            return result
    return Shape.OTHER


def _is_certificate(tags: tuple[int, ...]) -> bool:
    rest = tags[1:] if tags[:1] == (0xA0,) else tags
    # A version makes it a certificate at once; version 1 has none, so that the start of it has to match.
    if tags[:2] == (0xA0, _I):
        return True
    return rest[:4] == (_I, _S, _S, _S)


def _is_request(tags: tuple[int, ...]) -> bool:
    return tags[:3] == (_I, _S, _S) and tags[3:4] in ((), (0xA0,))


def _is_crl(tags: tuple[int, ...]) -> bool:
    rest = tags[1:] if tags[:1] == (_I,) else tags
    return rest[:2] == (_S, _S) and rest[2:3] != () and rest[2] in _TIMES


_SIGNED: Final[tuple[tuple[Callable[[tuple[int, ...]], bool], Shape], ...]] = (
    (_is_crl, Shape.CRL),
    (_is_certificate, Shape.CERTIFICATE),
    (_is_request, Shape.REQUEST),
)


def _starts_with_pkcs7(element: Element) -> bool:
    inner = asn1.first(element, 1)
    return bool(inner) and inner[0].tag == _X and inner[0].content.startswith(_PKCS7_OIDS)
