"""Attacks on bulk verification: forged and rolled-over issuers, odd leaves, streams and workers that break."""

import pickle
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import active_children, get_context
from typing import Final

import attrs
import make_der as make
import pytest
from bulk_leaves import (
    AT,
    CA_KEY_NAMED,
    ISSUING,
    NOW,
    PLAIN,
    POLICY,
    PRESENTED,
    ROOT,
    ROOT_KEY,
    TRUST,
    Leaf,
    Said,
    authority,
    authority_key,
    judged,
    said,
)
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

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
from expressway_certs.x509.bulk import index as index_room
from expressway_certs.x509.bulk import workers


def numbered(leaf: Leaf, *numbers: int) -> list[bytes]:
    """Return the leaf with serial numbers beyond those of the CAs, for who has one of theirs is judged by itself."""
    return [attrs.evolve(leaf, serial=make.integer(100 + number)).der for number in numbers]


FLEET: Final = numbered(PLAIN, *range(5000, 5060))


def with_signature(leaf: bytes, signature: bytes) -> bytes:
    """Return a certificate with another signature, which is the content of its BIT STRING."""
    slices = Certificate.from_der(leaf).slices
    return make.sequence(slices.tbs, slices.outer_algorithm, der.encode(der.BIT_STRING, signature))


def compare(
    leaves: list[bytes], trust: TrustStore, presented: tuple[Certificate, ...], policy: VerifyPolicy = POLICY
) -> list[int]:
    """Hold leaves, in this order and backwards, by every way of this process against the judge; return its codes."""
    expected = [judged(leaf, trust, presented, policy) for leaf in leaves]
    for step in (1, -1):
        ordered, wanted = leaves[::step], expected[::step]
        index = VerifyIndex(trust, presented, policy)
        assert [said(one) for one in verify_many(ordered, index)] == wanted
        # Once more, with all that was learnt; and with all that this store remembers.
        assert [said(one) for one in verify_many(ordered, index)] == wanted
        assert [said(verify(Certificate.from_der(leaf), trust, presented, policy)) for leaf in ordered] == wanted
        assert [said(one) for one in verify_matrix(ordered, [trust], presented, policy)] == wanted
    return [code for code, *_ in expected]


# Issuers.


@pytest.mark.parametrize("key", ["rsa2048-0", "rsa1024-0", "ec1", "p384-1", "ed1"])
def test_every_kind_of_issuer_s_key(key: str) -> None:
    """Good, damaged and copied signatures by RSA, ECDSA on two curves and Ed25519 have the judge's verdict."""
    issuing = authority("Issuing CA", "Root", key, ROOT_KEY, serial=2)
    leaf = attrs.evolve(
        PLAIN.with_extension(authority_key(make.key_identifier(key)), instead_of=CA_KEY_NAMED), signer=key
    )
    good = numbered(leaf, 1, 2, 3)
    damaged = numbered(attrs.evolve(leaf, damaged=True), 4)
    copied = [with_signature(good[0], Certificate.from_der(good[1]).slices.signature)]
    policy = attrs.evolve(POLICY, security_level=0)
    assert compare([*good, *damaged, *copied, *good], TRUST, (issuing,), policy) == [0, 0, 0, 7, 7, 0, 0, 0]


def by_pss(leaf: Leaf, *, salt: int, told: int) -> bytes:
    """Return a leaf that an RSA key signed by RSASSA-PSS with a salt of one length, and that names another (or not)."""
    hashed = make.sequence(make.oid("2.16.840.1.101.3.4.2.1"))
    mask = make.sequence(make.oid("1.2.840.113549.1.1.8"), hashed)
    parameters = make.sequence(make.context(0, hashed), make.context(1, mask), make.context(2, make.integer(told)))
    algorithm = make.sequence(make.oid("1.2.840.113549.1.1.10"), parameters)
    signed = Certificate.from_der(leaf.der).slices
    tbs = make.sequence(signed.tbs[4:].replace(signed.inner_algorithm, algorithm))
    signing = make.key("rsa2048-0")
    assert isinstance(signing, rsa.RSAPrivateKey)
    signature = signing.sign(tbs, padding.PSS(padding.MGF1(hashes.SHA256()), salt), hashes.SHA256())
    return make.sequence(tbs, algorithm, der.encode(der.BIT_STRING, b"\0" + signature))


def test_an_issuer_that_signs_by_pss() -> None:
    """RSASSA-PSS is told from RSASSA-PKCS1-v1_5 by the same key, and from one with another length of its salt."""
    issuing = authority("Issuing CA", "Root", "rsa2048-0", ROOT_KEY, serial=2)
    named = authority_key(make.key_identifier("rsa2048-0"))
    leaf = attrs.evolve(PLAIN.with_extension(named, instead_of=CA_KEY_NAMED), signer="rsa2048-0")
    leaves = [attrs.evolve(leaf, serial=make.integer(number)) for number in range(101, 106)]
    fleet = [by_pss(one, salt=32, told=32) for one in leaves]
    fleet += [by_pss(leaves[3], salt=20, told=32), with_signature(fleet[0], leaves[4].der[-257:]), leaves[4].der]
    assert compare(fleet, TRUST, (issuing,)) == [0] * 5 + [7, 7, 0]


def test_a_rollover_under_one_key_identifier() -> None:
    """Where two keys of a CA bear one identifier the first certificate decides, whichever key has signed."""
    second = Certificate.from_der(
        authority("Issuing CA", "Root", "ec4", ROOT_KEY, serial=3).der.replace(
            make.key_identifier("ec4"), make.key_identifier("ec1")
        )
    )
    second = Certificate.from_der(make.signed(second.slices.tbs, second.slices.inner_algorithm, ROOT_KEY, "sha256"))
    fleet = [*numbered(PLAIN, 1, 2), *numbered(attrs.evolve(PLAIN, signer="ec4"), 3, 4), *numbered(PLAIN, 5)]
    assert compare(fleet, TRUST, (ISSUING, second)) == [0, 0, 7, 7, 0]
    assert compare(fleet, TRUST, (second, ISSUING)) == [7, 7, 0, 0, 7]
    assert compare(fleet, TrustStore([ROOT, second]), (ISSUING,)) == [7, 7, 0, 0, 7]


def test_a_rollover_with_key_identifiers_of_their_own() -> None:
    """Of two keys of one CA each leaf finds its own by the identifier, and no leaf lends its yes to the other key's."""
    second = authority("Issuing CA", "Root", "ec4", ROOT_KEY, serial=3)
    other = PLAIN.with_extension(authority_key(make.key_identifier("ec4")), instead_of=CA_KEY_NAMED)
    fleet = [*numbered(PLAIN, 1), *numbered(attrs.evolve(other, signer="ec4"), 2), *numbered(other, 3)]
    fleet += numbered(attrs.evolve(PLAIN, signer="ec4"), 4)
    assert compare(fleet, TRUST, (ISSUING, second)) == [0, 0, 7, 7]
    assert compare(fleet, TRUST, (second,)) == [20, 0, 7, 20]


def test_what_is_signed_is_one_and_the_signatures_are_two() -> None:
    """Two good signatures under one body make two leaves that are trusted; a bad one beside them stays bad."""
    body = Certificate.from_der(FLEET[0]).slices
    again = make.key("ec1").sign(body.tbs, ec.ECDSA(hashes.SHA256()))  # type: ignore[union-attr,call-arg,arg-type]
    twin = with_signature(FLEET[0], b"\0" + again)
    bad = with_signature(FLEET[0], b"\0" + again[:-1] + bytes((again[-1] ^ 1,)))
    assert len({FLEET[0], twin, bad}) == 3
    assert compare([FLEET[0], bad, twin, bad, FLEET[0]], TRUST, PRESENTED) == [0, 7, 0, 7, 0]
    assert compare([twin, bad, FLEET[0]], TRUST, (*PRESENTED, Certificate.from_der(bad))) == [0, 7, 0]


def test_the_algorithm_outside_is_another() -> None:
    """A leaf whose outer AlgorithmIdentifier is not the one that is signed is refused, whatever its length."""
    slices = Certificate.from_der(FLEET[0]).slices
    signature = der.encode(der.BIT_STRING, slices.signature)
    others = (make.sequence(make.oid("1.2.840.10045.4.3.3")), make.algorithm_identifier("rsa2048-0", "sha256"))
    fleet = [make.sequence(slices.tbs, other, signature) for other in others]
    assert compare([FLEET[1], *fleet, FLEET[0]], TRUST, PRESENTED) == [0, 7, 7, 0]


# Leaves.


@pytest.fixture(scope="module")
def executors() -> Iterator[dict[str, Executor | None]]:
    """Return no executor, threads, and processes."""
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        yield {"none": None, "threads": threads, "processes": processes}


WAYS: Final = ("none", "threads", "processes")
PEM: Final = Certificate(PLAIN.der).to_pem()
UNREADABLE: Final[dict[str, tuple[bytes | str, str]]] = {
    "a byte after it": (PLAIN.der + b"\0", "the bytes are not a DER certificate: bytes are left over"),
    "another after it": (PLAIN.der * 2, "the bytes are not a DER certificate: bytes are left over"),
    "several in PEM": (PEM * 2, "the input holds 2 certificates where one is wanted"),
    "several in PEM, as bytes": (PEM.encode() * 2, "the input holds 2 certificates where one is wanted"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_not_one_certificate(name: str, way: str, executors: dict[str, Executor | None]) -> None:
    """What holds more than one certificate is a `LoadError` that says so, by every way and in its place."""
    leaf, words = UNREADABLE[name]
    leaves = [PLAIN.der, leaf, PLAIN.der]
    found = list(verify_many(leaves, TRUST, PRESENTED, POLICY, executors[way], unreadable="return"))
    assert [isinstance(one, LoadError) for one in found] == [False, True, False]
    assert str(found[1]).startswith(words)
    with pytest.raises(LoadError, match=f"^leaf 1: {words}"):
        verify_matrix(leaves, [TRUST], PRESENTED, POLICY)


class Octets(bytes):
    """Bytes of a type of somebody's own."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [memoryview, bytearray, list])
def test_octets_of_another_type_are_no_leaf(
    kind: Callable[[bytes], object], way: str, executors: dict[str, Executor | None]
) -> None:
    """Whatever else holds octets is refused in the same words by every way."""
    leaves = [PLAIN.der, kind(PLAIN.der)]
    words = f"a leaf is a Certificate, or its DER or PEM as bytes or str, not {kind.__name__}"  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=words):
        list(verify_many(leaves, TRUST, PRESENTED, POLICY, executors[way]))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=words):
        verify_matrix(leaves, [TRUST], PRESENTED, POLICY)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", WAYS)
def test_a_leaf_of_a_subclass_of_bytes(way: str, executors: dict[str, Executor | None]) -> None:
    """It is bytes as well as any, though another process may not know its type."""

    class Unknown(bytes):
        """Bytes of a type that no other process can make."""

    leaves = [Unknown(PLAIN.der), Octets(PLAIN.der), PLAIN.der, Unknown(PEM.encode())]
    assert [one.code for one in verify_many(leaves, TRUST, PRESENTED, POLICY, executors[way])] == [0] * 4
    assert [one.code for one in verify_matrix(leaves, [TRUST], PRESENTED, POLICY)] == [0] * 4


def test_what_was_presented_is_no_list_of_lists() -> None:
    """What cannot stand among those presented is told as such, hashable or not."""
    for presented in ([[ISSUING]], [(ISSUING,)], [bytearray(ISSUING.der)], [ISSUING.der]):
        words = f"a Certificate is wanted, not {type(presented[0]).__name__}"
        with pytest.raises(TypeError, match=words):
            list(verify_many(FLEET[:1], TRUST, presented, POLICY))  # type: ignore[call-overload]
        with pytest.raises(TypeError, match=words):
            verify(Certificate.from_der(FLEET[0]), TRUST, presented, POLICY)  # type: ignore[arg-type]


# Streams and workers.


class Stopped(Exception):  # noqa: N818 - it is nobody's error
    """What a stream of leaves may raise."""


def breaking(error: BaseException, after: int) -> Iterator[bytes]:
    """Yield so many leaves, and then raise."""
    yield from FLEET[:after]
    raise error


@pytest.mark.parametrize("error", [Stopped("of its own"), KeyboardInterrupt("by hand"), BrokenExecutor("not ours")])
@pytest.mark.parametrize("way", [*WAYS, "a pool of its own"])
def test_a_stream_that_breaks_off(
    error: BaseException, way: str, executors: dict[str, Executor | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a stream raises comes out as it is; the verdicts before it are right, and no worker of its own is left."""
    monkeypatch.setattr(workers, "BATCH", 5)
    monkeypatch.setattr(workers, "AHEAD", 10)
    arguments = {"processes": 2} if way == "a pool of its own" else {"executor": executors[way]}
    index = VerifyIndex(TRUST, PRESENTED, POLICY)
    before = set(active_children())
    found: list[Verdict] = []
    with pytest.raises(type(error), match=str(error)):
        found.extend(verify_many(breaking(error, 52), index, **arguments))  # type: ignore[call-overload]
    assert [one.code for one in found] == [0] * len(found)
    # Three batches a worker are under way when the stream is read.
    assert 52 - 5 * 3 * 2 - 5 <= len(found) <= 52
    assert executors.get(way) is not None or set(active_children()) - before == set()
    assert [one.code for one in verify_many(FLEET, index, **arguments)] == [0] * 60  # type: ignore[call-overload]


def test_an_interruption_ends_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is interrupted between two verdicts leaves no process behind."""
    monkeypatch.setattr(workers, "BATCH", 5)
    monkeypatch.setattr(workers, "AHEAD", 5)
    before = set(active_children())
    stream = verify_many(FLEET, TRUST, PRESENTED, POLICY, processes=2)
    assert [next(stream).code for _ in range(12)] == [0] * 12
    assert set(active_children()) - before != set()
    assert isinstance(stream, Generator)
    with pytest.raises(KeyboardInterrupt):
        stream.throw(KeyboardInterrupt())
    assert set(active_children()) - before == set()


@pytest.mark.parametrize(("threads", "method"), [(1, None), (2, "spawn")])
def test_nothing_is_forked_beside_threads(threads: int, method: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool of its own is made in the platform's way where this thread is alone, and spawned where others run."""
    asked: list[str | None] = []

    def note(wanted: str | None) -> object:
        asked.append(wanted)
        return get_context("spawn")

    monkeypatch.setattr("threading.active_count", lambda: threads)
    monkeypatch.setattr("multiprocessing.get_context", note)
    monkeypatch.setattr(workers, "AHEAD", 5)
    assert [one.code for one in verify_many(FLEET, TRUST, PRESENTED, POLICY, processes=1)] == [0] * 60
    assert asked == [method]


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_that_was_shut_down(pool: Callable[[int], Executor], monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so itself; what it had taken on before is still handed out, and nothing is made up."""
    monkeypatch.setattr(workers, "BATCH", 5)
    ended = pool(1)
    ended.shutdown()
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        list(verify_many(FLEET, TRUST, PRESENTED, POLICY, ended))
    for count, codes in ((15, 15), (60, 10)):
        threads = ThreadPoolExecutor(1)
        stream = verify_many(FLEET[:count], TRUST, PRESENTED, POLICY, threads)
        found = [next(stream).code]
        threads.shutdown()
        try:
            found += [one.code for one in stream]
        except RuntimeError as error:
            assert "after shutdown" in str(error)  # noqa: PT017 - the verdicts before it are wanted
        assert (count, found) == (count, [0] * len(found))
        assert (len(found) == count) == (codes == count)


def test_threads_that_share_an_index() -> None:
    """Many threads at one index, which begins empty, at several instants and with broken leaves, have their answers."""
    leaves = [*FLEET[:9], *numbered(attrs.evolve(PLAIN, damaged=True), 1), *FLEET[9:20]]
    index = VerifyIndex(TRUST, PRESENTED, POLICY)
    begun = threading.Barrier(8)
    instants = [NOW + timedelta(days=days) for days in (0, 500, -500)]

    def ask(number: int) -> list[Said]:
        begun.wait()
        at = make.seconds(instants[number % 3])
        return [said(index.verdict(Certificate.from_der(leaf), at)) for leaf in leaves]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    wanted = [[judged(leaf, policy=attrs.evolve(POLICY, at=at)) for leaf in leaves] for at in instants]
    assert found == [wanted[number % 3] for number in range(8)]
    assert [{code for code, *_ in one} for one in wanted] == [{0, 7}, {7, 10}, {7, 9}]


@pytest.mark.parametrize("way", [*WAYS, "a pool of its own"])
def test_who_asks_while_it_is_asked(
    way: str, executors: dict[str, Executor | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream may ask the same index, by the same executor, about each leaf that it yields."""
    monkeypatch.setattr(workers, "BATCH", 5)
    monkeypatch.setattr(workers, "AHEAD", 10)
    arguments = {"processes": 1} if way == "a pool of its own" else {"executor": executors[way]}
    index = VerifyIndex(TRUST, PRESENTED, POLICY)
    broken = attrs.evolve(PLAIN, damaged=True).der
    inner: list[int] = []

    def asking() -> Iterator[bytes]:
        for leaf in FLEET[:20]:
            within = verify_many([leaf, broken], index, executor=executors.get(way))
            inner.extend(one.code for one in within)
            yield leaf

    assert [one.code for one in verify_many(asking(), index, **arguments)] == [0] * 20  # type: ignore[call-overload]
    assert inner == [0, 7] * 20


def test_a_store_that_was_sent_away_keeps_its_memory() -> None:
    """What a store and an index have found out is neither lost nor sent along when they are pickled."""
    store = TrustStore([ROOT])
    index = VerifyIndex(store, PRESENTED, POLICY)
    fresh = len(pickle.dumps(store)), len(pickle.dumps(index))
    leaf = Certificate.from_der(FLEET[0])
    assert (index.verify(leaf).code, verify(leaf, store, PRESENTED, POLICY).code) == (0, 0)
    assert (len(pickle.dumps(store)), len(pickle.dumps(index))) == fresh
    copied, again = pickle.loads(pickle.dumps((store, index)))  # noqa: S301 - our own bytes
    assert (copied, again, len(copied.memory), len(store.memory)) == (store, index, 0, 1)
    assert index.table(AT).answer(FLEET[1]) is not None
    assert again.table(AT).answer(FLEET[1]) is None
    for one in (index, again):
        assert [said(found) for found in verify_many(FLEET[:3], one)] == [judged(each) for each in FLEET[:3]]


# What is remembered.


def test_memory_has_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds, instants and questions that are remembered are dropped when there are too many, and found out again."""
    for bound in ("_MOST_KINDS", "_MOST_TABLES", "_MOST_INDEXES"):
        monkeypatch.setattr(index_room, bound, 3)
    store = TrustStore([ROOT])
    index = VerifyIndex(store, PRESENTED, POLICY)
    leaves = [PLAIN.with_extension(make.extension(f"1.2.3.{number}", b"\5\0")).der for number in range(7)]
    for number, leaf in enumerate(leaves * 2):
        assert index.verify(Certificate.from_der(leaf)).code == 0
        assert index.table(AT).answer(leaf) is not None
        assert len(index._kinds[index.span(AT)]) == number % 3 + 1
    assert index.table(AT) is index.table(AT)
    for number in range(7):
        assert index.verdict(Certificate.from_der(leaves[0]), AT + number).code == 0
        assert len(index._tables) <= 3
        policy = attrs.evolve(POLICY, depth=10 + number)
        assert verify(Certificate.from_der(leaves[0]), store, PRESENTED, policy).code == 0
        assert len(store.memory) == number % 3 + 1
