"""Many leaves before many stores, at many instants, for many purposes and names: each signature verified once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import product

import attrs

from expressway_certs.x509.bulk.classes import Judging
from expressway_certs.x509.bulk.index import VerifyIndex
from expressway_certs.x509.bulk.leaves import Leaf
from expressway_certs.x509.case import instant
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.policy import Purpose, VerifyPolicy
from expressway_certs.x509.trust_store import TrustStore, as_trust_store
from expressway_certs.x509.verdict import Answer, Verdict
from expressway_certs.x509.wanted import want_policy, want_several

_DEFAULT_POLICY = VerifyPolicy()


@attrs.frozen(kw_only=True, repr=False, eq=False)
class VerdictMatrix:
    """Verdicts on leaves, by store, instant, purpose and names; ``shape`` says how many of each, in that order.

    `matrix[leaf, store, instant, purpose, names]` is a `Verdict`, the one that `verify` gives. `codes`
    gives all the numbers of one leaf at once.
    """

    stores: tuple[TrustStore, ...]
    instants: tuple[datetime | None, ...]
    purposes: tuple[Purpose | None, ...]
    names: tuple[tuple[str, ...], ...]
    _moments: tuple[int | None, ...]
    _rows: list[tuple[bytes, tuple[Answer, ...]]]
    _codes: dict[int, tuple[int, ...]] = attrs.field(factory=dict, init=False)
    """The numbers of rows that leaves share, by the identity of the row."""

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """How many leaves, stores, instants, purposes and sets of names there are."""
        return len(self._rows), len(self.stores), len(self.instants), len(self.purposes), len(self.names)

    def __getitem__(self, place: tuple[int, int, int, int, int]) -> Verdict:
        leaf, store, at, purpose, named = (
            range(count)[number] for count, number in zip(self.shape, place, strict=True)
        )
        data, answers = self._rows[leaf]
        column = (store * len(self.purposes) + purpose) * len(self.names) + named
        return Verdict(data, answers[column * len(self.instants) + at], self._moments[at])

    def __len__(self) -> int:
        leaves, *others = self.shape
        for count in others:
            leaves *= count
        return leaves

    def __iter__(self) -> Iterator[Verdict]:
        leaves, stores, instants, purposes, names = map(range, self.shape)
        return (self[place] for place in product(leaves, stores, instants, purposes, names))

    def codes(self, leaf: int) -> tuple[int, ...]:
        """Return OpenSSL's numbers for one leaf, by store, then instant, purpose and names; 0 is trusted."""
        answers = self._rows[leaf][1]
        found = self._codes.get(id(answers))
        if found is None:
            _, stores, instants, purposes, names = self.shape
            each = purposes * names
            found = self._codes[id(answers)] = tuple(
                answers[(store * each + other) * instants + at].code
                for store in range(stores)
                for at in range(instants)
                for other in range(each)
            )
        return found

    def trusted(self, leaf: int) -> int:
        """Return in how many places the leaf is trusted."""
        return self.codes(leaf).count(0)

    def __repr__(self) -> str:
        leaves, stores, instants, purposes, names = self.shape
        return (
            f"<VerdictMatrix {leaves} leaves x {stores} stores x {instants} instants"
            f" x {purposes} purposes x {names} sets of names>"
        )


def _as_names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def verify_matrix(
    leaves: Iterable[Leaf],
    stores: Iterable[TrustStore | Iterable[Certificate]],
    presented: Iterable[Certificate] = (),
    policy: VerifyPolicy = _DEFAULT_POLICY,
    *,
    instants: Iterable[datetime] | None = None,
    purposes: Iterable[Purpose | str | None] | None = None,
    names: Iterable[str | Iterable[str]] | None = None,
) -> VerdictMatrix:
    """Judge every leaf by every store, at every instant, for every purpose and every set of names.

    Each verdict is the one that `verify` would give; the signature of a leaf is verified once. What
    ``instants``, ``purposes`` or ``names`` leave out, ``policy`` says; the clock is read once. Raises
    `LoadError` for a leaf that cannot be read, `ValueError` for a setting that `VerifyPolicy` refuses, `TypeError`
    for a leaf or a policy of another type.

    >>> from expressway_certs import load_certificates
    >>> stores = [TrustStore.load("root.pem"), TrustStore.load("other-root.pem")]
    >>> presented = load_certificates("intermediate.pem")
    >>> matrix = verify_matrix([Certificate.load("leaf.pem")], stores, presented, purposes=["server", "client"])
    >>> matrix
    <VerdictMatrix 1 leaves x 2 stores x 1 instants x 2 purposes x 1 sets of names>
    >>> matrix.codes(0)
    (0, 0, 20, 20)
    """
    want_several(leaves)
    want_policy(policy)
    at = policy.at if instants is None else None
    asked = [attrs.evolve(policy, at=one) for one in ([at] if instants is None else instants)]
    sides = [attrs.evolve(policy, purpose=one) for one in ([policy.purpose] if purposes is None else purposes)]
    named = [policy.names] if names is None else [_as_names(one) for one in names]
    trust = tuple(map(as_trust_store, stores))
    sent = tuple(presented)
    columns = [
        VerifyIndex(store, sent, attrs.evolve(side, names=one)) for store in trust for side in sides for one in named
    ]
    moments = [instant(one) for one in asked]
    matrix = VerdictMatrix(
        stores=trust,
        instants=tuple(one.at for one in asked),
        purposes=tuple(side.purpose for side in sides),
        names=tuple(named),
        moments=tuple(moments),
        rows=[],
    )
    judging = Judging(columns, moments)
    for number, leaf in enumerate(leaves):
        try:
            matrix._rows.append(judging.row(leaf))  # noqa: SLF001 - it is made here
        except LoadError as error:
            raise error.at(f"leaf {number}") from None
    return matrix
