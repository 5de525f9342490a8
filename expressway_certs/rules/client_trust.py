"""Rules for the CAs that clients and Expressway-E know of each other, and for Phone-Edge-trust."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from expressway_certs.product.changes import AddTrustedCa, RequestCertificate, RequestTrustedCa
from expressway_certs.product.clients import CLIENT_LIST, MOST_PHONE_EDGE_TRUST, PHONE_EDGE_TRUST
from expressway_certs.product.legs import CLIENT_LEGS
from expressway_certs.product.nodes import Client, ClientFamily, UcKind, UcServer
from expressway_certs.product.provenance import Source
from expressway_certs.rules import client_ends, common, hits, remedies, requests
from expressway_certs.rules.faults import NO_ISSUER, Claimed
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Stage, rule
from expressway_certs.x509 import codes
from expressway_certs.x509.verdict import Verdict


@rule("client-distrusts-edge", Severity.WARNING, Stage.MRA)
def client_distrusts_edge(context: Context) -> Iterator[Hit]:
    """The client does not trust the certificate of Expressway-E.

    What it checks: the certificate, with what Expressway-E sends, against the client's CAs, where they are given; for
    Jabber also the CRLs behind the URLs in it, where those are given.
    Why it matters: Jabber asks its user, but for a revoked certificate; phones, which have a fixed list of public CAs,
    do not connect.
    Example: a private CA that the phones do not know, or one that was installed beside those of Android; or an
    intermediate that Expressway-E itself lacks, and so does not send.
    Remedy: a certificate of a CA that the clients have, or the CA on the clients; where Expressway-E does not send its
    chain, the CAs into its own list.
    References: mra.md A1.1, A1.2, A1.10, A1.11, A1.16 and A1.17; platform.md §4.3 (T-212475).
    """
    yield from client_ends.with_ends(context, _distrusted(context))


def _distrusted(context: Context) -> Iterator[tuple[str, Hit]]:
    clients = client_ends.names(context)
    for claim in common.untrusted(context, CLIENT_LEGS, judges=clients):
        sent = _to_be_sent(context, claim)
        presenter = claim.home.judgement.presenter
        lacks = f"{presenter} shows clients {_under(claim.home.verdict)}, which they do not trust"
        message = lacks if sent is None else f"{presenter} does not send clients the CA certificates above its own"
        yield _distrust(context, claim, message, sent or _to_be_installed(context, claim))
    for claim in common.refused(context, CLIENT_LEGS, judges=clients):
        home = claim.home
        message = f"clients refuse the certificate of {home.judgement.presenter}, {home.verdict.reason}"
        yield _distrust(context, claim, message, hits.instead_of(context, claim))


def _under(verdict: Verdict) -> str:
    """Return what the clients do not trust: by the CA that they lack, or the certificate itself."""
    certificate = verdict.certificate
    if certificate.is_self_signed:
        return f"a certificate under {certificate.subject}" if verdict.depth else "a self-signed certificate"
    return f"a certificate under {certificate.issuer}"


def _to_be_sent(context: Context, claim: Claimed) -> Remedy | None:
    """Return how Expressway-E comes to send what is lacking, where that is all; None where it would not do."""
    sent = remedies.to_be_sent(context, claim.fault.judgement.presenter, claim.fault.verdict.case)
    return None if sent is None else Remedy(changes=[sent])


def _to_be_installed(context: Context, claim: Claimed) -> Remedy:
    """Return how the CA comes into the clients' list; where nothing goes in there, a certificate of another CA."""
    judgement = claim.fault.judgement
    client = client_ends.client(context, judgement.judge)
    where = client.family.list_name if client else "CA list"
    has_own = client is not None and client.has_phone_edge_trust
    store, where = (PHONE_EDGE_TRUST, PHONE_EDGE_TRUST) if has_own else (CLIENT_LIST, where)
    change = remedies.loading(judgement.judge, store, claim.fault.verdict, context.known)
    if client is None or not _takes(client, change):
        request = requests.in_place_of(context, judgement, not_from=_issuers(context, judgement))
        or_else = _OR_PHONE_EDGE_TRUST if where == ClientFamily.PHONE.list_name else ()
        return Remedy(before=[_no_room(where, judgement.judge)], changes=[request], after=or_else)
    return Remedy(changes=[change], after=[f"That is the {where} of {judgement.judge}.", "Or use a CA that they have."])


_OR_PHONE_EDGE_TRUST: Final = (
    "Or, with SIP OAuth from Unified CM 14 on: the roots of Expressway-E and of tomcat into Phone-Edge-trust.",
)


def _takes(client: Client, change: AddTrustedCa | RequestTrustedCa) -> bool:
    """Whether a list of a client takes what a change puts into it; what a CA gives is one certificate at least."""
    if change.store != PHONE_EDGE_TRUST:
        return client.takes_other_cas
    added = len(change.certificates) if isinstance(change, AddTrustedCa) else 1
    return len(client.phone_edge_trust or ()) + added <= MOST_PHONE_EDGE_TRUST


def _no_room(where: str, client: str) -> str:
    if where != PHONE_EDGE_TRUST:
        return f"Nothing can be put into the {where} of {client}: use a CA in there."
    return f"The {where} of {client} holds at most {MOST_PHONE_EDGE_TRUST}: use a CA in there, or delete one of them."


def _issuers(context: Context, judgement: Judgement) -> list[str]:
    """Return the CAs above a certificate, as far as they are known, or its issuer."""
    certificate = judgement.certificate
    if certificate is None:
        return []
    return [one.subject for one in remedies.ca_chain(certificate, context.known)] or [certificate.issuer]


def _distrust(context: Context, claim: Claimed, message: str, remedy: Remedy) -> tuple[str, Hit]:
    judgement = claim.fault.judgement
    is_revoked = claim.fault.verdict.code == codes.CERT_REVOKED
    hit = hits.of_chain(
        claim,
        message,
        remedy,
        node=judgement.presenter,
        how_bad=Severity.ERROR if is_revoked else client_ends.severity(judgement),
        sources=_BLOCKED if is_revoked else _sources(client_ends.client(context, judgement.judge)),
    )
    return judgement.judge, hit


_BLOCKED: Final = (Source("mra.md A1.10: JAB"),)


def _sources(client: Client | None) -> Iterator[Source]:
    """Yield who says what these clients trust, and what they do about the rest."""
    if client is None:
        return
    if client.has_phone_edge_trust:
        yield Source("mra.md A1.17: CVD14")
    elif client.family is ClientFamily.PHONE:
        yield Source("mra.md A1.16: 213872, CVD14")
    elif client.family is ClientFamily.ROOM_SYSTEM:
        yield Source("mra.md A4.5: 211304")
    else:
        yield Source("mra.md A1.1: MRA-req")
    if client.family.is_jabber:
        yield Source("mra.md A1.2: JAB") if client.tolerates else Source("mra.md A1.11")
    elif client.family is ClientFamily.WEBEX:
        yield Source("mra.md A1.18: 223101")


@rule("device-certificate-refused", Severity.ERROR, Stage.MRA)
def device_certificate_refused(context: Context) -> Iterator[Hit]:
    """Expressway-E refuses the certificate of a phone in activation code onboarding.

    What it checks: the device's certificate by the activation code onboarding trusted CA list.
    Why it matters: with onboarding on, phones must show a certificate that Expressway-E trusts.
    Example: the manufacturing CA that is missing in that list.
    Remedy: the manufacturing CA certificates into that list, which is another one than the Trusted CA list.
    References: mra.md A1.15 (MRA-req), platform.md §2.
    """
    nodes = {node.name for node in context.deployment.nodes}
    ways = ((common.untrusted, _trust_device), (common.refused, hits.instead_of))
    for find, remedy in ways:
        for claim in find(context, CLIENT_LEGS, judges=nodes):
            judgement = claim.fault.judgement
            yield hits.of_chain(
                claim,
                f"{claim.home.judgement.judge} refuses the certificate of {claim.home.judgement.presenter}",
                remedy(context, claim),
                node=judgement.judge,
                sources=[Source("mra.md A1.15: MRA-req")],
            )


def _trust_device(context: Context, claim: Claimed) -> Remedy:
    return remedies.trust(claim.fault.judgement, context.known)


@rule("phone-edge-trust-lacks-tomcat", Severity.ERROR, Stage.MRA)
def phone_edge_trust_lacks_tomcat(context: Context) -> Iterator[Hit]:
    """Phone-Edge-trust holds no CA of the tomcat certificate of Unified CM.

    What it checks: the tomcat certificate of each Unified CM with SIP OAuth, by the phones' Phone-Edge-trust.
    Why it matters: once Phone-Edge-trust is there, phones no longer look at their built-in list, inside or outside.
    Example: Phone-Edge-trust with the root of Expressway-E alone.
    Remedy: the root of the tomcat certificate into Phone-Edge-trust.
    References: mra.md A1.17 (CVD14).
    """
    phones = [one for one in context.deployment.judging_clients if one.has_phone_edge_trust]
    servers = [one for one in context.deployment.uc_servers if one.sip_oauth and one.kind is UcKind.CUCM]
    if not phones or not servers:
        raise NotApplicableError("no phone has Phone-Edge-trust, or no Unified CM has SIP OAuth")
    known = [one for one in servers if one.tomcat is not None]
    if not known:
        raise NotRunError(f"no certificate of {servers[0].name} is given")
    for server in known:
        for client in phones:
            if server.tomcat is None or client.phone_edge_trust is None:
                continue
            verdict = context.verdict(server.tomcat, client.phone_edge_trust, server.presented_cas)
            if verdict.ok:
                continue
            yield Hit(
                message=f"Phone-Edge-trust of {client.name} does not trust the tomcat certificate of {server.name}",
                cause=(client.name, verdict.certificate.issuer),
                node=server.name,
                remedy=_onto_phones(context, server, client, verdict),
                evidence=Evidence.of(verdict),
                sources=[Source("mra.md A1.17: CVD14")],
            )


def _onto_phones(context: Context, server: UcServer, client: Client, verdict: Verdict) -> Remedy:
    """Return how phones come to trust a server: its CAs, or another certificate where those will not do or not fit."""
    leaf = verdict.case.leaf
    change = remedies.loading(client.name, PHONE_EDGE_TRUST, verdict, context.known)
    is_lacking = verdict.code in NO_ISSUER
    if is_lacking and _takes(client, change):
        return Remedy(changes=[change])
    above = [one.subject for one in remedies.ca_chain(leaf, context.known)] or [leaf.issuer]
    request = RequestCertificate(
        node=server.name,
        common_name=server.name,
        store="tomcat",
        names=(server.name, *leaf.dns_names),
        trusted_by=[(client.name, PHONE_EDGE_TRUST)] if is_lacking else [],
        not_from=above if is_lacking else [verdict.certificate.subject] if verdict.depth else [],
    )
    return Remedy(before=[_no_room(PHONE_EDGE_TRUST, client.name)] if is_lacking else [], changes=[request])


CLIENT_TRUST_RULES = (client_distrusts_edge, device_certificate_refused, phone_edge_trust_lacks_tomcat)
