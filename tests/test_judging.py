"""How the tests compare two judges: what counts as a difference, and what as a surprise."""

from judging import difference, surprises
from openssl_oracle import Answer

YES = Answer(ok=True, code=0, depth=0, chain=(b"leaf", b"root"))
NO = Answer(ok=False, code=20, depth=1, chain=(b"leaf",))


def test_equal_answers_do_not_differ() -> None:
    """The chain of a yes counts; the chain of a no does not."""
    assert difference(YES, YES) is None
    assert difference(NO, Answer(ok=False, code=20, depth=1, chain=())) is None


def test_a_difference_is_told() -> None:
    """Another verdict, number, depth or trusted chain is a difference."""
    assert difference(YES, NO) == "OpenSSL 20 at 1, the judge 0 at 0"
    assert difference(NO, Answer(ok=False, code=20, depth=0, chain=())) == "OpenSSL 20 at 0, the judge 20 at 1"
    assert difference(NO, Answer(ok=False, code=2, depth=1, chain=())) == "OpenSSL 2 at 1, the judge 20 at 1"
    assert difference(YES, Answer(ok=True, code=0, depth=0, chain=(b"leaf", b"other"))) == "another chain"


def test_a_known_difference_is_no_surprise() -> None:
    """A difference with a reason in the table passes, as does an agreement without one."""
    assert surprises([("a", "differs"), ("b", None)], {"a": "it is meant"}) == []


def test_an_unknown_difference_is_a_surprise() -> None:
    """A difference without a reason in the table fails."""
    assert surprises([("a", "differs"), ("b", None)], {}) == ["a: differs"]


def test_an_unexpected_agreement_is_a_surprise() -> None:
    """An entry of the table that no longer differs, or that nobody asks about, fails too."""
    assert surprises([("a", None)], {"a": "it was meant"}) == ["a: agrees, though it is known to differ"]
    assert surprises([("a", None)], {"b": "it was meant"}) == ["b: was not asked"]
