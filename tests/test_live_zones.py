"""Zones against real TLS endpoints: each side has its leaf and its list, as Expressway has, and judges the other."""

from collections.abc import Callable
from itertools import product
from typing import Final

import pytest
from live_comparison import said, seen
from live_draws import Draw, chunks, draw, with_namesakes

from expressway_certs import State, check_zone
from expressway_certs.testing.lab import Lab

DRAWS: Final = 360


def compare(lab: Lab, drawn: Draw, *, has_depth: bool = True) -> None:
    """Hold the verdicts on a zone against real endpoints: the same yes, or the same no of the same side."""
    result = check_zone(drawn.zone).legs[0]
    observed = lab.prove(result)
    expected = said(result) if has_depth else (*said(result)[:3], None)
    assert seen(observed) == expected, drawn.number
    assert observed.agrees_with(result) is True, drawn.number


@pytest.mark.parametrize("numbers", chunks(DRAWS, 60), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_a_zone_comes_up_where_real_endpoints_do(numbers: range) -> None:
    """Both directions of a drawn zone: the same yes, or the same number at the same depth, and then the names."""
    with Lab(ground="openssl") as lab:
        for number in numbers:
            compare(lab, draw(number))


@pytest.mark.parametrize("make", [draw, with_namesakes])
def test_a_zone_comes_up_where_the_endpoints_of_python_do(make: Callable[[int], Draw]) -> None:
    """Python's ssl, whatever OpenSSL it has, says the same as OpenSSL's own command; it tells no depth."""
    with Lab(ground="python") as lab:
        for number in range(120):
            compare(lab, make(number), has_depth=False)


@pytest.mark.parametrize("numbers", chunks(120, 60), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_namesakes_are_told_apart_as_real_endpoints_do(numbers: range) -> None:
    """Lists with several CAs of one subject, in any order: where key identifiers decide, we answer as OpenSSL."""
    with Lab(ground="openssl") as lab:
        for number in numbers:
            compare(lab, with_namesakes(number))


def test_the_draws_are_of_all_kinds() -> None:
    """Among the draws are zones that are up, that warn, and that are refused on either side for many reasons."""
    results = [check_zone(draw(number).zone).legs[0] for number in range(DRAWS)]
    assert {one.state for one in results} == {State.UP, State.WARNS, State.DOWN}
    assert sum(said(one)[0] is not State.DOWN for one in results) > DRAWS // 8
    refused = {(judge, code) for _, judge, code, _ in map(said, results)}
    assert {code for judge, code in refused if judge == "expc1.example.com"} >= {None, 10, 18, 19, 20, 26}
    assert {code for judge, code in refused if judge == "expe1.example.com"} >= {None, 10, 19, 20, 26}


def test_a_verdict_that_is_wrong_is_seen() -> None:
    """What is observed of one zone agrees with the verdict on another exactly where both are the same."""
    results = [check_zone(draw(number).zone).legs[0] for number in range(40)]
    with Lab(ground="openssl") as lab:
        observed = [lab.prove(one) for one in results]
    for one, result in product(observed, results):
        # Two warnings may be of either side.
        places = 3 if not one.ok else 1
        assert one.agrees_with(result) is (seen(one)[:places] == said(result)[:places])
