"""The judge asked once for each class of leaves: its answer, yes or no, is that of every leaf of the class.

Two leaves are of one class before one store at one instant if all that the judge asks of them is the same:

- their key (`cutting.Key`) and traits, as for a `table.Kind`;
- a public key that is readable and strong enough;
- alternative names that can be read, and have or lack a name that is asked for;
- an instant before, within or after their validity, and the span of time in which it lies;
- a signature that the key of the issuer which the judge takes accepts or does not;
- a serial number that is on no CRL, and not that of a certificate in the store or among those presented.

A leaf that is not of this form, or whose names are held against constraints above it, is judged by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs

from expressway_certs.x509 import der, extensions, times
from expressway_certs.x509.bulk.cutting import (
    VALIDITY_LENGTH,
    Cut,
    Key,
    alternative_names,
    are_plain_names,
    cut_leaf,
)
from expressway_certs.x509.bulk.index import VerifyIndex
from expressway_certs.x509.bulk.leaves import Leaf, is_der, load_leaf
from expressway_certs.x509.bulk.signatures import accepts_of
from expressway_certs.x509.bulk.table import Asked, Traits, is_strict
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.verdict import Answer

_BEFORE, _WITHIN, _AFTER = range(3)

Place = tuple[int, int]
"""A column (a store, a purpose, a set of names), and an instant."""
Question = tuple[int, int | None, int, bool]
"""What of a place makes a difference to a class: column, span of time, before or within or after, has a name."""
Group = tuple[tuple[int, ...], tuple[bool, ...]]


@attrs.frozen
class _Row:
    """The answers for leaves of a class and group, which hold where the issuers' keys take the signature, or not."""

    answers: tuple[Answer, ...]
    issuers: tuple[Certificate, ...]
    signed: tuple[bool, ...]


@attrs.frozen
class _Class:
    """Leaves with one key: their traits, what was said of them by question and signature, and whole rows of it."""

    traits: Traits
    said: dict[Question, dict[bool, Answer]] = attrs.field(factory=dict)
    rows: dict[Group, list[_Row]] = attrs.field(factory=dict)


class Judging:
    """The columns and instants of one matrix at work."""

    def __init__(self, columns: Sequence[VerifyIndex], moments: Sequence[int | None]) -> None:
        self._columns = columns
        self._moments = moments
        self._places = [(column, at) for column in range(len(columns)) for at in range(len(moments))]
        self._classes: dict[Key, _Class | None] = {}
        # Most columns ask for the same names.
        wanted = [(index.policy.names, index.asked) for index in columns]
        distinct = dict(wanted)
        self._asked = tuple(distinct.values())
        self._asked_by = [list(distinct).index(names) for names, _ in wanted]
        stored = {one.slices.serial for index in columns for one in index.trust}
        self._doubtful = frozenset(stored.union(*(index.doubtful_serials for index in columns)))

    def row(self, leaf: Leaf) -> tuple[bytes, tuple[Answer, ...]]:
        """Return the DER of a leaf and its answers, by column and instant; `LoadError` where it cannot be read."""
        one = _One(leaf if is_der(leaf) else load_leaf(leaf).der)
        known = self._class_of(one)
        if known is None:
            return one.certificate.der, tuple(self._judge(one, place) for place in self._places)
        return one.data, self._answers(known, one)

    def _class_of(self, one: _One) -> _Class | None:
        """Return the class of a leaf; None where it is of none."""
        cut = one.cut
        if cut is None or not self._columns:
            return None
        if cut.key not in self._classes:
            version = self._columns[0].policy.openssl
            traits = Traits.of(one.certificate, cut, one.certificate.view_of(version))
            self._classes[cut.key] = None if traits is None else _Class(traits)
        found = self._classes[cut.key]
        # The parser has nothing to complain of in an algorithm that is known, and vouches for every length below.
        if found is None or not is_strict(one.data) or not self._is_plain(one, cut):
            return None
        subject = cut.validity + VALIDITY_LENGTH
        return found if found.traits.is_not_self_signed(one.data, cut.subject_key, subject, cut.public_key) else None

    def _is_plain(self, one: _One, cut: Cut) -> bool:
        """Whether what is a leaf's own has the usual form."""
        if cut.serial in self._doubtful:
            return False
        if not self._columns[0].asked.strengths.is_enough(one.data, cut.public_key, cut.listed_at):
            return False
        asks_hosts = any(asked.hosts for asked in self._asked)
        asks_names = asks_hosts or any(asked.addresses for asked in self._asked)
        # Without a DNS name the common name is asked, which stands in the subject.
        return one.has_plain_names(wants_any=asks_names, wants_dns=asks_hosts)

    def _answers(self, known: _Class, one: _One) -> tuple[Answer, ...]:
        """Return the answers for a leaf of a class: an earlier leaf's where nothing differs, else place by place."""
        states = tuple(one.state(at) for at in self._moments)
        has = [one.has_name(asked) for asked in self._asked]
        group = states, tuple(has[number] for number in self._asked_by)
        for row in known.rows.get(group, ()):
            if tuple(one.is_signed_by(issuer, known.traits) for issuer in row.issuers) == row.signed:
                return row.answers
        answers = tuple(self._ask(known, one, place, group) for place in self._places)
        if all(map(self._may_be_shared, answers)):
            issuers = tuple(dict.fromkeys(answer.above[0] for answer in answers if answer.above))
            signed = tuple(one.is_signed_by(issuer, known.traits) for issuer in issuers)
            known.rows.setdefault(group, []).append(_Row(answers, issuers, signed))
        return answers

    def _ask(self, known: _Class, one: _One, place: Place, group: Group) -> Answer:
        """Return the answer for one place: what was said to the same question before, or the judge's."""
        column, at = place
        index = self._columns[column]
        said = known.said.setdefault((column, index.span(self._moments[at]), group[0][at], group[1][column]), {})
        sample = next(iter(said.values()), None)
        found = None if sample is None else said.get(_good(one, sample, known))
        if found is not None:
            return found
        answer = self._judge(one, place)
        if self._may_be_shared(answer):
            answer = said[_good(one, answer, known)] = index.answer(answer.code, answer.depth, answer.above)
        return answer

    @staticmethod
    def _may_be_shared(answer: Answer) -> bool:
        """Whether no certificate above holds the leaf's names against constraints."""
        return all(one.view_of(answer.policy.openssl).name_constraints is None for one in answer.above)

    def _judge(self, one: _One, place: Place) -> Answer:
        return self._columns[place[0]].judged(one.certificate, self._moments[place[1]])


def _good(one: _One, answer: Answer, known: _Class) -> bool:
    """Whether the issuer that an answer takes has signed the leaf; without an issuer nothing is asked."""
    return not answer.above or one.is_signed_by(answer.above[0], known.traits)


class _One:
    """One leaf of a matrix, and what was found out about it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.cut = cut_leaf(data)
        self._signed: dict[Certificate, bool] = {}
        self._names = 0

    @cached_property
    def certificate(self) -> Certificate:
        """The leaf; `LoadError` where it is no certificate."""
        return load_leaf(self.data)

    @cached_property
    def validity(self) -> tuple[int | None, int | None]:
        """The ends of the validity in seconds since 1970; None for one that cannot be read."""
        if self.cut is None:
            return None, None
        at = self.cut.validity
        ends = self.data[at + 4 : at + 17], self.data[at + 19 : at + VALIDITY_LENGTH]
        return times.epoch((der.UTC_TIME, ends[0])), times.epoch((der.UTC_TIME, ends[1]))

    def state(self, at: int | None) -> int:
        """Whether an instant is before, within or after the validity."""
        start, end = self.validity
        if at is None or start is None or end is None or start <= at < end:
            return _WITHIN
        return _BEFORE if start > at else _AFTER

    def has_plain_names(self, *, wants_any: bool, wants_dns: bool) -> bool:
        """Whether the alternative names can be read, and are there, with a DNS name, as far as that is wanted."""
        cut, data = self.cut, self.data
        if cut is None or not cut.names:
            return not wants_any
        start = self._names = alternative_names(data, cut.names, cut.names_end)
        if not are_plain_names(data, start, cut.names_end):
            return False
        while wants_dns and start < cut.names_end:
            if data[start] == extensions.DNS:
                return True
            start += 2 + data[start + 1]
        return not wants_dns

    def has_name(self, asked: Asked) -> bool:
        """Whether the leaf, whose names are plain, has a name that is asked for."""
        if not asked.hosts and not asked.addresses:
            return True
        return self.cut is not None and asked.is_in(self.data, self._names, self.cut.names_end) is True

    def is_signed_by(self, issuer: Certificate, traits: Traits) -> bool:
        """Whether the issuer's key takes the signature."""
        found = self._signed.get(issuer)
        if found is None:
            accepts = accepts_of(issuer.slices.public_key_info, traits.algorithm)
            found = accepts is not None and self.cut is not None and accepts(self.data, self.cut.end)
            self._signed[issuer] = found
        return found
