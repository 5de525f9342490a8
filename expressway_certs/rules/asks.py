"""What is asked of a certificate besides its chain, one function for each `Ask` of the table of legs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.dns import host
from expressway_certs.product.far_ends import allows
from expressway_certs.product.legs import Ask, Leg, Shown, When
from expressway_certs.product.nodes import Client, ClientFamily, Expressway, FarEnd, Node, UcServer
from expressway_certs.product.settings import Chosen
from expressway_certs.product.zones import Zone
from expressway_certs.rules import matching, ssh
from expressway_certs.rules.judging import Answer, NameMatch, State
from expressway_certs.x509.alternative_names import AlternativeName, names_in
from expressway_certs.x509.certificate import Certificate


@attrs.frozen(kw_only=True)
class Question:
    """A certificate that one node shows another on a leg, and what stands around them."""

    leg: Leg
    shown: Shown
    presenter: Node
    judge: Node
    certificate: Certificate
    called_as: str
    zone: Zone | None
    deployment: Deployment

    def answer(self, ask: Ask) -> Answer | None:
        """Return what comes of one thing that is asked; None where it is not asked here after all."""
        return _ASKS[ask](self, ask)

    def named(
        self,
        ask: Ask,
        wanted: str,
        match: NameMatch,
        *,
        settings: tuple[Chosen, ...] = (),
        common_name: State = State.WARNS,
    ) -> Answer:
        """Return the answer about a name that must be in the certificate; ``common_name``: what that alone leads to."""
        where = f"in the certificate of {self.presenter.name}"
        why = {
            NameMatch.NONE: f"{wanted} is not a name {where}",
            NameMatch.COMMON_NAME_ONLY: f"{wanted} is {where} as its common name alone",
            NameMatch.ADDRESS_ONLY: f"{wanted} is {where} as an IP address alone",
        }.get(match)
        state = common_name if match is NameMatch.COMMON_NAME_ONLY else _NAME_STATES[match]
        if settings:
            state = _SIDES[settings[0].value]
        if state is State.DOWN and is_contested(self.judge, self.shown):
            settings = (*settings, *self.chosen("traffic_server_verifies_since"))
        return Answer(
            ask=ask,
            wanted=wanted,
            found=matching.listed_names(self.certificate),
            match=match,
            state=self.failing if state is State.DOWN else state,
            why=None if state is State.UP else why,
            settings=settings,
        )

    @property
    def failing(self) -> State:
        """What a fault leads to here: some clients ask their user and go on."""
        return State.WARNS if goes_on(self.judge, self.shown) else State.DOWN

    def unknown(self, ask: Ask, wanted: str, why: str) -> Answer:
        """Return the answer where an input is lacking."""
        return Answer(ask=ask, wanted=wanted, state=State.NOT_CHECKED, why=why)

    def chosen(self, setting: str) -> tuple[Chosen, ...]:
        """Return a setting of the judging Expressway."""
        return (self.judge.settings.chosen(setting),) if isinstance(self.judge, Expressway) else ()


def goes_on(judge: Node, shown: Shown) -> bool:
    """Whether a judge goes on with a certificate that it does not like, or by some sources does not look at it."""
    if isinstance(judge, Client):
        return judge.tolerates
    is_possible = isinstance(judge, Expressway) and judge.emulation.has(Behaviour.MAY_VERIFY_UC_SERVERS)
    return is_possible and shown.when is When.ORIGIN_IS_VERIFIED


def is_contested(judge: Node, shown: Shown) -> bool:
    """Whether the sources disagree that a judge looks at what it is shown at all (platform.md §11 C3)."""
    if not isinstance(judge, Expressway) or shown.when is not When.ORIGIN_IS_VERIFIED:
        return False
    by_setting = judge.emulation.step(Behaviour.VERIFIES_UC_SERVERS).setting is not None
    return by_setting or goes_on(judge, shown)


_NAME_STATES: Final = {
    NameMatch.ALTERNATIVE_NAME: State.UP,
    NameMatch.ADDRESS_ONLY: State.WARNS,
    NameMatch.NONE: State.DOWN,
}
_SIDES: Final = {"accept": State.UP, "warn": State.WARNS, "refuse": State.DOWN}


def _zone_name(question: Question, ask: Ask, wanted: str) -> Answer:
    """A name of TLS verify; the sources disagree about one that is the common name alone (platform.md §11 C1)."""
    match = matching.exact(question.certificate, wanted)
    is_open = match is NameMatch.COMMON_NAME_ONLY
    return question.named(ask, wanted, match, settings=question.chosen("common_name_in_verify") if is_open else ())


def _peer_address(question: Question, ask: Ask) -> Answer | None:
    if question.zone is None or not isinstance(question.presenter, Expressway | FarEnd):
        return None
    return _zone_name(question, ask, question.zone.address_of(question.presenter))


def _verify_name(question: Question, ask: Ask) -> Answer | None:
    if question.zone is None:
        return None
    # The preset name of a Webex zone is not published; where it is not given, the far end's own is taken.
    return _zone_name(question, ask, question.zone.tls_verify_subject_name or question.presenter.name)


def _node_name(question: Question, ask: Ask) -> Answer:
    return _zone_name(question, ask, question.presenter.name)


def _published_name(question: Question, ask: Ask) -> Answer:
    wanted = question.presenter.name
    match = matching.traffic_server(question.certificate, wanted)
    is_open = match is NameMatch.ADDRESS_ONLY
    return question.named(ask, wanted, match, settings=question.chosen("uc_server_address_names") if is_open else ())


def _host_name(question: Question, ask: Ask) -> Answer:
    return question.named(ask, question.presenter.name, matching.client(question.certificate, question.presenter.name))


def _edge_name(question: Question, ask: Ask) -> Answer:
    wanted = question.called_as
    match = matching.client(question.certificate, wanted)
    # Jabber falls back to the common name (mra.md A1.7).
    if match is NameMatch.COMMON_NAME_ONLY and isinstance(question.judge, Client) and question.judge.family.is_jabber:
        match = NameMatch.ALTERNATIVE_NAME
    return question.named(ask, wanted, match, common_name=State.DOWN)


def _service_domain(question: Question, ask: Ask) -> Answer | None:
    if not isinstance(question.judge, Client):
        return None
    domain = question.judge.service_domain
    match = matching.any_of(question.certificate, (domain, f"collab-edge.{domain}"))
    others = [one.key for one in _other_spellings(question, domain)]
    if others and not {name.key for name in names_in(question.certificate)}.isdisjoint(others):
        match = NameMatch.ALTERNATIVE_NAME
    return question.named(ask, domain, match, common_name=State.DOWN)


def _other_spellings(question: Question, domain: str) -> Iterator[AlternativeName]:
    """Yield what stands for the service domain besides DNS names: to room systems, and in XMPP (mra.md A1.5, A1.7)."""
    is_xmpp = question.leg.id == "1c"
    if is_xmpp or (isinstance(question.judge, Client) and question.judge.family is ClientFamily.ROOM_SYSTEM):
        yield AlternativeName("SRV", f"_collab-edge._tls.{domain}")
    if is_xmpp:
        # RFC 6120 §13.7.1.2.
        yield AlternativeName("SRV", f"_xmpp-client.{domain}")
        yield AlternativeName("XMPP", domain)


def _reverse_name(question: Question, ask: Ask) -> Answer | None:
    node = question.presenter
    if not isinstance(node, Expressway) or not (
        isinstance(question.judge, Expressway) and question.judge.xcp_verify_hostname
    ):
        return None
    dns = question.deployment.dns
    if dns is None:
        return question.unknown(ask, node.name, "DNS is not given")
    addresses = (node.address,) if node.address else dns.addresses(question.called_as)
    names = [name for one in addresses for name in dns.names(one)]
    if not names:
        where = ", ".join(addresses) or question.called_as
        why = f"the reverse DNS lookup of {where} gives no name"
        return Answer(ask=ask, wanted=where, state=State.DOWN, why=why)
    match = max((_sure(matching.exact(question.certificate, name)) for name in names), key=_MATCHES.index)
    return question.named(ask, names[0], match)


_MATCHES: Final = (NameMatch.NONE, NameMatch.ALTERNATIVE_NAME)


def _sure(match: NameMatch) -> NameMatch:
    """Return a match where the alternative names alone count."""
    return match if match is NameMatch.ALTERNATIVE_NAME else NameMatch.NONE


def _cluster_peer(question: Question, ask: Ask) -> Answer:
    match = matching.exact(question.certificate, question.called_as)
    # Common name or alternative name, and an FQDN (platform.md §4.6).
    if not matching.has_domain(question.called_as):
        match = NameMatch.NONE
    elif match is NameMatch.COMMON_NAME_ONLY:
        match = NameMatch.ALTERNATIVE_NAME
    return question.named(ask, question.called_as, match)


def _cluster_address(question: Question, ask: Ask) -> Answer | None:
    node, judge, dns = question.presenter, question.judge, question.deployment.dns
    if not isinstance(node, Expressway) or not isinstance(judge, Expressway):
        return None
    if node.address is None:
        return question.unknown(ask, node.name, f"the IP address of {node.name} is not given")
    mapped = dict(judge.cluster_addresses)
    if dns is None and not mapped:
        return question.unknown(ask, node.address, "neither DNS nor the cluster address mapping is given")
    found = {name: _resolved(name, mapped, question.deployment) for name in matching.names_of(question.certificate)}
    if any(node.address in addresses for addresses in found.values()):
        return Answer(ask=ask, wanted=node.address)
    listed = ", ".join(f"{name}: {' '.join(addresses) or 'nothing'}" for name, addresses in found.items())
    why = f"no name in the certificate of {node.name} leads to {node.address}"
    return Answer(ask=ask, wanted=node.address, found=listed, state=State.DOWN, why=why)


def _resolved(name: str, mapped: dict[str, str], deployment: Deployment) -> tuple[str, ...]:
    """Return the addresses of a name: the mapping table goes before DNS (platform.md §4.6)."""
    if host(name) in mapped:
        return (mapped[host(name)],)
    return deployment.dns.addresses(name) if deployment.dns else ()


def _profile_names(question: Question, ask: Ask) -> Answer | None:
    profiles, node = question.deployment.phone_security_profiles, question.presenter
    if not profiles or not isinstance(node, Expressway):
        return None
    settings: tuple[Chosen, ...] = ()
    if node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE):
        settings = (node.settings.chosen("profile_names_store"),)
        if settings[0].value not in {"both", question.shown.store}:
            return None
    # Unified CM holds the common name against the name of the device (mra.md A2.4).
    present = {name.lower() for name in question.certificate.dns_names}
    lacking = [name for name in profiles if name.lower() not in present]
    match = NameMatch.NONE if lacking else NameMatch.ALTERNATIVE_NAME
    answer = question.named(ask, ", ".join(lacking or profiles), match)
    return attrs.evolve(answer, settings=settings)


def _registered_name(question: Question, ask: Ask) -> Answer | None:
    if not isinstance(question.judge, UcServer) or question.judge.expressway_cores is None:
        return None
    listed = {name.lower() for name in question.judge.expressway_cores}
    names = matching.names_of(question.certificate)
    if any(name.lower() in listed for name in names):
        return Answer(ask=ask, wanted=", ".join(names))
    why = f"no name of {question.presenter.name} is listed under Device > Expressway-C of {question.judge.name}"
    found = ", ".join(question.judge.expressway_cores) or "nothing"
    return Answer(ask=ask, wanted=", ".join(names), found=found, state=State.DOWN, why=why)


def _access_rules(question: Question, ask: Ask) -> Answer | None:
    if question.zone is None or not question.zone.access_rules:
        return None
    names = matching.names_of(question.certificate)
    listed = ", ".join(names)
    if allows(question.zone.access_rules, names):
        return Answer(ask=ask, wanted=listed)
    why = f"the access rules of {question.zone.name} keep {question.presenter.name} out"
    return Answer(ask=ask, wanted="a name that a rule allows", found=listed, state=State.DOWN, why=why)


def _ssh_key_type(question: Question, ask: Ask) -> Answer | None:
    wanted = ssh.key_type(question.certificate)
    for node in (question.judge, question.presenter):
        if isinstance(node, Expressway) and wanted not in node.ssh_key_types:
            why = f"{node.name} allows no SSH key of the type {wanted or question.certificate.key}"
            allowed = ", ".join(node.ssh_key_types) or "nothing"
            return Answer(
                ask=ask, wanted=allowed, found=wanted or str(question.certificate.key), state=State.DOWN, why=why
            )
    return Answer(ask=ask, wanted=wanted or "")


def _ssh_names(question: Question, ask: Ask) -> Answer | None:
    unknown = question.certificate.unnamed_attributes
    if not unknown:
        return Answer(ask=ask, wanted="attributes that have a name")
    listed = ", ".join(unknown)
    why = f"subject or issuer of {question.presenter.name} has attributes that SSH cannot read: {listed}"
    return Answer(ask=ask, wanted="attributes that have a name", found=listed, state=State.DOWN, why=why)


_ASKS: Final[dict[Ask, Callable[[Question, Ask], Answer | None]]] = {
    Ask.PEER_ADDRESS: _peer_address,
    Ask.VERIFY_NAME: _verify_name,
    Ask.PUBLISHED_NAME: _published_name,
    Ask.NODE_NAME: _node_name,
    Ask.SERVICE_DOMAIN: _service_domain,
    Ask.EDGE_NAME: _edge_name,
    Ask.REVERSE_NAME: _reverse_name,
    Ask.CLUSTER_PEER: _cluster_peer,
    Ask.CLUSTER_ADDRESS: _cluster_address,
    Ask.PROFILE_NAMES: _profile_names,
    Ask.REGISTERED_NAME: _registered_name,
    Ask.HOST_NAME: _host_name,
    Ask.ACCESS_RULES: _access_rules,
    Ask.SSH_KEY_TYPE: _ssh_key_type,
    Ask.SSH_NAMES: _ssh_names,
}
