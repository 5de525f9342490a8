"""Times in certificates: one form each, and every year that they can write."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expressway_certs.x509 import der, times

UTC_TIME, GENERALIZED = der.UTC_TIME, der.GENERALIZED_TIME


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)))  # noqa: DTZ001 - made aware below
def test_every_generalized_time_is_its_instant(naive: datetime) -> None:
    """A generalized time gives back the instant that it was written from, by both ways."""
    instant = naive.replace(microsecond=0, tzinfo=UTC)
    written = f"{instant.year:04}{instant:%m%d%H%M%S}Z".encode()
    assert times.parse((GENERALIZED, written)) == instant
    assert times.epoch((GENERALIZED, written)) == times.seconds(instant)


@pytest.mark.parametrize(
    ("written", "year"), [(b"491231235959Z", 2049), (b"500101000000Z", 1950), (b"000229000000Z", 2000)]
)
def test_two_digit_years_turn_at_fifty(written: bytes, year: int) -> None:
    """A UTCTime up to 49 is in this century (RFC 5280 §4.1.2.5.1)."""
    found = times.parse((UTC_TIME, written))
    assert found is not None
    assert found.year == year


def test_the_year_zero_counts() -> None:
    """A certificate may hold since the year 0, which a datetime cannot say."""
    assert times.epoch((GENERALIZED, b"00000101000000Z")) == -62_167_219_200
    assert times.parse((GENERALIZED, b"00000101000000Z")) == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "encoded",
    [
        (UTC_TIME, b"2611240000Z"),
        (UTC_TIME, b"261124000000+0100"),
        (UTC_TIME, b"20261124000000Z"),
        (GENERALIZED, b"20261124000000.5Z"),
        (GENERALIZED, b"20261324000000Z"),
        (GENERALIZED, b"20260230000000Z"),
        (GENERALIZED, b"20261124240000Z"),
        (GENERALIZED, b"2026112400000\xb2Z"),
        (der.PRINTABLE_STRING, b"20261124000000Z"),
    ],
)
def test_other_forms_are_no_time(encoded: times.EncodedTime) -> None:
    """A form that RFC 5280 does not allow has no instant."""
    assert times.parse(encoded) is None
    assert times.epoch(encoded) is None
