"""What a fan may say of an entry, field by field: checked, and as columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from msgspec.structs import replace as put

from domain.errors import Invalid
from domain.library.dates import LENGTHS, parsed
from domain.library.rows import Row, Span

LONGEST_NOTES, LONGEST_TAG, MOST_TAGS, MOST_REWATCHES = 10_000, 50, 50, 1_000
Columns = dict[str, Any]
S = TypeVar("S", bound=Span)


def said(row: Row, fields: Mapping[str, object]) -> Row:
    """The row with these fields; raises Invalid, naming the field, for what breaks a rule."""
    for name, value in fields.items():
        if name not in FIELDS:
            raise Invalid(name, f"is no field of an entry; there are {', '.join(FIELDS)}")
        row = put(row, **FIELDS[name](name, value))
    _check_order(row)
    return row


def dated(span: S, dates: Mapping[str, object]) -> S:
    """A round with these dates, `started` and `finished`; raises Invalid for what is none."""
    for name, value in dates.items():
        span = put(span, **_day(name, value))
    _check_order(span)
    return span


def whole(name: str, value: object, most: int, least: int = 0) -> int:
    """A whole number. Raises Invalid for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(name, f"must be a whole number from {least} to {most}")
    return value


def _score(name: str, value: object) -> Columns:
    return {name: None if value is None else whole(name, value, 100)}


def _priority(name: str, value: object) -> Columns:
    return {name: whole(name, value, 5)}


def _flag(name: str, value: object) -> Columns:
    if not isinstance(value, bool):
        raise Invalid(name, "must be true or false")
    return {name: value}


def _notes(name: str, value: object) -> Columns:
    if not isinstance(value, str) or len(value) > LONGEST_NOTES or "\0" in value:
        raise Invalid(name, f"must be text of at most {LONGEST_NOTES:,} characters")
    return {name: value}


def _tags(name: str, value: object) -> Columns:
    """Each once, without space around it, in the order given."""
    if not isinstance(value, list | tuple) or not all(isinstance(tag, str) for tag in value):
        raise Invalid(name, "must be a list of texts")
    tags = tuple(dict.fromkeys(tag.strip() for tag in value))
    if len(tags) > MOST_TAGS or not all(0 < len(tag) <= LONGEST_TAG and "\0" not in tag for tag in tags):
        raise Invalid(name, f"must be at most {MOST_TAGS} texts of 1 to {LONGEST_TAG} characters")
    return {name: tags}


def _day(name: str, value: object) -> Columns:
    """A date that the fan says stands, also where it is none."""
    if value is not None and not isinstance(value, str):
        raise Invalid(name, "must be a day, a month or a year, such as 2012-05-17, 2012-05 or 2012, or null")
    day, precision = (None, None) if value is None else parsed(name, value)
    return {name: day, f"{name}_precision": precision, f"{name}_said": True}


def _check_order(span: Span) -> None:
    """An end before its beginning, as far as both are known."""
    if span.started and span.finished and (span.started_said or span.finished_said):
        length = min(LENGTHS[str(span.started_precision)], LENGTHS[str(span.finished_precision)])
        if _cut(span.finished, length) < _cut(span.started, length):
            raise Invalid("finished" if span.finished_said else "started", "the end would lie before the beginning")


def _cut(day: date, length: int) -> str:
    return day.isoformat()[:length]


FIELDS: dict[str, Callable[[str, object], Columns]] = {
    "score": _score,
    "notes": _notes,
    "tags": _tags,
    "private": _flag,
    "favourite": _flag,
    "priority": _priority,
    "started": _day,
    "finished": _day,
}
