"""Rules for the SSH tunnels of a Unified Communications zone: the leaf travels alone."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.changes import SetSwitch
from expressway_certs.product.legs import TUNNEL_LEGS, Ask
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, remedies, requests, ssh
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context, Stage, rule

ALARM = 35013
ALARM_TEXT = "Alarm 35013: Unified Communications SSH tunnel failure"


@rule("tunnel-ca-missing", Severity.ERROR, Stage.TUNNELS)
def ca_missing(context: Context) -> Iterator[Hit]:
    """The zone is up, but the SSH tunnels are down: a CA certificate is missing in a Trusted CA list.

    What it checks: whether the list alone, with nothing from the peer, leads from the peer's certificate to a root.
    Why it matters: TLS brings the intermediates along, SSH does not. So a renewal under a new intermediate leaves
    the zone active and takes Mobile and Remote Access down.
    Example: Expressway-E renewed under "Issuing CA 2", of which Expressway-C only has the root.
    Remedy: every intermediate into the list of every Expressway, on both sides.
    References: platform.md §5, mra.md A3 leg 3, and the source document.
    """
    for claim in common.untrusted(context, TUNNEL_LEGS):
        home = claim.home
        missing = home.verdict.certificate.issuer
        yield hits.of_chain(
            claim,
            f"zone {home.result.zone}: SSH tunnels down, {missing} is missing in a Trusted CA list",
            remedies.trust(claim.fault.judgement, context.known),
            node=claim.fault.judgement.judge,
            product_message=ALARM_TEXT,
            alarm=ALARM,
            sources=[Source("platform.md §5: T-221624"), Source("platform.md §5: PKIXSSH", "inferred")],
        )


@rule("tunnel-certificate-refused", Severity.ERROR, Stage.TUNNELS)
def certificate_refused(context: Context) -> Iterator[Hit]:
    """A certificate is refused by SSH for what it is, and the zone takes it.

    What it checks: validity, purpose and strength of every certificate of the chain, as SSH asks for them.
    Why it matters: the tunnels need client authentication on Expressway-C, and no switch turns that off.
    Example: a serverAuth certificate copied into the client store on X15.5, with the SIP check switched off.
    Remedy: a certificate of a private CA with both usages on Expressway-C.
    References: platform.md §5 and §7, mra.md A5.
    """
    for claim in common.refused(context, TUNNEL_LEGS):
        yield hits.refused(
            context,
            claim,
            sources=[Source("platform.md §5: AG155-sec, T-225693"), Source("platform.md §5: PKIXSSH", "inferred")],
            product_message=ALARM_TEXT,
            alarm=ALARM,
        )


@rule("tunnel-key-type-not-allowed", Severity.ERROR, Stage.TUNNELS)
def key_type_not_allowed(context: Context) -> Iterator[Hit]:
    """The key of a certificate is of a type that SSH does not allow.

    What it checks: the type of either side's key against the list of either side.
    Why it matters: both lists must have both types, or the tunnels stay down.
    Example: an ECDSA certificate on Expressway-E, and a list on Expressway-C that has only RSA left.
    Remedy: the type into the list on both sides, or a certificate with a key that is allowed.
    References: platform.md §5 (AG155-sec, AG155-ref).
    """
    for found in common.answers(context, TUNNEL_LEGS, Ask.SSH_KEY_TYPE):
        result, judgement, answer = found
        yield hits.asked(
            found,
            f"zone {result.zone}: SSH tunnels down, the key of {judgement.presenter} ({answer.found}) is not allowed",
            _allowed(context, found),
            node=judgement.presenter,
            cause=(result.zone, answer.wanted, _kind(judgement)),
            product_message=ALARM_TEXT,
            alarm=ALARM,
            sources=[Source("platform.md §5: AG155-sec, AG155-ref")],
        )


def _allowed(context: Context, found: common.Asked) -> Remedy:
    """Return the type of the key in the lists of both sides; another certificate where SSH has no type for it."""
    result, judgement, _ = found
    wanted = ssh.key_type(judgement.certificate) if judgement.certificate else None
    if wanted is None:
        return Remedy(changes=[requests.in_place_of(context, judgement)])
    nodes = [context.deployment.expressway(name) for name in (result.initiator, result.acceptor)]
    changes = [
        SetSwitch(node=node.name, switch="ssh_key_types", value=(*node.ssh_key_types, wanted))
        for node in nodes
        if wanted not in node.ssh_key_types
    ]
    return Remedy(changes=changes, after=[f"Or upload a certificate with another key on {judgement.presenter}."])


def _unreadable_issuer(judgement: Judgement) -> list[str]:
    """Return the issuer where its name is what SSH cannot read."""
    certificate = judgement.certificate
    return [certificate.issuer] if certificate and ssh.unknown_in_issuer(certificate) else []


def _kind(judgement: Judgement) -> object:
    """Return what the lists lack: a type of key; where SSH has none for the key, it is the certificate's own fault."""
    certificate = judgement.certificate
    return certificate and (ssh.key_type(certificate) or certificate)


@rule("tunnel-name-not-readable", Severity.ERROR, Stage.TUNNELS)
def name_not_readable(context: Context) -> Iterator[Hit]:
    """Subject or issuer of a certificate has attributes that SSH has no name for.

    What it checks: the attribute OIDs of both names against those that OpenSSL and Expressway can read.
    Why it matters: the zone comes up, and the SSH tunnels fail with unknown SSH failures.
    Example: an attribute 1.3.6.1.4.1.6449.1.2.1.5.1 that a CA put into the subject.
    Remedy: a certificate without that attribute; of those for extended validation three are supported.
    References: platform.md §1.2 and §5 (CG155-about, CG-tr).
    """
    for found in common.answers(context, TUNNEL_LEGS, Ask.SSH_NAMES):
        result, judgement, answer = found
        yield hits.asked(
            found,
            f"zone {result.zone}: SSH tunnels down, the names of {judgement.presenter} have {answer.found}",
            Remedy(
                before=[f"Have a certificate issued for {judgement.presenter} without {answer.found}."],
                changes=[requests.in_place_of(context, judgement, not_from=_unreadable_issuer(judgement))],
            ),
            node=judgement.presenter,
            cause=(result.zone, judgement.certificate),
            product_message=ALARM_TEXT,
            alarm=ALARM,
            sources=[Source("platform.md §5: CG-tr")],
        )


TUNNEL_RULES = (ca_missing, certificate_refused, key_type_not_allowed, name_not_readable)
