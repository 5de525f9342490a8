"""From `site.toml` and the files beside it to a deployment. Every fault is collected, with its line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import Expressway
from expressway_certs.sources.site.errors import SiteError, joined
from expressway_certs.sources.site.file_kinds import Format
from expressway_certs.sources.site.folder import MAX_SITE_BYTES, SITE_FILE, Files, Folder
from expressway_certs.sources.site.kinds import Spot, meant
from expressway_certs.sources.site.places import MAX_DEPTH, Path, TooDeepError, key_of, line_of, places
from expressway_certs.sources.site.records import record
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import path_label, printable
from expressway_certs.x509.shown import is_short, named

_LONG_NUMBER: Final = re.compile(r"[0-9_]{1000,}")
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_MOST_FAULTS: Final = 100

Build = Callable[[Any, "Reader", Spot], Any]


def is_site_folder(path: FilePath) -> bool:
    """Whether a path is a folder with a site.toml in it, or such a file itself."""
    return path.suffix.lower() == ".toml" or (path / SITE_FILE).exists()


def load_site_folder(path: FilePath) -> Deployment:
    """Read a site folder, or the one around a site file; `SiteError` says what is wrong with it."""
    if path.suffix.lower() == ".toml" and not path.is_dir():
        return read_site(Folder(path.parent), path.name, path_label(path))
    return read_site(Folder(path), SITE_FILE, path_label(path / SITE_FILE))


def read_site(files: Files, name: str, where: str) -> Deployment:
    """Read the site that a file of some files tells of; ``where`` is that file in messages."""
    text = _text(files, name, where)
    try:
        lines = places(text)
    except TooDeepError as error:
        raise SiteError(
            "the site has more levels or values than any site needs",
            found=f"over {MAX_DEPTH} levels, or very many values",
            file=where,
            line=error.line,
            remedy="write it as the documentation of the format has it",
        ) from None
    return Reader(files, where, lines).deployment(_parsed(text, where))


def _text(files: Files, name: str, where: str) -> str:
    try:
        # A byte order mark is what some editors of Windows begin a file with.
        return files.read(name, MAX_SITE_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SiteError(
            "the file is not in UTF-8", found="other bytes", file=where, line=line, remedy="save it as UTF-8"
        ) from None
    except LoadError as error:
        raise SiteError(error.message, found=error.found, file=where, remedy=error.remedy) from None


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message, line = _told(error, text)
        raise SiteError(
            f"the file is no TOML: {message}",
            found="a line that cannot be read",
            file=where,
            line=line,
            remedy="check quotes, brackets and commas there",
        ) from None


def _told(error: ValueError | RecursionError, text: str) -> tuple[str, int | None]:
    """Return what is wrong, and in which line: for a number too long for Python the parser says neither."""
    if number := None if isinstance(error, tomllib.TOMLDecodeError) else _LONG_NUMBER.search(text):
        return "a number with thousands of digits", text.count("\n", 0, number.start()) + 1
    message = printable(str(error))
    place = _PLACE.search(message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else None
    return _PLACE.sub("", message), line


class _BrokenError(Exception):
    """Something in a value is wrong, and has been noted."""


class _EnoughError(Exception):
    """More is wrong than anybody reads at once."""


@attrs.define(eq=False)
class Reader:
    """What building the model needs besides the values: the files, the lines of keys, the nodes by name."""

    files: Files
    where: str
    lines: dict[Path, int]
    errors: list[SiteError] = attrs.field(factory=list)
    nodes: dict[str, Expressway] | None = None
    _loaded: dict[tuple[str, int], Any] = attrs.field(factory=dict)

    def deployment(self, values: dict[str, Any]) -> Deployment:
        """Return the deployment; `SiteError` with all faults where there are any."""
        site = record(Deployment)
        for fault in islice(site.faults(values, ()), _MOST_FAULTS):
            message = f"expected {fault.expected}"
            self.note(fault.path, message, expected=fault.expected, found=fault.found, remedy=fault.remedy)
        if not self.errors:
            with suppress(_BrokenError, _EnoughError):
                built: Deployment = site.build(values, self, Spot())
                return built
        raise joined(self.errors)

    def note(self, path: Path, message: str, *, found: str, expected: str = "", remedy: str = "") -> None:
        """Keep a fault."""
        line = line_of(self.lines, path)
        key = key_of(path)
        error = SiteError(message, found=found, file=self.where, line=line, key=key, expected=expected, remedy=remedy)
        self.errors.append(error)
        if len(self.errors) > _MOST_FAULTS:
            raise _EnoughError

    def each(self, build: Build, values: Sequence[Any], spot: Spot) -> tuple[Any, ...]:
        """Build every one of several values."""
        built = [self._attempt(build, value, spot.into(number)) for number, value in enumerate(values)]
        return tuple(self._unless_broken(built))

    def fields(self, builds: Mapping[str, Build], values: Mapping[str, Any], spot: Spot) -> dict[str, Any]:
        """Build the fields of a table."""
        built = {name: self._attempt(build, values[name], spot.into(name)) for name, build in builds.items()}
        self._unless_broken(built.values())
        return built

    def _attempt(self, build: Build, value: Any, spot: Spot) -> Any:
        try:
            return build(value, self, spot)
        except _BrokenError:
            return _BrokenError
        except (ValueError, TypeError) as error:
            self._note_error(error, spot)
            return _BrokenError

    def _note_error(self, error: ValueError | TypeError, spot: Spot) -> None:
        if isinstance(error, LoadError):
            self.note(spot.path, error.message, found=error.found, remedy=error.remedy)
        else:
            # The model's own words quote the value.
            words = str(error) if is_short(str(error)) else "the value does not fit"
            self.note(spot.path, printable(words), found="a value that does not fit")

    def _unless_broken(self, built: Any) -> Any:
        if any(one is _BrokenError for one in built):
            raise _BrokenError
        return built

    def made(self, of: type, fields: Mapping[str, Any], spot: Spot) -> Any:
        """Return a value of the model of its fields."""
        known = {attribute.name for attribute in attrs.fields(of)}
        try:
            return of(**{name: value for name, value in fields.items() if name in known})
        except (ValueError, TypeError) as error:
            self._note_error(error, spot)
            raise _BrokenError from None

    def file(self, path: str, as_format: Format) -> Any:
        """Return what is in a file."""
        key = (path, id(as_format))
        if key not in self._loaded:
            try:
                self._loaded[key] = as_format.load(self.files.read(path))
            except LoadError as error:
                inside = f", {error.where}" if error.where else ""
                place = f"{named(path)}{inside}"
                raise LoadError(f"{place}: {error.message}", found=error.found, remedy=error.remedy) from None
        return self._loaded[key]

    def know(self, nodes: Sequence[Expressway], spot: Spot) -> None:
        """Remember the Expressways for the zones."""
        self.nodes = {}
        for number, node in enumerate(nodes):
            if node.name in self.nodes:
                message = f"{named(node.name)} stands twice among the Expressways"
                self.note((*spot.path, number, "name"), message, found="a name that is taken")
            self.nodes[node.name] = node
        if self.errors:
            raise _BrokenError

    def node(self, name: str, spot: Spot) -> Expressway:
        """Return the Expressway of a name."""
        nodes = self.nodes or {}
        if name not in nodes:
            if self.errors:
                # It may be one of those whose own faults have been noted.
                raise _BrokenError
            message = f"no table of [[expressways]] has the name {named(name)}"
            remedy = meant(name, tuple(nodes)) or "write a table for it"
            self.note(spot.path, message, found="a name of nothing", remedy=remedy)
            raise _BrokenError
        return nodes[name]
