"""Rules for the clients that log in through Expressway-E."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from expressway_certs.product.legs import CLIENT_LEGS, Ask
from expressway_certs.product.nodes import ClientFamily
from expressway_certs.product.provenance import Source
from expressway_certs.rules import client_ends, common, hits, requests
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule
from expressway_certs.x509.certificate import Certificate


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
    yield from client_ends.with_ends(context, _without_domain(context))


def _without_domain(context: Context) -> Iterator[tuple[str, Hit]]:
    for found in common.answers(context, CLIENT_LEGS, Ask.SERVICE_DOMAIN):
        _, judgement, answer = found
        yield (
            judgement.judge,
            hits.asked(
                found,
                f"{judgement.presenter} has no name for the service domain {answer.wanted} in its certificate",
                Remedy(
                    before=[f"Unified CM registrations domains: {answer.wanted}, format DNS or CollabEdgeDNS"],
                    changes=[requests.in_place_of(context, judgement, names=[answer.wanted])],
                ),
                node=judgement.presenter,
                cause=(judgement.certificate, answer.wanted),
                severity=client_ends.severity(judgement),
                sources=[Source("mra.md A1.3: WBX, 221624"), Source("mra.md A1.6: 213872")],
            ),
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
    yield from client_ends.with_ends(context, _without_host_name(context))


def _without_host_name(context: Context) -> Iterator[tuple[str, Hit]]:
    for found in common.answers(context, CLIENT_LEGS, Ask.EDGE_NAME):
        _, judgement, answer = found
        yield (
            judgement.judge,
            hits.asked(
                found,
                f"{answer.wanted}, which clients are sent to, {hits.standing(answer)} the certificate of "
                f"{judgement.presenter}",
                Remedy(changes=[requests.in_place_of(context, judgement, names=[answer.wanted])]),
                node=judgement.presenter,
                cause=(judgement.certificate, answer.wanted),
                severity=client_ends.severity(judgement),
                sources=[Source("mra.md A1.12: 118798, ADM-uc"), Source("mra.md A1.9: JAB")],
            ),
        )


_IOS_SINCE: Final = datetime(2019, 7, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_IOS_LONGEST: Final = timedelta(days=825)
_IOS_LEAST_RSA: Final = 2048


@rule("ios-refuses-certificate", Severity.WARNING, Stage.MRA)
def ios_refuses_certificate(context: Context) -> Iterator[Hit]:
    """The certificate of Expressway-E is below what iOS asks of every server.

    What it checks: RSA of 2048 bits at least and SHA-2, of its CAs as well; a DNS name; and for what was issued since
    July 2019 server authentication spelt out and a life of 825 days at most.
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
        for certificate, expected, what in _below_limits(judgement):
            is_leaf = certificate == judgement.certificate
            not_from = [] if is_leaf else [certificate.subject]
            whose = "" if is_leaf else "from a CA "
            yield Hit(
                message=f"iOS refuses the certificate of {judgement.presenter}: {what}",
                cause=(certificate, expected),
                node=judgement.presenter,
                leg=common.reference(result),
                remedy=Remedy(
                    before=[f"Have a certificate issued for {judgement.presenter} {whose}with {expected}."],
                    changes=[requests.in_place_of(context, judgement, not_from=not_from)],
                ),
                evidence=Evidence(certificate=certificate, expected=expected, found=what),
                severity=client_ends.severity(judgement),
                sources=[Source("mra.md A1.11")],
            )


def _is_ios(context: Context, name: str) -> bool:
    client = client_ends.client(context, name)
    return client is not None and client.family is ClientFamily.JABBER_IOS


def _below_limits(judgement: Judgement) -> Iterator[tuple[Certificate, str, str]]:
    """Yield what iOS would not take: of the certificate itself, and of the CAs above it where they are known."""
    certificate, verdict = judgement.certificate, judgement.verdict
    if certificate is None:
        return
    yield from ((certificate, *one) for one in (*_weak(certificate, "its key", "it"), *_below(certificate)))
    for authority in verdict.chain[1:] if verdict is not None else ():
        subject = authority.subject
        yield from ((authority, *one) for one in _weak(authority, f"the key of {subject}", subject))


def _weak(certificate: Certificate, key_name: str, name: str) -> Iterator[tuple[str, str]]:
    key, signature = certificate.key, certificate.signature_algorithm
    if key.algorithm == "RSA" and (key.size or 0) < _IOS_LEAST_RSA:
        yield "an RSA key of 2048 bits or more", f"{key_name} has {key.size} bits"
    # Nobody verifies the signature of a root.
    is_root = certificate.is_self_signed and certificate.is_ca
    if not is_root and ("sha1" in signature.lower() or "md5" in signature.lower()):
        yield "a SHA-2 signature", f"{name} is signed with {signature}"


def _below(certificate: Certificate) -> Iterator[tuple[str, str]]:
    if not certificate.dns_names:
        yield "a DNS name", "it has no DNS name"
    if certificate.not_before < _IOS_SINCE:
        return
    if "serverAuth" not in (certificate.extended_key_usage or ()):
        yield "server authentication", "its extended key usages do not list serverAuth"
    life = certificate.not_after - certificate.not_before
    if life > _IOS_LONGEST:
        yield "a life of 825 days at most", f"it is valid for {math.ceil(life / _DAY)} days"


_UNREACHABLE: Final = (
    "Policy verification failed, the urls of CRL Distribution Points and Authority Information Access might be "
    "unreachable, result=5"
)
_OF_CRLS: Final = ("cRLDistributionPoints", "CRLs")
_OF_OCSP: Final = ("authorityInfoAccess", "its OCSP responder")
_OF_ISSUER: Final = ("authorityInfoAccess", "its issuer's certificate")


def _out_of_reach(certificate: Certificate) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the extension, what is behind its URLs, and those, where none of them is one that Jabber can use."""
    kinds = (
        (_OF_CRLS, certificate.crl_urls), (_OF_OCSP, certificate.ocsp_urls), (_OF_ISSUER, certificate.issuer_urls),
    )  # fmt: skip
    for (extension, what), urls in kinds:
        if urls and not any(url.lower().startswith("http://") for url in urls):
            yield extension, what, urls


@rule("client-cannot-ask-for-revocation", Severity.WARNING, Stage.MRA)
def cannot_ask_for_revocation(context: Context) -> Iterator[Hit]:
    """A certificate that Jabber is shown names its CRLs, its OCSP responder or its issuer by no HTTP URL.

    What it checks: the URLs in the certificate of Expressway-E and in the CAs below the root, as far as there are any.
    Why it matters: the URLs must be HTTP, and where the server behind them cannot be reached Jabber cannot connect.
    Example: an enterprise CA that publishes its CRLs in LDAP alone.
    Remedy: a certificate of a CA that publishes over HTTP.
    References: mra.md A1.10 (JAB), A4.5 (223101).
    """
    found = [
        (result, one)
        for result in context.legs
        for one in result.judgements
        if one.verdict is not None and client_ends.is_jabber(context, one.judge)
    ]
    if not found:
        raise NotApplicableError("no Jabber judges a certificate")
    words = _UNREACHABLE if any(_is_ios(context, one.judge) for _, one in found) else None
    for result, judgement in found:
        chain = judgement.verdict.chain if judgement.verdict is not None else ()
        for depth, certificate in enumerate(chain):
            if certificate.is_self_signed:
                continue
            not_from = [certificate.subject] if depth else []
            for extension, what, urls in _out_of_reach(certificate):
                yield Hit(
                    message=f"{certificate.subject} names no HTTP URL for {what}, without which Jabber may not connect",
                    cause=(certificate, what),
                    node=judgement.presenter,
                    leg=common.reference(result),
                    remedy=Remedy(
                        before=["Have the CA name an HTTP URL for it, or take another CA."],
                        changes=[requests.in_place_of(context, judgement, not_from=not_from)],
                    ),
                    evidence=Evidence(
                        certificate=certificate,
                        depth=depth,
                        extension=extension,
                        expected="a URL that begins with http://",
                        found=", ".join(urls),
                    ),
                    product_message=words,
                    sources=[Source("mra.md A1.10: JAB"), *([Source("mra.md A4.5: 223101")] if words else [])],
                )


@rule("onboarding-asks-jabber-on-mac", Severity.INFO, Stage.MRA)
def onboarding_asks_mac(context: Context) -> Iterator[Hit]:
    """Jabber for Mac lets its user pick a certificate, for activation code onboarding asks every client for one.

    What it checks: whether Jabber for Mac logs in at an Expressway-E with activation code onboarding.
    Why it matters: only phones have to answer, and users who see the question will ask what it is.
    Example: onboarding that was switched on for the phones at home.
    Remedy: tell the users; or switch onboarding off while no phone is onboarded.
    References: mra.md A1.15 (MRA-req).
    """
    asking = {node.name for node in context.deployment.nodes if node.activation_code_onboarding}
    if not asking:
        raise NotApplicableError("no Expressway-E has activation code onboarding")
    macs = {one.name for one in context.deployment.clients if one.family is ClientFamily.JABBER_MAC}
    for result in context.legs:
        if result.leg.id == "1a" and result.initiator in macs and result.acceptor in asking:
            yield Hit(
                message=f"{result.acceptor} asks every client for a certificate, and {result.initiator} asks its user",
                cause=(result.initiator, result.acceptor),
                node=result.acceptor,
                leg=common.reference(result),
                remedy=Remedy(before=[f"Tell the users of {result.initiator}: only phones must show a certificate."]),
                evidence=Evidence(expected="activation code onboarding off", found="on"),
                sources=[Source("mra.md A1.15: MRA-req")],
            )


CLIENT_RULES = (
    service_domain_not_in_certificate,
    edge_name_not_in_certificate,
    ios_refuses_certificate,
    cannot_ask_for_revocation,
    onboarding_asks_mac,
)
