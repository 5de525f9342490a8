"""Rules about the model itself: what was not known when the verdicts were made."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.not_given import NotGiven
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


@rule("input-not-given", Severity.INFO, Stage.MODEL)
def input_not_given(context: Context) -> Iterator[Hit]:
    """Something is not known of the deployment, for the files that it was read from do not say it.

    What it checks: `Deployment.not_given`, as far as the deployment has not been given it since.
    Why it matters: what is not known is not checked, and a report without errors says nothing of it.
    Example: diagnostic log archives of the Expressways, in which Unified CM's trust lists are not.
    Remedy: the missing file, or the missing part of the model.
    References: own choice.
    """
    for one in context.deployment.not_given:
        if _is_given(one, context):
            continue
        yield Hit(
            message=f"not checked, for want of {one.what}",
            cause=(one.what,),
            node=one.node,
            remedy=Remedy(before=(one.remedy,)),
            evidence=Evidence(expected=one.what, found="nothing"),
            sources=[Source("own choice", "own choice")],
        )


def _is_given(wanted: NotGiven, context: Context) -> bool:
    """Whether a deployment has been given what its source did not say."""
    if wanted.missing_node is not None:
        return wanted.missing_node.lower() in {node.name.lower() for node in context.deployment.nodes}
    if wanted.missing_zone is not None:
        return wanted.missing_zone in {zone.name for zone in context.deployment.zones}
    if wanted.missing_field is not None:
        return bool(getattr(context.deployment, wanted.missing_field, ()))
    return any(result.leg.id in wanted.legs for result in context.legs)


MODEL_RULES = (release_not_known, input_not_given)
