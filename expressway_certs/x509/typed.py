"""Fields that hold what their annotation says: anything else is told at once, where it is given."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

Test = Callable[[object], bool]

_WORDS = {str: "text", bool: "True or False", int: "a whole number", bytes: "bytes", types.NoneType: "None"}


def typed(_class: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Hold every field against its annotation; the ``field_transformer`` of an attrs class.

    A value of another type is a `TypeError` that names the field and both types. It does not show the value, for that
    may be the content of a key file. A word that is none of the annotation's is a `ValueError`.
    """
    return [field.evolve(validator=attrs.validators.and_(_of_its_type, *_own(field))) for field in fields]


def _own(field: attrs.Attribute[Any]) -> tuple[Any, ...]:
    return () if field.validator is None else (field.validator,)


def _of_its_type(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    of: type = type(instance)
    hint, fits = _hints(of)[attribute.name]
    if fits(value):
        return
    where, part = f"{of.__name__}.{attribute.name}", _part(hint)
    if isinstance(value, str) and any(get_origin(one) is Literal for one in (hint, *get_args(hint))):
        raise ValueError(f"{where} is {_in_words(hint)}, not {value!r}")
    if part is not None and isinstance(value, tuple):
        wrong = next(one for one in value if not _test(part)(one))
        raise TypeError(f"{where} holds {_in_words(part)} each, not {type(wrong).__name__}")
    raise TypeError(f"{where} is {_in_words(hint)}, not {type(value).__name__}")


@cache
def _hints(of: type) -> dict[str, tuple[Any, Test]]:
    return {name: (hint, _test(hint)) for name, hint in get_type_hints(of).items()}


@cache
def _test(hint: Any) -> Test:
    """Return the test whether a value fits."""
    part = _part(hint)
    if part is not None:
        fits = _test(part)
        return lambda value: isinstance(value, tuple) and all(map(fits, value))
    if _is_union(hint):
        tests = tuple(map(_test, get_args(hint)))
        return lambda value: any(fits(value) for fits in tests)
    if get_origin(hint) is Literal:
        return get_args(hint).__contains__
    if hint is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    return lambda value: isinstance(value, hint) if isinstance(hint, type) else True


def _part(hint: Any) -> Any:
    """Return what a tuple of any length holds; None for another hint."""
    arguments = get_args(hint)
    return arguments[0] if get_origin(hint) is tuple and arguments[1:] == (...,) else None


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in {Union, types.UnionType}


def _in_words(hint: Any) -> str:
    if _is_union(hint):
        return " or ".join(map(_in_words, get_args(hint)))
    if get_origin(hint) is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if _part(hint) is not None:
        return f"several, {_in_words(_part(hint))} each"
    known = _WORDS.get(hint)
    if known or not isinstance(hint, type):
        return known or str(hint)
    return f"{'an' if hint.__name__[0] in 'AEIO' else 'a'} {hint.__name__}"
