"""What the parts of the model ask of their fields alike."""

from __future__ import annotations

from collections.abc import Iterable
from types import NoneType, UnionType
from typing import get_args

import attrs

from expressway_certs.product.dns import host
from expressway_certs.x509.shown import named


def is_name(instance: object, attribute: attrs.Attribute[str], value: object) -> None:
    """Raise `TypeError` for a name that is no text, `ValueError` for an empty one."""
    what = f"{type(instance).__name__}.{attribute.name}"
    if not isinstance(value, str):
        message = f"{what} is text, not {type(value).__name__}"
        raise TypeError(message)
    if not value:
        message = f"{what} is empty"
        raise ValueError(message)


def texts(values: Iterable[str]) -> tuple[str, ...]:
    """Return texts as a tuple; `TypeError` for one by itself, which would be taken letter by letter."""
    several(values, "texts")
    return tuple(values)


def optional_texts(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return texts as a tuple, and None where they are not known."""
    return None if values is None else texts(values)


def only(kind: type, values: Iterable[object]) -> None:
    """Raise `TypeError` for values among which there is something else than ``kind``."""
    for one in values:
        wanted(kind, one)


def wanted(kind: type | UnionType, value: object) -> None:
    """Raise `TypeError` for an argument of another kind; the error does not show it, for it may be a file's content."""
    if not isinstance(value, kind):
        kinds = " or ".join("None" if one is NoneType else one.__name__ for one in get_args(kind) or (kind,))
        message = f"{kinds} is wanted, not {type(value).__name__}"
        raise TypeError(message)


def one_of(value: object, known: Iterable[object], what: str) -> None:
    """Raise `ValueError` for what is none of those that there are."""
    listed = tuple(known)
    if value not in listed:
        message = f"{value!r} is no {what}; there are {', '.join(map(repr, listed))}"
        raise ValueError(message)


def several(values: object, what: str) -> None:
    """Raise `TypeError` for one value where several are wanted; it may be a key, so it is not shown."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        message = f"{what} are several, as in [...], and not one {type(values).__name__}"
        raise TypeError(message)


def once_each(names: Iterable[str], where: str) -> None:
    """Raise `ValueError` where one name, whatever its case, stands twice: results are told apart by it."""
    seen: set[str] = set()
    for name in names:
        if host(name) in seen:
            message = f"{named(name)} stands twice {where}"
            raise ValueError(message)
        seen.add(host(name))
