"""The proof that a leaf is of a kind: it holds for what is right, and no single thing that is wrong gets by."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import attrs
import make_der as make
import pytest
from bulk_leaves import (
    AT,
    BASIC,
    CA_KEY,
    CA_KEY_NAMED,
    ISSUING,
    LEAF_KEY,
    NAMES,
    NOW,
    OWN_KEY,
    PLAIN,
    POLICY,
    PRESENTED,
    PURPOSES,
    ROOT,
    ROOT_KEY,
    TRUST,
    USAGE,
    authority,
    judged,
    names,
    said,
)
from bulk_twists import (
    DSA_WITHOUT_PARAMETERS,
    P256_PRIME,
    POLICIES,
    SMALL_X,
    SMALL_Y,
    TRUSTED,
    TWISTED,
    UNKNOWN,
    is_proved,
    other_names,
    p256,
    validity,
    warm,
)

from expressway_certs import Certificate, LoadError, TrustStore, VerifyIndex, VerifyPolicy, verify_many, verify_matrix
from expressway_certs.x509 import der
from expressway_certs.x509.bulk import table
from expressway_certs.x509.bulk.cutting import cut_leaf
from expressway_certs.x509.bulk.keys import Strengths
from expressway_certs.x509.public_key import is_on_p256, load_key

REACHED: Final = {0, 1, 7, 9, 10, 13, 18, 20, 26, 34, 62, 64, 66, 68, 94}


@pytest.mark.parametrize("name", TRUSTED)
def test_a_leaf_of_the_kind_is_proved(name: str) -> None:
    """What may differ within a kind may differ: the judge says yes, and so does the memory."""
    index = warm()
    leaf = TRUSTED[name].der
    assert judged(leaf)[0] == 0
    assert is_proved(index, leaf)
    (verdict,) = verify_many([leaf], index)
    assert said(verdict) == judged(leaf)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", [*TRUSTED, *TWISTED])
def test_a_changed_leaf_gets_the_judge_s_verdict(name: str, policy: str) -> None:
    """A leaf with one thing changed gets what the judge says of it by itself, and a proof only where that is yes."""
    asked = POLICIES[policy]
    leaf = (TRUSTED | TWISTED)[name].der
    index = warm(asked)
    expected = judged(leaf, policy=asked)
    assert is_proved(index, leaf) <= (expected[0] == 0)
    (verdict,) = verify_many([leaf], index)
    assert said(verdict) == expected


def test_the_changed_leaves_are_varied() -> None:
    """Among the changed leaves are all these verdicts, and the plain leaf is trusted under most policies."""
    found = {judged(leaf.der, policy=policy)[0] for leaf in TWISTED.values() for policy in POLICIES.values()}
    assert found == REACHED
    assert {name: is_proved(warm(policy), PLAIN.der) for name, policy in POLICIES.items()} == {
        name: name not in {"addressed", "level 4"} for name in POLICIES
    }


def test_a_weak_key_is_no_strong_one() -> None:
    """A key is held against the level that is asked for: a P-256 or RSA-2048 key is not enough where 192 bits are."""
    for level in (0, 1):
        strengths = Strengths.of(VerifyPolicy(security_level=level))
        assert not strengths.is_enough(DSA_WITHOUT_PARAMETERS, 0, len(DSA_WITHOUT_PARAMETERS))
    keys = [make.public_key_info(name) for name in ("ec7", "rsa1024-0", "rsa2048-0", "p384-0", "ed0")]
    enough = {
        level: [Strengths.of(VerifyPolicy(security_level=level)).is_enough(key, 0, len(key)) for key in keys]
        for level in (0, 1, 2, 3, 4, 5)
    }
    assert enough == {
        0: [True, True, True, True, True],
        1: [True, True, True, True, True],
        2: [True, False, True, True, True],
        3: [True, False, False, True, True],
        4: [False, False, False, True, False],
        5: [False, False, False, False, False],
    }


@pytest.mark.parametrize("at", [-1_890_000_000, 4_420_000_000])
def test_a_century_is_no_other(at: int) -> None:
    """A UTCTime of this century says nothing about an instant a hundred years before or after it."""
    span = {"start": -2_200_000_000, "end": 7_000_000_000}
    root = authority("Root", "Root", ROOT_KEY, ROOT_KEY, serial=1, **span)
    issuing = authority("Issuing CA", "Root", CA_KEY, ROOT_KEY, serial=2, **span)
    index = VerifyIndex(TrustStore([root]), [issuing], POLICY)
    wide = attrs.evolve(PLAIN, validity=validity(b"000101000000Z", b"491231235959Z"))
    leaf = Certificate.from_der(wide.der)
    assert index.verdict(leaf, AT).ok
    assert index.table(at).answer(leaf.der) is None
    assert index.verdict(leaf, at).code == (9 if at < 0 else 10)


def test_no_time_the_parser_takes_is_one_the_judge_cannot_read() -> None:
    """The ends of the validity are only compared, so whatever the strict parser takes must be a time to the judge."""
    index = warm(VerifyPolicy(check_time=False))
    end = b"491231235959Z"
    for place in range(len(end)):
        for octet in range(256):
            changed = end[:place] + bytes((octet,)) + end[place + 1 :]
            leaf = attrs.evolve(PLAIN, validity=validity(b"000101000000Z", changed)).der
            if table.is_strict(leaf):
                assert Certificate.from_der(leaf).view.not_after is not None
                assert is_proved(index, leaf)


def signed_again(tbs: bytes) -> bytes:
    """Return a certificate of these bytes, which may be no certificate's."""
    return make.signed(tbs, make.algorithm_identifier(CA_KEY, "sha256"), CA_KEY, "sha256")


@pytest.mark.parametrize("policy", ["plain", "named", "server"])
@pytest.mark.parametrize("bit", range(8))
def test_no_bit_that_is_signed_lets_a_leaf_by(bit: int, policy: str) -> None:
    """Whichever bit of the leaf is turned and signed again, a proof is given only where the judge says yes."""
    index = warm(POLICIES[policy])
    tbs = Certificate.from_der(PLAIN.der).slices.tbs
    changed = (signed_again(tbs[:at] + bytes((octet ^ 1 << bit,)) + tbs[at + 1 :]) for at, octet in enumerate(tbs))
    proved = [leaf for leaf in changed if is_proved(index, leaf)]
    # In the serial number, the subject, the key identifier, the names and the dates most bits are free.
    assert len(proved) > 30
    assert {judged(leaf, policy=POLICIES[policy])[0] for leaf in proved} == {0}


def test_no_bit_outside_of_what_is_signed_lets_a_leaf_by() -> None:
    """The frame, the algorithm outside and the signature are all looked at: nothing is proved where a bit is turned."""
    index, leaf = warm(), PLAIN.der
    inside = range(4, 4 + len(Certificate.from_der(leaf).slices.tbs))
    turned = (
        leaf[:at] + bytes((leaf[at] ^ 1 << bit,)) + leaf[at + 1 :]
        for at in range(len(leaf))
        for bit in range(8)
        if at not in inside
    )
    assert [one for one in turned if is_proved(index, one)] == []


def test_what_is_cut_short_is_not_proved() -> None:
    """No beginning of a certificate, and nothing longer than one, is taken for one."""
    index, leaf = warm(), PLAIN.der
    tbs = Certificate.from_der(leaf).slices.tbs
    assert [length for length in range(len(leaf)) if is_proved(index, leaf[:length])] == []
    assert [length for length in range(len(tbs)) if is_proved(index, signed_again(tbs[:length]))] == []
    assert not is_proved(index, leaf + b"\0")
    assert not is_proved(index, signed_again(tbs + b"\0"))


def test_names_that_reach_beyond_the_extensions_are_not_cut() -> None:
    """Where the extension of the names is longer than the rest, it cannot be one."""
    leaf = bytearray(PLAIN.der)
    cut = cut_leaf(bytes(leaf))
    assert cut is not None
    leaf[cut.names + 1] = 0x7F
    assert cut.names + 2 + 0x7F > cut.end
    assert cut_leaf(bytes(leaf)) is None


@pytest.mark.parametrize("place", [1, 5, *range(8, 14)])
def test_only_a_certificate_of_usual_length_is_cut(place: int) -> None:
    """Where the lengths of the frame do not take two bytes each, or the version is another, nothing is cut."""
    changed = bytearray(PLAIN.der)
    assert cut_leaf(bytes(changed)) is not None
    changed[place] ^= 1
    assert cut_leaf(bytes(changed)) is None


REAL: Final = make.context(3, make.sequence(UNKNOWN, CA_KEY_NAMED))
"""The extensions of a leaf that the judge refuses, for one of them is critical and unknown."""


def pretended(between: bytes) -> bytes:
    """Return the plain leaf's extensions up to a name that swallows what follows, up to the last of `REAL`."""
    swallowed = between + REAL[: -len(CA_KEY_NAMED)]
    whole = names(make.context(6, swallowed, constructed=False))
    return BASIC + USAGE + PURPOSES + OWN_KEY + whole[: -len(swallowed)]


def hidden_in_a_unique_identifier(number: int) -> bytes:
    """Return what is signed of a leaf with such extensions where its subject's unique identifier stands."""
    cut = cut_leaf(PLAIN.der)
    assert cut is not None
    identifier = make.context(number, b"\0\x30" + pretended(b""), constructed=False)
    return make.sequence(PLAIN.der[8 : cut.listed_at] + identifier + REAL)


def hidden_in_the_subject() -> bytes:
    """Return what is signed of a leaf with such extensions in its name, which a long time pushes to its place."""
    key = make.public_key_info(LEAF_KEY)
    times = der.encode(der.UTC_TIME, b"250101000000Z") + der.encode(der.GENERALIZED_TIME, b"27000101000000Z")
    value = key + b"\xa3\0\x30\0" + pretended(key)

    def named(filling: int) -> bytes:
        return make.sequence(
            der.encode(
                der.SET, make.sequence(make.oid("2.5.4.3"), der.encode(der.OCTET_STRING, bytes(filling) + value))
            )
        )

    # The last letter of the time is taken for the length of the subject.
    subject = named(ord("Z") - named(ord("Z")).index(value) + ord("Z"))
    assert subject.index(value) == ord("Z")
    pieces = (PLAIN.version, PLAIN.serial, make.algorithm_identifier(CA_KEY, "sha256"), PLAIN.issuer)
    return make.sequence(*pieces, make.sequence(times), subject, key, REAL)


HIDDEN: Final = {
    "issuer's identifier": hidden_in_a_unique_identifier(1),
    "subject's identifier": hidden_in_a_unique_identifier(2),
    "subject": hidden_in_the_subject(),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_extensions_that_are_hidden_elsewhere_are_none(name: str) -> None:
    """The plain leaf's extensions, in a place where a careless cut would find them, do not stand for the real ones."""
    leaf = signed_again(HIDDEN[name])
    assert table.is_strict(leaf)
    assert judged(leaf)[0] == 34
    assert not is_proved(warm(), leaf)


def test_a_name_that_cannot_be_read_is_no_certificate() -> None:
    """The strict parser is asked about each leaf, so a malformed subject is a `LoadError` as it is alone."""
    index = warm()
    broken = attrs.evolve(PLAIN, subject=make.sequence(der.encode(der.SET, b"\x30\x05abc"))).der
    with pytest.raises(LoadError, match="not a DER certificate"):
        Certificate.from_der(broken)
    with pytest.raises(LoadError, match="leaf 1: the bytes are not a DER certificate"):
        list(verify_many([PLAIN.der, broken], index))


def reassembled(leaf: bytes, change: Callable[[bytes, bytes], tuple[bytes, bytes]]) -> bytes:
    """Return a certificate with another outer algorithm or signature, and what is signed as it was."""
    slices = Certificate.from_der(leaf).slices
    algorithm, signature = change(slices.outer_algorithm, slices.signature)
    return make.sequence(slices.tbs, algorithm, der.encode(der.BIT_STRING, signature))


def test_what_stands_outside_of_the_signature_is_looked_at() -> None:
    """The algorithm outside, the count of unused bits, and the signature itself are held against what is signed."""
    index = warm()
    even = next(
        leaf.der
        for leaf in (attrs.evolve(PLAIN, serial=make.integer(number)) for number in range(1000, 1099))
        if leaf.der[-1] % 2 == 0
    )
    assert is_proved(index, even)
    other = make.algorithm_identifier("rsa2048-0", "sha256")
    alike = make.sequence(make.oid("1.2.840.10045.4.3.3"))
    changes = {
        "algorithm": lambda algorithm, signature: (other, signature),
        "another of the same length": lambda algorithm, signature: (alike, signature),
        "unused bits": lambda algorithm, signature: (algorithm, b"\1" + signature[1:]),
        "copied": lambda algorithm, signature: (algorithm, ROOT.slices.signature),
        "empty": lambda algorithm, signature: (algorithm, b"\0"),
        "longer": lambda algorithm, signature: (algorithm, signature + b"\0"),
    }
    for name, change in changes.items():
        leaf = reassembled(even, change)
        assert (name, is_proved(index, leaf), index.verify(Certificate.from_der(leaf)).code) == (name, False, 7)


def test_a_signature_copied_from_a_trusted_root_is_refused() -> None:
    """Who takes the very signature bytes of a root, or of a sibling, gets a 7, alone and among many."""
    for source in (ROOT, ISSUING, Certificate.from_der(attrs.evolve(PLAIN, serial=make.integer(9)).der)):
        leaf = reassembled(PLAIN.der, lambda algorithm, _, one=source: (algorithm, one.slices.signature))
        first, second = verify_many([PLAIN.der, leaf], TRUST, PRESENTED, POLICY)
        assert (first.code, second.code, second.depth) == (0, 7, 0)


def test_only_a_whole_leaf_speaks_for_others() -> None:
    """A kind is learnt where the cuts are at the borders of extensions: an OID inside another value is none."""
    inside = make.extension("1.2.3.4", NAMES)
    leaf = attrs.evolve(PLAIN, extensions=(BASIC, USAGE, inside, CA_KEY_NAMED))
    assert judged(leaf.der)[0] == 0
    index = VerifyIndex(TRUST, PRESENTED, POLICY)
    assert index.verify(Certificate.from_der(leaf.der)).ok
    assert not is_proved(index, leaf.der)


def test_a_cut_is_held_against_what_was_read() -> None:
    """A leaf shows nothing of others where its cut is not that of its pieces as they were read in full."""
    leaf = Certificate.from_der(PLAIN.der)
    cut = cut_leaf(leaf.der)
    assert cut is not None
    assert table.Traits.of(leaf, cut, leaf.view) is not None
    for wrong in (
        cut._replace(key=(cut.key[0][:-1], *cut.key[1:])),
        cut._replace(names=cut.names + 1),
        cut._replace(subject_key=cut.subject_key - 1),
        cut._replace(names_end=cut.names_end + 1),
    ):
        assert table.Traits.of(leaf, wrong, leaf.view) is None


def test_a_fleet_that_makes_the_parser_warn_is_judged_in_silence() -> None:
    """ECDSA with parameters makes `cryptography` warn; who judges many of them hears nothing of it."""
    leaf = PLAIN.der
    algorithm = make.algorithm_identifier(CA_KEY, "sha256")
    spoilt = make.sequence(make.oid("1.2.840.10045.4.3.2"), b"\x05\0")
    pieces = [Certificate.from_der(leaf).slices.tbs.replace(algorithm, spoilt)]
    tbs = make.sequence(pieces[0][4:] if pieces[0][1] == 0x82 else pieces[0][3:])
    fleet = [make.signed(tbs, spoilt, CA_KEY, "sha256")] * 3
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert [verdict.code for verdict in verify_many(fleet, TRUST, PRESENTED, POLICY)] == [0, 0, 0]
    assert heard == []


@pytest.mark.parametrize("number", [b"\0", b"\xfb", b"\x80", b"\xfb\x85"])
def test_a_serial_number_that_makes_the_parser_warn_is_judged_in_silence(number: bytes) -> None:
    """Of a serial number that is not above zero `cryptography` warns; who judges many leaves hears nothing of it."""
    fleet = [PLAIN.der, *[attrs.evolve(PLAIN, serial=der.encode(der.INTEGER, number)).der] * 2]
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert [verdict.code for verdict in verify_many(fleet, TRUST, PRESENTED, POLICY)] == [0, 0, 0]
        assert [verdict.code for verdict in verify_matrix(fleet, [TRUST], PRESENTED, POLICY)] == [0, 0, 0]
    assert heard == []


def cycle(*order: str) -> tuple[Certificate, tuple[Certificate, ...], TrustStore]:
    """Return a CA that is sent along and leads back to itself, what is sent in this order, and the store."""
    made = {
        "x": authority("X", "N", "ec3", "ec2", serial=11),
        "x by root": authority("X", "Root", "ec3", ROOT_KEY, serial=12),
        "n": authority("N", "X", "ec2", "ec3", serial=13),
        "n by root": authority("N", "Root", "ec2", ROOT_KEY, serial=14),
    }
    return made["n"], tuple(made[name] for name in order), TRUST


@pytest.mark.parametrize(
    ("order", "codes"),
    [(("x", "x by root", "n"), (0, 20)), (("x", "n", "n by root"), (20, 0))],
)
def test_a_leaf_that_was_sent_along_is_judged_by_itself(order: tuple[str, ...], codes: tuple[int, int]) -> None:
    """A certificate that stands among those presented is no issuer of its own chain, unlike for others of its kind."""
    sent, presented, trust = cycle(*order)
    other = authority("M", "X", "ec4", "ec3", serial=15)
    found = [judged(leaf, trust, presented)[0] for leaf in (other, sent)]
    assert tuple(found) == codes
    assert [verdict.code for verdict in verify_many([other, sent, other], trust, presented, POLICY)] == [
        codes[0], codes[1], codes[0],
    ]  # fmt: skip
    assert [verdict.code for verdict in verify_many([sent, other], trust, presented, POLICY)] == [codes[1], codes[0]]
    for pair in ((other, sent), (sent, other)):
        matrix = verify_matrix(pair, [trust], presented, POLICY)
        assert {leaf: verdict.code for leaf, verdict in zip(pair, matrix, strict=True)} == dict(
            zip((other, sent), codes, strict=True)
        )


def test_a_revoked_leaf_is_found_among_many() -> None:
    """Whose serial number stands on a CRL is judged by itself; the others are proved."""
    crl = make.crl(
        make.CrlSpec(
            issuer=PLAIN.issuer, signer=CA_KEY, start=AT - 10, end=AT + 10, revoked=((4712, b""), (2**127, b""))
        )
    )
    policy = VerifyPolicy(at=NOW, crls=(crl,), crl_check="leaf")
    index = warm(policy)
    fleet = [attrs.evolve(PLAIN, serial=make.integer(number)).der for number in (4711, 4712, 4713, 2**127)]
    assert [is_proved(index, leaf) for leaf in fleet] == [True, False, True, False]
    assert [verdict.code for verdict in verify_many(fleet, index)] == [0, 23, 0, 23]
    assert [verdict.code for verdict in verify_matrix(fleet, [TRUST], PRESENTED, policy)] == [0, 23, 0, 23]
    unasked = VerifyIndex(TRUST, PRESENTED, VerifyPolicy(at=NOW, crls=(crl,)))
    assert [verdict.code for verdict in verify_many(fleet, unasked)] == [0, 0, 0, 0]


def test_what_ends_above_ends_the_proof() -> None:
    """A yes holds as long as no certificate above, and no CRL, begins or ends: each span has its own."""
    short = authority("Issuing CA", "Root", CA_KEY, ROOT_KEY, serial=3, end=AT + 100)
    crl = make.crl(make.CrlSpec(issuer=PLAIN.issuer, signer=CA_KEY, start=AT - 10, end=AT + 50))
    index = VerifyIndex(TRUST, [short], VerifyPolicy(at=NOW, crls=(crl,), crl_check="leaf"))
    leaf = Certificate.from_der(PLAIN.der)
    asked = (AT - 11, AT - 10, AT, AT + 49, AT + 50, AT + 99, AT + 100)
    assert [index.verdict(leaf, at).code for at in (*asked, *asked)] == [11, 0, 0, 0, 12, 12, 12] * 2
    unasked = VerifyIndex(TRUST, [short], POLICY)
    assert [unasked.verdict(leaf, at).code for at in (AT, AT + 99, AT + 100, AT + 200)] == [0, 0, 10, 10]
    root = authority("Issuing CA", "Issuing CA", CA_KEY, CA_KEY, serial=3, end=AT + 100)
    stored = VerifyIndex(TrustStore([root]), (), POLICY)
    assert [stored.verdict(leaf, at).code for at in (AT, AT + 99, AT + 100, AT + 200)] == [0, 0, 10, 10]


def test_names_are_held_against_constraints_above() -> None:
    """Where a certificate above has name constraints each leaf's names are checked, and the yes is still proved."""
    permitted = make.context(0, make.sequence(make.context(2, b"example.com", constructed=False)))
    constraint = make.extension("2.5.29.30", make.sequence(permitted), critical=True)
    issuing = authority("Issuing CA", "Root", CA_KEY, ROOT_KEY, serial=2, more=(constraint,))
    index = warm(presented=(issuing,))
    inside = attrs.evolve(PLAIN, serial=make.integer(5)).der
    outside = other_names(names(make.dns("edge.example.org"))).der
    assert [is_proved(index, leaf) for leaf in (inside, outside)] == [True, False]
    assert [verdict.code for verdict in verify_many([inside, outside], index)] == [0, 47]


def test_one_store_keeps_questions_apart() -> None:
    """What was found out for one policy, or for what one peer sent, is not the answer to another."""
    store = TrustStore([ROOT])
    leaf = PLAIN.der
    for _ in range(2):
        assert [
            next(verify_many([leaf], store, presented, policy)).code
            for presented, policy in (
                (PRESENTED, POLICY), ((), POLICY), (PRESENTED, VerifyPolicy(at=NOW, names="x")),
                (PRESENTED, VerifyPolicy(at=NOW, security_level=4)), (PRESENTED, POLICY),
            )
        ] == [0, 20, 62, 66, 0]  # fmt: skip


def test_a_leaf_without_its_issuer_s_key_identifier_is_known_by_its_name() -> None:
    """Without key identifiers a leaf with the issuer's name passes for self-signed, one with another name does not."""
    bare = attrs.evolve(PLAIN, extensions=(BASIC, USAGE, PURPOSES, NAMES))
    index = VerifyIndex(TRUST, PRESENTED, POLICY)
    assert index.verify(Certificate.from_der(bare.der)).ok
    assert is_proved(index, attrs.evolve(bare, subject=make.common_name("other")).der)
    for subject in (bare.issuer, make.common_name("issuing ca")):
        leaf = attrs.evolve(bare, subject=subject).der
        assert not is_proved(index, leaf)
        assert said(index.verify(Certificate.from_der(leaf))) == judged(leaf)
        assert judged(leaf)[0] == 18


def test_a_point_of_the_curve_is_a_key_that_can_be_read() -> None:
    """The equation of the curve says what loading the key says, on it, beside it, and beyond the field."""
    points = [SMALL_X, SMALL_Y, SMALL_X[::-1], (SMALL_X[0], P256_PRIME - SMALL_X[1]), (0, 0)]
    points += [(SMALL_X[0] + P256_PRIME, SMALL_X[1]), (SMALL_Y[0], SMALL_Y[1] + P256_PRIME)]
    found = [is_on_p256(p256(*point)[-64:]) for point in points]
    assert found == [load_key(p256(*point)) is not None for point in points]
    assert found == [True, True, False, True, False, False, False]


def test_the_clock_is_read_where_no_instant_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof is for the present instant: when that moves past the end, the same index says so."""
    now = NOW
    monkeypatch.setattr("expressway_certs.x509.clock.now", lambda: now)
    index = VerifyIndex(TRUST, PRESENTED, VerifyPolicy())
    leaf = Certificate.from_der(PLAIN.der)
    assert [index.verify(leaf).code, index.verify(leaf).code] == [0, 0]
    now = datetime(2027, 12, 1, tzinfo=UTC)
    assert index.verify(leaf).code == 10
