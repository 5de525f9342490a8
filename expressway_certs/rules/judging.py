"""A leg between two nodes, judged both ways in the order of the handshake."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Iterator
from datetime import datetime

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.legs import Leg, NameRule, Shown
from expressway_certs.product.nodes import Client, Expressway, Node, UcServer
from expressway_certs.product.zones import Zone
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify


class State(enum.Enum):
    """What becomes of a leg."""

    UP = "up"
    WARNS = "warns"
    DOWN = "down"
    NOT_REACHED = "not reached"
    NOT_CHECKED = "not checked"


class NameMatch(enum.Enum):
    """How a wanted name stands in a certificate."""

    ALTERNATIVE_NAME = "subject alternative name"
    COMMON_NAME_ONLY = "common name alone"
    NONE = "not there"


@attrs.frozen(kw_only=True)
class Judgement:
    """One side's verdict on the other's certificate, by one of its lists.

    ``verdict`` is None where ``why`` says what kept it from being reached. ``name`` is the name that
    was looked for, if any.
    """

    judge: str
    presenter: str
    store: str
    certificate: Certificate | None
    trusted_by: str
    verdict: Verdict | None = None
    name: str | None = None
    match: NameMatch | None = None
    tolerant: bool = False
    why: str | None = None
    state: State = State.UP


@attrs.frozen(kw_only=True)
class LegResult:
    """A leg between two nodes: its state, and the judgements that led to it, in order."""

    leg: Leg
    initiator: str
    acceptor: str
    zone: str | None = None
    judgements: tuple[Judgement, ...] = ()
    not_checked: str | None = None

    @property
    def state(self) -> State:
        """What becomes of the leg: the worst of its judgements."""
        if self.not_checked is not None:
            return State.NOT_CHECKED
        found = {judgement.state for judgement in self.judgements}
        order = (State.DOWN, State.NOT_CHECKED, State.WARNS)
        return next((state for state in order if state in found), State.UP)

    @property
    def why(self) -> str:
        """The reason for the state, in a few words; empty for a leg that is up."""
        if self.not_checked is not None:
            return self.not_checked
        return next((one.why for one in self.judgements if one.state is self.state and one.why), "")


@attrs.frozen(kw_only=True)
class Connection:
    """A leg to be judged: its two nodes, and the names that either looks for."""

    leg: Leg
    initiator: Node
    acceptor: Node
    zone: Zone | None = None

    def judge(self, at: datetime | None) -> LegResult:
        """Judge the acceptor's certificate and then, where that passes, the initiator's."""
        first = tuple(self._judged(self.leg.acceptor_shows, self.acceptor, self.initiator, at))
        refused = next((one for one in first if one.state is State.DOWN), None)
        second = tuple(self._judged(self.leg.initiator_shows, self.initiator, self.acceptor, at))
        if refused is not None:
            why = f"{refused.judge} refuses {refused.presenter} first"
            second = tuple(attrs.evolve(one, state=State.NOT_REACHED, why=why, verdict=None) for one in second)
        asked_nothing = f"{self.initiator.name} and {self.acceptor.name} verify nothing of each other"
        return LegResult(
            leg=self.leg,
            initiator=self.initiator.name,
            acceptor=self.acceptor.name,
            zone=self.zone.name if self.zone else None,
            judgements=(*first, *second),
            not_checked=None if first or second else asked_nothing,
        )

    def _judged(self, shown: Shown | None, presenter: Node, judge: Node, at: datetime | None) -> Iterator[Judgement]:
        if shown is None or not _is_asked(presenter, judge):
            return
        for listed in shown.judged_by:
            yield self._judgement(shown, presenter, judge, listed, at)

    def _judgement(self, shown: Shown, presenter: Node, judge: Node, listed: str, at: datetime | None) -> Judgement:
        certificate = presenter.certificate(shown.store)
        judgement = Judgement(
            judge=judge.name,
            presenter=presenter.name,
            store=shown.store,
            certificate=certificate,
            trusted_by=listed,
            name=self._wanted_name(shown),
            tolerant=isinstance(judge, Client) and judge.family.prompts,
        )
        if certificate is None:
            return attrs.evolve(judgement, state=State.NOT_CHECKED, why=f"no certificate of {presenter.name} is given")
        match = None if judgement.name is None else name_match(certificate, judgement.name, shown.name)
        judgement = attrs.evolve(judgement, match=match)
        trust = judge.trust(listed)
        if trust is None:
            return _with_name(judgement, State.NOT_CHECKED, f"{listed} is not given")
        presented = presenter.presents(certificate, at) if shown.travels else ()
        verdict = verify(certificate, trust, presented, VerifyPolicy(purpose=shown.purpose, at=at))
        judgement = attrs.evolve(judgement, verdict=verdict)
        if not verdict.ok:
            why = f"{judge.name} does not trust {presenter.name}: {verdict.reason}"
            return attrs.evolve(judgement, state=_failing(judgement), why=why)
        return _with_name(judgement, State.UP, None)

    def _wanted_name(self, shown: Shown) -> str | None:
        if shown.name is NameRule.SERVICE_DOMAIN and isinstance(self.initiator, Client):
            return self.initiator.service_domain
        if shown.name is NameRule.PUBLISHED_NAME:
            return self.acceptor.name
        if self.zone is None or not isinstance(self.acceptor, Expressway):
            return None
        if shown.name is NameRule.PEER_ADDRESS:
            return self.zone.address_of(self.acceptor)
        return self.zone.tls_verify_subject_name if shown.name is NameRule.VERIFY_NAME else None


def _failing(judgement: Judgement) -> State:
    return State.WARNS if judgement.tolerant else State.DOWN


def _with_name(judgement: Judgement, usual: State, why: str | None) -> Judgement:
    """Return the judgement with the state that the name leads to, where the chain leads to ``usual``."""
    if judgement.match is NameMatch.NONE:
        usual, why = _failing(judgement), f"{judgement.name} is not a name in the certificate of {judgement.presenter}"
    elif judgement.match is NameMatch.COMMON_NAME_ONLY and usual is State.UP:
        usual = State.WARNS
        why = f"{judgement.name} is in the certificate of {judgement.presenter} as its common name alone"
    return attrs.evolve(judgement, state=usual, why=why)


def _is_asked(presenter: Node, judge: Node) -> bool:
    """Whether ``judge`` looks at the presenter's certificate at all; between Expressway-C and Unified CM it depends.

    Expressway-C shows its certificate since X14.0.2, and verifies Unified CM's since X14.2 (mra.md A2.1).
    """
    if isinstance(presenter, Expressway) and isinstance(judge, UcServer):
        return presenter.emulation.has(Behaviour.PRESENTS_TO_UC_SERVERS)
    if isinstance(presenter, UcServer) and isinstance(judge, Expressway):
        return judge.emulation.has(Behaviour.VERIFIES_UC_SERVERS)
    return True


def name_match(certificate: Certificate, wanted: str, rule: NameRule | None) -> NameMatch:
    """Return how ``wanted`` stands in a certificate, as Expressway compares: the whole name, whatever its case.

    Wildcards are not expanded; a common name alone is documented as not accepted and may work
    (platform.md §4.2 and §11 C1). An IP address must be there as one.
    """
    names = {name.lower() for name in certificate.dns_names}
    wanted = wanted.lower()
    accepted = {wanted, f"collab-edge.{wanted}"} if rule is NameRule.SERVICE_DOMAIN else {wanted}
    if accepted & names or (rule is NameRule.SERVICE_DOMAIN and _has_srv_name(certificate, wanted)):
        return NameMatch.ALTERNATIVE_NAME
    if _as_address(wanted) in certificate.ip_addresses:
        return NameMatch.ALTERNATIVE_NAME
    if (certificate.common_name or "").lower() in accepted:
        return NameMatch.COMMON_NAME_ONLY
    return NameMatch.NONE


def _has_srv_name(certificate: Certificate, domain: str) -> bool:
    return f"_collab-edge._tls.{domain}" in {name.lower() for name in certificate.srv_names}


def _as_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
