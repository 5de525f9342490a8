"""What OpenSSL keeps of a certificate once it has read its extensions: all that a verdict asks it about.

A malformed or repeated extension makes the whole certificate *invalid*: it still has a verdict, but
it never issued anything and was issued by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import attrs

from expressway_certs.x509 import algorithms, der, distribution, extensions, names, resources, times, usages
from expressway_certs.x509.branch import Branch
from expressway_certs.x509.distribution import DistributionPoint
from expressway_certs.x509.extensions import (
    AuthorityKeyIdentifier,
    BasicConstraints,
    GeneralName,
    NameConstraints,
)
from expressway_certs.x509.public_key import PublicKeyInfo, public_key_info, signature_is_valid
from expressway_certs.x509.slices import Slices

T = TypeVar("T")

_HANDLED = frozenset(
    {
        extensions.NETSCAPE_CERT_TYPE,
        extensions.KEY_USAGE,
        extensions.SUBJECT_ALT_NAME,
        extensions.BASIC_CONSTRAINTS,
        extensions.CERTIFICATE_POLICIES,
        extensions.CRL_DISTRIBUTION_POINTS,
        extensions.EXTENDED_KEY_USAGE,
        extensions.IP_ADDRESS_BLOCKS,
        extensions.AS_NUMBERS,
        extensions.OCSP_NO_CHECK,
        extensions.POLICY_CONSTRAINTS,
        extensions.PROXY_CERT_INFO,
        extensions.NAME_CONSTRAINTS,
        extensions.POLICY_MAPPINGS,
        extensions.INHIBIT_ANY_POLICY,
    }
)
"""The extensions that OpenSSL takes as handled when they are critical."""

_KEPT_USAGES = 0xFFFF
"""OpenSSL keeps the first two octets of a keyUsage."""


class View:
    """One certificate as one branch of OpenSSL sees it. Read once, never changed."""

    slices: Slices
    branch: Branch
    subject: bytes
    issuer: bytes
    not_before: int | None
    not_after: int | None
    basic_constraints: BasicConstraints | None
    key_usage: int | None
    purposes: frozenset[str] | None
    netscape_type: int | None
    subject_key_identifier: bytes | None
    authority_key_identifier: AuthorityKeyIdentifier | None
    alternative_names: tuple[GeneralName, ...]
    name_constraints: NameConstraints | None
    distribution_points: tuple[DistributionPoint, ...]
    unhandled_critical: bytes | None
    invalid_extensions: list[str]
    is_invalid: bool
    is_proxy: bool

    def __init__(self, slices: Slices, branch: Branch) -> None:
        self.slices = slices
        self.branch = branch
        self.subject = names.canonical(slices.subject)
        self.issuer = names.canonical(slices.issuer)
        self.not_before = times.epoch(slices.not_before)
        self.not_after = times.epoch(slices.not_after)
        self.invalid_extensions = []
        self._values: dict[bytes, list[bytes]] = {}
        for extension in slices.extensions:
            self._values.setdefault(extension.oid, []).append(extension.value)
        self._read_extensions()
        self._read_proxy()
        self._check_extensions()
        self.is_invalid = bool(self.invalid_extensions)

    def _read_extensions(self) -> None:
        self.basic_constraints = self._value(extensions.BASIC_CONSTRAINTS, extensions.basic_constraints)
        usage = self._value(extensions.KEY_USAGE, extensions.named_bits)
        self.key_usage = None if usage is None else usage & _KEPT_USAGES
        oids = self._value(extensions.EXTENDED_KEY_USAGE, extensions.object_identifiers)
        self.purposes = None if oids is None else frozenset(map(usages.purpose_name, oids))
        self.netscape_type = self._value(extensions.NETSCAPE_CERT_TYPE, extensions.named_bits)
        self.subject_key_identifier = self._value(extensions.SUBJECT_KEY_IDENTIFIER, extensions.octet_string)
        self.authority_key_identifier = self._value(
            extensions.AUTHORITY_KEY_IDENTIFIER, extensions.authority_key_identifier
        )
        self.alternative_names = self._value(extensions.SUBJECT_ALT_NAME, extensions.general_names) or ()
        self.name_constraints = self._value(extensions.NAME_CONSTRAINTS, extensions.name_constraints)
        self.distribution_points = (
            self._value(extensions.CRL_DISTRIBUTION_POINTS, distribution.distribution_points) or ()
        )
        self._value(extensions.IP_ADDRESS_BLOCKS, resources.address_blocks)
        self._value(extensions.AS_NUMBERS, resources.autonomous_systems)
        self.unhandled_critical = next(
            (found.oid for found in self.slices.extensions if found.critical and found.oid not in _HANDLED), None
        )

    def _value(self, oid: bytes, decode: Callable[[bytes], T]) -> T | None:
        found = self._values.get(oid)
        if found is None:
            return None
        try:
            if len(found) > 1:
                raise der.DerError("an extension that is there twice")  # noqa: TRY301 - counted just below
            return decode(found[0])
        except der.DerError:
            self.invalid_extensions.append(der.oid_text(oid))
            return None

    def _read_proxy(self) -> None:
        self.is_proxy = bool(self._value(extensions.PROXY_CERT_INFO, resources.proxy_certificate_info))
        others = (extensions.SUBJECT_ALT_NAME, extensions.ISSUER_ALT_NAME)
        if self.is_proxy and (self.is_ca or any(self.slices.find(oid) for oid in others)):
            self.invalid_extensions.append(der.dotted(extensions.PROXY_CERT_INFO))

    def _check_extensions(self) -> None:
        basic = self.basic_constraints
        if basic and not basic.is_ca and basic.path_length and self.branch.path_length_without_ca_is_invalid:
            self.invalid_extensions.append(der.dotted(extensions.BASIC_CONSTRAINTS))
        if self.key_usage == 0 and self.branch.empty_key_usage_is_invalid:
            self.invalid_extensions.append(der.dotted(extensions.KEY_USAGE))
        if self.branch.nameless_distribution_point_is_invalid:
            self._check_distribution_points()

    def _check_distribution_points(self) -> None:
        """Look for a point without name and issuer; OpenSSL reads no reasons from there on."""
        points = self.distribution_points
        nameless = (at for at, point in enumerate(points) if not point.has_name and not point.crl_issuer)
        first = next(nameless, None)
        if first is not None:
            self.invalid_extensions.append(der.dotted(extensions.CRL_DISTRIBUTION_POINTS))
            self.distribution_points = (*points[:first], *(attrs.evolve(point, reasons=0) for point in points[first:]))

    @property
    def is_ca(self) -> bool:
        """Whether basicConstraints is there and says so."""
        return self.basic_constraints is not None and self.basic_constraints.is_ca

    @property
    def path_length(self) -> int | None:
        """The path length constraint, if any."""
        return self.basic_constraints.path_length if self.basic_constraints else None

    @property
    def is_version_1(self) -> bool:
        """Whether the certificate says version 1 (or nothing, which is the same)."""
        return self.slices.version == 0

    @cached_property
    def key(self) -> PublicKeyInfo | None:
        """The public key, or None where OpenSSL can make none of it.

        3.0 cannot read a DSA key that inherits its parameters (RFC 3279 §2.3.2).
        """
        found = public_key_info(self.slices.public_key_info)
        is_partial = found is not None and found.algorithm == algorithms.DSA and found.size is None
        return None if is_partial and self.branch.refuses_unreadable else found

    @cached_property
    def is_self_issued(self) -> bool:
        """Whether issuer and subject are the same name."""
        return self.subject == self.issuer

    @cached_property
    def self_signed(self) -> bool:
        """Whether OpenSSL takes it as self-signed, which it does without a look at the signature."""
        return self.is_self_issued and self.key_identifiers_fit(self) and key_fits(self, self)

    def key_identifiers_fit(self, child: View) -> bool:
        """Whether the child's authority key identifier, as far as it goes, points at this certificate."""
        wanted = child.authority_key_identifier
        return wanted is None or identifies(wanted, self)

    def allows(self, usage: int) -> bool:
        """Whether keyUsage, where there is one, has one of the bits in ``usage``."""
        return self.key_usage is None or bool(self.key_usage & usage)

    def has_purpose(self, *purposes: str) -> bool:
        """Whether extendedKeyUsage, where there is one, has one of ``purposes``."""
        return self.purposes is None or not self.purposes.isdisjoint(purposes)

    def is_signed_by(self, issuer: View) -> bool:
        """Whether the issuer's key made this certificate's signature."""
        slices = self.slices
        return slices.inner_algorithm == slices.outer_algorithm and signature_is_valid(
            signer=issuer.slices.public_key_info,
            algorithm=slices.outer_algorithm,
            signature=slices.signature,
            data=slices.tbs,
        )

    def holds_at(self, at: int | None) -> bool:
        """Whether ``at`` (seconds since 1970; None: do not ask) is within the validity, its end excluded."""
        if at is None:
            return True
        if self.not_before is None or self.not_after is None:
            return False
        return self.not_before <= at < self.not_after


def identifies(wanted: AuthorityKeyIdentifier, issuer: View) -> bool:
    """Whether an authority key identifier, as far as it goes, points at ``issuer``."""
    has = issuer.subject_key_identifier
    if wanted.key_identifier is not None and has is not None and wanted.key_identifier != has:
        return False
    if wanted.serial is not None and _number(wanted.serial) != _number(issuer.slices.serial):
        return False
    # OpenSSL looks at the first directory name only.
    directory = next((name.value for name in wanted.issuer if name.tag == extensions.DIRECTORY), None)
    return directory is None or names.canonical(directory) == issuer.issuer


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "big", signed=True)


def key_fits(issuer: View, child: View) -> bool:
    """Whether the issuer's key is of the kind that makes the child's signature algorithm."""
    known = algorithms.signature_algorithm(child.slices.inner_algorithm)
    if known is None or issuer.key is None:
        return False
    if known.key_family == algorithms.RSA_PSS:
        return issuer.key.algorithm in {algorithms.RSA, algorithms.RSA_PSS}
    return issuer.key.algorithm == known.key_family


def likely_issued(issuer: View, child: View) -> bool:
    """Whether OpenSSL would take ``issuer`` for the child's issuer: by name, key identifier and kind of key."""
    return (
        issuer.subject == child.issuer
        and not issuer.is_invalid
        and not child.is_invalid
        and issuer.key_identifiers_fit(child)
        and key_fits(issuer, child)
    )


def may_have_signed(issuer: View, child: View) -> bool:
    """Whether the issuer's keyUsage, where there is one, allows it to sign the child."""
    return issuer.allows(usages.DIGITAL_SIGNATURE if child.is_proxy else usages.KEY_CERT_SIGN)
