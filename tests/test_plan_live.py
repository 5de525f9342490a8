"""Plans against real TLS and SSH endpoints: after each step they make of every leg what the plan says."""

from collections.abc import Iterable, Iterator
from typing import Final

import attrs
import pytest
from renewals import C1, C2, E1, NEW_ISSUING, NEW_ROOT, audited, certificate, root_change, small_site
from sites import AT, RENEWED, ROOT, good_site, with_node

from expressway_certs import Deployment, LegResult, Plan, State, plan_renewal
from expressway_certs.testing.lab import Lab

CAS: Final = (NEW_ROOT.certificate, NEW_ISSUING.certificate)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Return a lab at the instant of the good sites."""
    with Lab(at=AT) as found:
        yield found


def proven(lab: Lab, legs: Iterable[LegResult]) -> dict[str, set[tuple[bool | None, bool | None]]]:
    """Return for each leg whether real ends came up, and whether that is what the library says."""
    found: dict[str, set[tuple[bool | None, bool | None]]] = {}
    for leg in legs:
        observed = lab.prove(leg)
        found.setdefault(leg.leg.id, set()).add((observed.ok, observed.agrees_with(leg)))
    return found


def loaded() -> Deployment:
    """Return the good site whose Expressway-E has loaded the new intermediate, as its upload page asks."""
    node = good_site().expressway(E1)
    return with_node(good_site(), attrs.evolve(node, trusted_ca=node.trusted_ca.adding(RENEWED.certificate)))


def assert_confirmed(lab: Lab, plan: Plan) -> None:
    """Hold that real ends come up on every zone and tunnel after each step, and agree on all other legs."""
    for step in (*plan.steps, *plan.rollback):
        found = proven(lab, step.report.legs)
        assert (found["2"], found["3"]) == ({(True, True)}, {(True, True)}), step
        assert {agrees for seen in found.values() for _, agrees in seen} <= {True, None}, step


def test_the_renewal_of_the_source_document_is_confirmed(lab: Lab) -> None:
    """Uploaded now, real zones stay up and real tunnels go down on those nodes; with the plan all are up throughout."""
    plan = plan_renewal(loaded(), E1, certificate(E1, RENEWED), at=AT)
    now = audited(loaded().apply(plan.steps[-1].changes)).legs
    with_e1 = [leg for leg in now if E1 in {leg.initiator, leg.acceptor}]
    found = proven(lab, with_e1)
    assert (found["2"], found["3"]) == ({(True, True)}, {(False, True)})
    down = {(leg.initiator, leg.acceptor) for leg in with_e1 if leg.leg.id == "3" and lab.prove(leg).ok is False}
    assert down == {(one.leg.initiator, one.leg.acceptor) for one in plan.breaks if one.breaks} == {(C1, E1), (C2, E1)}
    assert_confirmed(lab, plan)


def test_a_root_change_is_confirmed(lab: Lab) -> None:
    """Another root for both sides, and the old one deleted: real ends come up after every step, and back."""
    plan = plan_renewal(small_site(), root_change(small_site()), cas=CAS, retire=[ROOT.certificate], at=AT)
    assert plan.is_outage_free
    assert_confirmed(lab, plan)


def test_a_wrong_order_is_not_confirmed(lab: Lab) -> None:
    """With the certificate before the lists, the steps of the same plan have real ends that refuse."""
    plan = plan_renewal(small_site(), root_change(small_site()), cas=CAS, at=AT)
    deployment = small_site().apply(plan.steps[-1].changes)
    legs = [leg for leg in audited(deployment).legs if leg.leg.id in {"2", "3"}]
    assert proven(lab, legs) == {"2": {(False, True)}, "3": {(False, True)}}
    assert {leg.state for leg in legs} == {State.DOWN}
