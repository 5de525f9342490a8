"""Meshes of cross-signed CAs: the verdict is OpenSSL's, and the search for other paths is bounded and honest."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

import attrs
import openssl_oracle
import pytest
from judging import EPOCH, certificate, difference, judge, store
from meshes import QUESTIONS, Web, ladder, mesh, strands
from openssl_oracle import Question

from expressway_certs import Certificate, Chain, build_chain
from expressway_certs.x509 import paths, signatures

with_oracle = pytest.mark.skipif(openssl_oracle.library() is None, reason="the system has no libcrypto of OpenSSL 3.0")
every_question = pytest.mark.parametrize("name", QUESTIONS)


def chain(question: Question) -> Chain:
    """Build the chain of a question."""
    assert question.at is not None
    return build_chain(
        certificate(question.leaf),
        store(question.trust),
        map(certificate, question.presented),
        at=EPOCH + timedelta(seconds=question.at),
        partial_chain=question.partial_chain,
    )


@with_oracle
@every_question
def test_a_mesh_is_judged_as_openssl_judges_it(name: str) -> None:
    """Verdict, number, depth and chain are OpenSSL's, and the chain of a no is as long as OpenSSL's."""
    theirs, mine = openssl_oracle.ask(QUESTIONS[name]), judge(QUESTIONS[name])
    assert theirs is not None
    assert difference(mine, theirs) is None
    assert mine.chain == theirs.chain


def test_the_questions_meet_what_is_hard() -> None:
    """Among the meshes are trusted ones, broken ones, and those in which the first namesake is the wrong one."""
    assert {judge(question).code for question in QUESTIONS.values()} == {0, 2, 7, 20}


@every_question
def test_the_alternatives_are_real_paths(name: str) -> None:
    """Each path there is begins with the leaf, ends in an anchor, is signed all the way, and is there once."""
    question = QUESTIONS[name]
    found = chain(question)
    # OpenSSL takes a root by its name and key identifiers, without a look at its own signature.
    anchors = [one for one in store(question.trust) if question.partial_chain or one.view.self_signed]
    for path in found.alternatives:
        assert path[0] == certificate(question.leaf)
        assert path[-1] in anchors
        assert all(child.view.is_signed_by(issuer.view) for child, issuer in pairwise(path))
        assert len(set(path)) == len(path) <= paths.LONGEST
    assert len(set(found.alternatives)) == len(found.alternatives) <= paths.MOST_PATHS
    assert found.certificates not in found.alternatives
    assert list(found.alternatives) == sorted(found.alternatives, key=len)


@pytest.mark.parametrize("name", [name for name in QUESTIONS if "no identifiers" not in name])
def test_an_alternative_would_do(name: str) -> None:
    """Where nothing but the certificates of one of the other paths is there, the leaf is trusted by that path."""
    for path in chain(QUESTIONS[name]).alternatives:
        leaf, *between, anchor = (one.der for one in path)
        alone = attrs.evolve(QUESTIONS[name], leaf=leaf, presented=tuple(between), trust=(anchor,))
        mine = judge(alone)
        assert (mine.code, mine.chain) == (0, (leaf, *between, anchor))


SMALL: Final = {
    "mesh 2": mesh(2),
    "mesh 3": mesh(3),
    "mesh 4": mesh(4),
    "mesh 3, one name": mesh(3, one_name=True),
    "mesh 3, one name, no identifiers": mesh(3, one_name=True, key_identifiers=False),
    "ladder of 1": ladder(1),
    "ladder of 5": ladder(5),
    "ladder of 6": ladder(6),
    "1 strand": strands((3,)),
    "17 strands": strands((2,) * 17),
    "18 strands": strands((2,) * 18),
    "a strand as long as the search": strands((1, 21)),
    "a strand too long for the search": strands((1, 22)),
    "strands of many lengths": strands((7, 1, 5, 3, 2)),
}
CUT: Final = {"mesh 4", "ladder of 6", "18 strands", "a strand too long for the search"}


@pytest.mark.parametrize("name", SMALL)
def test_all_paths_are_found_or_the_search_says_that_it_was_cut(name: str) -> None:
    """In a web small enough to count its paths, none is missing, unless the search says that some may be."""
    web = SMALL[name]
    found = chain(web.question())
    existing = {tuple(map(certificate, path)) for path in web.paths(longest=40)}
    others = existing - {found.certificates}
    assert found.alternatives_complete == (name not in CUT)
    assert set(found.alternatives) <= others
    assert (set(found.alternatives) == others) == (name not in CUT)
    # Those that are shown are the shortest ones.
    shortest = sorted(map(len, others))[: len(found.alternatives)]
    assert [len(path) for path in found.alternatives] == shortest


LARGE: Final = {name for name in QUESTIONS if "no root" not in name and not name.startswith("20 of")}
COMPLETE: Final = {"mesh 8, partial chain", "one name, no identifiers, stored", "strands"}


@every_question
def test_large_meshes_say_whether_the_search_was_cut(name: str) -> None:
    """A mesh with more paths than are shown says so; one in which no path leads to a root is known to have none."""
    found = chain(QUESTIONS[name])
    assert found.alternatives_complete == (name in COMPLETE or name not in LARGE)
    if "no root" in name:
        assert found.alternatives == ()


class Steps:
    """Counts the steps of the search and the signatures that it asks about, and stops it when there are too many."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
        self.taken = 0
        self.signatures = 0
        walk = paths._Search._walk

        def counted_walk(search: paths._Search, path: paths.Path, length: int) -> Iterator[paths.Path]:
            self.taken += 1
            assert self.taken <= most + paths.LONGEST, "the search goes on beyond its bound"
            return walk(search, path, length)

        def counted_signed_by(child: Certificate, issuer: Certificate) -> bool:
            self.signatures += 1
            return signatures.signed_by(child, issuer)

        monkeypatch.setattr(paths._Search, "_walk", counted_walk)
        monkeypatch.setattr(paths, "signed_by", counted_signed_by)


@every_question
def test_the_search_keeps_to_its_bound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No web takes more steps than the bound, nor more questions about signatures than the steps allow."""
    question = QUESTIONS[name]
    steps = Steps(monkeypatch, paths.MOST_STEPS)
    assert len(chain(question).alternatives) <= paths.MOST_PATHS
    assert (steps.taken == 0) == ("no root" in name)
    everyone = {question.leaf, *question.trust, *question.presented}
    subjects = [certificate(one).subject for one in everyone]
    namesake_count = max(map(subjects.count, subjects))
    assert steps.signatures <= (steps.taken + len(everyone)) * namesake_count


@pytest.mark.parametrize("most", [0, 1, 10, 100, 2048])
@pytest.mark.parametrize("web", [mesh(8), mesh(12), mesh(8, one_name=True), ladder(20)])
def test_the_bound_on_steps_cuts_the_search(web: Web, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where paths may be shown without end, the number of steps is what ends the search, and the chain says so."""
    monkeypatch.setattr(paths, "MOST_PATHS", 1_000_000)
    monkeypatch.setattr(paths, "MOST_STEPS", most)
    steps = Steps(monkeypatch, most)
    found = chain(web.question())
    assert not found.alternatives_complete
    assert len(found.alternatives) <= most
    assert most < steps.taken <= most + paths.LONGEST


def test_a_web_can_use_up_the_steps_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many strands of one length and a longer one: fewer paths than may be shown, but too many steps."""
    web = strands((10,) * 15 + (21,))
    steps = Steps(monkeypatch, paths.MOST_STEPS)
    found = chain(web.question())
    assert [len(path) for path in found.alternatives] == [13] * 14
    assert steps.taken > paths.MOST_STEPS
    assert not found.alternatives_complete


def test_a_signature_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a search comes by, the signature of one certificate by another is worked out once."""
    question = mesh(8, one_name=True, key_identifiers=False).question()
    monkeypatch.setattr(signatures, "_known", {})
    steps = Steps(monkeypatch, paths.MOST_STEPS)
    assert len(chain(question).alternatives) == paths.MOST_PATHS
    worked_out = len(signatures._known)
    assert worked_out <= (len(question.presented) + 2) ** 2
    assert worked_out == steps.signatures


@pytest.mark.parametrize(("bound", "most"), [("MOST_EDGES", 100), ("MOST_LOOKS", 1000)])
def test_the_other_bounds_cut_the_search_as_well(bound: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pairs of certificates nor looks at them are without end, and the chain says that it was cut."""
    monkeypatch.setattr(paths, "MOST_PATHS", 1_000_000)
    monkeypatch.setattr(paths, "MOST_STEPS", 1_000_000)
    monkeypatch.setattr(paths, bound, most)
    steps = Steps(monkeypatch, 1_000_000)
    found = chain(mesh(12, one_name=True, key_identifiers=False).question())
    assert not found.alternatives_complete
    assert steps.taken < most
    assert steps.signatures <= most
