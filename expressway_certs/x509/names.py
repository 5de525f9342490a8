"""Distinguished names: how they print, and how OpenSSL compares them.

OpenSSL compares names by a canonical encoding (case, spaces and most string types do not count),
which is neither the byte compare of the DER nor RFC 5280 §7.1 in full.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from expressway_certs.x509 import der

_ENCODINGS = {
    der.UTF8_STRING: "utf-8",
    der.NUMERIC_STRING: "latin-1",
    der.PRINTABLE_STRING: "latin-1",
    der.T61_STRING: "latin-1",
    der.IA5_STRING: "latin-1",
    der.VISIBLE_STRING: "latin-1",
    der.UNIVERSAL_STRING: "utf-32-be",
    der.BMP_STRING: "utf-16-be",
}
# What OpenSSL takes for text in a name (its ASN1_PRINTABLE): VisibleString and GeneralString are not among it,
# some types that no standard assigns are.
_READABLE = _ENCODINGS.keys() - {der.VISIBLE_STRING} | {der.BIT_STRING, der.SEQUENCE, 7, 8, 9, 11, 13, 14, 15, 29}
# OpenSSL leaves NumericString out of the types that it folds.
_FOLDED = _ENCODINGS.keys() - {der.NUMERIC_STRING}
_SPACE = b" \t\n\v\f\r"

COMMON_NAME = der.oid("2.5.4.3")
EMAIL_ADDRESS = der.oid("1.2.840.113549.1.9.1")

_LABELS = {
    COMMON_NAME: "CN",
    der.oid("2.5.4.4"): "SN",
    der.oid("2.5.4.5"): "serialNumber",
    der.oid("2.5.4.6"): "C",
    der.oid("2.5.4.7"): "L",
    der.oid("2.5.4.8"): "ST",
    der.oid("2.5.4.9"): "street",
    der.oid("2.5.4.10"): "O",
    der.oid("2.5.4.11"): "OU",
    der.oid("2.5.4.12"): "title",
    der.oid("2.5.4.15"): "businessCategory",
    der.oid("2.5.4.17"): "postalCode",
    der.oid("2.5.4.42"): "GN",
    der.oid("2.5.4.97"): "organizationIdentifier",
    der.oid("0.9.2342.19200300.100.1.1"): "UID",
    der.oid("0.9.2342.19200300.100.1.25"): "DC",
    EMAIL_ADDRESS: "emailAddress",
    der.oid("1.3.6.1.4.1.311.60.2.1.1"): "jurisdictionL",
    der.oid("1.3.6.1.4.1.311.60.2.1.2"): "jurisdictionST",
    der.oid("1.3.6.1.4.1.311.60.2.1.3"): "jurisdictionC",
}

TypeValue = tuple[bytes, int, bytes]


def attributes(name: bytes) -> list[list[TypeValue]]:
    """Return the RDNs of a DER name, each a list of (attribute OID, string tag, string octets)."""
    return [_rdn(name[start:stop]) for _, start, _, stop in der.sequence(name)]


def _rdn(encoded: bytes) -> list[TypeValue]:
    content, stop = der.expect(encoded, 0, len(encoded), der.SET)
    return [_attribute(encoded[start:end]) for _, start, _, end in der.children(encoded, content, stop)]


def _attribute(entry: bytes) -> TypeValue:
    content, stop = der.expect(entry, 0, len(entry), der.SEQUENCE)
    kind, kind_end = der.expect(entry, content, stop, der.OID)
    tag, value, value_end = der.read(entry, kind_end, stop)
    if value_end != stop:
        msg = "more than a type and a value in a name"
        raise der.DerError(msg)
    return entry[kind:kind_end], tag, entry[value:value_end]


@lru_cache(maxsize=16_384)
def check(name: bytes) -> None:
    """Raise `DerError` where OpenSSL could not read a DER name: its string types, and the text in them."""
    _, stop = der.expect(name, 0, len(name), der.SEQUENCE)
    if stop != len(name):
        msg = "more than a name"
        raise der.DerError(msg)
    for rdn in attributes(name):
        for kind, tag, octets in rdn:
            der.dotted(kind)
            der.check(der.encode(tag, octets))
            if tag not in _READABLE or not _decodes(tag, octets):
                msg = "a name with text that cannot be read"
                raise der.DerError(msg)


def _decodes(tag: int, octets: bytes) -> bool:
    try:
        octets.decode(_ENCODINGS.get(tag, "latin-1"))
    except UnicodeError:
        return False
    # Outside of the Basic Multilingual Plane there is nothing in a BMPString.
    return tag != der.BMP_STRING or not any(octet & 0xF8 == 0xD8 for octet in octets[::2])  # noqa: PLR2004 - surrogates


def is_text(tag: int) -> bool:
    """Whether OpenSSL can make UTF-8 of the strings of that type."""
    return tag in _ENCODINGS


def text(tag: int, octets: bytes) -> str:
    """Return the text of a directory string; octets that do not decode are shown, not refused."""
    return octets.decode(_ENCODINGS.get(tag, "latin-1"), errors="replace")


@lru_cache(maxsize=16_384)
def canonical(name: bytes) -> bytes:
    """Return the form by which OpenSSL compares a DER name; the empty name gives no bytes.

    A prefix of the form is the form of a prefix, which is what directory name constraints compare.
    """
    return b"".join(_canonical_rdn(name[start:stop]) for _, start, _, stop in der.sequence(name))


@lru_cache(maxsize=4096)
def _canonical_rdn(encoded: bytes) -> bytes:
    entries = [_canonical_entry(*entry) for entry in _rdn(encoded)]
    return der.encode(der.SET, b"".join(sorted(entries))) if entries else b""


def _canonical_entry(kind: bytes, tag: int, octets: bytes) -> bytes:
    if tag in _FOLDED:
        # OpenSSL would not load a certificate whose name does not decode; only the same octets then count as the same.
        with suppress(UnicodeError):
            octets, tag = fold(octets.decode(_ENCODINGS[tag]).encode()), der.UTF8_STRING
    return der.encode(der.SEQUENCE, der.encode(der.OID, kind) + der.encode(tag, octets))


def fold(octets: bytes) -> bytes:
    """Return ``octets`` in lower case (ASCII), trimmed, with each run of white space as one space."""
    words = octets.translate(_SPACES).split(b" ")
    return b" ".join(word for word in words if word).lower()


_SPACES = bytes.maketrans(_SPACE, b" " * len(_SPACE))


@lru_cache(maxsize=16_384)
def display(name: bytes) -> str:
    """Return a DER name as people read it, in the certificate's own order: ``O=Example, CN=Example Root CA``.

    Special characters are escaped as in RFC 4514 §2.4; an unknown attribute shows as its dotted OID.
    """
    return ", ".join("+".join(_display_entry(*entry) for entry in rdn) for rdn in attributes(name))


def _display_entry(kind: bytes, tag: int, octets: bytes) -> str:
    label = _LABELS.get(kind) or der.oid_text(kind)
    return f"{label}={_escaped(text(tag, octets))}"


def _escaped(value: str) -> str:
    escaped = "".join(f"\\{char}" if char in ',+"\\<>;' else char for char in value)
    if escaped.startswith(("#", " ")):
        escaped = f"\\{escaped}"
    return escaped


def values(name: bytes, kind: bytes) -> list[tuple[int, bytes]]:
    """Return (string tag, octets) of every attribute of type ``kind`` in a DER name, in order."""
    return [(tag, octets) for rdn in attributes(name) for oid, tag, octets in rdn if oid == kind]


def attribute_count(name: bytes) -> int:
    """Return how many attributes a DER name has."""
    return sum(map(len, attributes(name)))
