"""The two branches of OpenSSL that the products in the field were built on, and where they judge differently.

Each field is one difference; nothing else in the judge asks for a version. Measured on 3.0.22 and
1.1.1w.
"""

from __future__ import annotations

from typing import Literal

import attrs

Version = Literal["3.0", "1.1.1"]


@attrs.frozen(kw_only=True)
class Branch:
    """How one branch of OpenSSL differs from the other."""

    version: Version
    invalid_ca: int
    """The error number for an issuer that is not a CA."""
    weakens_sha1: bool
    """SHA-1 and MD5 signatures count as weaker than security level 1."""
    rounds_rsa_strength: bool
    """The strength of RSA is worked out and rounded, not taken from a table of sizes."""
    refuses_explicit_curves: bool
    """An EC key that spells its curve out is refused anywhere in a chain."""
    prefers_latest_expired_issuer: bool
    """Among issuers that are all out of their validity the latest to expire is taken, not the last in order."""
    refuses_unreadable: bool
    """A certificate with a malformed extension or an unreadable key is never self-signed; such a key ends a chain."""
    empty_key_usage_is_invalid: bool
    path_length_without_ca_is_invalid: bool
    nameless_distribution_point_is_invalid: bool
    delta_crl_is_no_crl: bool
    """A delta CRL never stands in for a complete one."""
    compares_crl_algorithms: bool
    """A CRL must name the same signature algorithm inside and outside of what is signed."""
    knows_utf8_mailboxes: bool
    """An e-mail name constraint holds for SmtpUTF8Mailbox names (RFC 8398), and other names are told apart by kind."""


_BRANCHES: dict[Version, Branch] = {
    "3.0": Branch(
        version="3.0",
        invalid_ca=79,
        weakens_sha1=True,
        rounds_rsa_strength=True,
        refuses_explicit_curves=True,
        prefers_latest_expired_issuer=True,
        refuses_unreadable=True,
        empty_key_usage_is_invalid=True,
        path_length_without_ca_is_invalid=False,
        nameless_distribution_point_is_invalid=True,
        delta_crl_is_no_crl=True,
        compares_crl_algorithms=True,
        knows_utf8_mailboxes=True,
    ),
    "1.1.1": Branch(
        version="1.1.1",
        invalid_ca=24,
        weakens_sha1=False,
        rounds_rsa_strength=False,
        refuses_explicit_curves=False,
        prefers_latest_expired_issuer=False,
        refuses_unreadable=False,
        empty_key_usage_is_invalid=False,
        path_length_without_ca_is_invalid=True,
        nameless_distribution_point_is_invalid=False,
        delta_crl_is_no_crl=False,
        compares_crl_algorithms=False,
        knows_utf8_mailboxes=False,
    ),
}


def branch(version: Version) -> Branch:
    """Return the branch named ``version``."""
    return _BRANCHES[version]
