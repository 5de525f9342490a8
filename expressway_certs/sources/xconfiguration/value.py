"""The value: keys of a dump with what they hold, without any secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import attrs

from expressway_certs.sources.xconfiguration.text import Pair, read_text
from expressway_certs.sources.xconfiguration.withheld import is_secret
from expressway_certs.x509.certificate import Source
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import read_source

if TYPE_CHECKING:
    from expressway_certs.product.nodes import Expressway
    from expressway_certs.sources.xconfiguration.zones import ConfiguredZone


def _pairs(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = values.items() if isinstance(values, Mapping) else values
    # A later statement about the same key stands, whatever the case it is written in.
    last = {folded(key): (key, value) for key, value in pairs}
    return tuple(pair for pair in last.values() if not is_secret(*pair))


def _keys(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def folded(key: str) -> str:
    """Return a key as it is looked up: whatever the case and the spaces."""
    return " ".join(key.split()).lower()


@attrs.frozen(repr=False)
class XConfiguration(Mapping[str, str]):
    r"""What ``xConfiguration`` prints: a mapping from key to value, in the order of the dump (platform.md §8).

    A key is looked up whatever its case. Every key is kept, known or not, and an empty value is the empty text. But
    passwords, keys and everything encrypted are dropped while reading: `withheld` has their keys, and nothing has
    their values.

    >>> dump = XConfiguration.load('*c xConfiguration SIP Mode: *c xConfiguration SIP TLS Mode: "On"\n')
    >>> dump["sip tls mode"], list(dump)
    ('On', ['SIP Mode', 'SIP TLS Mode'])
    """

    values_by_key: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_pairs, alias="values")
    withheld: tuple[str, ...] = attrs.field(default=(), converter=_keys, kw_only=True)
    where: str = attrs.field(default="", kw_only=True, eq=False)

    @classmethod
    def load(cls, source: Source) -> Self:
        """Read a dump from a path, bytes or text, in the text form or as XML; `LoadError` for anything else."""
        if isinstance(source, str) and "xconfiguration " in source.lower():
            # One line of a dump is no path, and must not be shown as one.
            source = source.encode("utf-8", "replace")
        data, where = read_source(source)
        return cls.of(data, where)

    @classmethod
    def of(cls, data: bytes, where: str) -> Self:
        """Read the bytes of a dump, which errors call ``where``."""
        from expressway_certs.sources.xconfiguration.markup import is_markup, read_markup  # noqa: PLC0415 - loads expat

        pairs = read_markup(data, where, "configuration") if is_markup(data) else read_text(data, where)
        return cls._without_secrets(pairs, where)

    @classmethod
    def _without_secrets(cls, pairs: Iterable[Pair], where: str) -> Self:
        kept, withheld = [], []
        for key, value, _line in pairs:
            if is_secret(key, value):
                withheld.append(key)
            else:
                kept.append((key, value))
        return cls(kept, withheld=withheld, where=where)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {folded(key): value for key, value in self.values_by_key}

    def __getitem__(self, key: str) -> str:
        return self._folded[folded(key)]

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.values_by_key)

    def __len__(self) -> int:
        return len(self.values_by_key)

    def __repr__(self) -> str:
        return f"<XConfiguration {self.where!r} {len(self)} keys, {len(self.withheld)} withheld>"

    def over(self, other: XConfiguration) -> XConfiguration:
        """Return the two as one, this one's values where both have a key."""
        withheld = (*other.withheld, *self.withheld)
        return attrs.evolve(self, values=(*other.values_by_key, *self.values_by_key), withheld=withheld)

    def expressway(self, **known: Any) -> Expressway:
        """Return the `Expressway` that the dump describes; ``known`` are fields that it does not say or says wrongly.

        A dump has no certificates, no list of CAs and no release, and says whether it is Expressway-C or Expressway-E
        by its traversal zones alone. Raises `LoadError` where name or role cannot be told, or a value is none that its
        key can have.
        """
        from expressway_certs.sources.xconfiguration.node import expressway  # noqa: PLC0415 - it stands on this one

        return expressway(self, known)

    @cached_property
    def zones(self) -> tuple[ConfiguredZone, ...]:
        """The zones that it configures, in order; `LoadError` for a value that its key cannot have."""
        from expressway_certs.sources.xconfiguration.zones import configured_zones  # noqa: PLC0415 - the same

        return configured_zones(self)

    def bad(self, key: str, wanted: str) -> LoadError:
        """Return the error about the value of a key."""
        found = self[key]
        shown = f"{found[:60]}…" if len(found) > 60 else found  # noqa: PLR2004 - a line
        return LoadError(
            f"{key} is {wanted}",
            found=repr(shown),
            where=self.where,
            remedy="correct the dump, or leave the line out",
        )
