"""Days that are known to the day, month or year, and moments that are local to somebody."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import Invalid

PRECISIONS = {4: "year", 7: "month", 10: "day"}
LENGTHS = {precision: length for length, precision in PRECISIONS.items()}
_NOTATION = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_BY_THE_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
EARLIEST = 1900
AHEAD = timedelta(minutes=5)
"""By how much the clock of a device may be fast."""
EASTERNMOST = timedelta(hours=14)
"""So far is the day of some fans ahead of UTC."""


class Day(NamedTuple):
    """A day, or the first day of a month or year of which no more is known."""

    value: date
    precision: str

    def __str__(self) -> str:
        return self.value.isoformat()[: LENGTHS[self.precision]]


class When(NamedTuple):
    """When something was watched: the moment, the day where the fan was, and how exactly that is known."""

    watched_at: datetime | None
    watched_on: date | None
    precision: str


UNKNOWN = When(None, None, "unknown")


def parsed(field: str, text: str) -> Day:
    """`2012-05-17`, `2012-05` or `2012`; raises Invalid for anything else."""
    if not _NOTATION.fullmatch(text):
        raise Invalid(field, "must be a day, a month or a year, such as 2012-05-17, 2012-05 or 2012")
    try:
        day = date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError as error:
        raise Invalid(field, f"{text} is not in the calendar") from error
    if day.year < EARLIEST:
        raise Invalid(field, f"must not be before {EARLIEST}")
    return Day(day, PRECISIONS[len(text)])


def written(value: date | None, precision: str | None) -> str | None:
    """As `parsed` reads it; None for no date."""
    return str(Day(value, precision)) if value and precision else None


def when(watched: datetime | str | None, at: datetime, zone: str = "UTC") -> When:
    """When somebody in a time zone says to have watched something: a moment, a day, month or year as text, or unknown.

    Raises Invalid for what lies in the future of `at`.
    """
    if watched is None:
        return UNKNOWN
    if isinstance(watched, str):
        day = parsed("watched_on", watched)
        if day.value > (at + EASTERNMOST).date():
            raise Invalid("watched_on", "lies in the future")
        return When(None, *day)
    if watched.tzinfo is None:
        raise Invalid("watched_at", "must say in which time zone it is")
    if watched > at + AHEAD:
        raise Invalid("watched_at", "lies in the future")
    if watched.year < EARLIEST:
        raise Invalid("watched_at", f"must not be before {EARLIEST}")
    return When(watched.astimezone(UTC), watched.astimezone(_zone(zone)).date(), "time")


def typed(field: str, text: str, zone: str) -> datetime | str | None:
    """What somebody in a time zone has typed, as `when` takes it: `2012-05-17 21:30`, a day, month or year, or nothing.

    Raises Invalid for anything else.
    """
    if not text or _NOTATION.fullmatch(text):
        return text or None
    if not _BY_THE_CLOCK.fullmatch(text):
        raise Invalid(
            field, "must be as exact as you know, such as 2012-05-17 21:30, 2012-05-17, 2012-05 or 2012, or empty"
        )
    try:
        local = datetime.fromisoformat(text)
        moment = local.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(field, f"{text} is not in the calendar") from error
    if moment.astimezone(_zone(zone)).replace(tzinfo=None) != local:
        raise Invalid(field, f"{text} was left out by the clocks of {zone}")
    return moment


def shown(when: When, zone: str) -> str:
    """As `typed` reads it, to the minute; empty where nobody knows."""
    if when.watched_at:
        return f"{when.watched_at.astimezone(_zone(zone)):%Y-%m-%d %H:%M}"
    return written(when.watched_on, when.precision) or ""


@lru_cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("time_zone", "is no time zone, such as Asia/Tokyo") from error
