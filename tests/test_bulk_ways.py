"""One leaf, many, a matrix, threads, processes: by every way the verdict is the judge's."""

import itertools
import pickle
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import active_children, get_context
from types import ModuleType
from typing import Final

import attrs
import make_der as make
import pytest
import vectors
from bulk_leaves import AT, HOST, ISSUING, PLAIN, POLICY, PRESENTED, TRUST, authority, judged, said
from bulk_twists import TRUSTED, TWISTED
from hierarchies import questions
from hypothesis import HealthCheck, given, settings
from judging import certificate, policy_of
from openssl_oracle import Question
from profiles import examples
from vectors import SUITES

from expressway_certs import (
    Certificate,
    LoadError,
    TrustStore,
    Verdict,
    VerifyIndex,
    VerifyPolicy,
    verify,
    verify_many,
    verify_matrix,
)
from expressway_certs.x509 import der
from expressway_certs.x509.bulk import classes, workers
from expressway_certs.x509.bulk.signatures import Accepts

Ways = dict[str, Callable[..., list[Verdict]]]


def by_matrix(
    leaves: list[bytes], trust: TrustStore, presented: tuple[Certificate, ...], policy: VerifyPolicy
) -> list[Verdict]:
    """Return the verdicts on leaves out of a matrix of one store, one instant, one purpose and one set of names."""
    return list(verify_matrix(leaves, [trust], presented, policy))


def one_by_one(
    leaves: list[bytes], trust: TrustStore, presented: tuple[Certificate, ...], policy: VerifyPolicy
) -> list[Verdict]:
    """Return the verdicts of `verify`."""
    return [verify(Certificate.from_der(leaf), trust, presented, policy) for leaf in leaves]


def many(*arguments: object, executor: Executor | None = None) -> list[Verdict]:
    """Return the verdicts of `verify_many`."""
    return list(verify_many(*arguments, executor=executor))  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def ways() -> Iterator[Ways]:
    """Return every way to ask, each given leaves as DER, a store, what was presented and a policy."""
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        yield {
            "one by one": one_by_one,
            "many": many,
            "matrix": by_matrix,
            "threads": partial(many, executor=threads),
            "processes": partial(many, executor=processes),
        }


@pytest.mark.skipif(not vectors.FOLDER.is_dir(), reason="the public test vectors do not lie beside the checkout")
@pytest.mark.parametrize("profile", ["tls1", "tls1_partial"])
@pytest.mark.parametrize("suite", SUITES)
def test_public_vectors_by_every_way(suite: str, profile: str, ways: Ways) -> None:
    """Every public vector has the judge's verdict, number, depth, chain and fault by every way."""
    for vector in vectors.suite(suite):
        question = vector.question(profile)
        trust, presented = TrustStore(map(certificate, question.trust)), tuple(map(certificate, question.presented))
        policy = policy_of(question)
        expected = judged(certificate(question.leaf), trust, presented, policy)
        for way, ask in ways.items():
            found = ask([question.leaf, question.leaf], trust, presented, policy)
            assert (vector.name, way, [said(one) for one in found]) == (vector.name, way, [expected] * 2)


@given(question=questions(oddity=8))
@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
def test_drawn_hierarchies_by_every_way_in_one_process(question: Question) -> None:
    """In a drawn hierarchy each certificate, asked about as a leaf and twice, has the judge's verdict."""
    trust, presented = TrustStore(map(certificate, question.trust)), tuple(map(certificate, question.presented))
    policy = policy_of(question)
    leaves = [question.leaf, *question.presented, *question.trust] * 2
    expected = [judged(certificate(leaf), trust, presented, policy) for leaf in leaves]
    for ask in (one_by_one, many, by_matrix):
        assert [said(one) for one in ask(leaves, trust, presented, policy)] == expected


@given(question=questions(oddity=8))
@settings(max_examples=examples(30), suppress_health_check=list(HealthCheck))
def test_drawn_hierarchies_by_workers(question: Question, ways: Ways) -> None:
    """In a drawn hierarchy each certificate has the judge's verdict from threads and from processes."""
    trust, presented = TrustStore(map(certificate, question.trust)), tuple(map(certificate, question.presented))
    policy = policy_of(question)
    leaves = [question.leaf, *question.presented, *question.trust] * 2
    expected = [judged(certificate(leaf), trust, presented, policy) for leaf in leaves]
    for way in ("threads", "processes"):
        assert (way, [said(one) for one in ways[way](leaves, trust, presented, policy)]) == (way, expected)


def fleet(count: int) -> list[bytes]:
    """Return as many leaves, every tenth of them with something wrong."""
    wrong = itertools.cycle(leaf.der for leaf in TWISTED.values())
    return [
        next(wrong) if number % 10 == 9 else attrs.evolve(PLAIN, serial=make.integer(5000 + number)).der
        for number in range(count)
    ]


FLEET: Final = fleet(400)
EXPECTED: Final = [judged(leaf) for leaf in FLEET]


def test_a_fleet_by_every_way(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fleet with one in ten broken every verdict is the judge's, in the order of the leaves."""
    monkeypatch.setattr(workers, "BATCH", 7)
    for way, ask in ways.items():
        assert (way, [said(one) for one in ask(FLEET, TRUST, PRESENTED, POLICY)]) == (way, EXPECTED)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_pool_of_its_own(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`processes` makes a pool, forked or spawned, and its workers are gone when the call is over."""
    monkeypatch.setattr("threading.active_count", lambda: threads)
    monkeypatch.setattr(workers, "AHEAD", 15)
    before = set(active_children())
    found = list(verify_many(FLEET, TRUST, PRESENTED, POLICY, processes=2))
    assert [said(one) for one in found] == EXPECTED
    assert set(active_children()) - before == set()


@pytest.mark.parametrize("count", [0, 14, 15, 16])
def test_a_few_leaves_need_no_pool(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first leaves are judged here, so that the workers begin with what they taught; fewer make no pool."""
    monkeypatch.setattr(workers, "AHEAD", 15)
    made: list[bool] = []
    real = workers.Run

    def run(*arguments: object, **named: object) -> workers.Run:
        made.append(True)
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "Run", run)
    found = list(verify_many(FLEET[:count], TRUST, PRESENTED, POLICY, processes=1))
    assert [said(one) for one in found] == EXPECTED[:count]
    assert made == [True] * (count >= 15)


def test_a_worker_that_is_killed_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker of its own pool is killed midway nothing is lost and nothing comes twice."""
    monkeypatch.setattr(workers, "BATCH", 5)
    monkeypatch.setattr(workers, "AHEAD", 5)
    before = set(active_children())
    found = verify_many(FLEET, TRUST, PRESENTED, POLICY, processes=2)
    begun = [next(found) for _ in range(12)]
    victim = next(child for child in active_children() if child not in before)
    victim.kill()
    assert [said(one) for one in (*begun, *found)] == EXPECTED


class Broken(Executor):
    """An executor whose workers are dead."""

    def __init__(self) -> None:
        self.asked = 0

    def submit(self, *arguments: object, **named: object) -> Future:  # type: ignore[override,type-arg]
        """Return a future that failed."""
        self.asked += 1
        future: Future[object] = Future()
        future.set_exception(BrokenExecutor("gone"))
        return future


def test_workers_that_die_again_and_again_end_it() -> None:
    """Somebody else's executor is not replaced, and one's own no more than three times."""
    with pytest.raises(BrokenExecutor, match="gone"):
        list(verify_many(FLEET, TRUST, PRESENTED, POLICY, Broken()))
    made = [Broken() for _ in range(9)]
    fresh = iter(made[1:])
    run = workers.Run(VerifyIndex(TRUST, PRESENTED, POLICY), AT, made[0], lambda: next(fresh))
    with pytest.raises(BrokenExecutor, match="gone"):
        list(run.verdicts(FLEET))
    assert [executor.asked for executor in made] == [1, 1, 1, 1, 0, 0, 0, 0, 0]


class Recorder(Executor):
    """An executor that notes what it is given, and does it at once where it is told to."""

    def __init__(self, *, runs: bool) -> None:
        self.runs = runs
        self.futures: list[Future] = []  # type: ignore[type-arg]

    def submit(self, task: Callable[..., object], *arguments: object, **named: object) -> Future:  # type: ignore[override,type-arg]
        """Run the task now, or never."""
        future: Future[object] = Future()
        if self.runs:
            future.set_result(task(*arguments, **named))
        self.futures.append(future)
        return future


def test_who_stops_early_cancels_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the iteration is left, batches that have not begun are called off."""
    monkeypatch.setattr(workers, "BATCH", 10)
    recorder = Recorder(runs=True)
    found = verify_many(FLEET, TRUST, PRESENTED, POLICY, recorder)
    assert said(next(found)) == EXPECTED[0]
    recorder.runs = False
    for _ in range(15):
        next(found)
    found.close()  # type: ignore[attr-defined]
    assert [future.cancelled() for future in recorder.futures[24:]] == [True] * (len(recorder.futures) - 24)


def counted(leaves: list[bytes], pulled: list[int]) -> Iterator[bytes]:
    """Yield leaves, and count them."""
    for leaf in leaves:
        pulled[0] += 1
        yield leaf


def test_a_stream_is_read_as_it_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """One leaf ahead without workers, three batches a worker ahead with them: never the whole stream."""
    monkeypatch.setattr(workers, "BATCH", 10)
    pulled = [0]
    next(verify_many(counted(FLEET, pulled), TRUST, PRESENTED, POLICY))
    assert pulled == [1]
    pulled = [0]
    with ThreadPoolExecutor(2) as threads:
        next(verify_many(counted(FLEET, pulled), TRUST, PRESENTED, POLICY, threads))
    assert pulled == [60]


def test_a_verdict_takes_little_memory() -> None:
    """A list of verdicts takes less than a quarter of a KiB for each leaf above the leaves themselves."""
    leaves = [attrs.evolve(PLAIN, serial=make.integer(5000 + number)).der for number in range(1000)]
    index = VerifyIndex(TRUST, PRESENTED, POLICY)
    list(verify_many(leaves[:10], index))
    tracemalloc.start()
    found = list(verify_many(leaves, index))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(verdict.ok for verdict in found)
    assert taken / len(leaves) < 256


def test_leaves_in_every_form(ways: Ways) -> None:
    """DER, PEM as text or bytes, and certificates may be mixed; each gets the verdict of `verify`."""
    one = Certificate.from_der(PLAIN.der)
    leaves = [one.der, one, one.to_pem(), one.to_pem().encode(), f"text\n{one.to_pem()}text"]
    for way in ("many", "matrix", "threads", "processes"):
        assert ways[way](leaves, TRUST, PRESENTED, POLICY) == [verify(one, TRUST, PRESENTED, POLICY)] * 5


BAD: Final = [PLAIN.der, b"0\3abc", "no certificate", PLAIN.der, b""]


@pytest.mark.parametrize("processes", [None, 1])
def test_a_leaf_that_cannot_be_read(processes: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the iteration with its place in the message, or stands where its verdict would."""
    monkeypatch.setattr(workers, "AHEAD", 0)
    found = list(verify_many(BAD, TRUST, PRESENTED, POLICY, processes=processes, unreadable="return"))
    assert [isinstance(one, LoadError) for one in found] == [False, True, True, False, True]
    assert [str(one) for one in found if isinstance(one, LoadError)] == [
        str(_load_error(leaf)) for leaf in (BAD[1], BAD[2], BAD[4])
    ]
    ending = verify_many(BAD, TRUST, PRESENTED, POLICY, processes=processes)
    assert next(ending).ok
    with pytest.raises(LoadError, match=r"^leaf 1: the bytes are not a DER certificate"):
        next(ending)
    with pytest.raises(LoadError, match=r"^leaf 1: "):
        verify_matrix(BAD, [TRUST], PRESENTED, POLICY)
    nameless = attrs.evolve(PLAIN, subject=make.sequence(der.encode(der.SET, b"\x30\x05abc"))).der
    with pytest.raises(LoadError, match=r"^leaf 1: "):
        verify_matrix([PLAIN.der, nameless], [TRUST], PRESENTED, POLICY)


def _load_error(leaf: bytes | str) -> LoadError:
    with pytest.raises(LoadError) as caught:
        Certificate.from_der(leaf) if isinstance(leaf, bytes) and leaf else Certificate.from_pem(leaf)
    return caught.value


@pytest.mark.parametrize("processes", [None, 1])
def test_something_that_is_no_leaf(processes: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another type than a leaf's is a mistake in the program, in a worker as well."""
    monkeypatch.setattr(workers, "AHEAD", 0)
    with pytest.raises(TypeError, match="a leaf is a Certificate, or its DER or PEM as bytes or str, not int"):
        list(verify_many([PLAIN.der, 5], TRUST, PRESENTED, POLICY, processes=processes))  # type: ignore[list-item]


def test_settings_that_contradict_each_other() -> None:
    """Two kinds of workers, none, or an unknown word are refused before anything is read."""
    with pytest.raises(ValueError, match="an executor or a number of processes, not both"):
        verify_many([], TRUST, executor=Broken(), processes=2)
    with pytest.raises(ValueError, match="processes must be 1 or more, not 0"):
        verify_many([], TRUST, processes=0)
    with pytest.raises(ValueError, match='unreadable is "raise" or "return", not \'skip\''):
        verify_many([], TRUST, unreadable="skip")  # type: ignore[call-overload]


def test_what_is_no_policy_no_executor_and_no_list_of_leaves() -> None:
    """Another type than what is wanted is told before any leaf is read, by every way."""
    with pytest.raises(TypeError, match=r"^a VerifyPolicy is wanted, not NoneType$"):
        VerifyIndex(TRUST, policy=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^a VerifyPolicy is wanted, not str$"):
        verify_many([], TRUST, policy="server")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"^a VerifyPolicy is wanted, not NoneType$"):
        verify_matrix([], [TRUST], policy=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^an executor is a concurrent\.futures\.Executor, not int$"):
        verify_many([], TRUST, executor=2)  # type: ignore[call-overload]
    for one in (PLAIN.der, "-----BEGIN CERTIFICATE-----", Certificate.from_der(PLAIN.der)):
        with pytest.raises(TypeError, match=rf"^several leaves are wanted, not one {type(one).__name__}; put the one"):
            verify_many(one, TRUST)  # type: ignore[call-overload]
        with pytest.raises(TypeError, match=rf"^several leaves are wanted, not one {type(one).__name__}; put the one"):
            verify_matrix(one, [TRUST])  # type: ignore[arg-type]


def test_progress_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar is tqdm's, and knows how many leaves there are where that can be known."""
    shown: list[tuple[int | None, str]] = []
    bar = ModuleType("tqdm")

    def record(found: Iterator[Verdict], total: int | None, unit: str) -> Iterator[Verdict]:
        shown.append((total, unit))
        return found

    bar.tqdm = record  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", bar)
    assert len(list(verify_many(FLEET, TRUST, PRESENTED, POLICY, progress=True))) == 400
    assert len(list(verify_many(iter(FLEET), TRUST, PRESENTED, POLICY, progress=True))) == 400
    list(verify_many(FLEET, TRUST, PRESENTED, POLICY))
    assert shown == [(400, " leaves"), (None, " leaves")]
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(ModuleNotFoundError, match=r"install expressway_certs\[progress\]"):
        verify_many([], TRUST, progress=True)


def test_an_index_travels() -> None:
    """An index that was sent to another process asks the same question there."""
    index = VerifyIndex(TRUST, PRESENTED, POLICY)
    again = pickle.loads(pickle.dumps(index))  # noqa: S301 - our own bytes
    assert again == index
    assert [said(one) for one in verify_many(FLEET[:20], again)] == EXPECTED[:20]


def test_a_worker_forgets_old_indexes() -> None:
    """A worker keeps no more indexes than a few, and asks for one that it does not know."""
    indexes = [VerifyIndex(TRUST, (), attrs.evolve(POLICY, depth=number)) for number in range(20)]
    for index in indexes:
        assert workers.work(index.token, None, FLEET[:1], AT) is None
        assert workers.work(index.token, pickle.dumps(index), FLEET[:1], AT) is not None
        assert workers.work(index.token, None, FLEET[:1], AT) is not None
    assert len(workers._kept) <= 8


def test_a_verdict_out_of_many_explains_itself() -> None:
    """The parts of a verdict that are made when they are looked at are those of `verify`."""
    for leaf, verdict in zip(FLEET, verify_many(FLEET, TRUST, PRESENTED, POLICY), strict=True):
        alone = verify(Certificate.from_der(leaf), TRUST, PRESENTED, POLICY)
        assert verdict == alone
        assert hash(verdict) == hash(alone)
        assert (repr(verdict), verdict.explanation) == (repr(alone), alone.explanation)
        assert (verdict.case.at, verdict.certificate) == (AT, alone.certificate)
        assert pickle.loads(pickle.dumps(verdict)) == alone  # noqa: S301 - our own bytes
    assert alone != "a verdict"


def test_the_clock_is_read_once_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream is judged at one instant, however long it takes."""
    instants = iter([POLICY.at])
    monkeypatch.setattr("expressway_certs.x509.clock.now", lambda: next(instants))
    found = list(verify_many(FLEET, TRUST, PRESENTED))
    assert [said(one) for one in found] == EXPECTED


# The matrix.


def test_a_matrix_of_everything() -> None:
    """Every changed leaf, in every place of a matrix of stores, instants, purposes and names, is judged as alone."""
    plain = Certificate.from_der(PLAIN.der)
    stores = [TRUST, TrustStore([]), TrustStore([ISSUING]), TrustStore([plain])]
    instants = [POLICY.at.replace(year=year) for year in (2024, 2026, 2028, 2029)]  # type: ignore[union-attr]
    names = [(), (HOST, "10.1.2.3"), ("wrong.example.org",)]
    changed = [leaf for leaf in (PLAIN, *TRUSTED.values(), *TWISTED.values()) if leaf.serial == PLAIN.serial]
    leaves = [attrs.evolve(leaf, serial=make.integer(9000 + number)).der for number, leaf in enumerate(changed)]
    # Two that stand in a store or were presented, as their namesakes of the same kind do not.
    leaves += [PLAIN.der, ISSUING.der]
    for policy in (POLICY, attrs.evolve(POLICY, partial_chain=True)):
        matrix = verify_matrix(
            leaves, stores, PRESENTED, policy, instants=instants, purposes=["server", None], names=names
        )
        assert matrix.shape == (len(leaves), 4, 4, 2, 3)
        assert len(matrix) == len(leaves) * 96
        places = itertools.product(*map(range, matrix.shape))
        for verdict, (leaf, store, at, purpose, named) in zip(matrix, places, strict=True):
            asked = attrs.evolve(policy, at=instants[at], purpose=("server", None)[purpose], names=names[named])
            expected = judged(leaves[leaf], stores[store], PRESENTED, asked)
            assert said(verdict) == expected
            assert matrix[leaf, store, at, purpose, named] == verdict
        for leaf in range(len(leaves)):
            one = [matrix[leaf, *place].code for place in itertools.product(*map(range, matrix.shape[1:]))]
            assert list(matrix.codes(leaf)) == one
            assert matrix.trusted(leaf) == one.count(0)


def test_a_matrix_has_its_edges() -> None:
    """What is left out of the axes is the policy's; negative numbers count from the end; beyond there is nothing."""
    matrix = verify_matrix(FLEET[:3], [TRUST, TrustStore([])], PRESENTED, POLICY)
    assert (matrix.instants, matrix.purposes, matrix.names) == ((POLICY.at,), (None,), ((),))
    assert repr(matrix) == "<VerdictMatrix 3 leaves x 2 stores x 1 instants x 1 purposes x 1 sets of names>"
    assert matrix[-1, 0, 0, 0, 0] == matrix[2, 0, 0, 0, 0]
    with pytest.raises(IndexError):
        matrix[3, 0, 0, 0, 0]
    empty = verify_matrix(FLEET[:3], [], PRESENTED, POLICY)
    assert (empty.shape, len(empty), empty.codes(0)) == ((3, 0, 1, 1, 1), 0, ())


def test_a_matrix_verifies_a_signature_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many stores and instants there are, the signature of a leaf is checked with an issuer's key once."""
    checked: list[bytes] = []
    real = classes.accepts_of

    def counting(key_info: bytes, algorithm: bytes) -> Accepts:
        accepts = real(key_info, algorithm)
        assert accepts is not None
        return lambda data, end: checked.append(data) or accepts(data, end)  # type: ignore[func-returns-value]

    monkeypatch.setattr(classes, "accepts_of", counting)
    leaves = [attrs.evolve(PLAIN, serial=make.integer(6000 + number)).der for number in range(20)]
    instants = [POLICY.at.replace(month=month) for month in range(1, 11)]  # type: ignore[union-attr]
    matrix = verify_matrix(leaves, [TRUST, TrustStore([ISSUING]), TRUST], PRESENTED, instants=instants)
    assert sorted(checked) == sorted(leaves)
    assert {matrix.codes(leaf) for leaf in range(20)} == {matrix.codes(0)}


def test_namesakes_in_a_matrix() -> None:
    """Where a store takes another CA of the issuer's name the signature decides, for each leaf by itself."""
    bare = attrs.evolve(PLAIN, extensions=tuple(one for one in PLAIN.extensions[:3]))
    first = authority("Issuing CA", "Issuing CA", "ec4", "ec4", serial=31)
    second = authority("Issuing CA", "Issuing CA", "ec1", "ec1", serial=32)
    leaves = [
        attrs.evolve(bare, serial=make.integer(number), signer=signer).der
        for number, signer in zip(range(7000, 7006), ("ec1", "ec4", "ec5", "ec1", "ec4", "ec5"), strict=True)
    ]
    stores = [TrustStore([first, second]), TrustStore([second, first])]
    matrix = verify_matrix(leaves, stores, (), POLICY)
    assert [matrix.codes(leaf) for leaf in range(6)] == [(7, 0), (0, 7), (7, 7)] * 2
