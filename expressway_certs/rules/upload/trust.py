"""Whether the node's own Trusted CA list leads from the certificate to a root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import Change
from expressway_certs.product.changes.lists import EXPRESSWAY_LIST
from expressway_certs.product.provenance import Source
from expressway_certs.product.settings import Chosen
from expressway_certs.rules import remedies
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.common import NO_ISSUER, known_certificates
from expressway_certs.rules.finding import Effect, Evidence, Hit, Severity
from expressway_certs.rules.lacking import severity_for_mra
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.self_made import self_made
from expressway_certs.rules.upload.common import another, certificates, hit
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify

_TIMES = frozenset({codes.CERT_NOT_YET_VALID, codes.CERT_HAS_EXPIRED})


def _verdict(context: Context, case: UploadCase, certificate: Certificate) -> Verdict:
    """Judge the certificate by the list as it is looked up, for the page as for every peer (platform.md §2)."""
    # A weak key or signature is a warning of the page, and has a rule of its own.
    return verify(certificate, case.node.effective_ca, (), case.node.openssl.policy(at=context.at, security_level=0))


def _hidden(case: UploadCase, verdict: Verdict) -> Certificate | None:
    """Return the CA with which the list would do if it stood before its namesake; None where that is not what lacks."""
    orders = () if verdict.ok else case.node.with_hidden_first
    would_do = (one for one in orders if verify(verdict.case.leaf, one, (), verdict.case.policy).ok)
    return next((one.certificates[0] for one in would_do), None)


def _lookup(case: UploadCase, verdict: Verdict) -> tuple[Chosen, ...]:
    """Return the setting by which the list is looked up, where the other side of it would find the whole chain."""
    whole = verify(verdict.case.leaf, case.node.trusted_ca, (), verdict.case.policy)
    return (case.node.settings.chosen("same_subject_cas"),) if whole.ok else ()


def _effect(case: UploadCase) -> Effect:
    needs = case.node.emulation.has(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN)
    return Effect.REFUSED if needs else Effect.WARNS


@rule("upload-chain-untrusted", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED, Effect.WARNS)
def chain_untrusted(context: Context) -> Iterator[Hit]:
    """A certificate whose CA chain is not in the node's own Trusted CA list is refused.

    What it checks: whether the node's list holds every CA above the certificate, up to the root.
    Why it matters: X14 and later refuse the upload; X12 only warned.
    Example: a renewal under a new intermediate that nobody has loaded.
    Remedy: load the CA certificates first, on every peer, then the certificate.
    References: platform.md §1.2 and §11 C9.
    """
    known = known_certificates(context.deployment)
    for case, certificate in certificates(context):
        verdict = _verdict(context, case, certificate)
        if verdict.code not in NO_ISSUER:
            continue
        name = case.node.name
        effect = _effect(case)
        hidden = _hidden(case, verdict)
        yield hit(
            context,
            case,
            f"{name} does not trust the CA chain of {case.upload.file_name}{_why(hidden)}",
            *_first(case, hidden),
            changes=[remedies.loading(name, EXPRESSWAY_LIST, verdict, known)]
            if hidden is None
            else _found_again(context, case, hidden),
            evidence=attrs.evolve(Evidence.of(verdict), certificate=certificate),
            effect=effect,
            severity=None if effect is Effect.REFUSED else Severity.WARNING,
            settings=[
                *case.node.emulation.choices(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN),
                *_lookup(case, verdict),
            ],
            sources=[case.node.emulation.step(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN).source],
        )


def _why(hidden: Certificate | None) -> str:
    return "" if hidden is None else f"; the first {hidden.subject} in its list hides another"


def _first(case: UploadCase, hidden: Certificate | None) -> tuple[str, ...]:
    if hidden is not None:
        return ()
    return (f"Load the CA certificates first, and upload {case.upload.file_name} after them.",)


def _found_again(context: Context, case: UploadCase, hidden: Certificate) -> Iterable[Change]:
    """Return the list without the namesakes above a CA, or another certificate where those are needed."""
    found = remedies.without_namesakes(context, case.node, hidden)
    return found or another(context, case, not_from=[hidden.subject])


@rule("upload-chain-broken", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED, Effect.WARNS, Effect.NOT_KNOWN)
def chain_broken(context: Context) -> Iterator[Hit]:
    """The CAs above the certificate are in the list, and the chain through them is not sound.

    What it checks: signatures, validity, CA flags and constraints of every CA above the certificate.
    Why it matters: the page verifies the chain, and every peer does so after it.
    Example: two CAs of one name in the list, and the upper one did not sign this certificate.
    Remedy: what the explanation names: the CA certificate to be replaced or deleted in the list.
    References: platform.md §1.2 and §2, mra.md E; that the page refuses is inferred, and for an expired CA not known.
    """
    for case, certificate in certificates(context):
        verdict = _verdict(context, case, certificate)
        is_own_end = verdict.depth == 0 and verdict.code in _TIMES
        if verdict.ok or verdict.code in NO_ISSUER or is_own_end:
            continue
        effect = Effect.NOT_KNOWN if verdict.code in _TIMES else _effect(case)
        hidden = _hidden(case, verdict)
        yield hit(
            context,
            case,
            f"the chain of {case.upload.file_name} fails on {case.node.name}: {verdict.reason}{_why(hidden)}",
            f"What is at fault in the list is {_culprit(verdict).subject}, sha256 {_culprit(verdict).sha256}.",
            changes=another(context, case, not_from=[_culprit(verdict).subject] if verdict.depth else [])
            if hidden is None
            else _found_again(context, case, hidden),
            evidence=Evidence.of(verdict),
            effect=effect,
            severity=Severity.WARNING if effect is Effect.WARNS else None,
            settings=_lookup(case, verdict),
            sources=[Source("platform.md §1.2: CG155-load, T-221624", "inferred"), Source("mra.md E", "inferred")],
        )


def _culprit(verdict: Verdict) -> Certificate:
    """Return the certificate that spoils the chain: where a signature fails, the issuer that was taken for it."""
    is_signature = verdict.code == codes.CERT_SIGNATURE_FAILURE
    above = verdict.chain[verdict.depth + 1 :] if is_signature else ()
    return next(iter(above), verdict.certificate)


@rule("upload-self-signed", Severity.WARNING, Stage.UPLOAD, Effect.LATER)
def self_signed(context: Context) -> Iterator[Hit]:
    """A self-signed or temporary certificate does not work in Unified Communications deployments.

    What it checks: whether the certificate signed itself, or comes from the "Temporary CA" of a new box.
    Why it matters: the traversal zone and Mobile and Remote Access want a certificate of a CA.
    Example: the certificate that X14.3 makes at installation.
    Remedy: a certificate of a CA.
    References: platform.md §1.1 and §2 (CG155-ossl, T-213872).
    """
    for case, certificate in certificates(context):
        kind = self_made(certificate)
        if kind is None:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} is {kind}, which does not work in Unified Communications deployments",
            expected="a certificate of a CA",
            found=f"issued by {certificate.issuer}",
            effect=Effect.LATER,
            severity=severity_for_mra(context, case.node.name),
            sources=[Source("platform.md §2: CG155-ossl"), Source("platform.md §1.1: CG155-load, T-213872")],
        )


TRUST_RULES = (chain_untrusted, chain_broken, self_signed)
