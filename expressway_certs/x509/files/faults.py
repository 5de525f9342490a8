"""What OpenSSL stumbles over in PEM although every byte of the certificate is there."""

from __future__ import annotations

import re
from typing import Final

from expressway_certs.x509.files import pem
from expressway_certs.x509.files.contents import Contents
from expressway_certs.x509.files.shapes import Shape


def problems_of(found: Contents, kind: Shape = Shape.CERTIFICATE) -> tuple[str, ...]:
    """The faults of a file whose certificates, or whatever else is its ``kind``, can be read: a few words for each."""
    if found.packing != "PEM" or found.text is None:
        return ()
    problems = [saved_as(found), "bytes that are no text (NUL)" if b"\0" in found.text.data else ""]
    problems += dict.fromkeys(f"the label {item.other_label!r} on it" for item in found.items if item.other_label)
    data = found.text.data
    blocks = [item.block for item in found.items if item.block and item.shape is kind]
    problems += [name for name, is_so in _FAULTS if any(is_so(data, block) for block in blocks)]
    return tuple(filter(None, problems))


def saved_as(found: Contents) -> str:
    """How the text was saved, where that is a fault, or nothing."""
    text = found.text
    if text is None or not text.saved_as:
        return ""
    if text.saved_as == "UTF-16":
        return "two bytes for each character (UTF-16)"
    # A byte order mark hurts only where the BEGIN line is the first: OpenSSL passes over other text.
    return "a byte order mark before the BEGIN line" if text.data.startswith(b"-----BEGIN ") else ""


def _has_lone_returns(data: bytes, block: pem.Block) -> bool:
    start = max(0, block.start - 1)
    return data.find(b"\r", start, block.body_end) >= 0 and bool(_LONE_RETURN.search(data, start, block.body_end))


def _is_indented(data: bytes, block: pem.Block) -> bool:
    return any(at and data[at - 1 : at] not in {b"\n", b"\r"} for at in (block.start, block.body_end))


def _has_blank_lines(data: bytes, block: pem.Block) -> bool:
    # One right after the BEGIN line does no harm.
    return any(data.find(blank, block.body + 2, block.body_end) >= 0 for blank in (b"\n\n", b"\n\r\n"))


_LONE_RETURN: Final = re.compile(rb"\r[^\r\n]")
_FAULTS: Final = (
    ("lone carriage returns for line breaks", _has_lone_returns),
    ("spaces before the BEGIN or END line", _is_indented),
    ("blank lines inside a block", _has_blank_lines),
)
