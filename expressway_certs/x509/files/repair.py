"""PEM that mail programs, editors and copying have spoilt, put right where nothing has to be guessed.

What comes out is only what decodes in full: the length that the DER states has to be there to the byte.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

import attrs

from expressway_certs.x509.files import asn1, bare, pkcs7
from expressway_certs.x509.files.shapes import Shape, shape

MAX_REPAIR_BYTES: Final = 1024 * 1024
_MAX_FRAMES: Final = 2000

LONG_DASHES: Final = "dashes on the BEGIN or END line that are not five hyphens"
LOST_BREAKS: Final = "line breaks around the BEGIN or END line that were lost"
NO_BEGIN: Final = "a missing BEGIN line"
NO_END: Final = "a missing END line"
ESCAPED: Final = "line breaks that are written as \\n"
INVISIBLE: Final = "invisible characters"
QUOTED: Final = "the quotation marks of a forwarded mail"
RUN_TOGETHER: Final = "several certificates in one block"
BARE: Final = "no BEGIN and END lines"
LOWER_CASE: Final = "a BEGIN or END line that is not in capitals"
SPACES: Final = "spaces in the BEGIN or END line that do not belong there"
OTHER_END: Final = "an END line of another kind than the BEGIN line"
PADDING: Final = "a wrong number of = at the end of the Base64"
HEADERS: Final = "header lines after the BEGIN line"

_INVISIBLE: Final = (
    b"\xc2\xa0",
    b"\xc2\xad",
    b"\xe2\x80\x8b",
    b"\xe2\x80\x8c",
    b"\xe2\x80\x8d",
    b"\xe2\x81\xa0",
    b"\xef\xbb\xbf",
)
# Hyphens, and the dashes of Unicode and of Windows-1252 that stand for them.
_DASH: Final = rb"(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92|\xef\xbc\x8d|\xef\xb9\xa3|[\x96\x97])"
_FRAME: Final = re.compile(
    rb"(" + _DASH + rb"{1,12})[ \t]?(BEGIN|END)[ \t]{1,4}"
    rb"((?:X509 |TRUSTED )?CERTIFICATE|PKCS7)[ \t]?(" + _DASH + rb"{1,12})",
    re.IGNORECASE,
)
_UNKNOWN: Final = (None, Shape.OTHER)
_SPACE: Final = b" \t\r\n\v\f"
_JOINED: Final = re.compile(rb"-----END [A-Z0-9 ]{1,40}-----(?=-----BEGIN )")
_HEADERS: Final = re.compile(rb"\s*(?:[A-Za-z][A-Za-z0-9-]{0,40}:[^\n]*\n(?:[ \t]+[^\n]*\n)*)+[ \t]*\n")
_BASE64_LINE: Final = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_AFTER_PADDING: Final = re.compile(rb"(?<==)(?=[^=])")


@attrs.frozen
class Repaired:
    """The certificates that came out whole, and what had to be put right. Bare ones had no frame at all."""

    ders: tuple[bytes, ...]
    problems: tuple[str, ...]
    is_bare: bool = False


@attrs.frozen
class _Frame:
    is_begin: bool
    start: int
    end: int
    label: bytes


def repair(data: bytes) -> Repaired | None:
    """Put right what can be; None where any certificate of the text stays broken, or there is none."""
    if len(data) > MAX_REPAIR_BYTES:
        return None
    text, problems = _cleaned(data)
    matches = list(_FRAME.finditer(text))
    if not matches:
        alone = bare.certificates(text)
        return Repaired(alone, (*problems, BARE), is_bare=True) if alone else None
    if len(matches) > _MAX_FRAMES:
        return None
    problems += _frame_problems(text, matches)
    frames = [_Frame(match[2].upper() == b"BEGIN", match.start(), match.end(), match[3].upper()) for match in matches]
    found: list[bytes] = []
    for body, fault in _bodies(text, frames):
        ders = _certificates(body, problems)
        if ders is None:
            return None
        found += ders
        problems += [fault] * bool(fault) + [RUN_TOGETHER] * (len(ders) > 1)
    return Repaired(tuple(found), tuple(dict.fromkeys(problems))) if found and problems else None


def _cleaned(data: bytes) -> tuple[bytes, list[str]]:
    problems: list[str] = []
    text = data
    if b"\\n" in text:
        text = text.replace(b"\\r\\n", b"\n").replace(b"\\n", b"\n").replace(b"\\/", b"/")
        problems.append(ESCAPED)
    for character in _INVISIBLE:
        if character in text:
            text = text.replace(character, b"")
            problems.append(INVISIBLE)
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if _JOINED.search(text):
        text = _JOINED.sub(rb"\g<0>\n", text)
        problems.append(LOST_BREAKS)
    unquoted = re.sub(rb"(?m)^[ \t]?(?:>[ \t]?){1,5}", b"", text)
    if unquoted != text:
        problems.append(QUOTED)
    return unquoted, problems


def _frame_problems(text: bytes, matches: list[re.Match[bytes]]) -> list[str]:
    problems = []
    if any(match[1] != b"-----" or match[4] != b"-----" for match in matches):
        problems.append(LONG_DASHES)
    if any(match[0] != match[1] + match[2] + b" " + match[3] + match[4] for match in matches):
        problems.append(SPACES)
    if any(not (match[2] + match[3]).isupper() for match in matches):
        problems.append(LOWER_CASE)
    if not all(_is_alone(text, match.start(), match.end()) for match in matches):
        problems.append(LOST_BREAKS)
    return problems


def _is_alone(text: bytes, start: int, end: int) -> bool:
    before = text[max(0, start - 16) : start].rstrip(b" \t")
    after = text[end : end + 16].lstrip(b" \t")
    return (not before or before.endswith(b"\n")) and (not after or after.startswith(b"\n"))


def _bodies(text: bytes, frames: list[_Frame]) -> Iterator[tuple[bytes, str]]:
    previous_end = 0
    opened: _Frame | None = None
    for frame in frames:
        between = text[previous_end : frame.start]
        if opened:
            other = OTHER_END if frame.label != opened.label else ""
            yield (_first_lines(between), NO_END) if frame.is_begin else (between, other)
        elif not frame.is_begin:
            yield _last_lines(between), NO_BEGIN
        opened = frame if frame.is_begin else None
        previous_end = frame.end
    if opened:
        yield _first_lines(text[previous_end:]), NO_END


def _first_lines(text: bytes) -> bytes:
    kept: list[bytes] = []
    for line in text.strip().split(b"\n"):
        if not _BASE64_LINE.fullmatch(line.strip()):
            break
        kept.append(line)
    return b"\n".join(kept)


def _last_lines(text: bytes) -> bytes:
    kept: list[bytes] = []
    for line in reversed(text.strip().split(b"\n")):
        if not _BASE64_LINE.fullmatch(line.strip()):
            break
        kept.append(line)
    return b"\n".join(reversed(kept))


def _certificates(body: bytes, problems: list[str]) -> list[bytes] | None:
    headers = _HEADERS.match(body)
    if headers:
        problems.append(HEADERS)
    parts = _AFTER_PADDING.split(body[headers.end() if headers else 0 :].translate(None, _SPACE))
    if any(len(part) % 4 for part in parts):
        problems.append(PADDING)
    try:
        decoded = b"".join(map(_decoded, parts))
        if shape(decoded) is Shape.PKCS7:
            return list(pkcs7.certificates(decoded))
        return list(_in_a_row(decoded))
    except (binascii.Error, asn1.Asn1Error, ValueError):
        return None


def _decoded(base64: bytes) -> bytes:
    # Padding that was lost says nothing that the length in the DER does not say again.
    return binascii.a2b_base64(base64.rstrip(b"=") + b"=" * (-len(base64.rstrip(b"=")) % 4), strict_mode=True)


def _in_a_row(decoded: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(decoded):
        element = asn1.read(decoded, position)
        kind = shape(element.whole)
        if kind is not Shape.CERTIFICATE:
            # What OpenSSL puts behind a trusted certificate, a SEQUENCE of its own, is no part of it.
            if position and element.end == len(decoded) and element.tag == asn1.SEQUENCE and kind in _UNKNOWN:
                return
            raise asn1.Asn1Error("no certificate")
        yield element.whole
        position = element.end
