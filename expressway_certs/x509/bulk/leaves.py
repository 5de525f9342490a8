"""Leaves as they come, DER, PEM or values, and their verdicts one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeGuard

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.verdict import Verdict

if TYPE_CHECKING:
    from expressway_certs.x509.bulk.index import VerifyIndex

Leaf = Certificate | bytes | str
"""What is judged: a certificate, its DER, or its PEM as bytes or text."""

_SEQUENCE = b"\x30"


def is_der(leaf: Leaf) -> TypeGuard[bytes]:
    """Whether a leaf is bytes that begin as DER does."""
    return type(leaf) is bytes and leaf.startswith(_SEQUENCE)


def load_leaf(leaf: Leaf) -> Certificate:
    """Return a leaf as a certificate; `LoadError` where it is none, `TypeError` where it is of another type."""
    if isinstance(leaf, Certificate):
        return leaf
    if isinstance(leaf, bytes):
        return Certificate.from_der(leaf) if leaf.startswith(_SEQUENCE) else Certificate.from_pem(leaf)
    if isinstance(leaf, str):
        return Certificate.from_pem(leaf)
    raise TypeError(f"a leaf is a Certificate, or its DER or PEM as bytes or str, not {type(leaf).__name__}")


def verdicts(
    index: VerifyIndex, leaves: Iterable[Leaf], at: int | None, *, raises: bool = False
) -> Iterator[Verdict | LoadError]:
    """Yield the verdict on each leaf at an instant, or why it cannot be read; ``raises``: end with that."""
    answer = index.table(at).answer
    for number, leaf in enumerate(leaves):
        if type(leaf) is bytes and (found := answer(leaf)) is not None:
            yield Verdict(leaf, found, at)
            continue
        try:
            certificate = load_leaf(leaf)
        except LoadError as error:
            if raises:
                raise error.at(f"leaf {number}") from None
            yield error
            continue
        known = None if certificate.der is leaf else answer(certificate.der)
        yield Verdict(certificate, known or index.judged(certificate, at), at)


def or_raise(found: Iterable[Verdict | LoadError]) -> Iterator[Verdict]:
    """Yield the verdicts; the first leaf that cannot be read ends them with its `LoadError`."""
    for number, verdict in enumerate(found):
        if isinstance(verdict, LoadError):
            raise verdict.at(f"leaf {number}")
        yield verdict
