"""Rules for the clients that log in through Expressway-E."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from expressway_certs.product.changes import AddTrustedCa, RequestCertificate, RequestTrustedCa
from expressway_certs.product.clients import CLIENT_LIST, MOST_PHONE_EDGE_TRUST, PHONE_EDGE_TRUST
from expressway_certs.product.legs import CLIENT_LEGS, Ask
from expressway_certs.product.nodes import Client, ClientFamily, UcKind, UcServer
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, remedies, requests
from expressway_certs.rules.faults import NO_ISSUER, Claimed
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Stage, rule
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.verdict import Verdict


def _client(context: Context, name: str) -> Client | None:
    return next((one for one in context.deployment.judging_clients if one.name == name), None)


def _clients(context: Context) -> Collection[str]:
    return {one.name for one in context.deployment.clients}


def _severity(judgement: Judgement) -> Severity:
    """Return how bad it is for these clients: Jabber asks its user, everything else fails (mra.md A1.6)."""
    return Severity.WARNING if judgement.tolerant else Severity.ERROR


@rule("service-domain-not-in-certificate", Severity.WARNING, Stage.MRA)
def service_domain_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The service domain is not in the certificate of Expressway-E, and clients warn or fail.

    What it checks: the domain itself, collab-edge. before it, or for room systems the SRV name, among the
    alternative names.
    Why it matters: Jabber shows a certificate warning at login; room systems and phones do not connect at all.
    Example: users log in as @example.com, and the certificate has the host name alone.
    Remedy: a certificate with the domain, or with collab-edge.<domain>.
    References: mra.md A1.3 to A1.6, and the source document.
    """
    for found in common.answers(context, CLIENT_LEGS, Ask.SERVICE_DOMAIN):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"{judgement.presenter} has no name for the service domain {answer.wanted} in its certificate",
            Remedy(
                before=[f"Unified CM registrations domains: {answer.wanted}, format DNS or CollabEdgeDNS"],
                changes=[requests.in_place_of(context, judgement, names=[answer.wanted])],
            ),
            node=judgement.presenter,
            cause=(judgement.certificate, answer.wanted, _severity(judgement)),
            severity=_severity(judgement),
            sources=[Source("mra.md A1.3: WBX, 221624"), Source("mra.md A1.6: 213872")],
        )


@rule("edge-name-not-in-certificate", Severity.ERROR, Stage.MRA)
def edge_name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The host name that clients are sent to is not in the certificate of Expressway-E.

    What it checks: the FQDN of Expressway-E; for a domain certificate, the name that the client gives in SNI.
    Why it matters: Jabber asks its user, everything else fails.
    Example: a certificate that has the cluster name and the domain, and not the peer's own name.
    Remedy: a certificate with the FQDN of every peer.
    References: mra.md A1.7, A1.9, A1.12 and A1.14.
    """
    for found in common.answers(context, CLIENT_LEGS, Ask.EDGE_NAME):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"{answer.wanted}, which clients are sent to, is not in the certificate of {judgement.presenter}",
            Remedy(changes=[requests.in_place_of(context, judgement, names=[answer.wanted])]),
            node=judgement.presenter,
            cause=(judgement.certificate, answer.wanted, _severity(judgement)),
            severity=_severity(judgement),
            sources=[Source("mra.md A1.12: 118798, ADM-uc"), Source("mra.md A1.9: JAB")],
        )


@rule("client-distrusts-edge", Severity.WARNING, Stage.MRA)
def client_distrusts_edge(context: Context) -> Iterator[Hit]:
    """The client does not trust the certificate of Expressway-E.

    What it checks: the certificate, with what Expressway-E sends, against the client's CAs, where they are given.
    Why it matters: Jabber asks its user; phones, which have a fixed list of public CAs, do not connect.
    Example: a private CA that the phones do not know, or one that was installed beside those of Android; or an
    intermediate that Expressway-E itself lacks, and so does not send.
    Remedy: a certificate of a CA that the clients have, or the CA on the clients; where Expressway-E does not send its
    chain, the CAs into its own list.
    References: mra.md A1.1, A1.2, A1.11, A1.16 and A1.17; platform.md §4.3 (T-212475).
    """
    clients = _clients(context)
    for claim in common.untrusted(context, CLIENT_LEGS, judges=clients):
        yield _distrust(claim, _to_be_sent(context, claim) or _to_be_installed(context, claim))
    for claim in common.refused(context, CLIENT_LEGS, judges=clients):
        yield _distrust(claim, hits.instead_of(context, claim))


def _to_be_sent(context: Context, claim: Claimed) -> Remedy | None:
    """Return how Expressway-E comes to send what is lacking, where that is all; None where it would not do."""
    sent = remedies.to_be_sent(context, claim.fault.judgement.presenter, claim.fault.verdict.case)
    return None if sent is None else Remedy(changes=[sent])


def _to_be_installed(context: Context, claim: Claimed) -> Remedy:
    """Return how the CA comes into the clients' list; where nothing goes in there, a certificate of another CA."""
    judgement = claim.fault.judgement
    client = _client(context, judgement.judge)
    where = client.family.list_name if client else "CA list"
    has_own = client is not None and client.has_phone_edge_trust
    store, where = (PHONE_EDGE_TRUST, PHONE_EDGE_TRUST) if has_own else (CLIENT_LIST, where)
    change = remedies.loading(judgement.judge, store, claim.fault.verdict, context.known)
    if client is None or not _takes(client, change):
        request = requests.in_place_of(context, judgement, not_from=_issuers(context, judgement))
        return Remedy(before=[_no_room(where, judgement.judge)], changes=[request])
    return Remedy(changes=[change], after=[f"That is the {where} of {judgement.judge}. Or use a CA that they have."])


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


def _distrust(claim: Claimed, remedy: Remedy) -> Hit:
    judgement = claim.fault.judgement
    return hits.of_chain(
        claim,
        f"{claim.home.judgement.judge} does not trust the certificate of {claim.home.judgement.presenter}",
        remedy,
        node=judgement.presenter,
        severity=_severity(judgement),
        sources=[Source("mra.md A1.1: MRA-req"), Source("mra.md A1.16: 213872, CVD14")],
    )


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


_IOS_SINCE: Final = datetime(2019, 7, 1, tzinfo=UTC)
_IOS_LONGEST: Final = timedelta(days=825)
_IOS_LEAST_RSA: Final = 2048


@rule("ios-refuses-certificate", Severity.WARNING, Stage.MRA)
def ios_refuses_certificate(context: Context) -> Iterator[Hit]:
    """The certificate of Expressway-E is below what iOS asks of every server.

    What it checks: RSA of 2048 bits at least, SHA-2, a DNS name, server authentication spelt out, and for what was
    issued since July 2019 a life of 825 days at most.
    Why it matters: iOS refuses it whatever CA it is from; Jabber there asks its user.
    Example: a certificate of a private CA for five years.
    Remedy: a certificate within these limits.
    References: mra.md A1.11.
    """
    found = [
        (result, one)
        for result in context.legs
        if result.leg.id == "1a"
        for one in result.judgements
        if one.certificate is not None and _is_ios(context, one.judge)
    ]
    if not found:
        raise NotApplicableError("no client runs on iOS")
    for result, judgement in found:
        certificate = judgement.certificate
        for expected, what in _below(certificate) if certificate else ():
            yield Hit(
                message=f"iOS refuses the certificate of {judgement.presenter}: {what}",
                cause=(certificate, expected),
                node=judgement.presenter,
                leg=common.reference(result),
                remedy=Remedy(
                    before=[f"Have a certificate issued for {judgement.presenter} with {expected}."],
                    changes=[requests.in_place_of(context, judgement)],
                ),
                evidence=Evidence(certificate=certificate, expected=expected, found=what),
                severity=_severity(judgement),
                sources=[Source("mra.md A1.11")],
            )


def _is_ios(context: Context, name: str) -> bool:
    client = _client(context, name)
    return client is not None and client.family is ClientFamily.JABBER_IOS


def _below(certificate: Certificate) -> Iterator[tuple[str, str]]:
    key = certificate.key
    if key.algorithm == "RSA" and (key.size or 0) < _IOS_LEAST_RSA:
        yield "an RSA key of 2048 bits or more", f"its key has {key.size} bits"
    if "sha1" in certificate.signature_algorithm.lower() or "md5" in certificate.signature_algorithm.lower():
        yield "a SHA-2 signature", f"it is signed with {certificate.signature_algorithm}"
    if not certificate.dns_names:
        yield "a DNS name", "it has no DNS name"
    if "serverAuth" not in (certificate.extended_key_usage or ()):
        yield "server authentication", "its extended key usages do not list serverAuth"
    life = certificate.not_after - certificate.not_before
    if certificate.not_before >= _IOS_SINCE and life > _IOS_LONGEST:
        yield "a life of 825 days at most", f"it is valid for {life.days} days"


CLIENT_RULES = (
    service_domain_not_in_certificate,
    edge_name_not_in_certificate,
    client_distrusts_edge,
    device_certificate_refused,
    phone_edge_trust_lacks_tomcat,
    ios_refuses_certificate,
)
