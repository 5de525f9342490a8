"""Extensions whose form counts though their content is not asked for: resources (RFC 3779) and proxies (RFC 3820).

OpenSSL reads them with a certificate's others; where one is malformed the whole certificate is invalid.
"""

from __future__ import annotations

from collections.abc import Callable

from expressway_certs.x509 import der
from expressway_certs.x509.slices import Reader


def proxy_certificate_info(value: bytes) -> bytes:
    """Return the policy language of a proxyCertInfo (RFC 3820 §3.8), an OID; `DerError` where it is malformed."""
    fields = _outer(value)
    if fields.tag == der.INTEGER:
        der.integer(fields.content(der.INTEGER))
    policy = fields.inside(der.SEQUENCE)
    fields.finish()
    language = policy.content(der.OID)
    der.dotted(language)
    if policy.tag is not None:
        policy.content(der.OCTET_STRING)
    policy.finish()
    return language


def address_blocks(value: bytes) -> None:
    """Read an ipAddrBlocks (RFC 3779 §2.2.3); `DerError` where it is malformed."""
    families = _outer(value)
    while families.tag is not None:
        family = families.inside(der.SEQUENCE)
        family.content(der.OCTET_STRING)
        _read_choice(family, der.BIT_STRING, der.bit_string)


def autonomous_systems(value: bytes) -> None:
    """Read an autonomousSysIds (RFC 3779 §3.2.3); `DerError` where it is malformed."""
    fields = _outer(value)
    for number in (0, 1):
        if fields.tag == der.CONSTRUCTED | number:
            _read_choice(fields.inside(der.CONSTRUCTED | number), der.INTEGER, der.integer)
    fields.finish()


def _outer(value: bytes) -> Reader:
    return Reader(value, 0, len(value)).inside(der.SEQUENCE)


def _read_choice(fields: Reader, tag: int, check: Callable[[bytes], object]) -> None:
    """Read "inherit", or a list of single values and ranges."""
    if fields.tag == der.NULL:
        der.null(fields.content(der.NULL))
    else:
        listed = fields.inside(der.SEQUENCE)
        while listed.tag is not None:
            _read_item(listed, tag, check)
    fields.finish()


def _read_item(listed: Reader, tag: int, check: Callable[[bytes], object]) -> None:
    if listed.tag == tag:
        check(listed.content(tag))
        return
    ends = listed.inside(der.SEQUENCE)
    check(ends.content(tag))
    check(ends.content(tag))
    ends.finish()
