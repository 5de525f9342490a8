"""What one audit has found out already: verdicts and chains that many legs share."""

from __future__ import annotations

from datetime import datetime

import attrs

from expressway_certs.product.nodes import Expressway, Node, UcServer
from expressway_certs.product.openssl import OpenSsl
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import CrlCheck, Purpose, VerifyPolicy
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify

_Key = tuple[Certificate, int, tuple[Certificate, ...], VerifyPolicy]

_USUAL = OpenSsl()


@attrs.frozen(kw_only=True, eq=False)
class Memory:
    """The verdicts of one run. It lives as long as the run, and keeps what it has seen alive.

    A certificate is shown on many legs and judged by one list on all of them, so that most questions have been
    answered before.
    """

    at: datetime
    _verdicts: dict[_Key, Verdict] = attrs.field(factory=dict, init=False)
    _lists: dict[int, TrustStore] = attrs.field(factory=dict, init=False)
    _sent: dict[tuple[int, Certificate], tuple[Node, tuple[Certificate, ...]]] = attrs.field(factory=dict, init=False)
    _policies: dict[tuple[object, ...], VerifyPolicy] = attrs.field(factory=dict, init=False)

    def sent(self, node: Node, certificate: Certificate) -> tuple[Certificate, ...]:
        """Return what a node sends after a certificate."""
        key = (id(node), certificate)
        if key not in self._sent:
            self._sent[key] = node, node.presents(certificate, self.at)
        return self._sent[key][1]

    def verdict(
        self,
        certificate: Certificate,
        trust: TrustStore,
        presented: tuple[Certificate, ...],
        policy: VerifyPolicy,
    ) -> Verdict:
        """Return the judge's verdict, which is worked out once."""
        # A list is known by its place in memory, which nothing else can take while it is kept here.
        self._lists[id(trust)] = trust
        key = (certificate, id(trust), presented, policy)
        found = self._verdicts.get(key)
        if found is None:
            found = self._verdicts[key] = verify(certificate, trust, presented, policy)
        return found

    def policy(
        self,
        purpose: Purpose | None,
        judge: Node,
        *,
        crls: tuple[RevocationList, ...],
        crl_check: CrlCheck | None,
        partial_chain: bool,
    ) -> VerifyPolicy:
        """Return what a node asks for by its OpenSSL: a usage, and CRLs where it checks revocation."""
        openssl = judge.openssl if isinstance(judge, Expressway | UcServer) else _USUAL
        key = (purpose, openssl, crls, crl_check, partial_chain)
        if key not in self._policies:
            self._policies[key] = openssl.policy(
                purpose=purpose,
                at=self.at,
                partial_chain=partial_chain,
                crls=crls,
                crl_check=crl_check,
            )
        return self._policies[key]


def lacks_crl(verdict: Verdict) -> bool:
    """Whether a verdict says no for want of a revocation list alone."""
    return verdict.code == codes.UNABLE_TO_GET_CRL
