"""Certificates in Base64 without BEGIN and END lines, among whatever else: in JSON, in XML, in a mail.

The DER states its own length, so that it is known where the Base64 ends; nothing is guessed.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from expressway_certs.x509.files import asn1
from expressway_certs.x509.files.shapes import Shape, shape

_MAX_STARTS: Final = 2000
_MAX_BASE64: Final = 64 * 1024
# A SEQUENCE of 256 to 65,535 bytes whose first member is one too.
_START: Final = re.compile(rb"(?<![A-Za-z0-9+/_-])MI[I-L][A-Za-z0-9+/_-]{2}[DTjz]C")
_PIECE: Final = re.compile(rb"[A-Za-z0-9+/_\s-]+")
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_SPACE: Final = b" \t\r\n\v\f"


def certificates(text: bytes) -> tuple[bytes, ...]:
    """Every certificate that is there to the byte, as DER; none where any that starts is not whole."""
    found: list[bytes] = []
    position = 0
    for _ in range(_MAX_STARTS):
        start = _START.search(text, position)
        if start is None:
            return tuple(found)
        piece = _PIECE.match(text, start.start(), start.start() + _MAX_BASE64)
        der, used = _first(piece[0]) if piece else (b"", 0)
        if not der:
            return ()
        found.append(der)
        position = start.start() + used
    return ()


def _first(piece: bytes) -> tuple[bytes, int]:
    compact = piece.translate(_URL_SAFE, _SPACE)
    try:
        head = binascii.a2b_base64(compact[:8])
        needed = -(-(4 + int.from_bytes(head[2:4], "big")) * 4 // 3)
        base64 = compact[:needed]
        decoded = binascii.a2b_base64(base64 + b"=" * (-len(base64) % 4), strict_mode=True)
        whole = asn1.read(decoded).whole
    except (binascii.Error, asn1.Asn1Error):
        return b"", 0
    return (whole, _length_of(piece[: 4 * needed], needed)) if shape(whole) is Shape.CERTIFICATE else (b"", 0)


def _length_of(piece: bytes, characters: int) -> int:
    """How much of a piece holds so many characters of Base64."""
    low, high = characters, len(piece)
    while low < high:
        middle = (low + high) // 2
        if len(piece[:middle].translate(None, _SPACE)) < characters:
            low = middle + 1
        else:
            high = middle
    return low
