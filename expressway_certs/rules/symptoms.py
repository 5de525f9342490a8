"""What the product would log and raise for a leg, looked up in the table of symptoms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from expressway_certs.product.legs import Ask
from expressway_certs.product.symptoms import SYMPTOMS, Cause, Symptom, SymptomRow
from expressway_certs.rules.faults import NO_ISSUER
from expressway_certs.rules.judging import Judgement, LegResult, NameMatch, State
from expressway_certs.x509 import codes

_BY_ASK: Final = {
    Ask.SERVICE_DOMAIN: Cause.SERVICE_DOMAIN,
    Ask.PROFILE_NAMES: Cause.PROFILE,
    Ask.ACCESS_RULES: Cause.OTHER,
    Ask.SSH_KEY_TYPE: Cause.OTHER,
    Ask.SSH_NAMES: Cause.OTHER,
}
_FAILING: Final = (State.DOWN, State.WARNS)


def symptoms_of(result: LegResult) -> tuple[Symptom, ...]:
    """Return what nodes show of a leg that is down or warns, each once; nothing where the words are not published."""
    found = [symptom for one in result.judgements for symptom in _of_judgement(result, one)]
    if result.obstacle is not None and result.obstacle.state is State.DOWN:
        rows = (row for row in SYMPTOMS if result.leg.id in row.legs and Cause.DNS in row.causes)
        found += [_symptom(row, result.initiator, {}) for row in rows]
    return tuple(dict.fromkeys(found))


def _of_judgement(result: LegResult, judgement: Judgement) -> Iterator[Symptom]:
    if judgement.state not in _FAILING:
        return
    words = _words(result, judgement)
    side = "initiator" if judgement.judge == result.initiator else "acceptor"
    for cause, extra in _causes(judgement):
        for row in SYMPTOMS:
            if result.leg.id in row.legs and row.judge in {side, "either"} and cause in row.causes:
                node = judgement.judge if row.seen_by == "judge" else judgement.presenter
                if node.startswith(row.who):
                    yield _symptom(row, node, {**words, **extra})


def _causes(judgement: Judgement) -> Iterator[tuple[Cause, dict[str, object]]]:
    """Yield why a certificate was not taken, and what the words about it name."""
    verdict = judgement.verdict
    is_refused = verdict is not None and not verdict.ok
    if verdict is not None and not verdict.ok:
        spelt = codes.reason(verdict.code, "1.1.1")
        extra: dict[str, object] = {"reason": spelt, "code": verdict.code, "depth": verdict.depth}
        if verdict.code in NO_ISSUER:
            yield Cause.CHAIN, extra
        else:
            yield Cause.PURPOSE if verdict.code == codes.INVALID_PURPOSE else Cause.REFUSED, extra
    for answer in judgement.answers:
        if answer.state not in _FAILING:
            continue
        if is_refused and answer.ask is Ask.PUBLISHED_NAME:
            # The traffic server looks for the name after the chain, and ends where that is refused (mra.md A2.2).
            continue
        cause = _BY_ASK.get(answer.ask, Cause.NAME)
        if answer.ask is Ask.REVERSE_NAME and answer.match is not NameMatch.NONE:
            cause = Cause.REVERSE_RECORD
        yield cause, {"name": answer.wanted}
        if is_refused:
            yield Cause.NAME_AND_CHAIN, {"name": answer.wanted}


def _words(result: LegResult, judgement: Judgement) -> dict[str, object]:
    return {
        "initiator": result.initiator,
        "acceptor": result.acceptor,
        "presenter": judgement.presenter,
        "judge": judgement.judge,
    }


def _symptom(row: SymptomRow, node: str, words: dict[str, object]) -> Symptom:
    return Symptom(node=node, text=row.text.format(**words), event=row.event, alarm=row.alarm, source=row.source)
