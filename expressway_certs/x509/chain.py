"""The chain of a leaf, whole or broken, without a judgement on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

import attrs

from expressway_certs.x509.building import build
from expressway_certs.x509.case import Case
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.files.source import printable
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.notebook import as_html
from expressway_certs.x509.paths import Path, Paths, other_paths
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.trust_store import TrustStore, as_trust_store
from expressway_certs.x509.wanted import as_certificates, want_certificate


@attrs.frozen(kw_only=True, repr=False)
class Chain:
    """A chain as OpenSSL builds it: leaf first. Broken, it ends where no issuer was found.

    Only names, key identifiers and validity chose the issuers; whether they signed, and may sign,
    `verify` says.
    """

    certificates: tuple[Certificate, ...]
    is_complete: bool
    case: Case = attrs.field(eq=False)

    @property
    def anchor(self) -> Certificate | None:
        """The trusted certificate that ends the chain; None where it is broken."""
        return self.certificates[-1] if self.is_complete else None

    @property
    def missing(self) -> MissingIssuer | None:
        """What is missing at the end of a broken chain; None where nothing is.

        After a self-signed end this is that very certificate: it is there, but not in the store.
        """
        return None if self.is_complete else MissingIssuer.of(self.certificates[-1])

    @cached_property
    def _others(self) -> Paths:
        return other_paths(self.case, self.certificates)

    @property
    def alternatives(self) -> tuple[Path, ...]:
        """The other paths from the leaf to an anchor, shortest first, which OpenSSL does not try."""
        return self._others.found

    @property
    def alternatives_complete(self) -> bool:
        """Whether ``alternatives`` are all there are; False where the search was cut at its bound."""
        return self._others.is_complete

    _repr_html_ = as_html

    def __repr__(self) -> str:
        names = printable(" <- ".join(one.common_name or one.subject for one in self.certificates))
        return f"<Chain {names}>" if self.is_complete else f"<Chain {names} <- missing: {printable(str(self.missing))}>"


def build_chain(
    leaf: Certificate,
    trust: TrustStore | Iterable[Certificate],
    presented: Iterable[Certificate] = (),
    *,
    at: datetime | None = None,
    partial_chain: bool = False,
) -> Chain:
    """Build the chain OpenSSL would build for ``leaf``, whole or broken.

    ``at`` (None: now) only matters where two issuers fit: one within its validity is preferred.

    >>> from expressway_certs import load_certificates
    >>> leaf, intermediate = load_certificates("bundle.pem")
    >>> build_chain(leaf, TrustStore.load("root.pem"), presented=[intermediate])
    <Chain expe1.example.com <- Example Issuing CA <- Example Root CA>
    >>> build_chain(leaf, TrustStore.load("root.pem")).missing.urls
    ('http://pki.example.com/issuing.cer',)
    """
    want_certificate(leaf)
    case = Case.of(
        leaf, as_trust_store(trust), as_certificates(presented), VerifyPolicy(at=at, partial_chain=partial_chain)
    )
    chain, fault = build(case)
    return Chain(certificates=tuple(chain), is_complete=fault is None, case=case)
