"""What the parts of the model ask of their fields alike."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from expressway_certs.product.dns import host


def is_name(instance: object, attribute: attrs.Attribute[str], value: object) -> None:
    """Raise `TypeError` for a name that is no text, `ValueError` for an empty one."""
    what = f"{type(instance).__name__}.{attribute.name}"
    if not isinstance(value, str):
        message = f"{what} is a text, not {value!r}"
        raise TypeError(message)
    if not value:
        message = f"{what} is empty"
        raise ValueError(message)


def only(kind: type, values: Iterable[object]) -> None:
    """Raise `TypeError` for values among which there is something else than ``kind``."""
    wrong = next((one for one in values if not isinstance(one, kind)), None)
    if wrong is not None:
        message = f"{wrong!r} is no {kind.__name__}"
        raise TypeError(message)


def wanted(kind: type, value: object) -> None:
    """Raise `TypeError` for an argument of another kind; the error does not show it, for it may be a file's content."""
    if not isinstance(value, kind):
        message = f"{kind.__name__} is wanted, not {type(value).__name__}"
        raise TypeError(message)


def once_each(names: Iterable[str], where: str) -> None:
    """Raise `ValueError` where one name, whatever its case, stands twice: results are told apart by it."""
    seen: set[str] = set()
    for name in names:
        if host(name) in seen:
            message = f"{name} stands twice {where}"
            raise ValueError(message)
        seen.add(host(name))
