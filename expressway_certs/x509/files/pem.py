"""PEM (RFC 7468): the blocks of a text, found in one pass whatever stands around them, and decoded strictly."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from typing import Final

import attrs

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1
from expressway_certs.x509.files.text import PlainText

CERTIFICATE_LABELS: Final = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
PKCS7_LABELS: Final = frozenset({"PKCS7", "PKCS #7 SIGNED DATA", "CMS"})
PKCS12_LABELS: Final = frozenset({"PKCS12"})
"""Routers and firewalls export PKCS#12 so."""

REQUEST_LABELS: Final = frozenset({"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"})
CRL_LABELS: Final = frozenset({"X509 CRL"})

MAX_BLOCKS: Final = 10_000
MAX_BLOCK_BYTES: Final = 4 * 1024 * 1024

_BEGIN: Final = b"-----BEGIN "
_END: Final = b"-----END "
_DASHES: Final = b"-----"
_MAX_LABEL: Final = 64
_MARGIN: Final = 64
_SPACE: Final = b" \t\r\n\v\f"
_WIDTH: Final = 64
_START: Final = 4096

NO_END: Final = "no END line"


@attrs.frozen(kw_only=True)
class Boundary:
    """A BEGIN or END line: where its dashes start and end, and whether it has the line to itself."""

    start: int
    end: int
    is_begin: bool
    label: str
    is_own_line: bool


@attrs.frozen(kw_only=True)
class Block:
    """One PEM block of a text, numbered from 1, with the line that its BEGIN line is on.

    `fault` says in words what is wrong with its boundary lines, or is empty.
    """

    text: PlainText = attrs.field(repr=False)
    label: str
    number: int
    body: int
    body_end: int
    start: int
    fault: str = ""
    fault_at: int = 0

    def place(self, where: str, offset: int | None = None) -> str:
        """Where this block is, or a byte of it, for messages: "chain.pem, block 2, line 31"."""
        return self.place_of_line(where, self.text.line_at(self.start if offset is None else offset))

    def place_of_line(self, where: str, line: int) -> str:
        """Where a line of this block is, by its number in the whole text."""
        return f"{where}, block {self.number}, line {line}".removeprefix(", ")


def encode(der: bytes, label: str = "CERTIFICATE") -> str:
    """DER as a PEM block with lines of 64 characters and a final line feed (RFC 7468 section 2)."""
    base64 = binascii.b2a_base64(der, newline=False).decode("ascii")
    lines = [base64[i : i + _WIDTH] for i in range(0, len(base64), _WIDTH)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def blocks(text: PlainText, where: str = "") -> Iterator[Block]:
    """The blocks of a text in order, broken ones too. Raises `LoadError` beyond `MAX_BLOCKS`."""
    opening: Boundary | None = None
    number = 0
    for boundary in _boundaries(text.data):
        if boundary.is_begin or opening is None:
            number += 1
        if number > MAX_BLOCKS:
            raise _too_many(where)
        if boundary.is_begin:
            if opening is not None:
                yield _unclosed(text, opening, boundary.start, number - 1)
            opening = boundary
        elif opening is None:
            yield _unopened(text, boundary, number)
        else:
            yield _closed(text, opening, boundary, number)
            opening = None
    if opening is not None:
        yield _unclosed(text, opening, len(text.data), number)


def decode(block: Block, where: str = "", *, quote: bool = True) -> bytes:
    """What a block holds. Raises `LoadError` that names the line at fault; `quote=False` keeps its characters out."""
    if block.fault:
        raise LoadError(
            f"a {block.label} block with a broken frame",
            found=block.fault + _cut_off(block) * quote,
            where=block.place(where, block.fault_at),
            remedy="copy the block again, from its BEGIN line to its END line, each on a line of its own",
        )
    if block.body_end - block.body > MAX_BLOCK_BYTES:
        raise LoadError(
            f"a {block.label} block is too large",
            found=f"more than {MAX_BLOCK_BYTES // (1024 * 1024)} MiB of Base64",
            where=block.place(where),
            remedy="give the certificate file itself",
        )
    body = block.text.data[block.body : block.body_end]
    try:
        return base64_bytes(body)
    except binascii.Error:
        raise _broken_base64(block, body, where, quote=quote) from None


def start_of(block: Block) -> bytes:
    """The first bytes that a sound block holds, to tell by them what it is; none where it is broken there."""
    if block.fault:
        return b""
    compact = block.text.data[block.body : min(block.body_end, block.body + _START)].translate(None, _SPACE)
    try:
        return binascii.a2b_base64(compact[: len(compact) // 4 * 4], strict_mode=True)
    except binascii.Error:
        return b""


def _cut_off(block: Block) -> str:
    if block.fault != NO_END or block.body_end - block.body > MAX_BLOCK_BYTES:
        return ""
    compact = block.text.data[block.body : block.body_end].translate(None, _SPACE)
    if not compact:
        return ", and nothing after its BEGIN line"
    try:
        asn1.read(binascii.a2b_base64(compact[: len(compact) // 4 * 4], strict_mode=True))
    except asn1.CutOffError as error:
        return f", and only {error.there} of its {error.wanted} bytes: it is cut off"
    except (binascii.Error, asn1.Asn1Error):
        pass
    return ""


def base64_bytes(body: bytes) -> bytes:
    """Base64 in lines of any length to bytes. Raises `binascii.Error` for anything else in it."""
    return binascii.a2b_base64(body.translate(None, _SPACE), strict_mode=True)


def odd_line(block: Block) -> tuple[int, str] | None:
    """The first line of a block whose length sets it apart: its number, and that in words."""
    lines = block.text.data[block.body : block.body_end].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    widths = [len(line.strip(_SPACE)) for line in lines]
    numbered = [(i, width) for i, width in enumerate(widths) if width]
    if len(numbered) < 3:
        return None
    usual = max(set(widths) - {0}, key=widths.count)
    first_line = block.text.line_at(block.body)
    for i, width in numbered[:-1]:
        if width != usual:
            return first_line + i, f"line {first_line + i} has {width} characters where the others have {usual}"
    return None


def _boundaries(data: bytes) -> Iterator[Boundary]:
    begin, end = data.find(_BEGIN), data.find(_END)
    while begin >= 0 or end >= 0:
        is_begin = end < 0 or 0 <= begin < end
        start = begin if is_begin else end
        boundary = _boundary(data, start, is_begin=is_begin)
        if boundary is not None:
            yield boundary
        position = start + len(_END) if boundary is None else boundary.end
        if 0 <= begin < position:
            begin = data.find(_BEGIN, position)
        if 0 <= end < position:
            end = data.find(_END, position)


def _boundary(data: bytes, start: int, *, is_begin: bool) -> Boundary | None:
    label_start = start + (len(_BEGIN) if is_begin else len(_END))
    label_end = data.find(_DASHES, label_start, label_start + _MAX_LABEL)
    label = data[label_start:label_end]
    if label_end < 0 or not label.strip() or not label.isascii() or b"\n" in label or b"\r" in label:
        return None
    end = label_end + len(_DASHES)
    return Boundary(
        start=start,
        end=end,
        is_begin=is_begin,
        label=label.decode("ascii"),
        is_own_line=_starts_line(data, start) and _ends_line(data, end),
    )


def _starts_line(data: bytes, start: int) -> bool:
    margin = data[max(0, start - _MARGIN) : start].rstrip(b" \t")
    return margin.endswith((b"\n", b"\r")) or (not margin and start < _MARGIN)


def _ends_line(data: bytes, end: int) -> bool:
    margin = data[end : end + _MARGIN].lstrip(b" \t")
    return margin.startswith((b"\n", b"\r")) or (not margin and end + _MARGIN > len(data))


def _closed(text: PlainText, begin: Boundary, end: Boundary, number: int) -> Block:
    fault, fault_at = "", begin.start
    if begin.label != end.label:
        fault, fault_at = f"an END line of another kind ({end.label!r})", end.start
    elif not begin.is_own_line:
        fault = "other text on its BEGIN line"
    elif not end.is_own_line:
        fault, fault_at = "other text on its END line", end.start
    return Block(
        text=text,
        label=begin.label,
        number=number,
        body=begin.end,
        body_end=end.start,
        start=begin.start,
        fault=fault,
        fault_at=fault_at,
    )


def _unclosed(text: PlainText, begin: Boundary, end: int, number: int) -> Block:
    return Block(
        text=text,
        label=begin.label,
        number=number,
        body=begin.end,
        body_end=end,
        start=begin.start,
        fault=NO_END,
        fault_at=begin.start,
    )


def _unopened(text: PlainText, end: Boundary, number: int) -> Block:
    return Block(
        text=text,
        label=end.label,
        number=number,
        body=end.start,
        body_end=end.start,
        start=end.start,
        fault="an END line without a BEGIN line",
        fault_at=end.start,
    )


def _too_many(where: str) -> LoadError:
    return LoadError(
        "more in one file than is looked at",
        found=f"more than {MAX_BLOCKS} PEM blocks",
        where=where,
        remedy="split the collection into several files",
    )


def _broken_base64(block: Block, body: bytes, where: str, *, quote: bool) -> LoadError:
    offset, found = _fault_in(body, quote=quote)
    odd = odd_line(block)
    place = block.place(where, block.body + offset)
    if not found and odd is not None:
        place = block.place_of_line(where, odd[0])
    remedy = "copy the block again from its source; nothing of it may be missing or changed"
    found = found or (odd[1] if odd else "Base64 that is cut off before its end")
    return LoadError(f"the {block.label} block is damaged", found=found, where=place, remedy=remedy)


def _fault_in(body: bytes, *, quote: bool) -> tuple[int, str]:
    for offset, byte in _strangers(body):
        what = f"the character {chr(byte)!a}" if quote and 0x20 <= byte < 0x7F else "a character"
        return offset, f"{what} that is not Base64"
    padding = body.find(b"=")
    rest = body[padding:].translate(None, _SPACE + b"=") if padding >= 0 else b""
    if rest:
        return padding, "the end of the Base64 (=) in the middle of the block"
    return max(0, len(body.rstrip()) - 1), ""


def _strangers(body: bytes) -> Iterator[tuple[int, int]]:
    alphabet = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=" + _SPACE)
    for offset, byte in enumerate(body):
        if byte not in alphabet:
            yield offset, byte
            return
