"""SSH tunnels against real AsyncSSH endpoints with X.509 keys: the leaf travels alone, and the lists judge it."""

from typing import Final

import pytest
from live_comparison import UP, said, seen
from live_draws import CORE, EDGE, Draw, chunks, draw

from expressway_certs import State, check_tunnels
from expressway_certs.rules.judging import LegResult
from expressway_certs.testing.lab import Lab
from expressway_certs.testing.lab.openssl import find_openssl

DRAWS: Final = 330


def tunnel(drawn: Draw) -> LegResult:
    """Return the verdict on the tunnel of a drawn zone."""
    return check_tunnels(drawn.zone).legs[0]


@pytest.mark.parametrize("numbers", chunks(DRAWS, 55), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_tunnels_come_up_where_real_endpoints_do(numbers: range) -> None:
    """Both directions of drawn tunnels: AsyncSSH and OpenSSL take the same certificates as the library."""
    with Lab() as lab:
        for number in numbers:
            result = tunnel(draw(number))
            observed = lab.prove(result)
            assert seen(observed) == said(result), number
            assert observed.agrees_with(result) is True, number


def test_the_draws_are_of_all_kinds() -> None:
    """Among the draws are tunnels that are up and down on either side, and zones that are up with tunnels down."""
    answers = [said(tunnel(draw(number))) for number in range(DRAWS)]
    assert {judge for _, judge, _, _ in answers} == {None, CORE, EDGE}
    assert sum(answer == UP for answer in answers) > DRAWS // 10


def test_the_known_difference_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """AsyncSSH by itself takes a leaf for both usages under a CA for servers alone; OpenSSL and the library do not."""
    drawn = next(one for one in map(draw, range(10_000)) if is_known_difference(one))
    with Lab() as lab:
        assert seen(lab.prove(tunnel(drawn))) == said(tunnel(drawn)) == (State.DOWN, EDGE, 26, 1)
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert find_openssl() is None
    with Lab() as lab:
        observed = lab.prove(tunnel(drawn))
    assert (observed.ok, observed.agrees_with(tunnel(drawn)), observed.ground) == (True, False, "AsyncSSH")


def is_known_difference(drawn: Draw) -> bool:
    """Whether a draw is nothing but the known difference."""
    first, second = tunnel(drawn).judgements
    verdict = second.verdict
    return first.state is State.UP and verdict is not None and (verdict.code, verdict.depth) == (26, 1)


def test_asyncssh_alone_differs_in_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenSSL's command AsyncSSH decides: it differs where a CA above the leaf is for servers alone."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    with Lab() as lab:
        found = [(tunnel(draw(number)), lab.prove(tunnel(draw(number)))) for number in range(110)]
    differing = [result for result, observed in found if observed.agrees_with(result) is not True]
    assert {said(result)[2:] for result in differing} <= {(26, 1), (26, 2)}
    assert 0 < len(differing) < len(found) // 5


def test_the_lists_have_no_namesakes() -> None:
    """No draw has two CAs of one subject, which the product looks up in its own way."""
    nodes = [node for number in range(DRAWS) for node in draw(number).zone.members]
    assert all(node.effective_ca == node.trusted_ca for node in nodes)
