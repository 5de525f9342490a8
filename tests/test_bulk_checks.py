"""Each check of the fast path by itself, where no leaf can show that it is there."""

import warnings
from collections.abc import Iterator
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
    HOST,
    NAMES,
    OWN_KEY,
    PLAIN,
    POLICY,
    PRESENTED,
    PURPOSES,
    ROOT,
    ROOT_KEY,
    TRUST,
    USAGE,
    Leaf,
    authority,
    judged,
    names,
    said,
)
from bulk_twists import ISSUERLESS, KEYLESS, NAMELESS, NAMES_FIRST, POLICIES, TRUSTED, TWISTED, UNKNOWN, is_proved, warm
from cryptography.exceptions import UnsupportedAlgorithm

from expressway_certs import Certificate, TrustStore, VerifyIndex, verify_many, verify_matrix
from expressway_certs.x509.bulk import table
from expressway_certs.x509.bulk.cutting import cut_leaf

WANTED: Final = {
    "a wildcard": (HOST,),
    "a name in capitals": (HOST,),
    "a name below": (".example.com",),
    "an address": ("10.1.2.3",),
    "a wrong name": (HOST, "WRONG.example.com"),
}
"""The changed leaves that have a name that is asked for in another form than the plain leaf's."""


@pytest.mark.parametrize("name", WANTED)
def test_a_name_that_is_asked_for_is_proved(name: str) -> None:
    """A wildcard, capitals, a name below a domain and an address are found without the judge."""
    index = warm(attrs.evolve(POLICY, names=WANTED[name]))
    # The kind must be known: the first leaf of each teaches it.
    first, second = (attrs.evolve(TWISTED[name], serial=make.integer(number)).der for number in (101, 102))
    assert index.verify(Certificate.from_der(first)).ok
    assert is_proved(index, second)


@pytest.mark.parametrize("name", ["NAMELESS", "KEYLESS", "ISSUERLESS"])
def test_a_leaf_without_an_extension_is_proved(name: str) -> None:
    """Without alternative names, and without either key identifier, a leaf has a kind as any other."""
    leaf = {"NAMELESS": NAMELESS, "KEYLESS": KEYLESS, "ISSUERLESS": ISSUERLESS}[name]
    assert is_proved(warm(), attrs.evolve(leaf, serial=make.integer(101)).der)


MANY: Final = names(make.dns(*(f"host{number}.example.com" for number in range(90)), HOST))
SHAPES: Final = {
    "plain": PLAIN,
    "names first": NAMES_FIRST,
    "many names": PLAIN.with_extension(MANY, instead_of=NAMES),
    "no names": NAMELESS,
    "no key identifier": KEYLESS,
    "neither": attrs.evolve(PLAIN, extensions=(BASIC, USAGE, PURPOSES, CA_KEY_NAMED)),
    "names alone": attrs.evolve(PLAIN, subject=make.common_name("x" * 99), extensions=(NAMES,)),
    "key identifier alone": attrs.evolve(PLAIN, subject=make.common_name("x" * 99), extensions=(OWN_KEY,)),
}
"""Leaves that are cut in a way of their own."""


def changes(leaf: Leaf) -> Iterator[tuple[int, Leaf]]:
    """Yield a leaf with one thing changed that its kind shares, and the judge's number for it."""
    for place in range(len(leaf.extensions) + 1):
        listed = (*leaf.extensions[:place], UNKNOWN, *leaf.extensions[place:])
        yield 34, attrs.evolve(leaf, extensions=listed)
    yield 20, attrs.evolve(leaf, issuer=make.common_name("Issuing CB"))
    yield 68, attrs.evolve(leaf, digest="sha1")
    no_key_usage = make.extension("2.5.29.15", make.named_bits(5), critical=True)
    usages = tuple(no_key_usage if one == USAGE else one for one in leaf.extensions)
    if usages != leaf.extensions:
        yield 26, attrs.evolve(leaf, extensions=usages)


@pytest.mark.parametrize("name", SHAPES)
def test_what_a_kind_shares_is_in_its_key(name: str) -> None:
    """However a leaf is cut, an extension more, another issuer, algorithm or usage is another kind."""
    policy = attrs.evolve(POLICY, purpose="server")
    index = VerifyIndex(TRUST, PRESENTED, policy)
    assert index.verify(Certificate.from_der(SHAPES[name].der)).ok
    assert is_proved(index, attrs.evolve(SHAPES[name], serial=make.integer(101)).der)
    for code, changed in changes(SHAPES[name]):
        assert judged(changed.der, policy=policy)[0] == code
        assert not is_proved(index, changed.der)
        assert said(index.verify(Certificate.from_der(changed.der))) == judged(changed.der, policy=policy)


def test_a_key_that_one_branch_refuses_is_proved_by_the_other() -> None:
    """A curve that is spelt out is refused by OpenSSL 3.0 alone, so that 1.1.1 needs no judge for it."""
    leaf = TWISTED["an explicit curve"].der
    assert [is_proved(warm(POLICIES[name]), leaf) for name in ("plain", "1.1.1")] == [False, True]


@pytest.mark.parametrize("said_of_it", [ValueError("no"), UnsupportedAlgorithm("no"), UserWarning("old sins")])
def test_whatever_the_parser_says_is_no_yes(said_of_it: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the strict parser refuses, does not know, or warns of where warnings are errors is not proved."""

    def refuse(data: bytes) -> None:
        if isinstance(said_of_it, Warning):
            warnings.warn(said_of_it, stacklevel=1)
        else:
            raise said_of_it

    index = warm()
    assert is_proved(index, PLAIN.der)
    monkeypatch.setattr(table.pyca, "load_der_x509_certificate", refuse)
    assert not is_proved(index, PLAIN.der)


def test_a_leaf_that_the_parser_does_not_take_teaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaf speaks for others only where the strict parser has taken it without a word."""
    leaf = Certificate.from_der(PLAIN.der)
    cut = cut_leaf(leaf.der)
    assert cut is not None
    assert table.Traits.of(leaf, cut, leaf.view) is not None
    monkeypatch.setattr(table, "is_sound", lambda data: False)
    assert table.Traits.of(leaf, cut, leaf.view) is None


def test_a_leaf_that_teaches_nothing_stands_alone_in_a_matrix() -> None:
    """Where the cuts are not at the borders of extensions, every leaf of a matrix is judged by itself."""
    inside = make.extension("1.2.3.4", NAMES)
    odd = attrs.evolve(PLAIN, extensions=(BASIC, USAGE, inside, CA_KEY_NAMED))
    leaves = [attrs.evolve(odd, serial=make.integer(number)).der for number in (101, 102)]
    leaves.append(attrs.evolve(odd, damaged=True).der)
    matrix = verify_matrix(leaves, [TRUST], PRESENTED, POLICY)
    assert [said(one) for one in matrix] == [judged(leaf) for leaf in leaves]
    assert [one.code for one in matrix] == [0, 0, 7]


@pytest.mark.parametrize("is_stored", [True, False])
def test_what_begins_above_begins_a_span(is_stored: bool) -> None:
    """A yes of later is none for an instant before a certificate above holds, be it stored or sent."""
    late = authority("Issuing CA", "Root", CA_KEY, ROOT_KEY, serial=3, start=AT - 50)
    trust, presented = (TrustStore([ROOT, late]), ()) if is_stored else (TRUST, (late,))
    index = VerifyIndex(trust, presented, POLICY)
    leaf = Certificate.from_der(PLAIN.der)
    asked = (AT, AT - 49, AT - 50, AT - 51, AT - 100)
    assert [index.verdict(leaf, at).code for at in asked] == [0, 0, 0, 9, 9]
    matrix = verify_matrix([PLAIN.der], [trust], presented, POLICY, instants=[moment(at) for at in asked])
    assert matrix.codes(0) == (0, 0, 0, 9, 9)


def moment(at: int) -> datetime:
    """Return an instant as the policy takes it."""
    return datetime.fromtimestamp(at, UTC)


def test_a_crl_that_is_not_asked_for_costs_no_proof() -> None:
    """Where no CRL is asked for, whose serial number stands on one is proved as any other."""
    crl = make.crl(make.CrlSpec(issuer=PLAIN.issuer, signer=CA_KEY, start=AT - 10, end=AT + 10, revoked=((4711, b""),)))
    for check, proved in ((None, True), ("leaf", False), ("all", False)):
        index = warm(attrs.evolve(POLICY, crls=(crl,), crl_check=check))
        assert (check, is_proved(index, PLAIN.der)) == (check, proved)


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("name", POLICIES)
def test_all_changed_leaves_at_once(name: str, step: int) -> None:
    """In one stream and in one matrix, where each learns from those before it, every leaf has the judge's verdict."""
    policy = POLICIES[name]
    leaves = [leaf.der for leaf in (TRUSTED | TWISTED).values()][::step]
    expected = [judged(leaf, policy=policy) for leaf in leaves]
    index = VerifyIndex(TRUST, PRESENTED, policy)
    for _ in range(2):
        assert [said(one) for one in verify_many(leaves, index)] == expected
    assert [said(one) for one in verify_matrix(leaves, [TRUST], PRESENTED, policy)] == expected


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_constraints_above_hold_for_each_leaf_of_a_matrix(order: tuple[int, ...]) -> None:
    """Whose names are within the constraints of one store's CA and not of another's is told from its neighbours."""
    stores = []
    for domain in (b"example.com", b"example.org"):
        permitted = make.context(0, make.sequence(make.context(2, domain, constructed=False)))
        constraint = make.extension("2.5.29.30", make.sequence(permitted), critical=True)
        root = authority("Issuing CA", "Issuing CA", CA_KEY, CA_KEY, serial=2, more=(constraint,))
        stores.append(TrustStore([root]))
    stores.append(TrustStore([authority("Issuing CA", "Issuing CA", CA_KEY, CA_KEY, serial=2)]))
    hosts = ("a.example.com", "b.example.org", "c.example.com", "d.example.net")
    leaves = [
        attrs.evolve(PLAIN.with_extension(names(make.dns(host)), instead_of=NAMES), serial=make.integer(101 + at)).der
        for at, host in enumerate(hosts)
    ]
    codes = [(0, 47, 0), (47, 0, 0), (0, 47, 0), (47, 47, 0)]
    matrix = verify_matrix([leaves[at] for at in order], stores, (), POLICY)
    assert [matrix.codes(number) for number in range(4)] == [codes[at] for at in order]
    for store, number in ((store, number) for store in range(3) for number in range(4)):
        assert said(matrix[number, store, 0, 0, 0]) == judged(leaves[order[number]], stores[store], ())
