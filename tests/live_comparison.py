"""What the library says of a leg beside what real endpoints made of it, as one tuple each."""

from expressway_certs import State
from expressway_certs.rules.judging import Judgement, LegResult
from expressway_certs.testing.lab import Observed

Said = tuple[State, str | None, int | None, int | None]
"""What becomes of a leg, and who refuses or is warned, with OpenSSL's number and depth; None for a name."""
UP: Said = (State.UP, None, None, None)


def said(result: LegResult) -> Said:
    """Return what the library says: the first judgement that refuses, or else the first that is warned."""
    found = next((one for one in result.judgements if refuses(one)), None)
    found = found or next((one for one in result.judgements if one.state is State.WARNS), None)
    if found is None:
        return UP
    verdict = found.verdict
    state = State.DOWN if refuses(found) else State.WARNS
    if verdict is None or verdict.ok:
        return state, found.judge, None, None
    return state, found.judge, verdict.code, verdict.depth


def refuses(judgement: Judgement) -> bool:
    """Whether a judgement ends the handshake, or what comes after it."""
    is_untrusted = judgement.verdict is not None and not judgement.verdict.ok
    return judgement.state is State.DOWN or (is_untrusted and not judgement.tolerant)


def seen(observed: Observed) -> Said:
    """Return what the endpoints have shown; a leg that is not proven compares with nothing."""
    assert observed.ok is not None, observed.not_proven
    state = State.DOWN if not observed.ok else State.WARNS if observed.error else State.UP
    return state, observed.judge, observed.code, observed.depth
