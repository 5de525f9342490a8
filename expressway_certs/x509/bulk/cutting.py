"""A leaf cut in the quickest way: what its kind shares in one key, what is its own by where it stands.

Two certificates with the same key have the same signature algorithm, the same issuer, and the same
extensions, but for the values of their subject key identifier and subject alternative names. That holds
once one certificate with that key was read in full and `is_at_borders` says that the cuts are at the
borders of its extensions: the pieces between are then whole extensions in any certificate that has them.
"""

from __future__ import annotations

from typing import NamedTuple

from expressway_certs.x509 import der, extensions

Key = tuple[bytes, ...]
Pieces = tuple[Key, bytes, int, int, int, int, int, int, int, int]

# Version 3, and the tag of the serial number, where a certificate of usual length has them.
_VERSION_3 = b"\xa0\x03\x02\x01\x02\x02"
_VERSION_AT = 8
_SERIAL_AT = 15
LONG, _ONE_BYTE, _TWO_BYTES = 0x80, 0x81, 0x82
COUNT = 0x7F
# Two UTCTimes, by the length and by the first of them.
_UTC_TIMES = b"\x30\x1e\x17\x0d"
VALIDITY_LENGTH = 32
_EXTENSIONS = 0xA3

# An Extension with a subject key identifier of 20 bytes (RFC 5280 §4.2.1.2), up to the identifier.
_SUBJECT_KEY = b"\x30\x1d\x06\x03\x55\x1d\x0e\x04\x16\x04\x14"
SUBJECT_KEY_HEAD = len(_SUBJECT_KEY)
_SUBJECT_KEY_LENGTH = SUBJECT_KEY_HEAD + 20
_ALTERNATIVE = b"\x06\x03\x55\x1d\x11"
_CRITICAL = b"\x01\x01\xff"


class Cut(NamedTuple):
    """Where the pieces of a leaf begin; ``subject_key`` and ``names`` are 0 where the extension is absent.

    The public key ends at ``listed_at``, the subject alternative names' extension at ``names_end``, what is
    signed at ``end``.
    """

    key: Key
    serial: bytes
    validity: int
    public_key: int
    listed_at: int
    first_extension: int
    subject_key: int
    names: int
    names_end: int
    end: int


def cut_leaf(data: bytes) -> Cut | None:
    """Cut a certificate that looks as nearly all leaves do; None for any other."""
    found = pieces(data)
    return None if found is None else Cut._make(found)


def pieces(data: bytes) -> Pieces | None:
    """Return the members of a `Cut`, which takes a while to make.

    The lengths are believed as they stand: what is cut is a certificate, and cut at its borders, if the
    strict parser takes the whole. Who builds on a cut asks that parser, before or after.
    """
    try:
        if not data.startswith(_VERSION_3, _VERSION_AT) or not data[1] == data[5] == _TWO_BYTES:
            return None
        algorithm = _SERIAL_AT + data[_SERIAL_AT - 1]
        issuer = algorithm + 2 + data[algorithm + 1]
        # Names are nearly always short, so is an EC key, and a call costs more than this.
        length = data[issuer + 1]
        validity = issuer + 2 + length if length < LONG else _after(data, issuer)
        subject = validity + VALIDITY_LENGTH
        length = data[subject + 1]
        public_key = subject + 2 + length if length < LONG else _after(data, subject)
        length = data[public_key + 1]
        listed_at = public_key + 2 + length if length < LONG else _after(data, public_key)
        if (
            not data.startswith(_UTC_TIMES, validity)
            or data[listed_at] != _EXTENSIONS
            # Above zero, as a strict parser wants it.
            or not (0 < data[_SERIAL_AT] < LONG or (data[_SERIAL_AT] == 0 and data[_SERIAL_AT + 1] >= LONG))
        ):
            return None
        end = _VERSION_AT + (data[6] << 8 | data[7])
        start = _inside(data, _inside(data, listed_at))
        oid = data.find(_ALTERNATIVE, start, end)
        if oid < 0:
            names = names_end = 0
        elif data[oid - 2] == der.SEQUENCE and data[oid - 1] < LONG:
            names, names_end = oid - 2, oid + data[oid - 1]
        else:
            names, names_end = _long_alternative(data, oid)
    except IndexError:
        return None
    ours = data.find(_SUBJECT_KEY, start, end)
    after = ours + _SUBJECT_KEY_LENGTH
    shared = data[algorithm:validity]
    key: Key
    if ours < 0:
        ours = 0
        key = (shared, data[start:names], data[names_end:end]) if names else (shared, data[start:end])
    elif not names:
        key = (shared, data[start:ours], data[after:end])
    elif after <= names:
        key = (shared, data[start:ours], data[after:names], data[names_end:end])
    elif names_end <= ours:
        key = (shared, data[start:names], data[names_end:ours], data[after:end])
    else:
        return None
    if names_end > end:
        return None
    serial = data[_SERIAL_AT:algorithm]
    return key, serial, validity, public_key, listed_at, start, ours, names, names_end, end


def _inside(data: bytes, at: int) -> int:
    """Return where the content of the value at ``at`` begins."""
    length = data[at + 1]
    return at + 2 if length < LONG else at + 2 + (length & COUNT)


def _after(data: bytes, at: int) -> int:
    """Return where the value at ``at`` ends."""
    length = data[at + 1]
    if length < LONG:
        return at + 2 + length
    if length == _ONE_BYTE:
        return at + 3 + data[at + 2]
    if length == _TWO_BYTES:
        return at + 4 + (data[at + 2] << 8 | data[at + 3])
    raise IndexError


def opened(data: bytes, at: int, tag: int, end: int) -> int:
    """Return where the content begins of the value at ``at``; 0 if it lacks the tag or does not end at ``end``."""
    if data[at] != tag:
        return 0
    length = data[at + 1]
    start = at + 2
    if length == _TWO_BYTES:
        length = data[at + 2] << 8 | data[at + 3]
        start = at + 4
    elif length == _ONE_BYTE:
        length = data[at + 2]
        start = at + 3
    elif length >= LONG:
        return 0
    return start if start + length == end else 0


def _long_alternative(data: bytes, oid: int) -> tuple[int, int]:
    """Return where the subject alternative names' extension begins and ends whose OID is at ``oid``, if it is long."""
    length = data[oid - 1]
    if data[oid - 2] == _ONE_BYTE and data[oid - 3] == der.SEQUENCE:
        return oid - 3, oid + length
    if data[oid - 3] == _TWO_BYTES and data[oid - 4] == der.SEQUENCE:
        return oid - 4, oid + (data[oid - 2] << 8 | length)
    raise IndexError


def alternative_names(data: bytes, at: int, end: int) -> int:
    """Return where the first of the subject alternative names begins whose extension is there; 0: it is malformed."""
    # Nearly always short and not critical. A strict parser, which is asked too, vouches for the OCTET STRING around.
    if data[at + 9] == der.SEQUENCE and data[at + 10] == end - at - 11:
        return at + 11
    at = data.index(_ALTERNATIVE, at) + len(_ALTERNATIVE)
    if data[at : at + 3] == _CRITICAL:
        at += 3
    at = opened(data, at, der.OCTET_STRING, end)
    return at and opened(data, at, der.SEQUENCE, end)


def is_at_borders(data: bytes, cut: Cut) -> bool:
    """Whether the cuts of a certificate are at the borders of its extensions."""
    try:
        listed = [(start, stop) for _, start, _, stop in der.children(data, cut.first_extension, cut.end)]
    except der.DerError:
        return False
    holes = []
    if cut.subject_key:
        holes.append((cut.subject_key, cut.subject_key + _SUBJECT_KEY_LENGTH))
    if cut.names:
        holes.append((cut.names, cut.names_end))
    return all(hole in listed for hole in holes)


_NAMES = (
    extensions.EMAIL,
    extensions.DNS,
    extensions.URI,
    extensions.IP,
)
IS_PLAIN_NAME = bytes(tag in _NAMES for tag in range(256))


def are_plain_names(data: bytes, at: int, end: int) -> bool:
    """Whether mailboxes, DNS names, URIs and IP addresses, all of them short, fill the bytes from ``at`` to ``end``.

    Not from 0: no certificate begins with a name.
    """
    while at < end:
        length = data[at + 1]
        if not IS_PLAIN_NAME[data[at]] or length >= LONG:
            return False
        at += 2 + length
    return at == end
