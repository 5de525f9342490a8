"""The values of the extensions that a verdict looks at (RFC 5280 §4.2), decoded from their DER.

Every decoder raises `DerError` for a value that is not what the RFC says; what that means is the
caller's affair: OpenSSL marks the whole certificate invalid, a property shows nothing.
"""

from __future__ import annotations

from typing import NoReturn

import attrs

from expressway_certs.x509 import der

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
FRESHEST_CRL = der.oid("2.5.29.46")
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

ALL_REASONS = 0x1FE
"""Every reason flag of a CRL distribution point but ``unused`` (RFC 5280 §4.2.1.13), as named bits."""


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


@attrs.frozen(kw_only=True)
class DistributionPoint:
    """A CRL distribution point: full names or a name relative to the issuer (its RDN's DER), reasons, CRL issuer."""

    full_name: tuple[GeneralName, ...] | None
    relative_name: bytes | None
    reasons: int
    crl_issuer: tuple[GeneralName, ...]
    has_crl_issuer: bool

    @property
    def has_name(self) -> bool:
        """Whether a distribution point name is there at all."""
        return self.full_name is not None or self.relative_name is not None


def basic_constraints(value: bytes) -> BasicConstraints:
    """Decode basicConstraints; a negative path length is refused, as OpenSSL does."""
    is_ca, path_length = False, None
    for tag, _, content, stop in der.sequence(value):
        if tag == der.BOOLEAN and path_length is None:
            is_ca = any(value[content:stop])
        elif tag == der.INTEGER and path_length is None:
            path_length = der.integer(value[content:stop])
        else:
            _refuse("basicConstraints")
    if path_length is not None and path_length < 0:
        _refuse("basicConstraints")
    return BasicConstraints(is_ca, path_length)


def named_bits(value: bytes) -> int:
    """Decode keyUsage or another named bit list; bit ``n`` of the number is named bit ``n``."""
    content, stop = der.expect(value, 0, len(value), der.BIT_STRING)
    return der.named_bits(value[content:stop])


def object_identifiers(value: bytes) -> tuple[str, ...]:
    """Decode a sequence of OIDs (extendedKeyUsage) to dotted text."""
    found = []
    for tag, _, content, stop in der.sequence(value):
        if tag != der.OID:
            _refuse("extendedKeyUsage")
        found.append(der.dotted(value[content:stop]))
    return tuple(found)


def octet_string(value: bytes) -> bytes:
    """Decode an OCTET STRING (subjectKeyIdentifier)."""
    content, stop = der.expect(value, 0, len(value), der.OCTET_STRING)
    return value[content:stop]


def integer(value: bytes) -> int:
    """Decode an INTEGER (a CRL number)."""
    content, stop = der.expect(value, 0, len(value), der.INTEGER)
    return der.integer(value[content:stop])


def general_names(value: bytes) -> tuple[GeneralName, ...]:
    """Decode a sequence of general names (subjectAltName)."""
    content, stop = der.expect(value, 0, len(value), der.SEQUENCE)
    return _names(value, content, stop)


def _names(value: bytes, start: int, end: int) -> tuple[GeneralName, ...]:
    return tuple(_name(value, tag, content, stop) for tag, _, content, stop in der.children(value, start, end))


def _name(value: bytes, tag: int, content: int, stop: int) -> GeneralName:
    if tag not in _GENERAL_NAME_TAGS:
        _refuse("a general name")
    if tag == DIRECTORY:
        der.expect(value, content, stop, der.SEQUENCE)
    if tag == OTHER_NAME:
        start, type_end = der.expect(value, content, stop, der.OID)
        inner, inner_end = der.expect(value, type_end, stop, 0xA0)
        return GeneralName(tag, value[inner:inner_end], value[start:type_end])
    return GeneralName(tag, value[content:stop])


def authority_key_identifier(value: bytes) -> AuthorityKeyIdentifier:
    """Decode authorityKeyIdentifier."""
    key_identifier, serial = None, None
    issuer: tuple[GeneralName, ...] = ()
    for tag, _, content, stop in der.sequence(value):
        if tag == der.PRIMITIVE | 0:
            key_identifier = value[content:stop]
        elif tag == der.CONSTRUCTED | 1:
            issuer = _names(value, content, stop)
        elif tag == der.PRIMITIVE | 2:
            serial = value[content:stop]
        else:
            _refuse("authorityKeyIdentifier")
    return AuthorityKeyIdentifier(key_identifier=key_identifier, issuer=issuer, serial=serial)


def name_constraints(value: bytes) -> NameConstraints:
    """Decode nameConstraints."""
    permitted: tuple[Subtree, ...] = ()
    excluded: tuple[Subtree, ...] = ()
    for tag, _, content, stop in der.sequence(value):
        subtrees = tuple(_subtree(value, *member) for member in der.children(value, content, stop))
        if tag == der.CONSTRUCTED | 0:
            permitted = subtrees
        elif tag == der.CONSTRUCTED | 1:
            excluded = subtrees
        else:
            _refuse("nameConstraints")
    return NameConstraints(permitted, excluded)


def _subtree(value: bytes, tag: int, _start: int, content: int, stop: int) -> Subtree:
    if tag != der.SEQUENCE:
        _refuse("nameConstraints")
    base_tag, base, base_end = der.read(value, content, stop)
    plain = True
    for limit, _, start, end in der.children(value, base_end, stop):
        plain = plain and limit == der.PRIMITIVE | 0 and not any(value[start:end])
    return Subtree(base=_name(value, base_tag, base, base_end), plain=plain)


def distribution_points(value: bytes) -> tuple[DistributionPoint, ...]:
    """Decode cRLDistributionPoints (or freshestCRL)."""
    points = []
    for tag, start, _, stop in der.sequence(value):
        if tag != der.SEQUENCE:
            _refuse("cRLDistributionPoints")
        points.append(_distribution_point(value[start:stop]))
    return tuple(points)


def _distribution_point(value: bytes) -> DistributionPoint:
    full_name, relative_name, reasons = None, None, ALL_REASONS
    crl_issuer: tuple[GeneralName, ...] = ()
    has_crl_issuer = False
    for tag, _, content, stop in der.sequence(value):
        if tag == der.CONSTRUCTED | 0:
            full_name, relative_name = point_name(value, content, stop)
        elif tag == der.PRIMITIVE | 1:
            reasons = der.named_bits(value[content:stop]) & ALL_REASONS
        elif tag == der.CONSTRUCTED | 2:
            crl_issuer, has_crl_issuer = _names(value, content, stop), True
        else:
            _refuse("cRLDistributionPoints")
    return DistributionPoint(
        full_name=full_name,
        relative_name=relative_name,
        reasons=reasons,
        crl_issuer=crl_issuer,
        has_crl_issuer=has_crl_issuer,
    )


def point_name(value: bytes, start: int, end: int) -> tuple[tuple[GeneralName, ...] | None, bytes | None]:
    """Decode a DistributionPointName between ``start`` and ``end``: (full names, None) or (None, an RDN's DER)."""
    tag, content, stop = der.read(value, start, end)
    if tag == der.CONSTRUCTED | 0:
        return _names(value, content, stop), None
    if tag != der.CONSTRUCTED | 1:
        _refuse("a distribution point name")
    return None, der.encode(der.SET, value[content:stop])


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


def _refuse(what: str) -> NoReturn:
    msg = f"{what} is malformed"
    raise der.DerError(msg)
