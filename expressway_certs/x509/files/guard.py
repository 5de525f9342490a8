"""Other libraries at arm's length: whatever they raise about hostile bytes becomes `LoadError`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from expressway_certs.x509.errors import LoadError

_OURS = (LoadError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)


@contextmanager
def guarded(message: str, *, found: str, where: str = "", remedy: str = "") -> Iterator[None]:
    """Turn any failure inside into `LoadError` with these words, and nothing of the library's own message.

    A panic of the Rust code inside `cryptography` is no `Exception`, so `BaseException` it has to be. Deprecation
    warnings are for programmers who choose an algorithm, not for people who were handed an old file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _OURS:
        raise
    except BaseException:  # noqa: BLE001 - see above
        _raise_alone(LoadError(message, found=found, where=where, remedy=remedy))


def _raise_alone(error: LoadError) -> NoReturn:
    """Raise an error without the one that led to it, which may hold what was read, and may not be picklable."""
    try:
        raise error
    except LoadError:
        error.__context__ = None
        raise
