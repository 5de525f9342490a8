"""The one place that reads the clock.

Everything else takes the time as an input, so that a verdict can be asked for at any instant and asked for again later.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant as an aware UTC ``datetime``, in whole seconds as certificates count them."""
    return datetime.now(UTC).replace(microsecond=0)


def resolve(at: datetime | None, name: str = "at") -> datetime:
    """Return the instant that *at* means, in UTC and whole seconds: itself, or the present one for None.

    *name* is what the argument is called in an error.

    Raises ``ValueError`` for a ``datetime`` without a time zone, for it names a different instant on every machine,
    and ``TypeError`` for anything else, a ``date`` among them.
    """
    if at is None:
        return now()
    if not isinstance(at, datetime):
        raise TypeError(f"{name} is a datetime with a time zone, not {type(at).__name__}")
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone; give one, as in datetime(2026, 1, 31, tzinfo=UTC)")
    return at.astimezone(UTC).replace(microsecond=0)
