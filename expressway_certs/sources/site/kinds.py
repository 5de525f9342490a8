"""The kinds of values in `site.toml`: what each looks like there, and what it is in the model.

A kind answers for all that is said of it: the loader's question whether a value fits, the JSON Schema, the value of the
model, and what is written. So the four cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import attrs

from expressway_certs.sources.site.errors import in_words
from expressway_certs.sources.site.places import Path
from expressway_certs.x509.shown import named

if TYPE_CHECKING:
    from expressway_certs.sources.site.reading import Reader
    from expressway_certs.sources.site.writing import Writer

Schema = dict[str, Any]


@attrs.frozen(kw_only=True)
class Fault:
    """A value that does not fit: where, what was expected, what is there, and what may have been meant."""

    path: Path
    expected: str
    found: str
    remedy: str = ""


@attrs.frozen(kw_only=True)
class Spot:
    """The place of a value: its path, and the name of the node or client that it belongs to."""

    path: Path = ()
    owner: str = ""
    prefix: str = ""

    @property
    def field(self) -> str:
        """The last key on the way."""
        return next((str(part) for part in reversed(self.path) if isinstance(part, str)), "")

    def into(self, *parts: str | int) -> Spot:
        """Return the place one or more steps further in."""
        return attrs.evolve(self, path=(*self.path, *parts))


class Kind:
    """A kind of value. Most are the same in the model as in the file."""

    @property
    def expected(self) -> str:
        """What is expected, in words that follow the word."""
        raise NotImplementedError

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        raise NotImplementedError

    def fits(self, value: object) -> bool:
        """Whether the value looks as it should, for a kind with nothing inside."""
        raise NotImplementedError

    def faults(self, value: object, path: Path) -> Iterator[Fault]:
        """Yield what does not fit, the value's own fault or those of what is in it."""
        if not self.fits(value):
            yield Fault(path=path, expected=self.expected, found=in_words(value), remedy=self.hint(value))

    def hint(self, value: object) -> str:
        """Return what may have been meant."""
        return ""

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the value of the model; `SiteError` where a file is wrong."""
        return value

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return what stands in the file for a value of the model."""
        return value


@attrs.frozen
class Text(Kind):
    """A text, which may have to say something."""

    least: int = 0
    expected: str = "a text in quotes"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        found: Schema = {"type": "string"}
        return found | ({"minLength": self.least} if self.least else {})

    def fits(self, value: object) -> bool:
        """Whether the value looks as it should."""
        return isinstance(value, str) and len(value) >= self.least


@attrs.frozen
class Flag(Kind):
    """True or false."""

    expected: str = "true or false"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return {"type": "boolean"}

    def fits(self, value: object) -> bool:
        """Whether the value looks as it should."""
        return isinstance(value, bool)


@attrs.frozen
class Whole(Kind):
    """A whole number."""

    expected: str = "a whole number"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return {"type": "integer"}

    def fits(self, value: object) -> bool:
        """Whether the value looks as it should."""
        return isinstance(value, int) and not isinstance(value, bool)


def quoted(values: tuple[str, ...]) -> str:
    """Return texts as they would stand in the file."""
    return ", ".join(f'"{value}"' for value in values)


def meant(value: object, known: tuple[str, ...]) -> str:
    """Return the one of the known words that comes nearest, as a question."""
    near = get_close_matches(value, known, 1) if isinstance(value, str) else []
    return f'did you mean "{named(near[0])}"?' if near else ""


@attrs.frozen
class Choice(Kind):
    """One of a few words, and what each is in the model; the first word for a value is the one that is written."""

    values: tuple[tuple[str, object], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words."""
        return tuple(word for word, _ in self.values)

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"{'one of ' if len(self.values) > 1 else ''}{quoted(self.words)}"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return {"enum": list(self.words)}

    def fits(self, value: object) -> bool:
        """Whether the value looks as it should."""
        return isinstance(value, str) and value in self.words

    def hint(self, value: object) -> str:
        """Return what may have been meant."""
        return meant(value, self.words)

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return what the word stands for."""
        return dict(self.values)[value]

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the first word for a value."""
        return next((word for word, one in self.values if one == value), value)


@attrs.frozen
class ReleaseText(Kind):
    """A release."""

    expected: str = 'a release in quotes, as "X14.2.7"'

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return {"type": "string"}

    def fits(self, value: object) -> bool:
        """Whether the value looks as it should; what it says is read by the model."""
        return isinstance(value, str)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the release as people write it."""
        return str(value)


@attrs.frozen
class ListOf(Kind):
    """A list of values of one kind."""

    item: Kind

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"a list, each of it {self.item.expected}"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return {"type": "array", "items": self.item.schema()}

    def faults(self, value: object, path: Path) -> Iterator[Fault]:
        """Yield what does not fit."""
        if not isinstance(value, list):
            yield Fault(path=path, expected=self.expected, found=in_words(value))
            return
        for number, one in enumerate(value):
            yield from self.item.faults(one, (*path, number))

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the values of the model, as far as they can be built; the faults are the reader's."""
        return reader.each(self.item.build, value, spot)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return what stands in the file."""
        return [self.item.write(one, writer, spot.into(number)) for number, one in enumerate(value)]


@attrs.frozen
class OneOrMore(ListOf):
    """A list of texts, or one text alone."""

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"{self.item.expected}, or a list of such"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return {"anyOf": [self.item.schema(), super().schema()]}

    def faults(self, value: object, path: Path) -> Iterator[Fault]:
        """Yield what does not fit."""
        if not (isinstance(value, str) and self.item.fits(value)):
            yield from super().faults(value, path)

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the values of the model."""
        return (value,) if isinstance(value, str) else tuple(value)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return what stands in the file: one text alone where there is one."""
        return value[0] if len(value) == 1 else list(value)


@attrs.frozen
class Named(Kind):
    """A table of names and what belongs to each."""

    item: Kind

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"a table: to each name {self.item.expected}"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return {"type": "object", "additionalProperties": self.item.schema()}

    def faults(self, value: object, path: Path) -> Iterator[Fault]:
        """Yield what does not fit."""
        if not isinstance(value, dict):
            yield Fault(path=path, expected=self.expected, found=in_words(value))
            return
        for name, one in value.items():
            yield from self.item.faults(one, (*path, name))

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the names and what belongs to each."""
        return {name: self.item.build(one, reader, spot.into(name)) for name, one in value.items()}

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return what stands in the file."""
        return {name: self.item.write(one, writer, spot.into(name)) for name, one in value}


NOT_WRITTEN: Final = object()
"""What `Kind.write` returns for a value that is not mentioned in the file."""
