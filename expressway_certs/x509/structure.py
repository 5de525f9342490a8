"""What OpenSSL's parser refuses in a certificate although its pieces are all there: mostly a letter that was changed.

`Certificate` takes such a certificate, for the judge to say what is wrong with it; a product that OpenSSL reads
the file for does not. This is about the files alone and has no part in a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from expressway_certs.x509 import der
from expressway_certs.x509.gate import is_sound
from expressway_certs.x509.public_key import public_key_info
from expressway_certs.x509.slices import Reader, Slices, cut

# The types that OpenSSL takes in a name (ASN1_PRINTABLE): text, bit strings, and what has no type there.
_IN_NAMES: Final = frozenset(
    {der.BIT_STRING, *range(7, 16), der.SEQUENCE, 0x12, 0x13, 0x14, der.IA5_STRING, der.UNIVERSAL_STRING, 0x1D}
    | {der.BMP_STRING}
)
# In an OBJECT IDENTIFIER: this octet is not the last of its number. None starts with it alone (X.690 §8.19.2).
_MORE: Final = 0x80
_NULL: Final = 0x05
# The mark of an end, a boolean, and an empty value in the form of a constructed one.
_NO_PARAMETERS: Final = frozenset({0x00, 0x01, 0x25})
_ENCODINGS: Final = {der.UTF8_STRING: "utf-8", der.UNIVERSAL_STRING: "utf-32-be"}
_KEYS: Final = (der.oid("1.2.840.113549.1.1.1"), der.oid("1.2.840.10045.2.1"))


def refused(certificate: bytes) -> str:
    """What OpenSSL does not read in a DER certificate, in words; nothing where it reads all.

    A broken public key gets past its parser, but not past its command.
    """
    # Cut here and let go, for a file may hold thousands.
    slices = cut(certificate)
    for whose, name in (("issuer", slices.issuer), ("subject", slices.subject)):
        if not _is_readable_name(name):
            return f"its {whose} name cannot be read"
    if _is_unreadable_key(slices.public_key_info):
        return "its public key cannot be read"
    if is_sound(certificate):
        return ""
    return next((what for what, is_whole in _pieces(slices) if not is_whole), "")


@lru_cache(maxsize=1024)
def _is_readable_name(name: bytes) -> bool:
    try:
        parts = Reader(name, 0, len(name)).inside(der.SEQUENCE)
        while parts.tag is not None:
            values = parts.inside(der.SET)
            while values.tag is not None:
                if not _is_readable_value(values.inside(der.SEQUENCE)):
                    return False
    except der.DerError:
        return False
    return True


def _is_readable_value(fields: Reader) -> bool:
    kind, tag = fields.content(der.OID), fields.tag or 0
    octets = fields.content(tag)
    fields.finish()
    return _is_identifier(kind) and _is_readable(tag, octets)


def _is_readable(tag: int, octets: bytes) -> bool:
    if tag in _ENCODINGS:
        return _decodes(octets, _ENCODINGS[tag])
    if tag == der.BIT_STRING:
        return _is_bit_string(octets)
    return tag in _IN_NAMES and not (tag == der.BMP_STRING and len(octets) % 2)


def _decodes(octets: bytes, encoding: str) -> bool:
    try:
        octets.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _is_identifier(oid: bytes) -> bool:
    starts = (oid[:1], *(oid[at + 1 : at + 2] for at in range(len(oid) - 1) if oid[at] < _MORE))
    return bool(oid) and oid[-1] < _MORE and bytes((_MORE,)) not in starts


def _is_unreadable_key(info: bytes) -> bool:
    # Of algorithms that are not known here OpenSSL may still know what it makes of them.
    return any(oid in info[:32] for oid in _KEYS) and public_key_info(info) is None


def _pieces(slices: Slices) -> Iterator[tuple[str, bool]]:
    yield "its serial number cannot be read", slices.serial[:1] not in {b"\x00", b"\xff"} or _is_short(slices.serial)
    times = b"".join(der.encode(*time) for time in (slices.not_before, slices.not_after))
    yield "its validity cannot be read", der.encode(der.SEQUENCE, times) in slices.tbs
    yield (
        "its signature algorithm cannot be read",
        all(map(_is_algorithm, (slices.inner_algorithm, slices.outer_algorithm))),
    )
    yield "its public key cannot be read", _is_key(slices.public_key_info)
    yield "its signature cannot be read", _is_bit_string(slices.signature)


def _is_short(integer: bytes) -> bool:
    return len(integer) == 1 or (integer[0] ^ integer[1]) & 0x80 != 0


def _is_algorithm(encoded: bytes) -> bool:
    try:
        fields = Reader(encoded, 0, len(encoded)).inside(der.SEQUENCE)
        oid = fields.content(der.OID)
        tag = fields.tag
        content = b"" if tag is None else fields.content(tag)
        fields.finish()
    except der.DerError:
        return False
    return _is_identifier(oid) and tag not in _NO_PARAMETERS and not (tag == _NULL and content)


def _is_key(encoded: bytes) -> bool:
    try:
        fields = Reader(encoded, 0, len(encoded)).inside(der.SEQUENCE)
        algorithm, bits = fields.whole(der.SEQUENCE), fields.content(der.BIT_STRING)
        fields.finish()
    except der.DerError:
        return False
    return _is_algorithm(algorithm) and _is_bit_string(bits)


def _is_bit_string(content: bytes) -> bool:
    return bool(content) and content[0] <= 7  # noqa: PLR2004 - bits in an octet
