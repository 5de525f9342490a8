"""Times as certificates and CRLs write them (RFC 5280 §4.1.2.5)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from expressway_certs.x509 import der

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CENTURY_TURN = 50
_MONTHS = 12
# The Gregorian calendar repeats itself after so many years, which have so many days.
_SAME_CALENDAR = 400
_CALENDAR_DAYS = 146_097
_FORMS = {der.UTC_TIME: 13, der.GENERALIZED_TIME: 15}

_ZONE = rb"(?:Z|([+-])([0-9]{2})([0-9]{2}))"
_LOOSE_FORMS = {
    der.UTC_TIME: re.compile(rb"([0-9]{10})([0-9]{2})?" + _ZONE),
    der.GENERALIZED_TIME: re.compile(rb"([0-9]{12})(?:([0-9]{2})(?:\.[0-9]+)?)?" + _ZONE),
}
_MOST_HOURS_OFF = 12

EncodedTime = tuple[int, bytes]


@lru_cache(maxsize=4096)
def epoch(encoded: EncodedTime) -> int | None:
    """Return a (tag, octets) time as seconds since 1970; None where it is not in the one form RFC 5280 allows."""
    parts = _parts(encoded)
    if parts is None:
        return None
    year, month, day, hour, minute, second = parts
    return ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second


def loose_epoch(encoded: EncodedTime) -> int | None:
    """Return `epoch` of a time in any form that ASN.1 allows: without seconds, with a fraction or an offset."""
    tag, octets = encoded
    found = _LOOSE_FORMS[tag].fullmatch(octets) if tag in _LOOSE_FORMS else None
    if found is None:
        return None
    minutes, seconds, sign, hours_off, minutes_off = found.groups(default=b"00")
    at = epoch((tag, minutes + seconds + b"Z"))
    if at is None or int(hours_off) > _MOST_HOURS_OFF or int(minutes_off) > 59:  # noqa: PLR2004 - a clock's own number
        return None
    offset = (int(hours_off) * 60 + int(minutes_off)) * 60
    return at + offset if sign == b"-" else at - offset


def parse(encoded: EncodedTime) -> datetime | None:
    """Return the instant of a (tag, octets) time; None where `epoch` gives None.

    The year 0, which a `datetime` cannot hold, becomes its earliest instant.
    """
    parts = _parts(encoded)
    if parts is None:
        return None
    year, month, day, hour, minute, second = parts
    if year == 0:
        return datetime.min.replace(tzinfo=UTC)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _parts(encoded: EncodedTime) -> tuple[int, int, int, int, int, int] | None:
    tag, octets = encoded
    if len(octets) != _FORMS.get(tag) or octets[-1:] != b"Z" or not octets[:-1].isdigit():
        return None
    digits = octets[:-1].decode("ascii")
    if tag == der.UTC_TIME:
        digits = ("20" if int(digits[:2]) < _CENTURY_TURN else "19") + digits
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    hour, minute, second = int(digits[8:10]), int(digits[10:12]), int(digits[12:14])
    if not 1 <= month <= _MONTHS or not 1 <= day <= _days_of(year, month) or not _is_clock(hour, minute, second):
        return None
    return year, month, day, hour, minute, second


def _is_clock(hour: int, minute: int, second: int) -> bool:
    return hour < 24 and minute < 60 and second < 60  # noqa: PLR2004 - a clock's own numbers


def _days_of(year: int, month: int) -> int:
    return monthrange(year, month)[1] if year else monthrange(_SAME_CALENDAR, month)[1]


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1970; the calendar repeats every 400 years, so that the year 0 counts as well."""
    cycles, year_of_cycle = divmod(year, _SAME_CALENDAR)
    same = date(year_of_cycle + _SAME_CALENDAR, month, day)
    return same.toordinal() + (cycles - 1) * _CALENDAR_DAYS - _EPOCH.toordinal()


def seconds(instant: datetime) -> int:
    """Return an aware instant as whole seconds since 1970, rounded down; exact for every year."""
    return (instant - _EPOCH) // timedelta(seconds=1)
