"""The validity of certificates as a timeline: a bar for each, beside its dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from xml.etree.ElementTree import Element

import attrs

from expressway_certs.show.elements import element
from expressway_certs.show.inventory import Inventory
from expressway_certs.show.verdicts import certificate_name
from expressway_certs.x509.certificate import Certificate

SOON: Final = timedelta(days=60)
"""How long before its end a certificate is told apart from the others: own choice."""

_DAY: Final = timedelta(days=1)
_BEFORE: Final = timedelta(days=365)
_AFTER: Final = timedelta(days=3 * 365)
_WIDTH: Final = 360
_HEIGHT: Final = 14
_FEW: Final = 3

Standing = Literal["ok", "soon", "over", "early"]


def standing(certificate: Certificate, at: datetime) -> Standing:
    """Return how a certificate stands at an instant; at the very end of its validity it is over, as with OpenSSL."""
    if certificate.not_after <= at:
        return "over"
    if certificate.not_before > at:
        return "early"
    return "soon" if certificate.not_after - at <= SOON else "ok"


def left(certificate: Certificate, at: datetime) -> str:
    """Return how long a certificate still holds, or for how long it has not, in days."""
    if certificate.not_before > at:
        return f"from {_days(certificate.not_before - at)} on"
    remaining = certificate.not_after - at
    return _days(remaining) if remaining > timedelta() else f"{_days(-remaining)} ago"


def ending(certificate: Certificate) -> tuple[datetime, str, str]:
    """Return the key by which certificates are sorted: the first to end first, then by name."""
    return certificate.not_after, certificate_name(certificate), certificate.sha256


def _days(span: timedelta) -> str:
    return f"{span // _DAY} day{'' if span // _DAY == 1 else 's'}"


@attrs.frozen
class Window:
    """The years that a timeline shows, around an instant: one before, three after. Longer lives run out of it."""

    at: datetime

    @property
    def start(self) -> datetime:
        """Where it begins."""
        return max(self.at, _FIRST) - _BEFORE

    @property
    def end(self) -> datetime:
        """Where it ends."""
        return self.start + _BEFORE + _AFTER if self.at < _LAST else datetime.max.replace(tzinfo=UTC)

    def place(self, instant: datetime) -> float:
        """Return where an instant lies, from 0 to 1; what lies outside lies at an edge."""
        return min(max((instant - self.start) / (self.end - self.start), 0.0), 1.0)

    @property
    def years(self) -> Iterator[tuple[str, float]]:
        """The beginning of each year in it, and where it lies."""
        for year in range(self.start.year + 1, self.end.year + 1):
            yield str(year), self.place(datetime(year, 1, 1, tzinfo=UTC))


_FIRST: Final = datetime(2, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9990, 1, 1, tzinfo=UTC)


def timeline(certificates: Iterable[Certificate], places: Inventory, at: datetime, label: str) -> Element:
    """Return a table of certificates with a bar for each, the first to end first.

    Without ``places`` they are those of one list, and stay in its order, for it decides.
    """
    window = Window(at)
    ordered = sorted(certificates, key=ending) if places else certificates
    names = ("Certificate", *(("Where",) if places else ()), "Valid from", "Valid until", "Left")
    heads = [*(element("th", head, scope="col") for head in names), element("th", _axis(window), scope="col")]
    rows = (_row(one, places, window) for one in ordered)
    table = element("table", element("thead", element("tr", heads)), element("tbody", rows), class_="timeline")
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)


def _row(certificate: Certificate, places: Inventory, window: Window) -> Element:
    found = standing(certificate, window.at)
    name = certificate_name(certificate)
    classes = {"ok": "up", "soon": "warns", "over": "down", "early": "warns"}
    return element(
        "tr",
        element("th", name, " ", element("span", certificate.role, class_="quiet"), scope="row"),
        element("td", _where(certificate, places), class_="where") if places else None,
        element("td", f"{certificate.not_before:%Y-%m-%d}"),
        element("td", f"{certificate.not_after:%Y-%m-%d}"),
        element("td", element("span", left(certificate, window.at), class_=f"pill {classes[found]}")),
        element("td", _bar(certificate, window, found)),
    )


def _where(certificate: Certificate, places: Inventory) -> str:
    names = [str(one) for one in places.get(certificate, ())]
    more = len(names) - _FEW
    return "; ".join(names[:_FEW]) + (f"; and {more} more" if more > 0 else "")


def _bar(certificate: Certificate, window: Window, found: Standing) -> Element:
    start, end = window.place(certificate.not_before) * _WIDTH, window.place(certificate.not_after) * _WIDTH
    bar = element(
        "rect", x=f"{start:.1f}", y=2, width=f"{max(end - start, 2):.1f}", height=_HEIGHT - 4, class_=f"bar {found}"
    )
    # What the bar shows stands in the cells before it.
    return _drawing(window, _HEIGHT, bar, _now(window, _HEIGHT))


def _axis(window: Window) -> Element:
    words = (
        element("text", year, x=f"{place * _WIDTH + 3:.1f}", y=11)
        for year, place in window.years
        if place * _WIDTH < _WIDTH - 30
    )
    return element("span", element("span", "Validity", class_="hidden"), _drawing(window, _HEIGHT, *words))


def _now(window: Window, height: int) -> Element:
    place = f"{window.place(window.at) * _WIDTH:.1f}"
    return element("line", x1=place, x2=place, y1=0, y2=height, class_="now")


def _drawing(window: Window, height: int, *inside: Element) -> Element:
    marks = (
        element("line", x1=f"{place * _WIDTH:.1f}", x2=f"{place * _WIDTH:.1f}", y1=0, y2=height, class_="year")
        for _, place in window.years
    )
    return element(
        "svg", marks, *inside, width=_WIDTH, height=height, viewBox=f"0 0 {_WIDTH} {height}", aria_hidden="true"
    )
