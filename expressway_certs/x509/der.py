"""Reading DER as slices: where each value starts and ends, and nothing copied that is not asked for.

Only what a certificate needs (X.690): definite lengths, and tag numbers up to 30 told apart.
Whatever else the bytes hold ends in `DerError`, which never leaves the ``x509`` package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OID = 0x06
ENUMERATED = 0x0A
UTF8_STRING = 0x0C
NUMERIC_STRING = 0x12
PRINTABLE_STRING = 0x13
T61_STRING = 0x14
IA5_STRING = 0x16
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
VISIBLE_STRING = 0x1A
UNIVERSAL_STRING = 0x1C
BMP_STRING = 0x1E
SEQUENCE = 0x30
SET = 0x31

# Context-specific tags: one of these | the number in brackets.
PRIMITIVE = 0x80
CONSTRUCTED = 0xA0

_LONG_FORM = 0x80
_SIGN = 0x80
_HIGH_TAG = 0x1F
_MAX_LENGTH_BYTES = 4
# The work of writing an identifier in decimal grows with the square of its length.
_MAX_DOTTED = 64


class DerError(ValueError):
    """The bytes are not the DER that was expected."""


def read(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Return (tag, content start, content end) of the value at ``start``; `DerError` if there is none."""
    if start + 2 > end:
        msg = "a value is cut off"
        raise DerError(msg)
    tag = data[start]
    if tag & _HIGH_TAG == _HIGH_TAG:
        start = _last_tag_byte(data, start + 1, end)
    length = data[start + 1]
    content = start + 2
    if length >= _LONG_FORM:
        count = length - _LONG_FORM
        if not 0 < count <= _MAX_LENGTH_BYTES or content + count > end:
            msg = "a length that is indefinite, too long or cut off"
            raise DerError(msg)
        length = int.from_bytes(data[content : content + count], "big")
        content += count
    if content + length > end:
        msg = "a value is longer than what holds it"
        raise DerError(msg)
    return tag, content, content + length


def _last_tag_byte(data: bytes, start: int, end: int) -> int:
    """Pass over the further bytes of a tag number above 30, whose number nobody here asks for."""
    while start + 1 < end:
        if not data[start] & _LONG_FORM:
            return start
        start += 1
    msg = "a value is cut off"
    raise DerError(msg)


def expect(data: bytes, start: int, end: int, tag: int) -> tuple[int, int]:
    """Return (content start, content end) of the value at ``start``, which must have ``tag``."""
    content = start + 2
    # Nearly always the value is short, and another call costs more than this.
    if content <= end and data[start] == tag and tag & _HIGH_TAG != _HIGH_TAG:
        stop = content + data[start + 1]
        if data[start + 1] < _LONG_FORM and stop <= end:
            return content, stop
    found, content, stop = read(data, start, end)
    if found != tag:
        msg = f"tag {found:#04x} where {tag:#04x} belongs"
        raise DerError(msg)
    return content, stop


def children(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (tag, value start, content start, value end) for every value between ``start`` and ``end``."""
    while start < end:
        tag, content, stop = read(data, start, end)
        yield tag, start, content, stop
        start = stop


def sequence(value: bytes, tag: int = SEQUENCE) -> Iterator[tuple[int, int, int, int]]:
    """Yield the members of the constructed value that ``value`` starts with."""
    content, stop = expect(value, 0, len(value), tag)
    return children(value, content, stop)


def encode(tag: int, content: bytes) -> bytes:
    """Return ``content`` as one DER value under ``tag``."""
    length = len(content)
    if length < _LONG_FORM:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, _LONG_FORM | size)) + length.to_bytes(size, "big") + content


def boolean(content: bytes) -> bool:
    """Return what the content of a BOOLEAN says (X.690 §8.2)."""
    if len(content) != 1:
        msg = "a boolean that is not one octet"
        raise DerError(msg)
    return content != b"\0"


def integer(content: bytes) -> int:
    """Return the number in the content of an INTEGER (X.690 §8.3), which must not be padded."""
    if not content:
        msg = "an empty integer"
        raise DerError(msg)
    if len(content) > 1 and (content[0] == 0 or _is_padding(content)) and not (content[0] ^ content[1]) & _SIGN:
        msg = "a padded integer"
        raise DerError(msg)
    return int.from_bytes(content, "big", signed=True)


def _is_padding(content: bytes) -> bool:
    # OpenSSL takes 0xff before nothing but zeros for a part of the number.
    return content[0] == 0xFF and any(content[1:])  # noqa: PLR2004 - all ones


def bit_string(content: bytes) -> bytes:
    """Return the octets of a BIT STRING, its unused bits cleared (X.690 §8.6)."""
    if not content or content[0] > 7:  # noqa: PLR2004 - bits in an octet
        msg = "a malformed bit string"
        raise DerError(msg)
    unused, octets = content[0], content[1:]
    if unused and octets:
        octets = octets[:-1] + bytes((octets[-1] & (0xFF << unused & 0xFF),))
    return octets


def named_bits(content: bytes) -> int:
    """Return a named bit list as a number whose bit ``n`` is named bit ``n``."""
    bits = 0
    for place, octet in enumerate(bit_string(content)):
        for bit in range(8):
            if octet & (0x80 >> bit):
                bits |= 1 << (place * 8 + bit)
    return bits


def dotted(oid: bytes) -> str:
    """Return the content of an OBJECT IDENTIFIER as ``1.2.840.113549`` (X.690 §8.19); a very long one in hex."""
    if not oid or oid[-1] & _LONG_FORM or _starts_arc_with_zeros(oid):
        msg = "a malformed object identifier"
        raise DerError(msg)
    if len(oid) > _MAX_DOTTED:
        return _hexadecimal(oid)
    arcs: list[int] = []
    number = 0
    for octet in oid:
        number = number << 7 | (octet & 0x7F)
        if not octet & _LONG_FORM:
            arcs.append(number)
            number = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


_starts_arc_with_zeros = re.compile(rb"(?:^|[\0-\x7f])\x80", re.DOTALL).search


def oid_text(oid: bytes) -> str:
    """Return `dotted` of any octets: what is no OBJECT IDENTIFIER comes in hexadecimal."""
    try:
        return dotted(oid)
    except DerError:
        return _hexadecimal(oid)


def _hexadecimal(oid: bytes) -> str:
    return f"0x{oid.hex()}"


def oid(text: str) -> bytes:
    """Return the content octets of the OBJECT IDENTIFIER written as ``text``."""
    first, second, *rest = (int(part) for part in text.split("."))
    octets = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | _LONG_FORM)
        octets += bytes(reversed(groups))
    return bytes(octets)


def null(content: bytes) -> None:
    """Make sure that the content of a NULL is empty (X.690 §8.8)."""
    if content:
        msg = "a NULL that holds something"
        raise DerError(msg)


_VALUES: dict[int, Callable[[bytes], object]] = {
    BOOLEAN: boolean,
    INTEGER: integer,
    ENUMERATED: integer,
    BIT_STRING: bit_string,
    NULL: null,
    OID: dotted,
}


def check(value: bytes) -> int:
    """Make sure that ``value`` is one value, well-formed where its tag says what it is; return its tag."""
    tag, content, stop = read(value, 0, len(value))
    if stop != len(value):
        msg = "more than one value"
        raise DerError(msg)
    if tag in _VALUES:
        _VALUES[tag](value[content:stop])
    return tag
