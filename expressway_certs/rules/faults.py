"""Faults of chains, each with all the legs on which it shows, so that one cause becomes one finding.

The legs stand in groups, in the order in which a site comes up. A fault belongs to the first group that shows it: an
expired certificate of Expressway-C is told of with the zone, and its other legs are named there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import attrs

from expressway_certs.product import legs as table
from expressway_certs.rules.judging import Judgement, LegResult
from expressway_certs.rules.remedies import lacking_cas, wanted_issuer
from expressway_certs.x509 import codes
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict

NO_ISSUER: Final = frozenset(
    {
        codes.UNABLE_TO_GET_ISSUER_CERT,
        codes.DEPTH_ZERO_SELF_SIGNED_CERT,
        codes.SELF_SIGNED_CERT_IN_CHAIN,
        codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
    }
)
"""The error numbers that say: a CA is not in the list."""

GROUPS: Final = (
    table.ZONE_LEGS,
    table.TUNNEL_LEGS,
    table.EDGE_TO_CORE_LEGS,
    table.CLUSTER_LEGS,
    table.FAR_END_LEGS,
    table.UC_LEGS,
    table.WEBEX_LEGS,
    table.CLIENT_LEGS,
    table.ADMINISTRATION_LEGS,
)
_GROUP_OF: Final = {leg_id: number for number, ids in enumerate(GROUPS) for leg_id in ids}


@attrs.frozen(kw_only=True, eq=False)
class ChainFault:
    """A chain that was refused on a leg, and the place where it is told of.

    ``lacking`` are the subjects of the CAs that the list lacks; none where it is not for want of a CA.
    """

    result: LegResult
    judgement: Judgement
    verdict: Verdict
    lacking: frozenset[str] = frozenset()

    @property
    def group(self) -> int:
        """The group of legs that it shows on."""
        return _GROUP_OF[self.result.leg.id]


@attrs.frozen(kw_only=True, eq=False)
class Claimed:
    """A fault, and the first one that has the same cause."""

    fault: ChainFault
    home: ChainFault


@attrs.frozen(eq=False)
class Faults:
    """The faults of chains on all legs of a run. ``known`` are the CAs that lie anywhere in the deployment."""

    legs: tuple[LegResult, ...]
    known: TrustStore

    def refused(self, leg_ids: tuple[str, ...]) -> Iterator[Claimed]:
        """Yield what is told of with these legs: certificates that are bad in themselves."""
        yield from self._told_with(self._refusals, leg_ids)

    def untrusted(self, leg_ids: tuple[str, ...]) -> Iterator[Claimed]:
        """Yield what is told of with these legs: certificates whose CA is not in the list."""
        yield from self._told_with(self._missing, leg_ids)

    def shadowed(self) -> Iterator[ChainFault]:
        """Yield those whose CA is in the list, below a namesake."""
        return (fault for fault in self._all if fault.judgement.hidden_ca)

    def _told_with(self, claims: tuple[Claimed, ...], leg_ids: tuple[str, ...]) -> Iterator[Claimed]:
        group = _GROUP_OF[leg_ids[0]]
        return (claim for claim in claims if claim.home.group == group)

    @cached_property
    def _all(self) -> tuple[ChainFault, ...]:
        found = (
            (result, one, one.verdict)
            for result in self.legs
            for one in result.judgements
            if one.verdict is not None and not one.verdict.ok
        )
        return tuple(
            ChainFault(result=result, judgement=one, verdict=verdict, lacking=self._lacking(one, verdict))
            for result, one, verdict in found
        )

    def _lacking(self, judgement: Judgement, verdict: Verdict) -> frozenset[str]:
        if verdict.code not in NO_ISSUER:
            return frozenset()
        key = id(verdict)
        if key not in self._lacking_of:
            names = [one.subject for one in lacking_cas(judgement, self.known)] or [wanted_issuer(judgement)]
            self._lacking_of[key] = frozenset(names)
        return self._lacking_of[key]

    _lacking_of: dict[int, frozenset[str]] = attrs.field(factory=dict, init=False)

    @cached_property
    def _refusals(self) -> tuple[Claimed, ...]:
        faults = [one for one in self._all if not one.lacking and not one.judgement.hidden_ca]
        homes: dict[object, ChainFault] = {}
        for fault in sorted(faults, key=lambda one: one.group):
            homes.setdefault(_refusal(fault), fault)
        return tuple(Claimed(fault=fault, home=homes[_refusal(fault)]) for fault in faults)

    @cached_property
    def _missing(self) -> tuple[Claimed, ...]:
        faults = [one for one in self._all if one.lacking and not one.judgement.hidden_ca]
        lists: dict[tuple[str, str], list[ChainFault]] = {}
        for fault in sorted(faults, key=lambda one: one.group):
            homes = lists.setdefault((fault.judgement.judge, fault.judgement.trusted_by), [])
            if not any(_covers(home, fault) for home in homes):
                homes.append(fault)
        return tuple(
            Claimed(fault=fault, home=next(home for home in _homes(lists, fault) if _covers(home, fault)))
            for fault in faults
        )


def _homes(lists: dict[tuple[str, str], list[ChainFault]], fault: ChainFault) -> list[ChainFault]:
    return lists[fault.judgement.judge, fault.judgement.trusted_by]


def _refusal(fault: ChainFault) -> tuple[object, ...]:
    verdict = fault.verdict
    return verdict.certificate, verdict.code, verdict.expected


def _covers(home: ChainFault, fault: ChainFault) -> bool:
    """Whether what mends ``home`` mends ``fault``: the same certificate, or no CA that is not lacking there too."""
    is_same = home.judgement.certificate == fault.judgement.certificate
    return is_same or home.lacking >= fault.lacking
