"""Reports put together by hand, for tests of what shows them."""

from datetime import UTC, datetime
from typing import Final

import attrs

from expressway_certs import verify
from expressway_certs.product.legs import leg
from expressway_certs.product.provenance import Source
from expressway_certs.product.settings import Settings
from expressway_certs.report import Report
from expressway_certs.rules.finding import Effect, Evidence, Finding, LegRef, Outcome, OutcomeKind, Remedy, Severity
from expressway_certs.rules.judging import Judgement, LegResult, State
from expressway_certs.testing import CertificateFactory, Issued
from expressway_certs.x509.policy import VerifyPolicy

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
CORE: Final = "expc1.example.com"
EDGE: Final = "expe1.example.com"
# What a terminal would colour, turn round, or take for a second line; and what rich would take for markup.
HOSTILE: Final = "[red]\x1b[31mA\u202eB\x9b2J\r\nC[/red] :smile: \x07"
HARMLESS: Final = r"[red]\x1b[31mA\u202eB\x9b2J\r\nC[/red] :smile: \x07"


def hostile_leaf() -> Issued:
    """Return a certificate whose subject is an attack on whoever looks at it."""
    factory = CertificateFactory(seed=5, at=AT)
    return factory.leaf(factory.root("Example Root CA"), HOSTILE)


def leg_ref(leg_id: str) -> LegRef:
    """Return how a finding names a leg of the table."""
    found = leg(leg_id)
    return LegRef(id=found.id, title=found.title, port=found.port, initiator=CORE, acceptor=EDGE)


def leg_result(leg_id: str, state: State, why: str | None = None) -> LegResult:
    """Return a leg in a state."""
    judgement = Judgement(
        judge=CORE, presenter=EDGE, store="server", certificate=None, trusted_by="Trusted CA list", state=state, why=why
    )
    return LegResult(leg=leg(leg_id), initiator=CORE, acceptor=EDGE, judgements=(judgement,))


def finding(rule: str, severity: Severity = Severity.ERROR, *legs: str, issued: Issued | None = None) -> Finding:
    """Return a finding with everything that one can have."""
    certificate = (issued or CertificateFactory(seed=6, at=AT).self_signed(EDGE)).certificate
    verdict = verify(certificate, [], policy=VerifyPolicy(at=AT))
    return Finding(
        rule=rule,
        severity=severity,
        message=f"{CORE} does not trust {EDGE} ({rule})",
        product_message="TLS negotiation error",
        nodes=(CORE,),
        legs=tuple(map(leg_ref, legs)),
        evidence=Evidence(
            certificate=certificate, code=verdict.code, depth=verdict.depth, explanation=verdict.explanation
        ),
        remedy=Remedy(
            before=(
                f"On {CORE}: Maintenance > Security > Trusted CA certificate",
                f"Restart {CORE}: Maintenance > Restart",
            )
        ),
        sources=(Source("platform.md §4.1"), Source("mra.md A3 2", "inferred")),
        effect=Effect.REFUSED,
        alarm=40068,
        settings=(Settings().chosen("untrusted_chain_upload"),),
    )


def report(*findings: Finding, **changes: object) -> Report:
    """Return a report with these findings, legs and outcomes."""
    plain = Report(
        name="lab",
        at=AT,
        findings=findings,
        legs=(leg_result("6a", State.UP), leg_result("2", State.DOWN), leg_result("1a", State.NOT_CHECKED, "no list")),
        outcomes=(Outcome(rule="first", kind=OutcomeKind.FIRED), Outcome(rule="second", kind=OutcomeKind.PASSED)),
    )
    return attrs.evolve(plain, **changes)


def clean_report() -> Report:
    """Return a report without a finding."""
    return report(legs=(leg_result("2", State.UP),), outcomes=(Outcome(rule="second", kind=OutcomeKind.PASSED),))
