"""The clock: the only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9))
"""Where anime are broadcast; there is no summer time."""


def now() -> datetime:
    """This moment, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """Today's date in Japan: what airs today airs on a day of Japan's, and a new day of the site begins with it."""
    return now().astimezone(JAPAN).date()
