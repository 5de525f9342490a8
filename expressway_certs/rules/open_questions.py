"""A rule for what one source has refused and another has not: the release that first verifies the servers."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.applying import replaced
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.legs import TRAFFIC_SERVER_LEGS
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.product.uc_servers import store_name
from expressway_certs.rules import common, remedies, requests
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement, LegResult, NameMatch, State
from expressway_certs.rules.memory import Memory
from expressway_certs.rules.pairs import connections
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule

_OPEN = Behaviour.VERIFIES_UC_SERVERS


@rule("uc-server-perhaps-refused", Severity.WARNING, Stage.MRA)
def perhaps_refused(context: Context) -> Iterator[Hit]:
    """One source has Expressway-C refuse the certificate of a server on this release, and another has not.

    What it checks: from X14.0.8 to the last release before X14.2, what the traffic server would make of each
    certificate behind it, unless the setting ``traffic_server_verifies_since`` has it verify them already.
    Why it matters: where the one source is right, logins fail from X14.0.8 on and not from X14.2 on.
    Example: X14.0.8, and a tomcat certificate that signed itself.
    Remedy: the CA into the list of every Expressway-C, or a certificate with the name that is published.
    References: mra.md A2.1 and D (225476, 218018), platform.md §11 C3.
    """
    nodes = [node for node in context.deployment.nodes if _is_open(node)]
    if not nodes:
        raise NotApplicableError("no Expressway runs a release on which the sources disagree, or the setting is taken")
    refused = {
        (one.judge, one.certificate) for result in context.legs for one in result.judgements if one.state is State.DOWN
    }
    for node in nodes:
        for result, judgement in _would_be_refused(context, node):
            if (judgement.judge, judgement.certificate) not in refused:
                yield _hit(context, node, result, judgement)


def _is_open(node: Expressway) -> bool:
    return bool(node.emulation.choices(_OPEN)) and not node.emulation.has(_OPEN)


def _would_be_refused(context: Context, node: Expressway) -> Iterator[tuple[LegResult, Judgement]]:
    settings = attrs.evolve(node.settings, traffic_server_verifies_since="X14.0.8")
    site = replaced(context.deployment, attrs.evolve(node, settings=settings))
    memory = Memory(at=context.at)
    for one in connections(site, TRAFFIC_SERVER_LEGS):
        if one.is_of(node.name):
            result = one.judge(memory)
            yield from ((result, judged) for judged in result.judgements if _is_refused_by(node, judged))


def _is_refused_by(node: Expressway, judgement: Judgement) -> bool:
    return judgement.judge == node.name and judgement.state is State.DOWN


def _hit(context: Context, node: Expressway, result: LegResult, judgement: Judgement) -> Hit:
    verdict = judgement.verdict
    is_chain = verdict is not None and not verdict.ok
    lacking = next((one for one in judgement.answers if one.state is State.DOWN), None)
    why = verdict.reason if verdict is not None and is_chain else judgement.why
    store = store_name(judgement.store)
    return Hit(
        message=f"{node.release} may verify the {store} certificate of {judgement.presenter} and refuse it: {why}",
        cause=(judgement.presenter, judgement.certificate, why),
        node=node.name if common.lacks_issuer(judgement) else judgement.presenter,
        leg=common.reference(result),
        remedy=_mended(context, judgement),
        evidence=common.evidence(judgement) if is_chain or lacking is None else common.names_wanted(judgement, lacking),
        settings=node.emulation.choices(_OPEN),
        sources=[node.emulation.taking("traffic_server_verifies_since", "X14.0.8").step(_OPEN).source, _OTHERS],
    )


_OTHERS = Source("mra.md A2.1: 218018")


def _mended(context: Context, judgement: Judgement) -> Remedy:
    if common.lacks_issuer(judgement):
        return remedies.trust(judgement, context.known)
    names = [one.wanted for one in judgement.answers if one.match is NameMatch.NONE]
    return Remedy(changes=[requests.in_place_of(context, judgement, names=names)])


OPEN_QUESTION_RULES = (perhaps_refused,)
