"""What another Trusted CA list changes: every certificate on a node's legs, judged under both lists.

The sources differ on two entries of one subject (platform.md §11 C7). The guides say that the upper one is used and
the other behaves as if absent; OpenSSL, which Expressway is built on, chooses by key identifier where certificates
have one (mra.md E). So every question is asked twice, once for each side of the setting ``same_subject_cas``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from expressway_certs.product.applying import replaced
from expressway_certs.product.namesakes import BY_KEY_IDENTIFIER, BY_SUBJECT, Reading
from expressway_certs.product.nodes import Expressway
from expressway_certs.rules.cases import CaUploadCase
from expressway_certs.rules.common import reference
from expressway_certs.rules.finding import LegRef
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context
from expressway_certs.rules.site_legs import judge_legs_of
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify

WAITING: Final = "waiting"
"""What stands for the store of a certificate that is not yet in one."""


@attrs.frozen(kw_only=True)
class Judged:
    """A verdict on a certificate: on a leg, or of a node on its own certificate, as an upload asks (``leg`` None)."""

    judge: str
    presenter: str
    store: str
    trusted_by: str
    verdict: Verdict
    leg: LegRef | None = None

    @property
    def certificate(self) -> Certificate:
        """The certificate that is judged."""
        return self.verdict.chain[0]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from the others, whatever the verdict."""
        return (self.leg, self.judge, self.presenter, self.store, self.trusted_by, self.certificate)

    @property
    def whose(self) -> str:
        """Whose certificate it is, as the one who judges would say it."""
        if self.leg is None:
            return "the certificate that waits for it" if self.store == WAITING else "its own certificate"
        return self.presenter

    @property
    def place(self) -> str:
        """Where it is shown."""
        return "upload" if self.leg is None else f"leg {self.leg.id}"


Verdicts = dict[tuple[object, ...], Judged]
"""Everything that was judged, by its key."""


@attrs.frozen(kw_only=True)
class TrustChange:
    """A certificate before an upload and after it, by OpenSSL's choice of namesakes and by that of the guides."""

    before: Judged
    after: Judged
    guides_before: Judged
    guides_after: Judged

    @property
    def readings_differ(self) -> bool:
        """Whether it is trusted afterwards by the one reading and not by the other."""
        return self.after.verdict.ok is not self.guides_after.verdict.ok

    @property
    def gains(self) -> bool:
        """Whether it becomes trusted by one reading or both."""
        return self._becomes(True)

    @property
    def breaks(self) -> bool:
        """Whether it was trusted and no longer is, by one reading or both."""
        return self._becomes(False)

    def _becomes(self, trusted: bool) -> bool:  # noqa: FBT001 - the one thing that is asked
        pairs = ((self.before, self.after), (self.guides_before, self.guides_after))
        return any(old.verdict.ok is not trusted and new.verdict.ok is trusted for old, new in pairs)


def judged_with(
    context: Context,
    case: CaUploadCase,
    trusted: TrustStore,
    reading: Reading,
    crls: tuple[RevocationList, ...] | None = None,
) -> Verdicts:
    """Judge everything that depends on the node's list, as if it were ``trusted``; what is not reached is left out.

    The CRLs in the CA file are those after the upload, where no others are given.
    """
    settings = attrs.evolve(case.node.settings, same_subject_cas=reading)
    held = case.crls_after if crls is None else crls
    node = attrs.evolve(case.node, trusted_ca=trusted, trusted_ca_crls=held, settings=settings)

    def find_out() -> Verdicts:
        return {one.key: one for one in (*_on_legs(context, node), *_own(context, node))}

    return context.once((node.name, node.effective_ca.certificates, held), find_out)


def _on_legs(context: Context, node: Expressway) -> Iterator[Judged]:
    site = replaced(context.deployment, node)
    for result in judge_legs_of(site, node.name, context.at):
        for judgement in result.judgements:
            if judgement.verdict is not None:
                yield _judged(judgement, judgement.verdict, reference(result))


def _judged(judgement: Judgement, verdict: Verdict, leg: LegRef) -> Judged:
    return Judged(
        judge=judgement.judge,
        presenter=judgement.presenter,
        store=judgement.store,
        trusted_by=judgement.trusted_by,
        verdict=verdict,
        leg=leg,
    )


def _own(context: Context, node: Expressway) -> Iterator[Judged]:
    """Judge the node's own certificates, and those that wait for it: an upload asks for their whole chain."""
    waiting = [case.certificate for case in context.cases.uploads if case.node.name == node.name]
    own = {one: WAITING for one in waiting if one is not None}
    own |= {one: store for store in ("client", "server") if (one := node.certificate(store)) is not None}
    for certificate, store in own.items():
        verdict = verify(certificate, node.effective_ca, (), node.openssl.policy(at=context.at))
        yield Judged(judge=node.name, presenter=node.name, store=store, trusted_by="Trusted CA list", verdict=verdict)


def trust_changes(context: Context, case: CaUploadCase) -> tuple[TrustChange, ...]:
    """Judge everything that depends on the node's list, with the list before the upload and after it."""
    before, after, guides_before, guides_after = (
        judged_with(context, case, trusted, reading, crls)
        for reading in (BY_KEY_IDENTIFIER, BY_SUBJECT)
        for trusted, crls in ((case.node.trusted_ca, case.node.trusted_ca_crls), (case.after, case.crls_after))
    )
    return tuple(
        TrustChange(
            before=before[key], after=after[key], guides_before=guides_before[key], guides_after=guides_after[key]
        )
        for key in before
        if key in after and key in guides_before and key in guides_after
    )
