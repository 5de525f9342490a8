"""The judge with a memory: one store, what was presented, and a policy, asked about leaf after leaf."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs

from expressway_certs.x509 import codes, times
from expressway_certs.x509.branch import branch
from expressway_certs.x509.bulk.cutting import Key, cut_leaf
from expressway_certs.x509.bulk.signatures import accepts_of
from expressway_certs.x509.bulk.table import Asked, Kind, Table, Traits
from expressway_certs.x509.case import BuiltChain, Case, instant
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.judge import judge
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.trust_store import TrustStore, as_trust_store, by_subject
from expressway_certs.x509.verdict import Answer, Details, Verdict
from expressway_certs.x509.wanted import as_certificates, want_certificate, want_policy

_MOST_KINDS = 16_384
_MOST_TABLES = 64
_MOST_INDEXES = 16


@attrs.frozen
class VerifyIndex:
    """A trust store, what is presented and a policy, with all that the judge has found out about them.

    `verify` of an index is `verify` of the module with these arguments, and faster from leaf to leaf:
    leaves that differ only in name, key, serial number and dates from one that was trusted cost little
    more than their signature. It may be shared between threads and sent to another process.

    >>> from expressway_certs import load_certificates
    >>> index = VerifyIndex(TrustStore.load("root.pem"), load_certificates("intermediate.pem"))
    >>> index.verify(Certificate.load("leaf.pem")).ok
    True
    """

    trust: TrustStore = attrs.field(converter=as_trust_store)
    presented: tuple[Certificate, ...] = attrs.field(default=(), converter=as_certificates)
    policy: VerifyPolicy = attrs.field(factory=VerifyPolicy)

    def __attrs_post_init__(self) -> None:
        want_policy(self.policy)

    def verify(self, leaf: Certificate) -> Verdict:
        """Judge one leaf; the clock is read where the policy names no instant."""
        want_certificate(leaf)
        return self.verdict(leaf, instant(self.policy))

    def verdict(self, leaf: Certificate, at: int | None) -> Verdict:
        """Judge one leaf at an instant (seconds since 1970)."""
        answer = self.table(at).answer(leaf.der)
        return Verdict(leaf, answer or self.judged(leaf, at), at)

    def table(self, at: int | None) -> Table:
        """Return what is known of one instant."""
        found = self._tables.get(at)
        if found is None:
            kinds = self._kinds.setdefault(self.span(at), {})
            found = Table(kinds, self.asked, self.doubtful_serials, at)
            if len(self._tables) >= _MOST_TABLES:
                self._tables.clear()
            self._tables[at] = found
        return found

    def judged(self, leaf: Certificate, at: int | None) -> Answer:
        """Ask the judge itself, and keep what it says where that is a yes that others may share."""
        case = Case(
            leaf=leaf,
            trust=self.trust,
            presented=self.presented,
            policy=self.policy,
            at=at,
            branch=branch(self.policy.openssl),
            pool=self._pool,
        )
        chain, fault = judge(case)
        above = tuple(chain[1:])
        if fault is not None:
            return self.answer(fault.code, fault.depth, above, (fault.extension, fault.expected, fault.found))
        answer = self.answer(codes.OK, 0, above)
        if above:
            self._learn(case, chain, answer)
        return answer

    def answer(self, code: int, depth: int, above: tuple[Certificate, ...], details: Details | None = None) -> Answer:
        """Return an answer to what this index asks."""
        return Answer(
            code=code,
            depth=depth,
            above=above,
            trust=self.trust,
            presented=self.presented,
            pool=self._pool,
            policy=self.policy,
            details=details,
        )

    def _learn(self, case: Case, chain: BuiltChain, answer: Answer) -> None:
        """Keep a yes under the kind of its leaf."""
        leaf, issuer, view = chain[0], chain[1], case.view(chain[0])
        cut = cut_leaf(leaf.der)
        if cut is None or cut.serial in self.doubtful_serials:
            return
        traits = Traits.of(leaf, cut, view)
        accepts = accepts_of(issuer.slices.public_key_info, leaf.slices.inner_algorithm)
        if traits is None or accepts is None:
            return
        kinds = self._kinds.setdefault(self.span(case.at), {})
        if len(kinds) >= _MOST_KINDS:
            kinds.clear()
        constrained = any(case.view(one).name_constraints is not None for one in answer.above)
        kinds[cut.key] = Kind(answer=answer, traits=traits, constrained=constrained, accepts=accepts)

    def span(self, at: int | None) -> int | None:
        """Return the number of the span of time around ``at`` in which no CA certificate or CRL begins or ends."""
        return None if at is None else bisect_right(self._turns, at)

    @cached_property
    def _turns(self) -> list[int]:
        """Return every instant at which a certificate above a leaf, or a CRL, starts or ceases to hold."""
        pieces = [one.slices for one in self.certificates]
        ends = [end for one in pieces for end in (one.not_before, one.not_after)]
        for crl in self.policy.crls:
            ends += [crl.slices.this_update, *filter(None, [crl.slices.next_update])]
        return sorted({found for end in ends if (found := times.epoch(end)) is not None})

    @cached_property
    def doubtful_serials(self) -> frozenset[bytes]:
        """Return the serial numbers of what was presented and of what is on a CRL: who has one is judged by itself."""
        revoked = {number for crl in self.policy.crls for number in crl.entries} if self.policy.crl_check else ()
        return frozenset({one.slices.serial for one in self.presented} | set(map(_integer, revoked)))

    @cached_property
    def certificates(self) -> tuple[Certificate, ...]:
        """Every certificate that may stand above a leaf."""
        return (*self.trust, *self.presented)

    @cached_property
    def token(self) -> bytes:
        """A name for this index among all that a worker is asked about."""
        return os.urandom(16)

    @cached_property
    def _pool(self) -> Mapping[bytes, tuple[Certificate, ...]]:
        return by_subject(self.presented)

    @cached_property
    def asked(self) -> Asked:
        """What the policy asks of each leaf."""
        return Asked.of(self.policy)

    @cached_property
    def _kinds(self) -> dict[int | None, dict[Key, Kind]]:
        return {}

    @cached_property
    def _tables(self) -> dict[int | None, Table]:
        return {}


def _integer(number: int) -> bytes:
    return number.to_bytes((number + (number < 0)).bit_length() // 8 + 1, "big", signed=True)


def index_of(trust: TrustStore, presented: Iterable[Certificate], policy: VerifyPolicy) -> VerifyIndex:
    """Return the index of a store for what is presented and a policy, the same one each time while it is used."""
    want_policy(policy)
    asked = (as_certificates(presented), policy)
    found = trust.memory.get(asked)
    if not isinstance(found, VerifyIndex):
        found = VerifyIndex(trust, *asked)
        if len(trust.memory) >= _MOST_INDEXES:
            trust.memory.clear()
        trust.memory[asked] = found
    return found
