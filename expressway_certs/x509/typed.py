"""Fields that hold what their annotation says: anything else is told at once, where it is given."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from expressway_certs.x509.shown import shown

Test = Callable[[object], bool]

_WORDS = {
    str: "text",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    bytes: "bytes",
    types.NoneType: "None",
}
_NUMBERS: dict[type, tuple[type, ...]] = {int: (int,), float: (int, float)}


def typed(_class: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Hold every field against its annotation; the ``field_transformer`` of an attrs class.

    A value of another type is a `TypeError` that names the field and both types. It does not show the value, for that
    may be the content of a key file. A word that is none of the annotation's is a `ValueError`.
    """
    return [field.evolve(validator=_with_own(_OfItsType(), field.validator)) for field in fields]


def _with_own(check: _OfItsType, own: Any) -> Any:
    return check if own is None else attrs.validators.and_(check, own)


class _OfItsType:
    """The validator of one field. Its annotation is read when a value is first held against it."""

    def __init__(self) -> None:
        self.kinds: tuple[type, ...] = ()
        self.test: Test = _nothing

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if isinstance(value, self.kinds) or self.test(value):
            return
        of: type = type(instance)
        hint = _hints(of)[attribute.name]
        self.kinds, self.test = _kinds(hint), _test(hint)
        if not self.test(value):
            raise _error(f"{of.__name__}.{attribute.name}", hint, value)


def _nothing(_value: object) -> bool:
    return False


def _error(where: str, hint: Any, value: object) -> Exception:
    if isinstance(value, str) and any(get_origin(one) is Literal for one in (hint, *get_args(hint))):
        return ValueError(f"{where} is {_in_words(hint)}, not {shown(value)}")
    part = _part(hint)
    if part is not None and isinstance(value, tuple):
        wrong = next(one for one in value if not _test(part)(one))
        return TypeError(f"{where} holds {_in_words(part)} each, not {type(wrong).__name__}")
    return TypeError(f"{where} is {_in_words(hint)}, not {type(value).__name__}")


@cache
def _hints(of: type) -> dict[str, Any]:
    return get_type_hints(of)


def _kinds(hint: Any) -> tuple[type, ...]:
    """Return the classes of which every value fits: the quick way. A bool is an int to Python, and no number here."""
    if _is_union(hint):
        return tuple(kind for one in get_args(hint) for kind in _kinds(one))
    return (hint,) if isinstance(hint, type) and get_origin(hint) is None and hint not in _NUMBERS else ()


@cache
def _test(hint: Any) -> Test:
    """Return the test whether a value fits."""
    part, arguments = _part(hint), get_args(hint)
    if part is not None:
        kinds, fits = _kinds(part), _test(part)
        return lambda value: isinstance(value, tuple) and all(isinstance(one, kinds) or fits(one) for one in value)
    tests = tuple(map(_test, arguments)) if _is_union(hint) or get_origin(hint) is tuple else ()
    if get_origin(hint) is tuple:
        return lambda value: isinstance(value, tuple) and len(value) == len(tests) and all(map(_call, tests, value))
    if tests:
        return lambda value: any(fits(value) for fits in tests)
    if get_origin(hint) is Literal:
        return lambda value: value in arguments
    if hint in _NUMBERS:
        return lambda value: isinstance(value, _NUMBERS[hint]) and not isinstance(value, bool)
    kinds = _kinds(hint)
    return lambda value: not kinds or isinstance(value, kinds)


def _call(fits: Test, value: object) -> bool:
    return fits(value)


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
    if get_origin(hint) is tuple:
        part = _part(hint)
        return f"several, {_in_words(part)} each" if part else f"({', '.join(map(_in_words, get_args(hint)))})"
    known = _WORDS.get(hint)
    if known or not isinstance(hint, type):
        return known or str(hint)
    return hint.__name__
