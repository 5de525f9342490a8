"""What a worker sends back: each answer once, without a certificate in it, and for each leaf the number of its own."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

import attrs

from expressway_certs.x509.bulk.index import VerifyIndex
from expressway_certs.x509.bulk.leaves import Leaf, is_der, load_leaf, verdicts
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.verdict import Answer, Details, Verdict

CompactAnswer = tuple[int, int, tuple[int, ...], Details | None]
"""Code, depth, the places of the chain above the leaf among the index's certificates, the details of a fault."""


@attrs.frozen
class Batch:
    """The answers on a batch of leaves: ``numbers`` says which of ``answers`` is each leaf's."""

    answers: list[CompactAnswer | LoadError]
    numbers: array[int]


def pack(index: VerifyIndex, leaves: Iterable[Leaf], at: int | None) -> Batch:
    """Judge leaves, and return what was said in its compact form."""
    places: dict[Certificate, int] = {}
    numbers: dict[Answer | LoadError, int] = {}
    batch = Batch([], array("I"))
    known = index.table(at).answer
    for leaf in leaves:
        said: Answer | LoadError | None = known(leaf) if type(leaf) is bytes else None
        if said is None:
            verdict = next(verdicts(index, (leaf,), at))
            said = verdict if isinstance(verdict, LoadError) else verdict.answer
        number = numbers.get(said)
        if number is None:
            number = numbers[said] = len(numbers)
            if not isinstance(said, LoadError) and not places:
                places.update((certificate, place) for place, certificate in enumerate(index.certificates))
            batch.answers.append(said if isinstance(said, LoadError) else _pack(said, places))
        batch.numbers.append(number)
    return batch


def _pack(answer: Answer, places: dict[Certificate, int]) -> CompactAnswer:
    above = tuple(places[certificate] for certificate in answer.above)
    return answer.code, answer.depth, above, answer.details


def unpack(index: VerifyIndex, leaves: Sequence[Leaf], batch: Batch, at: int | None) -> Iterator[Verdict | LoadError]:
    """Yield the verdicts on the leaves that a batch was made of."""
    answers = [said if isinstance(said, LoadError) else _unpack(index, said) for said in batch.answers]
    for leaf, number in zip(leaves, batch.numbers, strict=True):
        said = answers[number]
        if isinstance(said, LoadError):
            yield said
        else:
            # A leaf that has an answer was loaded once, and can be again.
            yield Verdict(leaf if is_der(leaf) else load_leaf(leaf), said, at)


def _unpack(index: VerifyIndex, said: CompactAnswer) -> Answer:
    code, depth, above, details = said
    return index.answer(code, depth, tuple(index.certificates[place] for place in above), details)
