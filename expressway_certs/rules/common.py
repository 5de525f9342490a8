"""What the rules about legs share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from expressway_certs.product.legs import Ask
from expressway_certs.rules.faults import NO_ISSUER, Claimed
from expressway_certs.rules.finding import Evidence, LegRef
from expressway_certs.rules.judging import Answer, Judgement, LegResult, State
from expressway_certs.rules.known import known_certificates
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError

__all__ = ["NO_ISSUER", "Asked", "Judged", "answers", "evidence", "known_certificates", "lacks_issuer", "listed",
           "names_wanted", "reference", "refused", "untrusted"]  # fmt: skip


def listed(values: Iterable[str]) -> str:
    """Return several things as a sentence has them, each once: "a, b and c"."""
    *first, last = dict.fromkeys(values)
    return f"{', '.join(first)} and {last}" if first else last


def lacks_issuer(judgement: Judgement) -> bool:
    """Whether a certificate was refused because a CA is not in the list."""
    return judgement.verdict is not None and judgement.verdict.code in NO_ISSUER


def reference(result: LegResult) -> LegRef:
    """Return how a finding names a leg."""
    leg = result.leg
    return LegRef(id=leg.id, title=leg.title, port=leg.port, initiator=result.initiator, acceptor=result.acceptor)


def evidence(judgement: Judgement) -> Evidence:
    """Return what a finding about a judgement rests on."""
    verdict = judgement.verdict
    if verdict is None or verdict.ok:
        return Evidence(certificate=judgement.certificate)
    return Evidence.of(verdict)


def names_wanted(judgement: Judgement, answer: Answer) -> Evidence:
    """Return what a finding about a name rests on."""
    extension = None if answer.match is None else "subjectAltName"
    return Evidence(certificate=judgement.certificate, extension=extension, expected=answer.wanted, found=answer.found)


Judged = tuple[LegResult, Judgement]
Asked = tuple[LegResult, Judgement, Answer]


def _reached(context: Context, leg_ids: tuple[str, ...], judges: Collection[str] | None) -> list[Judged]:
    """Return the judgements on those legs that the handshake came to, by those judges (None: by all).

    Raises `NotApplicableError` where the deployment has none of the legs, or none of the judges is asked, and
    `NotRunError` where it has none because something is not given.
    """
    results = [result for result in context.legs if result.leg.id in leg_ids]
    found = [(result, one) for result in results for one in result.judgements if judges is None or one.judge in judges]
    if not results:
        _want(context, leg_ids)
    if not found:
        why = results[0].why if results else "the deployment has no such leg"
        raise NotApplicableError(why or "nobody is asked for a certificate there")
    return [(result, one) for result, one in found if one.state is not State.NOT_REACHED]


def _want(context: Context, leg_ids: tuple[str, ...]) -> None:
    """Raise `NotRunError` where the deployment lacks those legs because something is not given."""
    lacking = next((one for one in context.deployment.not_given if not set(leg_ids).isdisjoint(one.legs)), None)
    if lacking is not None:
        raise NotRunError(f"{lacking.what}: not given")


def _lacking(judged: Judged) -> str:
    _, one = judged
    if one.certificate is None:
        return f"no certificate of {one.presenter} is given"
    return f"{one.trusted_by} of {one.judge} is not given"


def _with_verdicts(context: Context, leg_ids: tuple[str, ...], judges: Collection[str] | None) -> set[int]:
    """Return the judgements on those legs that have a verdict; `NotRunError` where none has."""
    reached = _reached(context, leg_ids, judges)
    known = {id(one) for _, one in reached if one.verdict is not None}
    if not known:
        raise NotRunError(next(map(_lacking, reached), "the handshake ends before it comes to this"))
    return known


def refused(context: Context, leg_ids: tuple[str, ...], judges: Collection[str] | None = None) -> Iterator[Claimed]:
    """Yield the certificates that are refused for what they are, as far as they are told of with these legs."""
    known = _with_verdicts(context, leg_ids, judges)
    return (one for one in context.faults.refused(leg_ids) if id(one.home.judgement) in known)


def untrusted(context: Context, leg_ids: tuple[str, ...], judges: Collection[str] | None = None) -> Iterator[Claimed]:
    """Yield the certificates whose CA is not in the list, as far as they are told of with these legs."""
    known = _with_verdicts(context, leg_ids, judges)
    return (one for one in context.faults.untrusted(leg_ids) if id(one.home.judgement) in known)


def _asked(context: Context, leg_ids: tuple[str, ...], ask: Ask) -> list[Judged]:
    """Return the judgements that something is asked in, as far as the handshake came to them.

    Raises `NotApplicableError` where the deployment has no leg on which it is asked, or nobody looks there, and
    `NotRunError` where it has none because something is not given.
    """
    if not any(one.leg.id in leg_ids for one in context.legs):
        _want(context, leg_ids)
    rows = [one for one in context.legs if one.leg.id in leg_ids and ask in one.leg.asks]
    found = [(result, one) for result in rows for one in result.judgements if one.asks(ask, result)]
    if not found:
        raise NotApplicableError(next((one.why for one in rows if one.why), "the deployment has no such leg"))
    return [(result, one) for result, one in found if one.state is not State.NOT_REACHED]


def answers(context: Context, leg_ids: tuple[str, ...], ask: Ask) -> Iterator[Asked]:
    """Yield what does not hold of one thing that is asked on those legs."""
    reached = _asked(context, leg_ids, ask)
    asked = [(result, one, answer) for result, one in reached for answer in one.answers if answer.ask is ask]
    known = [found for found in asked if found[2].state is not State.NOT_CHECKED]
    if not known:
        if not asked and all(one.certificate is not None for _, one in reached):
            raise NotApplicableError("it is not asked here")
        lacking = (answer.why for _, _, answer in asked if answer.why)
        raise NotRunError(next(lacking, None) or next(map(_lacking, reached), "the handshake ends before it"))
    return (found for found in known if found[2].why is not None)
