"""A forecast as text for a person: what goes down when, and by when to act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from expressway_certs.plan.forecast import Forecast, ForecastEvent
from expressway_certs.rules.finding import Finding
from expressway_certs.show.escape import plain
from expressway_certs.show.plan import changed_legs, wrapped
from expressway_certs.show.styles import number_of

_DATE: Final = "%Y-%m-%d"
_INSTANT: Final = "%Y-%m-%d %H:%M:%S"
_MOST_CAUSES: Final = 5


def forecast_text(forecast: Forecast, *, width: int) -> str:
    """Return a forecast as plain text in lines of ``width`` characters, where words allow it."""
    lines = [*_heading(forecast), *(line for event in forecast.events for line in _event(event, forecast))]
    return "\n".join(wrapped(line, width) for line in (*lines, *_calendar(forecast)))


def _heading(forecast: Forecast) -> Iterator[str]:
    yield f"Forecast for {plain(forecast.name)}, from {forecast.at:{_INSTANT}} UTC to {forecast.until:{_INSTANT}} UTC"
    yield f"{number_of(forecast.events, 'event')}, if nothing is done."
    if forecast.act_by is not None:
        yield f"Act by {forecast.act_by:{_DATE}}, {forecast.lead_time.days} days ahead of the first that does harm."


def _event(event: ForecastEvent, forecast: Forecast) -> Iterator[str]:
    yield ""
    yield f"{event.at:{_INSTANT}} UTC: {plain('; '.join(_causes(event)))}"
    yield from (f"  - {line}" for line in changed_legs(event.legs))
    begun, ended = _told(event.begun), _told(event.ended)
    yield from (f"  - {one} begins: {what}" for one, what in begun if (one, what) not in ended)
    yield from (f"  - {one} ends: {what}" for one, what in ended if (one, what) not in begun)
    yield from (
        f"  - {one} goes on, for one reason more or another: {what}" for one, what in begun if (one, what) in ended
    )
    if event.act_by is not None:
        late = ", which is past" if event.act_by < forecast.at else ""
        yield f"  Act by {event.act_by:{_DATE}}{late}."


def _told(findings: Iterable[Finding]) -> dict[tuple[str, str], None]:
    """Return the severity and words of findings, each once: several certificates may share them."""
    return dict.fromkeys((one.severity.value, plain(one.message)) for one in findings)


def _causes(event: ForecastEvent) -> Iterator[str]:
    yield from event.causes[:_MOST_CAUSES]
    more = len(event.causes) - _MOST_CAUSES
    if more > 0:
        yield f"and {more} more"


def _calendar(forecast: Forecast) -> Iterator[str]:
    if not forecast.calendar:
        return
    yield ""
    yield "What public CAs will do meanwhile:"
    yield from (f"  - {plain(one)}" for one in forecast.calendar)
