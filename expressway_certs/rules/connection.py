"""A leg between two nodes, judged both ways in the order of the handshake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.legs import Leg, Shown, Usage, When
from expressway_certs.product.nodes import Client, ClientFamily, ClusterTls, Expressway, FarEnd, Node, UcServer
from expressway_certs.product.zones import Zone
from expressway_certs.rules import revocation
from expressway_certs.rules.asks import Question, goes_on
from expressway_certs.rules.judging import Judgement, LegResult, Obstacle, State, worst
from expressway_certs.rules.memory import Memory, lacks_crl
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import Purpose
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict


@attrs.frozen(kw_only=True)
class Showing:
    """A certificate that one node shows and the other looks at: the row of the table, and what it comes to here.

    ``purposes`` are what its chain must be good for, each apart; None among them is no purpose.
    """

    shown: Shown
    presenter: Node
    judge: Node
    store: str
    certificate: Certificate | None
    purposes: tuple[Purpose | None, ...]


@attrs.frozen(kw_only=True)
class Connection:
    """A leg to be judged: its two nodes, what they are called by, and what stands around them."""

    leg: Leg
    initiator: Node
    acceptor: Node
    deployment: Deployment
    called_as: str = ""
    zone: Zone | None = None

    def is_of(self, name: str) -> bool:
        """Whether the node of that name is at one of its ends."""
        return name in {self.initiator.name, self.acceptor.name}

    @property
    def sides(self) -> tuple[Showing | None, Showing | None]:
        """What the acceptor shows and what the initiator shows; None where a side shows nothing that is looked at."""
        return (
            self._showing(self.leg.acceptor_shows, self.acceptor, self.initiator),
            self._showing(self.leg.initiator_shows, self.initiator, self.acceptor),
        )

    def _showing(self, shown: Shown | None, presenter: Node, judge: Node) -> Showing | None:
        if shown is None or not _LOOKS[shown.when](self, presenter, judge):
            return None
        store, certificate = self._shown(shown, presenter, judge)
        purposes = _purposes(shown.usages, judge)
        return Showing(
            shown=shown, presenter=presenter, judge=judge, store=store, certificate=certificate, purposes=purposes
        )

    def acceptor_certificate(self) -> Certificate | None:
        """Return what the acceptor shows, whether it is looked at or not; None where it is not given."""
        shown = self.leg.acceptor_shows
        if shown is not None:
            return self._shown(shown, self.acceptor, self.initiator)[1]
        # A server shows a certificate in any case, to a browser as well.
        return self.acceptor.certificate("server") if isinstance(self.acceptor, Expressway) else None

    def judge(self, memory: Memory) -> LegResult:
        """Judge the acceptor's certificate and then, where that passes, the initiator's."""
        shown_first, shown_then = self.sides
        first = tuple(self._judged(shown_first, memory))
        refused = next((one for one in first if one.state is State.DOWN), None)
        second = tuple(self._judged(shown_then, memory))
        if refused is not None:
            why = f"{refused.judge} refuses {refused.presenter} first"
            second = tuple(
                attrs.evolve(one, state=State.NOT_REACHED, why=why, verdict=None, answers=()) for one in second
            )
        asked_nothing = f"{self.initiator.name} and {self.acceptor.name} verify nothing of each other"
        return LegResult(
            leg=self.leg,
            initiator=self.initiator.name,
            acceptor=self.acceptor.name,
            zone=self.zone.name if self.zone else None,
            judgements=(*first, *second),
            obstacle=self._obstacle(),
            not_checked=None if first or second else asked_nothing,
            connection=self,
        )

    def question(self, showing: Showing) -> Question | None:
        """Return what can be asked of a certificate that is shown here; None where it is not given."""
        if showing.certificate is None:
            return None
        return Question(
            leg=self.leg,
            shown=showing.shown,
            presenter=showing.presenter,
            judge=showing.judge,
            certificate=showing.certificate,
            called_as=self.called_as,
            zone=self.zone,
            deployment=self.deployment,
        )

    def _judged(self, showing: Showing | None, memory: Memory) -> Iterator[Judgement]:
        if showing is not None:
            for listed in showing.shown.judged_by:
                yield self._judgement(showing, listed, memory)

    def _judgement(self, showing: Showing, listed: str, memory: Memory) -> Judgement:
        shown, presenter, judge = showing.shown, showing.presenter, showing.judge
        judgement = Judgement(
            judge=judge.name,
            presenter=presenter.name,
            store=showing.store,
            certificate=showing.certificate,
            trusted_by=listed,
            tolerant=goes_on(judge, shown),
        )
        question = self.question(showing)
        if question is None:
            return attrs.evolve(judgement, state=State.NOT_CHECKED, why=f"no certificate of {presenter.name} is given")
        answers = [question.answer(ask) for ask in shown.asks]
        judgement = attrs.evolve(judgement, answers=tuple(one for one in answers if one is not None))
        return _settled(self._chain(judgement, question, showing.purposes, memory))

    def _shown(self, shown: Shown, presenter: Node, judge: Node) -> tuple[str, Certificate | None]:
        """Return the store that the certificate comes from, and the certificate."""
        if shown.by_sni and isinstance(presenter, Expressway):
            return shown.store, presenter.certificate_for(self.called_as)
        if isinstance(presenter, UcServer) and isinstance(judge, Expressway) and self._asks_for_ecdsa(judge):
            store = _ECDSA.get(shown.store, shown.store)
            ecdsa = presenter.certificate(store)
            if ecdsa is not None:
                return store, ecdsa
        if isinstance(presenter, Expressway) and self._is_server_store(shown, presenter):
            return "server", presenter.certificate("server")
        return shown.store, presenter.certificate(shown.store)

    def _asks_for_ecdsa(self, judge: Expressway) -> bool:
        emulation = judge.emulation
        is_off = self.leg.is_sip and emulation.has(Behaviour.SIP_ASKS_FOR_RSA)
        return emulation.has(Behaviour.ASKS_FOR_ECDSA) and not is_off

    def _is_server_store(self, shown: Shown, presenter: Expressway) -> bool:
        """Whether a connection is opened with the server's certificate: before X15.5, or by a setting (§11 C6)."""
        if shown.store == "client" and self.leg.zones and presenter.settings.core_client_auth_store == "server":
            return True
        return not presenter.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE)

    def _chain(
        self, judgement: Judgement, question: Question, purposes: tuple[Purpose | None, ...], memory: Memory
    ) -> Judgement:
        """Return the judgement with the verdict on the chain."""
        certificate, presenter, judge = question.certificate, question.presenter, question.judge
        trust = judge.trust(judgement.trusted_by)
        if trust is None:
            return attrs.evolve(judgement, state=State.NOT_CHECKED, why=f"{judgement.trusted_by} is not given")
        presented = memory.sent(presenter, certificate) if question.shown.travels else ()
        verdict = self._verdict(question, purposes, trust, presented, memory)
        judgement = attrs.evolve(judgement, verdict=verdict)
        if verdict.ok:
            return judgement
        why = f"{judge.name} does not trust {presenter.name}: {verdict.reason}"
        # Jabber asks its user about much, and not about a certificate that is revoked (mra.md A1.10).
        state = State.DOWN if verdict.code == codes.CERT_REVOKED else question.failing
        checking = revocation.checking_of(judge, self.leg, question.shown)
        if lacks_crl(verdict) and checking is not None and checking.fallback == "not known":
            state = State.NOT_CHECKED
        return attrs.evolve(judgement, state=state, why=why, hidden_ca=_hidden_ca(judge, verdict, memory))

    def _verdict(
        self,
        question: Question,
        purposes: tuple[Purpose | None, ...],
        trust: TrustStore,
        presented: tuple[Certificate, ...],
        memory: Memory,
    ) -> Verdict:
        """Return the first verdict that says no, among those for each usage that is asked for; else the last."""
        judge, certificate = question.judge, question.certificate
        checking = self._checking(question, trust, presented, memory)
        # Unified CM also takes a certificate that itself lies in its list (mra.md A2.3, mixed mode).
        is_listed = isinstance(judge, UcServer) and certificate in trust
        by_each = checking is not None and bool(checking.ocsp or checking.lists_in_force)
        verdict = None
        for purpose in purposes:
            policy = memory.policy(
                purpose,
                judge,
                crls=checking.crls if checking else (),
                crl_check=checking.depth if checking else None,
                partial_chain=is_listed,
            )
            verdict = memory.verdict(certificate, trust, presented, policy)
            if checking and (by_each or (lacks_crl(verdict) and checking.fallback != "revoked")):
                plain = memory.verdict(certificate, trust, presented, attrs.evolve(policy, crl_check=None))
                verdict = revocation.checked(checking, plain, memory) if plain.ok else plain
            if not verdict.ok:
                return verdict
        if verdict is None:
            raise AssertionError("there is always something to ask")
        return verdict

    def _checking(
        self, question: Question, trust: TrustStore, presented: tuple[Certificate, ...], memory: Memory
    ) -> revocation.Checking | None:
        """Return how revocation is checked here, with the lists that the certificates of this chain name."""
        checking = revocation.checking_of(question.judge, self.leg, question.shown)
        behind = self.deployment.published_crls
        if checking is None or not checking.downloads:
            return checking
        if not behind:
            return checking.with_downloads((), behind)
        policy = memory.policy(None, question.judge, crls=(), crl_check=None, partial_chain=False)
        chain = memory.verdict(question.certificate, trust, presented, policy).chain
        return checking.with_downloads(chain, behind)

    def _obstacle(self) -> Obstacle | None:
        """Return what DNS lacks for SSH, where DNS is known: records both ways, for both (platform.md §5)."""
        if not self.leg.asks_dns or self.deployment.dns is None:
            return None
        lacking = [
            f"{kind} DNS record of {node.name}"
            for node in (self.initiator, self.acceptor)
            for kind in missing_records(node, self.deployment)
        ]
        return Obstacle(state=State.DOWN, why=f"no {', no '.join(lacking)}") if lacking else None


def missing_records(node: Node, deployment: Deployment) -> tuple[str, ...]:
    """Return which DNS records a node lacks: "forward", "reverse"; nothing where DNS is not known."""
    if deployment.dns is None or not isinstance(node, Expressway):
        return ()
    found = deployment.dns.addresses(node.name)
    addresses = (node.address,) if node.address else found
    has_reverse = any(deployment.dns.names(one) for one in addresses)
    return (*(() if found else ("forward",)), *(() if has_reverse else ("reverse",)))


def _settled(judgement: Judgement) -> Judgement:
    """Return the judgement with the state that its chain and its answers come to, and the reason."""
    states = {judgement.state, *(one.state for one in judgement.answers)}
    # Who goes on is warned at worst, unless it is blocked: what is not known can add nothing to that.
    goes_on = judgement.tolerant and State.DOWN not in states
    state = State.WARNS if goes_on and State.WARNS in states else worst(states)
    if judgement.state is state:
        return judgement
    why = next(one.why for one in judgement.answers if one.state is state)
    return attrs.evolve(judgement, state=state, why=why)


def _purposes(usages: tuple[Usage, ...], judge: Node) -> tuple[Purpose | None, ...]:
    """Return what the chain must be good for by this judge; None where no usage is asked for."""
    return tuple(usage.purpose for usage in usages if _is_asked(usage, judge)) or (None,)


def _is_asked(usage: Usage, judge: Node) -> bool:
    if isinstance(judge, UcServer):
        # Its switch is about client authentication; where it calls, it wants a server as every TLS client does.
        return usage.purpose is Purpose.SERVER or judge.client_auth_validation
    if isinstance(judge, FarEnd):
        return usage.purpose is Purpose.SERVER or judge.checks_client_auth
    if usage.under is None or not isinstance(judge, Expressway):
        return True
    return judge.emulation.has(usage.under)


def _hidden_ca(judge: Node, verdict: Verdict, memory: Memory) -> Certificate | None:
    """Return the certificate with which the list would do if it stood before its namesake (platform.md §2)."""
    case = verdict.case
    if not isinstance(judge, Expressway) or case.trust is not judge.effective_ca or verdict.code == codes.CERT_REVOKED:
        return None
    orders = judge.with_hidden_first
    would_do = (one for one in orders if memory.verdict(case.leaf, one, case.presented, case.policy).ok)
    return next((one.certificates[0] for one in would_do), None)


_ECDSA: Final = {"tomcat": "tomcat-ECDSA", "callmanager": "CallManager-ECDSA"}

_Looks = Callable[[Connection, Node, Node], bool]


def _zone_verifies(connection: Connection, _presenter: Node, _judge: Node) -> bool:
    return connection.zone is None or connection.zone.tls_verify


def _zone_verifies_client(connection: Connection, presenter: Node, judge: Node) -> bool:
    is_one_way = isinstance(judge, Expressway) and judge.settings.traversal_verification == "one-way"
    return _zone_verifies(connection, presenter, judge) and not is_one_way


def _has(*behaviours: Behaviour, of_judge: bool) -> _Looks:
    def looks(_connection: Connection, presenter: Node, judge: Node) -> bool:
        node = judge if of_judge else presenter
        return isinstance(node, Expressway) and any(map(node.emulation.has, behaviours))

    return looks


_LOOKS: Final[dict[When, _Looks]] = {
    When.ALWAYS: lambda _connection, _presenter, _judge: True,
    When.ZONE_VERIFIES: _zone_verifies,
    When.ZONE_VERIFIES_CLIENT: _zone_verifies_client,
    When.CLUSTER_ENFORCES: lambda _, __, judge: (
        isinstance(judge, Expressway) and judge.cluster_tls is ClusterTls.ENFORCE
    ),
    When.ORIGIN_IS_VERIFIED: _has(Behaviour.VERIFIES_UC_SERVERS, Behaviour.MAY_VERIFY_UC_SERVERS, of_judge=True),
    When.CORE_PRESENTS: _has(Behaviour.PRESENTS_TO_UC_SERVERS, of_judge=False),
    When.SERVER_IS_VERIFIED: lambda _, presenter, __: isinstance(presenter, UcServer) and presenter.tls_verify,
    When.XCP_VERIFIES: lambda _, __, judge: isinstance(judge, Expressway) and judge.xcp_verification,
    When.XMPP_PEER_IS_VERIFIED: lambda _, __, judge: isinstance(judge, UcServer) and judge.verifies_xmpp_peers,
    When.ADMINISTRATORS_ARE_ASKED: lambda _, __, judge: (
        isinstance(judge, Expressway) and judge.client_certificate_security
    ),
    When.ONBOARDING: lambda _, presenter, judge: (
        isinstance(judge, Expressway)
        and judge.activation_code_onboarding
        and isinstance(presenter, Client)
        and presenter.family is ClientFamily.PHONE
    ),
}
