"""The values of the extensions that a verdict looks at (RFC 5280 §4.2), decoded from their DER.

Every decoder raises `DerError` for a value that is not what the RFC says; what that means is the
caller's affair: OpenSSL marks the whole certificate invalid, a property shows nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn

import attrs

from expressway_certs.x509 import der, names
from expressway_certs.x509.slices import Reader

SUBJECT_KEY_IDENTIFIER = der.oid("2.5.29.14")
KEY_USAGE = der.oid("2.5.29.15")
SUBJECT_ALT_NAME = der.oid("2.5.29.17")
ISSUER_ALT_NAME = der.oid("2.5.29.18")
BASIC_CONSTRAINTS = der.oid("2.5.29.19")
CRL_NUMBER = der.oid("2.5.29.20")
CRL_REASON = der.oid("2.5.29.21")
DELTA_CRL = der.oid("2.5.29.27")
ISSUING_DISTRIBUTION_POINT = der.oid("2.5.29.28")
CERTIFICATE_ISSUER = der.oid("2.5.29.29")
NAME_CONSTRAINTS = der.oid("2.5.29.30")
CRL_DISTRIBUTION_POINTS = der.oid("2.5.29.31")
CERTIFICATE_POLICIES = der.oid("2.5.29.32")
POLICY_MAPPINGS = der.oid("2.5.29.33")
AUTHORITY_KEY_IDENTIFIER = der.oid("2.5.29.35")
POLICY_CONSTRAINTS = der.oid("2.5.29.36")
EXTENDED_KEY_USAGE = der.oid("2.5.29.37")
INHIBIT_ANY_POLICY = der.oid("2.5.29.54")
AUTHORITY_INFO_ACCESS = der.oid("1.3.6.1.5.5.7.1.1")
IP_ADDRESS_BLOCKS = der.oid("1.3.6.1.5.5.7.1.7")
AS_NUMBERS = der.oid("1.3.6.1.5.5.7.1.8")
PROXY_CERT_INFO = der.oid("1.3.6.1.5.5.7.1.14")
OCSP_NO_CHECK = der.oid("1.3.6.1.5.5.7.48.1.5")
NETSCAPE_CERT_TYPE = der.oid("2.16.840.1.113730.1.1")

_CA_ISSUERS = der.oid("1.3.6.1.5.5.7.48.2")
_OCSP = der.oid("1.3.6.1.5.5.7.48.1")

# GeneralName tags (RFC 5280 §4.2.1.6).
OTHER_NAME = 0xA0
EMAIL = 0x81
DNS = 0x82
X400 = 0xA3
DIRECTORY = 0xA4
EDI_PARTY = 0xA5
URI = 0x86
IP = 0x87
REGISTERED_ID = 0x88

_GENERAL_NAME_TAGS = frozenset({OTHER_NAME, EMAIL, DNS, X400, DIRECTORY, EDI_PARTY, URI, IP, REGISTERED_ID})

_DIRECTORY_STRINGS = frozenset(
    {der.PRINTABLE_STRING, der.T61_STRING, der.BMP_STRING, der.UNIVERSAL_STRING, der.UTF8_STRING}
)

# Certificates of one CA have the same values over and over.
_REMEMBERED = 1024


@attrs.frozen
class GeneralName:
    """One general name: its context tag and its content (for a directory name the whole DER name)."""

    tag: int
    value: bytes
    type_id: bytes = b""
    """For another name (`OTHER_NAME`): the OID of its kind; ``value`` is then the value's DER."""


@attrs.frozen
class BasicConstraints:
    """Whether the subject is a CA, and how many CAs may follow (None: no limit)."""

    is_ca: bool
    path_length: int | None


@attrs.frozen(kw_only=True)
class AuthorityKeyIdentifier:
    """Which key signed: by identifier, by issuer and serial number, or both."""

    key_identifier: bytes | None
    issuer: tuple[GeneralName, ...]
    serial: bytes | None


@attrs.frozen(kw_only=True)
class Subtree:
    """One name constraint; ``plain`` is false where minimum or maximum is used."""

    base: GeneralName
    plain: bool


@attrs.frozen
class NameConstraints:
    """Permitted and excluded subtrees (RFC 5280 §4.2.1.10)."""

    permitted: tuple[Subtree, ...]
    excluded: tuple[Subtree, ...]


@lru_cache(maxsize=_REMEMBERED)
def basic_constraints(value: bytes) -> BasicConstraints:
    """Decode basicConstraints; a negative path length is refused, as OpenSSL does."""
    fields = _members(value)
    is_ca = fields.tag == der.BOOLEAN and der.boolean(fields.content(der.BOOLEAN))
    path_length = der.integer(fields.content(der.INTEGER)) if fields.tag == der.INTEGER else None
    fields.finish()
    if path_length is not None and path_length < 0:
        _refuse("basicConstraints")
    return BasicConstraints(is_ca, path_length)


@lru_cache(maxsize=_REMEMBERED)
def named_bits(value: bytes) -> int:
    """Decode keyUsage or another named bit list; bit ``n`` of the number is named bit ``n``."""
    return der.named_bits(_only(value).content(der.BIT_STRING))


@lru_cache(maxsize=_REMEMBERED)
def object_identifiers(value: bytes) -> tuple[str, ...]:
    """Decode a sequence of OIDs (extendedKeyUsage) to dotted text."""
    fields = _members(value)
    found = []
    while fields.tag is not None:
        found.append(der.dotted(fields.content(der.OID)))
    return tuple(found)


def octet_string(value: bytes) -> bytes:
    """Decode an OCTET STRING (subjectKeyIdentifier)."""
    return _only(value).content(der.OCTET_STRING)


def integer(value: bytes) -> int:
    """Decode an INTEGER (a CRL number)."""
    return der.integer(_only(value).content(der.INTEGER))


def enumerated(value: bytes) -> int:
    """Decode an ENUMERATED (a CRL entry's reason)."""
    return der.integer(_only(value).content(der.ENUMERATED))


def general_names(value: bytes) -> tuple[GeneralName, ...]:
    """Decode a sequence of general names (subjectAltName)."""
    return names_in(_members(value))


def names_in(fields: Reader) -> tuple[GeneralName, ...]:
    """Take general names until there are no more."""
    found = []
    while fields.tag is not None:
        found.append(_name(fields))
    return tuple(found)


def _name(fields: Reader) -> GeneralName:
    tag = fields.tag
    if tag not in _GENERAL_NAME_TAGS:
        _refuse("a general name")
    value = fields.content(tag)
    if tag == OTHER_NAME:
        return _other_name(_only(value))
    if tag == DIRECTORY:
        names.check(value)
    elif tag == EDI_PARTY:
        _check_edi_party(_only(value))
    elif tag == REGISTERED_ID:
        der.dotted(value)
    return GeneralName(tag, value)


def _other_name(fields: Reader) -> GeneralName:
    kind = fields.content(der.OID)
    der.dotted(kind)
    value = fields.content(der.CONSTRUCTED | 0)
    fields.finish()
    der.check(value)
    return GeneralName(OTHER_NAME, value, kind)


def _check_edi_party(fields: Reader) -> None:
    for number in (0, 1):
        if number or fields.tag == der.CONSTRUCTED:
            value = fields.content(der.CONSTRUCTED | number)
            if der.check(value) not in _DIRECTORY_STRINGS:
                _refuse("an EDI party name")
    fields.finish()


@lru_cache(maxsize=_REMEMBERED)
def authority_key_identifier(value: bytes) -> AuthorityKeyIdentifier:
    """Decode authorityKeyIdentifier."""
    fields = _members(value)
    key_identifier = fields.content(der.PRIMITIVE | 0) if fields.tag == der.PRIMITIVE | 0 else None
    issuer = names_in(fields.inside(der.CONSTRUCTED | 1)) if fields.tag == der.CONSTRUCTED | 1 else ()
    serial = fields.content(der.PRIMITIVE | 2) if fields.tag == der.PRIMITIVE | 2 else None
    fields.finish()
    if serial is not None:
        der.integer(serial)
    return AuthorityKeyIdentifier(key_identifier=key_identifier, issuer=issuer, serial=serial)


def name_constraints(value: bytes) -> NameConstraints:
    """Decode nameConstraints."""
    fields = _members(value)
    permitted = _subtrees(fields.inside(der.CONSTRUCTED | 0)) if fields.tag == der.CONSTRUCTED | 0 else ()
    excluded = _subtrees(fields.inside(der.CONSTRUCTED | 1)) if fields.tag == der.CONSTRUCTED | 1 else ()
    fields.finish()
    return NameConstraints(permitted, excluded)


def _subtrees(fields: Reader) -> tuple[Subtree, ...]:
    found = []
    while fields.tag is not None:
        found.append(_subtree(fields.inside(der.SEQUENCE)))
    return tuple(found)


def _subtree(fields: Reader) -> Subtree:
    base = _name(fields)
    limits = [
        der.integer(fields.content(der.PRIMITIVE | number)) if fields.tag == der.PRIMITIVE | number else None
        for number in (0, 1)
    ]
    fields.finish()
    minimum, maximum = limits
    return Subtree(base=base, plain=not minimum and maximum is None)


def access_urls(value: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Decode authorityInfoAccess to (URLs of OCSP responders, URLs of the issuer's certificate)."""
    ocsp, issuers = [], []
    for tag, _, content, stop in der.sequence(value):
        if tag != der.SEQUENCE:
            _refuse("authorityInfoAccess")
        method, method_end = der.expect(value, content, stop, der.OID)
        name_tag, name, name_end = der.read(value, method_end, stop)
        if name_tag == URI:
            url = value[name:name_end].decode("latin-1")
            if value[method:method_end] == _OCSP:
                ocsp.append(url)
            elif value[method:method_end] == _CA_ISSUERS:
                issuers.append(url)
    return tuple(ocsp), tuple(issuers)


def certificate_policies(value: bytes) -> tuple[bytes, ...]:
    """Decode certificatePolicies to the OIDs of the policies (RFC 5280 §4.2.1.4)."""
    found = []
    for tag, _, content, stop in der.sequence(value):
        if tag != der.SEQUENCE:
            _refuse("certificatePolicies")
        start, end = der.expect(value, content, stop, der.OID)
        found.append(value[start:end])
    return tuple(found)


def _members(value: bytes) -> Reader:
    """Return a reader of the SEQUENCE that ``value`` begins with; what follows it does not count."""
    return _only(value).inside(der.SEQUENCE)


def _only(value: bytes) -> Reader:
    return Reader(value, 0, len(value))


def _refuse(what: str) -> NoReturn:
    msg = f"{what} is malformed"
    raise der.DerError(msg)
