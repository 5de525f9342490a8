"""Which attribute types of a distinguished name OpenSSL knows by name; it prints any other as a number."""

from __future__ import annotations

from typing import Final

from expressway_certs.x509 import der, names

_NAMED: Final[dict[str, tuple[range, ...]]] = {
    "2.5.4": (range(3, 55), range(65, 66), range(72, 73), range(97, 101)),
    "0.9.2342.19200300.100.1": (range(1, 16), range(20, 32), range(37, 57)),
    "1.2.840.113549.1.9": (range(1, 10), range(14, 17), range(20, 22)),
    "1.3.6.1.4.1.311.60.2.1": (range(1, 4),),
    "1.3.6.1.4.1.311.20.2": (range(2, 4),),
    "1.3.6.1.5.5.7.9": (range(1, 6),),
    "1.2.643.100": (range(1, 2), range(3, 4), range(5, 6), range(111, 114)),
    "1.2.643.3.131.1": (range(1, 2),),
}
"""The arcs in which attribute types lie, and the numbers in them that OpenSSL 3.0 has a name for."""


def is_named(oid: str) -> bool:
    """Whether OpenSSL has a name for an attribute type, given as a dotted OID."""
    arc, _, last = oid.rpartition(".")
    return last.isdigit() and any(int(last) in numbers for numbers in _NAMED.get(arc, ()))


def unnamed_attributes(name: bytes) -> tuple[str, ...]:
    """Return the dotted OIDs of the attributes in a DER name that OpenSSL prints as numbers, each once."""
    oids = (der.oid_text(kind) for rdn in names.attributes(name) for kind, _, _ in rdn)
    return tuple(dict.fromkeys(oid for oid in oids if not is_named(oid)))
