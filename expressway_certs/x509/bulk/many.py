"""Many leaves before the judge: here, in threads, in processes, or on other machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from concurrent.futures import Executor
from typing import Literal, TypeVar, overload

from expressway_certs.x509.bulk.index import VerifyIndex, index_of
from expressway_certs.x509.bulk.leaves import Leaf, or_raise, verdicts
from expressway_certs.x509.bulk.workers import Run, in_processes
from expressway_certs.x509.case import instant
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.shown import shown
from expressway_certs.x509.trust_store import TrustStore, as_trust_store
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.wanted import want_several

T = TypeVar("T")

_DEFAULT_POLICY = VerifyPolicy()


@overload
def verify_many(
    leaves: Iterable[Leaf],
    trust: TrustStore | VerifyIndex | Iterable[Certificate],
    presented: Iterable[Certificate] = (),
    policy: VerifyPolicy = ...,
    executor: Executor | None = None,
    *,
    processes: int | None = None,
    progress: bool = False,
    unreadable: Literal["raise"] = "raise",
) -> Iterator[Verdict]: ...
@overload
def verify_many(
    leaves: Iterable[Leaf],
    trust: TrustStore | VerifyIndex | Iterable[Certificate],
    presented: Iterable[Certificate] = (),
    policy: VerifyPolicy = ...,
    executor: Executor | None = None,
    *,
    processes: int | None = None,
    progress: bool = False,
    unreadable: Literal["return"],
) -> Iterator[Verdict | LoadError]: ...
def verify_many(
    leaves: Iterable[Leaf],
    trust: TrustStore | VerifyIndex | Iterable[Certificate],
    presented: Iterable[Certificate] = (),
    policy: VerifyPolicy = _DEFAULT_POLICY,
    executor: Executor | None = None,
    *,
    processes: int | None = None,
    progress: bool = False,
    unreadable: Literal["raise", "return"] = "raise",
) -> Iterator[Verdict | LoadError]:
    """Judge every leaf as `verify` would, and yield the verdicts in the order of the leaves.

    ``leaves`` are certificates, DER or PEM; any iterable does, and a stream of them takes no more memory
    than a few batches. ``trust`` is a store, or a `VerifyIndex`, which then says what was presented and
    the policy. The clock is read once. ``executor`` is any `concurrent.futures.Executor`, Dask's among
    them; ``processes`` makes a pool of so many for the length of the call. ``progress`` shows a bar
    (tqdm, extra ``progress``). A leaf that cannot be read ends the iteration with its `LoadError`, or
    stands in the place of a verdict where ``unreadable`` is "return". Raises `ValueError` for settings
    that contradict each other, `TypeError` for a leaf, a policy or an executor of another type.

    >>> from expressway_certs import load_certificates
    >>> leaves = [Certificate.load("leaf.pem"), Certificate.load("intermediate.pem").der]
    >>> trust, presented = TrustStore.load("root.pem"), load_certificates("intermediate.pem")
    >>> [verdict.ok for verdict in verify_many(leaves, trust, presented)]
    [True, True]
    """
    want_several(leaves)
    if executor is not None and not hasattr(executor, "submit"):
        raise TypeError(f"an executor is a concurrent.futures.Executor, not {type(executor).__name__}")
    if executor is not None and processes is not None:
        raise ValueError("give an executor or a number of processes, not both")
    if processes is not None and processes < 1:
        raise ValueError(f"processes must be 1 or more, not {processes}")
    if unreadable not in {"raise", "return"}:
        raise ValueError(f'unreadable is "raise" or "return", not {shown(unreadable)}')
    index = trust if isinstance(trust, VerifyIndex) else index_of(as_trust_store(trust), presented, policy)
    at, raises = instant(index.policy), unreadable == "raise"
    if processes is not None:
        found = in_processes(index, leaves, at, processes)
    elif executor is not None:
        found = Run(index, at, executor).verdicts(leaves)
    else:
        found, raises = verdicts(index, leaves, at, raises=raises), False
    told = _with_bar(found, len(leaves) if isinstance(leaves, Sized) else None) if progress else found
    return or_raise(told) if raises else told


def _with_bar(found: Iterator[T], total: int | None) -> Iterator[T]:
    try:
        from tqdm import tqdm  # noqa: PLC0415 - only where it is asked for
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("a progress bar needs tqdm: install expressway_certs[progress]") from error
    return iter(tqdm(found, total=total, unit=" leaves"))
