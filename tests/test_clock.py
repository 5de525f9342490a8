"""The clock: one reader, one meaning of "at"."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from expressway_certs.x509 import clock


def test_now_is_the_present_in_utc() -> None:
    """The present lies between two readings of the system's clock, is aware, and counts whole seconds."""
    before = datetime.now(UTC).replace(microsecond=0)
    present = clock.now()
    assert before <= present <= datetime.now(UTC)
    assert (present.tzinfo, present.microsecond) == (UTC, 0)


def test_no_time_means_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """None stands for the present."""
    present = datetime(2026, 11, 24, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: present)
    assert clock.resolve(None) == present


def test_a_time_elsewhere_is_given_in_utc() -> None:
    """The instant stays the same, only the zone it is told in changes."""
    resolved = clock.resolve(datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))))
    assert (resolved, resolved.tzinfo) == (datetime(2026, 2, 28, 23, 30, tzinfo=UTC), UTC)


def test_a_time_is_cut_to_whole_seconds() -> None:
    """Certificates and OpenSSL count whole seconds, so a fraction never decides a verdict."""
    assert clock.resolve(datetime(2026, 1, 1, 12, 0, 0, 900_000, tzinfo=UTC)) == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive time is an error that says what to write instead."""
    with pytest.raises(ValueError, match=r"^2026-01-31T00:00:00 has no time zone; give one, as in .*tzinfo=UTC\)$"):
        clock.resolve(datetime(2026, 1, 31))  # noqa: DTZ001 - the naive time is the case


@pytest.mark.parametrize("at", [date(2026, 1, 31), "2026-01-31", 0])
def test_what_is_no_time_is_refused(at: object) -> None:
    """A date, a text or a number is a `TypeError` that says what is wanted."""
    with pytest.raises(TypeError, match=rf"^at is a datetime with a time zone, not {type(at).__name__}$"):
        clock.resolve(at)  # type: ignore[arg-type]
