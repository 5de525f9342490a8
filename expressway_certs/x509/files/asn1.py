"""A small reader of ASN.1 tags and lengths (X.690), enough to say what a file is and to walk its outer layers.

It never recurses and never copies; forms of indefinite length (BER) are followed to their end within a budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 50_000


class Asn1Error(Exception):
    """Bytes that are no ASN.1 at the place looked at. Never leaves the files package."""


class CutOffError(Asn1Error):
    """An element that says it is longer than what is there."""

    def __init__(self, wanted: int, there: int) -> None:
        super().__init__(f"{there} of {wanted} bytes are there")
        self.wanted = wanted
        self.there = there


@attrs.frozen(kw_only=True)
class Element:
    """One element inside `data`: its tag, and where it starts, where its content starts and ends, and where it ends."""

    data: bytes = attrs.field(repr=False)
    tag: int
    start: int
    body: int
    body_end: int
    end: int

    @property
    def content(self) -> bytes:
        """The bytes inside, without tag and length."""
        return self.data[self.body : self.body_end]

    @property
    def whole(self) -> bytes:
        """The bytes from its tag to its end."""
        return self.data[self.start : self.end]

    @property
    def is_constructed(self) -> bool:
        """Whether it is made of elements."""
        return bool(self.tag & 0x20)


def read(data: bytes, start: int = 0, limit: int | None = None) -> Element:
    """The element at `start`. Raises `CutOffError` where it is longer than the data, `Asn1Error` where it is none."""
    limit = len(data) if limit is None else limit
    tag, body, length = _header(data, start, limit)
    if length is None:
        body_end = _end_of_contents(data, body, limit)
        return Element(data=data, tag=tag, start=start, body=body, body_end=body_end, end=body_end + 2)
    if length > limit - body:
        raise CutOffError(wanted=body + length - start, there=limit - start)
    return Element(data=data, tag=tag, start=start, body=body, body_end=body + length, end=body + length)


def children(parent: Element) -> Iterator[Element]:
    """The elements inside a constructed one, in order."""
    position = parent.body
    for _ in range(MAX_ELEMENTS):
        if position >= parent.body_end:
            return
        child = read(parent.data, position, parent.body_end)
        yield child
        position = child.end
    raise Asn1Error(f"more than {MAX_ELEMENTS} elements")


def first(parent: Element, count: int) -> list[Element]:
    """The first children, at most `count`, as far as they can be read."""
    found: list[Element] = []
    try:
        for child in children(parent):
            found.append(child)
            if len(found) == count:
                break
    except Asn1Error:
        pass
    return found


def opened(data: bytes) -> Element:
    """The element at the start of the data, cut down to what is there where it is cut off."""
    try:
        return read(data)
    except CutOffError:
        tag, body, _ = _header(data, 0, len(data))
        return Element(data=data, tag=tag, start=0, body=body, body_end=len(data), end=len(data))


def octets(element: Element) -> bytes:
    """The value of an OCTET STRING, joined where BER has it in pieces (X.690 8.7)."""
    if not element.is_constructed:
        return element.content
    return b"".join(_pieces(element))


def integer(element: Element) -> int:
    """The value of an INTEGER; one longer than eight bytes is refused, no count is that long."""
    if element.tag != INTEGER or not 0 < element.body_end - element.body <= 8:
        raise Asn1Error("no small INTEGER")
    return int.from_bytes(element.content, "big", signed=True)


def _pieces(element: Element) -> Iterator[bytes]:
    for piece in children(element):
        if piece.is_constructed:
            raise Asn1Error("an OCTET STRING in pieces of pieces")
        yield piece.content


def _header(data: bytes, start: int, limit: int) -> tuple[int, int, int | None]:
    if limit - start < 2:
        raise CutOffError(wanted=2, there=limit - start)
    tag, length = data[start], data[start + 1]
    if tag & 0x1F == 0x1F:
        raise Asn1Error("a tag of more than one byte")
    body = start + 2
    if length < 0x80:
        return tag, body, length
    if length == 0x80:
        if not tag & 0x20:
            raise Asn1Error("indefinite length on a primitive element")
        return tag, body, None
    size = length & 0x7F
    if size > 8:
        raise Asn1Error("a length of more than eight bytes")
    if limit - body < size:
        raise CutOffError(wanted=2 + size, there=limit - start)
    return tag, body + size, int.from_bytes(data[body : body + size], "big")


def _end_of_contents(data: bytes, position: int, limit: int) -> int:
    depth = 1
    for _ in range(MAX_ELEMENTS):
        if data[position : position + 2] == b"\0\0":
            depth -= 1
            if depth == 0:
                return position
            position += 2
            continue
        _, body, length = _header(data, position, limit)
        if length is None:
            depth += 1
            if depth > MAX_DEPTH:
                raise Asn1Error(f"nested more than {MAX_DEPTH} deep")
            position = body
        elif length > limit - body:
            raise CutOffError(wanted=body + length - position, there=limit - position)
        else:
            position = body + length
    raise Asn1Error(f"more than {MAX_ELEMENTS} elements")
