"""Rules about the model itself: what was not known when the verdicts were made."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.provenance import Source
from expressway_certs.product.release import NEWEST, OLDEST
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule


@rule("release-not-known", Severity.INFO, Stage.MODEL)
def release_not_known(context: Context) -> Iterator[Hit]:
    """A node runs a release that this library does not know, and is judged as the nearest one it knows.

    What it checks: whether the release lies between X12.5 and X15.5, the releases of the table of behaviours.
    Why it matters: a newer release may judge certificates in another way, and nothing here would tell.
    Example: X16.0, which is judged as X15.5.
    Remedy: a newer version of this library, or the release notes.
    References: own choice; the releases are those of platform.md.
    """
    if not context.deployment.nodes:
        raise NotApplicableError("the deployment has no Expressway")
    for node in context.deployment.nodes:
        if node.release.is_known:
            continue
        taken = node.release.behaves_as
        yield Hit(
            message=f"{node.name} runs {node.release}, which is not known here; it is judged as {taken}",
            cause=(node.release,),
            node=node.name,
            remedy=Remedy(before=(f"Read the release notes of {node.release} for what has changed since {taken}.",)),
            evidence=Evidence(expected=f"{OLDEST} to {NEWEST}", found=str(node.release)),
            sources=[Source("platform.md", "own choice")],
        )


MODEL_RULES = (release_not_known,)
