"""What real endpoints made of a leg."""

from __future__ import annotations

import attrs

from expressway_certs.rules.judging import Judgement, LegResult, State


@attrs.frozen(kw_only=True)
class Observed:
    """What real endpoints made of a leg. ``ok`` is None where it is not proven, and ``not_proven`` says why.

    ``handshake`` says whether the handshake came up, for what is asked beyond it may not be provable. ``judge`` is the
    node that refused, ``error`` its words, ``code`` and ``depth`` OpenSSL's number and depth (X509_V_ERR), where it has
    one; ``alert`` is the TLS alert that the other end was told. Where a judge goes on all the same, as a client that
    asks its user does, or is only warned of a name, there is an ``error`` and ``ok`` is True. ``ground`` is what
    judged, with its version.
    """

    ok: bool | None
    alert: str | None = None
    error: str | None = None
    handshake: bool | None = None
    judge: str | None = None
    code: int | None = None
    depth: int | None = None
    not_proven: tuple[str, ...] = ()
    ground: str = ""

    def agrees_with(self, result: LegResult) -> bool | None:
        """Whether the library's verdict on the leg is the same; None where there is nothing to compare.

        The same yes or no, and for a no the same judge and, where the ground tells one, the same number. Where only the
        handshake is proven, only the chains are compared.
        """
        if self.ok is None and not self.handshake:
            return None
        untrusted = next((one for one in result.judgements if one.verdict is not None and not one.verdict.ok), None)
        if self.ok is False:
            refused = next((one for one in result.judgements if one is untrusted or one.state is State.DOWN), None)
            return refused is not None and self._is_by(refused)
        if untrusted is not None or self.code is not None:
            return untrusted is not None and untrusted.tolerant and self._is_by(untrusted)
        if self.ok is None:
            return True
        if result.state in {State.NOT_CHECKED, State.NOT_REACHED}:
            return None
        return result.state is (State.UP if self.error is None else State.WARNS)

    def _is_by(self, judgement: Judgement) -> bool:
        verdict = judgement.verdict
        code = None if verdict is None or verdict.ok else verdict.code
        # What AsyncSSH refuses by itself has no number.
        has_no_number = self.code is None and not self.handshake
        return judgement.judge == self.judge and (has_no_number or self.code == code)
