"""The chains of certificates as trees: each CA with what it issued below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final
from xml.etree.ElementTree import Element

import attrs

from expressway_certs.rules.judging import Judgement
from expressway_certs.show.elements import element
from expressway_certs.show.escape import brief
from expressway_certs.show.inventory import Inventory
from expressway_certs.show.verdicts import certificate_name
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.trust_store import TrustStore

_SHORT: Final = 16
_FEW: Final = 6


@attrs.frozen(kw_only=True)
class Forest:
    """Certificates, each below the one that issued it: ``tops`` have nothing above them.

    ``missing`` are the issuers that are wanted, by the top that lacks one.
    """

    tops: tuple[Certificate, ...]
    below: dict[Certificate, tuple[Certificate, ...]]
    missing: dict[Certificate, MissingIssuer]


def forest(certificates: Iterable[Certificate], known: Iterable[Certificate], at: datetime) -> Forest:
    """Put certificates, and the CAs above them, into trees, as OpenSSL would build their chains out of ``known``."""
    store = TrustStore(one for one in known if one.role != "leaf")
    above: dict[Certificate, Certificate | None] = {}
    missing: dict[Certificate, MissingIssuer] = {}
    for leaf in certificates:
        chain = build_chain(leaf, store, at=at)
        # CAs that signed one another lead round in a ring, which OpenSSL walks until the chain is too long.
        line = tuple(dict.fromkeys(chain.certificates))
        above.update(zip(line, (*line[1:], None), strict=True))
        top = line[-1]
        if not chain.is_complete and not top.is_self_signed:
            missing[top] = MissingIssuer.of(top)
    below: dict[Certificate, list[Certificate]] = {}
    for child, issuer in above.items():
        if issuer is not None:
            below.setdefault(issuer, []).append(child)
    return Forest(
        tops=tuple(one for one, issuer in above.items() if issuer is None),
        below={parent: tuple(children) for parent, children in below.items()},
        missing=missing,
    )


def single(chain: Sequence[Certificate], missing: MissingIssuer | None) -> Forest:
    """Put one chain, leaf first, into a tree as it is."""
    return Forest(
        tops=(chain[-1],),
        below={parent: (child,) for child, parent in pairwise(chain)},
        missing={} if missing is None else {chain[-1]: missing},
    )


@attrs.frozen(kw_only=True)
class Notes:
    """What is said beside a certificate in a tree."""

    places: Inventory = attrs.field(factory=dict)
    judgements: tuple[Judgement, ...] = ()
    at: datetime
    with_ids: bool = False

    def of(self, certificate: Certificate) -> Iterator[Element]:
        """Yield where a certificate lies, and who refuses it."""
        places = self.places.get(certificate, ())
        for kind, words in _KINDS.items():
            listed = [str(place) for place in places if place.kind == kind]
            if listed:
                yield _line(words, listed, _in_how_many(kind, listed))
        yield from self._refusals(certificate)

    def _refusals(self, certificate: Certificate) -> Iterator[Element]:
        refused: dict[str, dict[str, None]] = {}
        for one in self.judgements:
            verdict = one.verdict
            if verdict is not None and not verdict.ok and one.certificate == certificate:
                why = f"error {verdict.code} at depth {verdict.depth}, {verdict.reason}"
                refused.setdefault(why, {})[f"{one.judge} ({one.trusted_by})"] = None
        for why, judges in refused.items():
            yield element("li", element("span", "not trusted", class_="pill down"), f" {why}: ", _names([*judges]))


_KINDS: Final = {
    "shown": "shown by",
    "waiting": "waits for",
    "sent along": "sent along by",
    "listed": "in the lists of",
}


def _in_how_many(kind: str, listed: list[str]) -> str | None:
    return f"in {len(listed)} lists" if kind == "listed" and len(listed) > _FEW else None


def _line(words: str, listed: list[str], folded: str | None) -> Element:
    if folded is None:
        return element("li", f"{words} ", _names(listed))
    names = element("ul", (element("li", one) for one in listed))
    return element("li", element("details", element("summary", folded), names))


def _names(names: list[str]) -> str:
    more = len(names) - _FEW
    shown = "; ".join(brief(one, 120) for one in names[:_FEW])
    return f"{shown}; and {more} more" if more > 0 else shown


def trees(grown: Forest, notes: Notes) -> Element:
    """Return the forest as nested lists, the roots first."""
    ordered = sorted(grown.tops, key=lambda top: (top in grown.missing, top not in grown.below))
    return element("ul", (_branch(top, grown, notes, top=True) for top in ordered), class_="tree")


def _branch(certificate: Certificate, grown: Forest, notes: Notes, *, top: bool = False) -> Element:
    # As deep as a chain may be long, which OpenSSL bounds at a hundred.
    children = grown.below.get(certificate, ())
    inner = element("ul", (_branch(child, grown, notes) for child in children)) if children else None
    own = element("li", certificate_head(certificate, notes), _noted(certificate, notes), inner)
    missing = grown.missing.get(certificate) if top else None
    if missing is None:
        return own
    lacking = element("span", "missing", class_="pill down")
    return element("li", element("div", lacking, " ", str(missing)), element("ul", own))


def certificate_head(certificate: Certificate, notes: Notes) -> Element:
    """Return a certificate in a line: its name, its role, when it ends, and how its SHA-256 begins."""
    id_ = f"c-{certificate.sha256[:_SHORT]}" if notes.with_ids else None
    return element(
        "div",
        element("strong", certificate_name(certificate)),
        " ",
        element("span", certificate.role, class_="pill plain"),
        element("span", f" until {certificate.not_after:%Y-%m-%d} ", class_="quiet"),
        _end_pill(certificate, notes.at),
        element("code", certificate.sha256[:_SHORT], class_="quiet", title=f"SHA-256 {certificate.sha256}"),
        id=id_,
    )


def _end_pill(certificate: Certificate, at: datetime) -> Element | None:
    if certificate.not_after <= at:
        return element("span", "expired", class_="pill down")
    return element("span", "not yet valid", class_="pill warns") if certificate.not_before > at else None


def _noted(certificate: Certificate, notes: Notes) -> Element | None:
    lines = list(notes.of(certificate))
    return element("ul", lines, class_="notes") if lines else None
