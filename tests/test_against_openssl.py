"""The judge against the system's own OpenSSL 3.0, on hierarchies that nobody chose."""

import openssl_oracle
import pytest
from hierarchies import questions
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from judging import difference, judge
from openssl_oracle import Question
from profiles import examples

from expressway_certs import PublicKeyInfo

pytestmark = pytest.mark.skipif(openssl_oracle.library() is None, reason="the system has no libcrypto of OpenSSL 3.0")


def check(question: Question) -> None:
    """Hold the judge's answer against OpenSSL's: yes or no, number, depth, and the chain of a yes."""
    theirs = openssl_oracle.ask(question)
    assert theirs is not None
    assert difference(judge(question), theirs) is None


def draws(count: int) -> settings:
    """Return the settings for so many hierarchies."""
    return settings(max_examples=examples(count), suppress_health_check=list(HealthCheck))


@given(questions())
@draws(1000)
def test_sound_hierarchies(question: Question) -> None:
    """Hierarchies with an oddity here and there are judged as OpenSSL judges them."""
    check(question)


@given(questions(oddity=14))
@draws(700)
def test_odd_hierarchies(question: Question) -> None:
    """Hierarchies full of oddities are judged as OpenSSL judges them."""
    check(question)


@given(questions(crls=True, oddity=8))
@draws(800)
def test_hierarchies_with_crls(question: Question) -> None:
    """CRLs are chosen and judged as OpenSSL does it."""
    check(question)


@given(questions(constrained=True, oddity=2))
@draws(800)
def test_hierarchies_with_name_constraints(question: Question) -> None:
    """Names are held against constraints as OpenSSL does it."""
    check(question)


REACHED = {0, 2, 3, 7, 8, 9, 10, 11, 12, 18, 19, 20, 22, 23, 25, 26, 34, 35, 36, 44, 47, 48, 62, 64, 66, 67, 68, 79}


def seen_in(number: int) -> set[int]:
    """Return the error numbers that OpenSSL gives to the hierarchies of one fixed draw."""
    seen: set[int] = set()

    @seed(number)
    @settings(max_examples=1000, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.one_of(questions(oddity=10), questions(crls=True, oddity=9), questions(constrained=True, oddity=2)))
    def look(question: Question) -> None:
        found = openssl_oracle.ask(question)
        assert found is not None
        seen.add(found.code)

    look()
    return seen


def test_the_hierarchies_reach_every_kind_of_verdict() -> None:
    """The drawn hierarchies are as varied as they are meant to be: some fixed draws of them meet all these numbers."""
    missing = set(REACHED)
    # The draws that have the rare numbers come first.
    for number in (6, 2, 1, 0, *range(7, 20)):
        missing -= seen_in(number)
        if not missing:
            break
    assert missing == set()


@pytest.mark.parametrize(
    "size", [512, 919, 920, 1024, 1962, 1963, 2047, 2048, 2670, 2671, 3072, 6946, 6947, 13913, 13914]
)
def test_the_strength_of_rsa_is_openssl_s(size: int) -> None:
    """From which size on an RSA key reaches a security level was measured; it still is so."""
    steps = (80, 112, 128, 192, 256)
    theirs = max((step for step in steps if openssl_oracle.rsa_security_bits(size) >= step), default=0)
    assert PublicKeyInfo(algorithm="RSA", size=size).security_bits() == theirs


def test_the_oracle_says_what_it_cannot_read() -> None:
    """A certificate that OpenSSL cannot read has no answer, so that no test passes on silence."""
    assert openssl_oracle.ask(Question(leaf=b"\x30\0", trust=())) is None
