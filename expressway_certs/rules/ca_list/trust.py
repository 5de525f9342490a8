"""Rules for the page Maintenance > Security > Trusted CA certificate: whom the new list makes trusted, or breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from expressway_certs.product.changes import AddTrustedCa, Change, RequestTrustedCa, Restart
from expressway_certs.product.provenance import Source
from expressway_certs.rules import remedies
from expressway_certs.rules.ca_list.changes import Judged, TrustChange, trust_changes
from expressway_certs.rules.ca_list.common import ca_cases, new_certificates, without
from expressway_certs.rules.cases import CaUploadCase
from expressway_certs.rules.common import NO_ISSUER, known_certificates
from expressway_certs.rules.finding import Effect, Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.trust_store import TrustStore

_READINGS = [Source("platform.md §11 C7: T-213872, CG155-load"), Source("mra.md E", "inferred")]


@attrs.frozen(kw_only=True)
class _Unfinished:
    """A certificate that stays untrusted although the file has some CA above it, and what is lacking."""

    change: TrustChange
    above: tuple[Certificate, ...]

    def lacking(self, trusted: TrustStore) -> list[Certificate]:
        return [one for one in self.above if one not in trusted]


def _unfinished(context: Context, case: CaUploadCase) -> Iterator[_Unfinished]:
    pool = (*known_certificates(context.deployment), *case.file.certificates)
    for change in trust_changes(context, case):
        verdict = change.after.verdict
        if change.after.judge != case.node.name or verdict.code not in NO_ISSUER:
            continue
        chain = build_chain(change.after.certificate, pool, verdict.case.presented, at=context.at)
        if any(one in case.new for one in chain.certificates[1:]):
            yield _Unfinished(change=change, above=chain.certificates[1:])


def _told_of(context: Context, case: CaUploadCase) -> Iterator[Certificate]:
    """Yield the CA certificates of the chains that other findings of this page are about."""
    for one in _unfinished(context, case):
        yield from one.above
    for change in trust_changes(context, case):
        if change.breaks:
            yield from change.after.verdict.chain[1:]


@rule("ca-list-still-untrusted", Severity.ERROR, Stage.CA_LIST, Effect.LATER)
def still_untrusted(context: Context) -> Iterator[Hit]:
    """The file has a CA above a certificate of the deployment, and does not make it trusted.

    What it checks: the certificates that this node judges (peers, servers, its own for an upload) and that have a CA
    of the file above them: whether the list then leads from each to a root.
    Why it matters: the root alone does not do where the peer sends its leaf alone, as SSH always does; an
    intermediate alone never does.
    Example: the root of a new CA on Expressway-C, without the intermediate that issued Expressway-E's certificate.
    Remedy: the rest of the chain in the same file.
    References: platform.md §2 (AG155-sec, T-213872) and §5 (T-221624).
    """
    for case in ca_cases(context):
        for one in _unfinished(context, case):
            judged, verdict = one.change.after, one.change.after.verdict
            lacking = one.lacking(case.after)
            names = [ca.subject for ca in lacking] or [str(verdict.missing or verdict.certificate.issuer)]
            yield Hit(
                message=f"with {case.upload.file_name} {case.node.name} still does not trust {judged.whose}: "
                f"the list lacks {' and '.join(names)} too",
                cause=(case.node.name, case.upload, judged.whose, judged.certificate),
                node=case.node.name,
                leg=judged.leg,
                remedy=Remedy(changes=_rest(case, judged.certificate, lacking, names[-1])),
                evidence=Evidence.of(judged.verdict),
                effect=Effect.LATER,
                sources=[Source("platform.md §2: AG155-sec, T-213872"), Source("platform.md §5: T-221624")],
            )


def _rest(case: CaUploadCase, below: Certificate, lacking: Sequence[Certificate], wanted: str) -> list[Change]:
    """Return the rest of a chain for the list, or the request for it where none of it is known."""
    if lacking:
        return [AddTrustedCa(node=case.node.name, certificates=lacking)]
    return [RequestTrustedCa(node=case.node.name, below=below, wanted=wanted)]


@rule("ca-list-root-missing", Severity.WARNING, Stage.CA_LIST, Effect.LATER)
def root_missing(context: Context) -> Iterator[Hit]:
    """An intermediate goes into the list without the root above it.

    What it checks: whether the list afterwards leads from each intermediate of the file to a self-signed root.
    Why it matters: an intermediate is no anchor, so nothing under it is trusted. It even gets in the way of a chain
    that a peer sends, for the list is looked at first.
    Example: the issuing CA's certificate alone, out of the zip file of a public CA.
    Remedy: the root, and every intermediate between, in the same file.
    References: platform.md §2 (AG155-sec, T-213872).
    """
    told = {one for case in ca_cases(context) for one in _told_of(context, case)}
    known = known_certificates(context.deployment)
    for case, certificate in new_certificates(context):
        if certificate.role != "intermediate" or certificate in told:
            continue
        chain = build_chain(certificate, case.after, at=context.at)
        if chain.is_complete:
            continue
        lacking = [one for one in remedies.ca_chain(certificate, known) if one not in case.after]
        names = [one.subject for one in lacking] or [str(chain.missing)]
        yield Hit(
            message=f"{certificate.subject} goes into the list of {case.node.name} without {' and '.join(names)}",
            cause=(case.node.name, case.upload, certificate),
            node=case.node.name,
            remedy=Remedy(changes=_rest(case, certificate, lacking, names[-1])),
            evidence=Evidence(certificate=certificate, expected="a chain to a root", found="no root in the list"),
            effect=Effect.LATER,
            sources=[Source("platform.md §2: AG155-sec, T-213872")],
        )


@rule("ca-list-breaks-trust", Severity.ERROR, Stage.CA_LIST, Effect.LATER)
def breaks_trust(context: Context) -> Iterator[Hit]:
    """A certificate that is trusted now is not trusted afterwards.

    What it checks: everything that depends on the node's list, before and after: the certificates of its peers and
    servers, its own, and what its peers make of the chain that it builds from the list and sends. Each is asked
    twice, with OpenSSL's choice among CAs of one subject, and with that of the guides (the upper one).
    Why it matters: the list is asked before the chain that a peer sends. A CA certificate too many can lead a chain
    astray that was whole.
    Example: an intermediate without its root, while the peer sends a cross-certified one; a CRL that has an LDAP
    server's certificate.
    Remedy: leave it out, or add what its own chain lacks.
    References: platform.md §2, §4.3 and §11 C7; mra.md E.
    """
    for case in ca_cases(context):
        for change in trust_changes(context, case):
            if change.breaks:
                judged = change.guides_after if change.after.verdict.ok else change.after
                yield Hit(
                    message=f"with {case.upload.file_name} {judged.judge} no longer trusts {judged.whose} "
                    f"({judged.verdict.reason}{_by_whom(change)})",
                    cause=(case.node.name, case.upload, judged.judge, judged.whose, judged.certificate),
                    node=case.node.name,
                    leg=judged.leg,
                    remedy=_left_out(context, case, judged),
                    evidence=Evidence.of(judged.verdict),
                    effect=Effect.LATER,
                    settings=[case.node.settings.chosen("same_subject_cas")] if change.readings_differ else [],
                    sources=[Source("platform.md §2: AG155-sec"), *_READINGS],
                )


def _left_out(context: Context, case: CaUploadCase, judged: Judged) -> Remedy:
    verdict = judged.verdict
    if verdict.code == codes.CERT_REVOKED or verdict.code in codes.OF_CRLS:
        words = f"Leave out the CRL of {verdict.certificate.issuer}, or replace {verdict.certificate.subject} first."
        return Remedy(before=[words], changes=without(context, case))
    return Remedy(
        before=[f"Leave out the CA above {judged.certificate.subject}, or add its root too."],
        changes=without(context, case, *_new_above(case, judged)),
    )


def _new_above(case: CaUploadCase, judged: Judged) -> list[Certificate]:
    """Return the certificates of the file that lead a chain astray; all of them where it is not one of the chain."""
    return [one for one in judged.verdict.chain if one in case.new] or list(case.new)


@rule("ca-list-makes-trusted", Severity.INFO, Stage.CA_LIST)
def makes_trusted(context: Context) -> Iterator[Hit]:
    """A certificate of the deployment becomes trusted.

    What it checks: everything that depends on the node's list, before and after, as `ca-list-breaks-trust` does.
    Why it matters: this is what the upload is for. Where OpenSSL's choice among CAs of one subject and that of the
    guides lead to different answers, it says so.
    Example: the self-signed certificate of a Unified CM on Expressway-C.
    Remedy: none is needed, but for the restart.
    References: platform.md §2 (MRA150, T-218018) and §11 C7; mra.md A2.3 and E.
    """
    for case in ca_cases(context):
        for change in trust_changes(context, case):
            if change.gains and not change.breaks:
                judged = change.after
                yield Hit(
                    message=f"with {case.upload.file_name} {judged.judge} trusts {judged.whose}{_by_whom(change)}",
                    cause=(
                        case.node.name,
                        case.upload,
                        judged.judge,
                        judged.whose,
                        judged.certificate,
                        change.readings_differ,
                    ),
                    node=case.node.name,
                    leg=judged.leg,
                    remedy=Remedy(changes=[Restart(node=case.node.name)]),
                    evidence=Evidence(certificate=judged.certificate, expected="trusted", found="not trusted before"),
                    settings=[case.node.settings.chosen("same_subject_cas")] if change.readings_differ else [],
                    sources=[Source("platform.md §2: MRA150, T-218018"), *_READINGS],
                )


def _by_whom(change: TrustChange) -> str:
    if not change.readings_differ:
        return ""
    trusting, other = ("OpenSSL's choice by key identifier", "the guides' choice of the upper one")
    if not change.after.verdict.ok:
        trusting, other = other, trusting
    return f"; trusted by {trusting}, not by {other}"


TRUST_RULES = (still_untrusted, root_missing, breaks_trust, makes_trusted)
