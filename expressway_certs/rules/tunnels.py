"""Rules for the SSH tunnels of a Unified Communications zone: the leaf travels alone."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.legs import TUNNEL_LEGS, ZONE_LEGS
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, remedies
from expressway_certs.rules.finding import Hit, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Stage, rule
from expressway_certs.rules.traversal import refused

_ALARM = "Alarm 35013: Unified Communications SSH tunnel failure"


def _untrusted_in_zone(context: Context) -> set[tuple[str, str]]:
    """Return (judge, presenter) where the zone itself fails for want of a CA: that finding has the tunnels too."""
    try:
        failures = list(common.chain_failures(context, *ZONE_LEGS))
    except (NotApplicableError, NotRunError):
        return set()
    return {(one.judge, one.presenter) for _, one in failures if common.lacks_issuer(one)}


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
    known = common.known_certificates(context.deployment)
    elsewhere = _untrusted_in_zone(context)
    for result, judgement in common.chain_failures(context, *TUNNEL_LEGS):
        verdict = judgement.verdict
        if verdict is None or not common.lacks_issuer(judgement) or (judgement.judge, judgement.presenter) in elsewhere:
            continue
        missing = verdict.certificate.issuer
        yield Hit(
            message=f"zone {result.zone}: SSH tunnels down, {missing} is missing in a Trusted CA list",
            cause=(result.zone, missing),
            node=judgement.judge,
            leg=common.reference(result),
            remedy=remedies.trust_on_expressway(judgement, known),
            evidence=common.evidence(judgement),
            product_message=_ALARM,
            sources=[Source("platform.md §5: T-221624"), Source("platform.md §5: PKIXSSH", "inferred")],
        )


@rule("tunnel-certificate-refused", Severity.ERROR, Stage.TUNNELS)
def certificate_refused(context: Context) -> Iterator[Hit]:
    """A certificate is refused by SSH for what it is.

    What it checks: validity, purpose and strength of every certificate of the chain, as SSH asks for them.
    Why it matters: the tunnels need client authentication on Expressway-C, and no switch turns that off.
    Example: a serverAuth certificate copied into the client store on X15.5.
    Remedy: a certificate of a private CA with both usages on Expressway-C.
    References: platform.md §5 and §7, mra.md A5.
    """
    yield from refused(context, TUNNEL_LEGS, _ALARM)


TUNNEL_RULES = (ca_missing, certificate_refused)
