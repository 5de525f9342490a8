"""Certificates of one subject in a Trusted CA list: which of them is looked up (platform.md §2 and §11 C7)."""

from __future__ import annotations

from typing import Final, Literal

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.trust_store import TrustStore

Reading = Literal["first wins", "refused", "key identifiers decide"]
"""The sides of the setting ``same_subject_cas``; where the page refuses a second one, the first of a list wins too."""

BY_SUBJECT: Final = "first wins"
BY_KEY_IDENTIFIER: Final = "key identifiers decide"
"""What the guides say, and what OpenSSL was measured to do (mra.md E)."""


def looked_up(trusted: TrustStore, reading: Reading) -> TrustStore:
    """Return what a look-up into the list can come to: all of it, or by subject the first of each alone."""
    lower = () if reading == BY_KEY_IDENTIFIER else lower_ones(trusted)
    return trusted.removing(*lower) if lower else trusted


def lower_ones(trusted: TrustStore) -> tuple[Certificate, ...]:
    """Return the certificates that have one of their subject above them."""
    return tuple(one for one in trusted if trusted.with_subject(one.view.subject)[0] != one)
