"""Whole deployments, drawn and broken, against real endpoints: Unified CM and clients as well as zones and tunnels."""

from collections import Counter
from typing import Final

import pytest
from live_comparison import said, seen
from live_draws import FACTORY, chunks
from live_sites import drawn_site

from expressway_certs import State, audit
from expressway_certs.product.legs import MRA_LEGS
from expressway_certs.rules.judging import LegResult
from expressway_certs.testing.lab import Lab, Observed

SITES: Final = 24
Found = list[tuple[int, LegResult, Observed]]


def proven(numbers: range) -> Found:
    """Return every leg of drawn sites with what real endpoints made of it."""
    with Lab(at=FACTORY.at) as lab:
        return [(number, *pair) for number in numbers for pair in lab.prove(drawn_site(number))]


def check(found: Found) -> None:
    """Hold each leg against its verdict: the same yes or warning, or the same no, number and depth of the same node."""
    differing = [
        (number, result.leg.id, result.initiator, result.acceptor, observed)
        for number, result, observed in found
        if observed.agrees_with(result) is False
    ]
    assert differing == []
    compared = [(result, observed) for _, result, observed in found if is_compared(result, observed)]
    assert [seen(observed) for _, observed in compared] == [said(result) for result, _ in compared]


def is_compared(result: LegResult, observed: Observed) -> bool:
    """Whether both sides have said what becomes of a leg."""
    return observed.ok is not None and result.state not in {State.NOT_CHECKED, State.NOT_REACHED}


@pytest.mark.parametrize("numbers", chunks(SITES, 6), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_a_site_is_as_real_endpoints_show_it(numbers: range) -> None:
    """Every leg of drawn sites that can be proven ends as the library says."""
    found = proven(numbers)
    check(found)
    assert sum(observed.ok is not None for _, _, observed in found) > len(found) // 2


@pytest.mark.nightly
@pytest.mark.parametrize("numbers", chunks(400, 20), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_very_many_sites_are_as_real_endpoints_show_them(numbers: range) -> None:
    """The same for four hundred others."""
    check(proven(range(1000 + numbers.start, 1000 + numbers.stop)))


def test_the_sites_are_of_all_kinds() -> None:
    """Among the sites every kind of leg that is drawn is up and down, and is refused for many reasons."""
    results = [result for number in range(SITES) for result in audit(drawn_site(number), at=FACTORY.at).legs]
    answers = [(result.leg.id, *said(result)) for result in results if result.state is not State.NOT_CHECKED]
    drawn = {leg for leg, *_ in answers} - {"5", "10"}
    assert drawn >= {*MRA_LEGS, "2", "3", "12", "12-back"} - {"5"}
    assert {(leg, state) for leg, state, *_ in answers} >= {(leg, State.DOWN) for leg in drawn}
    assert {leg for leg, state, *_ in answers if state is not State.DOWN} >= drawn
    codes = Counter(code for *_, code, _ in answers)
    assert codes.keys() >= {None, 2, 3, 9, 10, 18, 19, 20, 23, 26}
