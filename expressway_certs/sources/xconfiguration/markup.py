"""The XML form of ``xConfiguration`` and ``xStatus``, whose elements are the words of the text form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

import attrs

from expressway_certs.sources.xconfiguration.text import MAX_STATEMENTS, MAX_WORDS, Pair, decoded
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import printable

_DEEPEST: Final = 40
_CHUNK: Final = 65536
_HEAD: Final = 1024
_SHOWN: Final = 40
# Elements that the text form counts, each with the one above it, by AG155-ref's list of commands; the text form leaves
# every other number out ("DNS Domain Name" has none, and "SIP Domain 1 Name" has one).
_COUNTED: Final = frozenset(
    tuple(pair.split("/"))
    for pair in (
        "/collaborationedgedeployments", "/ethernet", "/transform", "admin/account", "admin/group", "ads/dc", "ads/kdc",
        "alternates/peer", "bandwidth/link", "bandwidth/pipe", "dns/perdomainserver", "dns/server", "domains/domain",
        "external/status", "ip/route", "membershiprules/rule", "neighbor/peer", "ntp/server", "registration/allowlist",
        "registration/denylist", "remote/syslog", "routes/route", "searchrules/rule", "service/server",
        "services/service", "sip/domain", "sso/idp", "subzones/subzone", "traversalclient/peer", "zones/zone",
    )
)  # fmt: skip


def is_markup(data: bytes) -> bool:
    """Whether data is XML rather than text."""
    return decoded(data[:_HEAD]).lstrip().startswith("<")


def read_markup(data: bytes, where: str, root: str) -> Iterator[Pair]:
    """Yield the elements that have a text, keyed as in the text form; `LoadError` where it is not XML of ``root``.

    A number (attribute ``item``, else the place among siblings) is a word of the key where the text form counts:
    "Zones Zone 2 Name". How the product writes its XML is not published; this is inferred from the text form.
    """
    return iter(_Reader(where=where, root=root.lower()).read(decoded(data).encode()))


@attrs.define(kw_only=True)
class _Open:
    """An element that has not ended: the words of its key, its text so far, and how many children of each name."""

    words: tuple[str, ...]
    text: list[str] = attrs.field(factory=list)
    children: Counter[str] = attrs.field(factory=Counter)


@attrs.define(kw_only=True)
class _Reader:
    where: str
    root: str
    stack: list[_Open] = attrs.field(factory=list)
    found: list[Pair] = attrs.field(factory=list)
    elements: int = 0

    def read(self, data: bytes) -> list[Pair]:
        # Decoded already, so that the XML cannot choose any codec that Python has.
        parser = self._parser = expat.ParserCreate("utf-8")
        # Without them a text comes in pieces, one for each entity and line.
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            for start in range(0, len(data), _CHUNK):
                parser.Parse(data[start : start + _CHUNK], False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            self._fail("the XML is damaged", f"{expat.errors.messages[error.code]} in line {error.lineno}")
        return self.found

    _parser: expat.XMLParserType = attrs.field(init=False)

    def _fail(self, message: str, found: str) -> None:
        remedy = "give the file as it is in the archive"
        raise LoadError(message, found=found, where=self.where, remedy=remedy) from None

    def _doctype(self, *_: object) -> None:
        self._fail("the XML declares a document type, which no dump has", "a DOCTYPE")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self.elements += 1
        if self.elements > MAX_STATEMENTS or len(self.stack) > _DEEPEST:
            line = self._parser.CurrentLineNumber
            self._fail("the XML is not like that of a dump", f"too many or too deep elements up to line {line}")
        if not self.stack:
            self._want_root(name)
            self.stack.append(_Open(words=()))
            return
        parent = self.stack[-1]
        parent.children[name] += 1
        self.stack.append(_Open(words=(*parent.words, name, *self._number(name, parent, attributes))))

    def _want_root(self, name: str) -> None:
        if name.lower() not in {self.root, f"x{self.root}"}:
            self._fail(f"an element {self.root.title()} is wanted", f"<{printable(name[:_SHOWN])}>")

    def _number(self, name: str, parent: _Open, attributes: dict[str, str]) -> tuple[str, ...]:
        above = next((word for word in reversed(parent.words) if not word.isdecimal()), "")
        if (above.lower(), name.lower()) not in _COUNTED:
            return ()
        item = attributes.get("item", attributes.get("index", ""))
        return (item if item.isdecimal() else str(parent.children[name]),)

    def _characters(self, text: str) -> None:
        self.stack[-1].text.append(text)

    def _end(self, _name: str) -> None:
        ended = self.stack.pop()
        key = " ".join(ended.words)
        if not ended.children and 0 < len(key) <= MAX_WORDS:
            self.found.append((key, "".join(ended.text).strip(), self._parser.CurrentLineNumber))
