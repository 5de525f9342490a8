"""Text as editors and mail programs save it, brought to plain bytes that PEM can be found in."""

from __future__ import annotations

import codecs
from typing import Final

import attrs

_CHUNK: Final = 65536
_SAMPLE: Final = 512
_UTF8_BOM: Final = codecs.BOM_UTF8


@attrs.frozen(kw_only=True)
class PlainText:
    """Text as bytes of one-byte characters or UTF-8, and how it was saved ("", "UTF-16" or "a byte order mark")."""

    data: bytes = attrs.field(repr=False)
    saved_as: str = ""

    def line_at(self, offset: int) -> int:
        """The number of the line, from 1, that the byte at `offset` is in."""
        ending = b"\n" if b"\n" in self.data else b"\r"
        return self.data.count(ending, 0, offset) + 1


def plain_text(data: bytes) -> PlainText:
    """Take off a byte order mark and turn UTF-16, with or without one, into one-byte characters."""
    encoding = _utf16(data)
    if encoding:
        return PlainText(data=_from_utf16(data, encoding), saved_as="UTF-16")
    if data.startswith(_UTF8_BOM):
        return PlainText(data=data[len(_UTF8_BOM) :], saved_as="a byte order mark")
    return PlainText(data=data)


def _utf16(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = data[:_SAMPLE]
    if len(sample) >= 8 and _mostly_zero(sample[1::2]) and _printable(sample[0::2]):
        return "utf-16-le"
    if len(sample) >= 8 and _mostly_zero(sample[0::2]) and _printable(sample[1::2]):
        return "utf-16-be"
    return ""


def _mostly_zero(sample: bytes) -> bool:
    return sample.count(0) * 10 >= len(sample) * 9


def _printable(sample: bytes) -> bool:
    return sum(byte >= 0x20 or byte in b"\t\r\n" for byte in sample) * 10 >= len(sample) * 9


def _from_utf16(data: bytes, encoding: str) -> bytes:
    # Windows-1252 keeps the dashes that mail programs make; the rest of the non-ASCII characters is only looked past.
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    parts = bytearray()
    for start in range(0, len(data), _CHUNK):
        last = start + _CHUNK >= len(data)
        text = decoder.decode(data[start : start + _CHUNK], last)
        parts += text.removeprefix("\ufeff").encode("cp1252", "replace")
    return bytes(parts)
