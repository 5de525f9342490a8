"""Who stands at the other end of a zone and is not ours: a business partner, a neighbor, Webex."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Literal

import attrs

from expressway_certs.product.fields import is_name
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.shown import shown
from expressway_certs.x509.trust_store import TrustStore, as_optional_trust_store
from expressway_certs.x509.typed import typed
from expressway_certs.x509.wanted import as_certificates

FAR_END_LIST = "the far end's CA list"


@attrs.frozen(kw_only=True, field_transformer=typed)
class FarEnd:
    """A system that is not ours. ``name`` is the host name or domain under which it is called.

    It shows ``server_certificate`` where it is called, and ``client_certificate`` (left out: the same one) where it
    calls; ``presented_cas`` travel with either. ``trusted_ca`` is its list, where it is known; ``checks_client_auth``
    says whether it wants client authentication of who calls it.
    """

    name: str = attrs.field(validator=is_name)
    server_certificate: Certificate | None = None
    client_certificate: Certificate | None = None
    presented_cas: tuple[Certificate, ...] = attrs.field(default=(), converter=as_certificates)
    trusted_ca: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store)
    checks_client_auth: bool = True

    def certificate(self, store: str) -> Certificate | None:
        """Return what it shows as "server" or as "client"."""
        return (self.client_certificate if store == "client" else None) or self.server_certificate

    def trust(self, _name: str) -> TrustStore | None:
        """Return its list of CAs; None where it is not known."""
        return self.trusted_ca

    def presents(self, _certificate: Certificate, _at: datetime | None = None) -> tuple[Certificate, ...]:
        """Return what it sends after its leaf."""
        return self.presented_cas


PatternType = Literal["Exact", "Prefix", "Suffix", "Regex"]


def _regex(rule: AccessRule, _attribute: attrs.Attribute[str], value: str) -> None:
    if rule.type != "Regex":
        return
    try:
        re.compile(value)
    except re.error as error:
        message = f"{shown(value)} is no regular expression: {error}"
        raise ValueError(message) from None


@attrs.frozen(kw_only=True, field_transformer=typed)
class AccessRule:
    """An access rule of the Default Zone: a pattern, held against the common name and every alternative name.

    The rule of the lowest ``priority`` that fits decides (platform.md §4.1, AG155-zone). Raises `ValueError` for a
    regular expression that is none.

    >>> AccessRule(type="Suffix", pattern=".example.net").fits("sip.example.net")
    True
    """

    type: PatternType = "Exact"
    pattern: str = attrs.field(validator=_regex)
    allow: bool = True
    priority: int = 100

    def fits(self, name: str) -> bool:
        """Whether the pattern fits a name, character for character."""
        if self.type == "Regex":
            return self._compiled.search(name) is not None
        if self.type == "Exact":
            return name == self.pattern
        return name.startswith(self.pattern) if self.type == "Prefix" else name.endswith(self.pattern)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


def allows(rules: Iterable[AccessRule], names: Iterable[str]) -> bool:
    """Whether access rules let a certificate with ``names`` in; where none fits it is kept out (own choice)."""
    listed = tuple(names)
    for rule in sorted(rules, key=lambda one: one.priority):
        if any(map(rule.fits, listed)):
            return rule.allow
    return False
