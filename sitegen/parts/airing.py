"""Episodes and what an anime does now; days and times are Japan's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sitegen import labels
from sitegen.reads.batch import Row

LONGEST_STRIP = 100
"""More marks than this cannot be told apart."""


def lines(rows: Iterable[tuple[Any, ...]], as_of: date) -> list[dict[str, Any]]:
    """Lines of an episode list."""
    return [_line(row, as_of) for row in rows]


def _line(row: tuple[Any, ...], as_of: date) -> dict[str, Any]:
    number, english, romaji, japanese, day, at, _ = row
    iso, shown = _written(day)
    return {
        "number": number,
        "title": english or romaji or "",
        "japanese": japanese or "",
        "day": iso,
        "shown": shown,
        "at": at or "",
        "when": "" if not day or day < as_of else "today" if day == as_of else "to come",
    }


@lru_cache(maxsize=65536)
def _written(day: date | None) -> tuple[str, str]:
    """A day for machines and for people."""
    return (day.isoformat(), labels.day(day)) if day else ("", "")


def days_of(rows: Iterable[tuple[Any, ...]]) -> list[date]:
    """The days that stand in the rows of an episode list."""
    return [row[4] for row in rows if row[4]]


def panel(anime: Row, newest: Sequence[dict[str, Any]], as_of: date) -> dict[str, Any]:
    """The state of an anime, its next episode, and how many are out of how many, where a strip can show that."""
    coming, count = upcoming(anime, newest, as_of), anime["episode_count"] or 0
    out = _out(anime, newest, count)
    return {
        "airing": anime["status"] == "airing",
        "state": _state(anime, out, count),
        "coming": coming,
        "total": count if 1 < count <= LONGEST_STRIP else 0,
        "out": out,
    }


def _out(anime: Row, newest: Sequence[dict[str, Any]], count: int) -> int:
    if anime["status"] == "finished":
        return count
    aired = max((line["number"] for line in newest if line["day"] and not line["when"]), default=0)
    return min(aired, count) if count else aired


def _state(anime: Row, out: int, count: int) -> str:
    """`Airing, 13 of 28 episodes out`, as far as it is known."""
    state = labels.STATUSES[anime["status"]]
    if anime["format"] == "movie" or (anime["status"] == "finished" and count < 2):
        return state
    if anime["status"] == "finished":
        return f"{state}, {labels.count(count, 'episode')}"
    if out and out < count:
        return f"{state}, {out:,} of {labels.count(count, 'episode')} out"
    if out:
        return f"{state}, {labels.count(out, 'episode')} out"
    return f"{state}, {labels.count(count, 'episode')} planned" if count else state


def upcoming(anime: Row, newest: Sequence[dict[str, Any]], as_of: date) -> dict[str, Any] | None:
    """The next episode, or the premiere, as far as its day is known."""
    if coming := [line for line in newest if line["when"]]:
        line = min(coming, key=lambda line: (line["day"], line["number"]))
        clock = f", {_clock(line['at'])}" if line["at"] else ""
        return _coming(f"Episode {line['number']}", line["shown"] + clock, line["day"], line["at"])
    start = anime["start_date"]
    if start and start >= as_of and anime["status"] != "finished":
        precision = anime["start_precision"]
        return _coming("Premiere", labels.day(start, precision), labels.iso(start, precision), "")
    return None


def _coming(what: str, shown: str, day: str, at: str) -> dict[str, Any]:
    return {"what": what, "shown": shown, "day": day, "at": at}


def _clock(at: str) -> str:
    """The time of day in Japan at a moment: `2026-11-22T14:00Z` → `23:00`."""
    return f"{(int(at[11:13]) + 9) % 24:02}:{at[14:16]}"


def next_turn(days: Iterable[date], as_of: date) -> date | None:
    """When a page with these days on it reads differently: a day begins, or the day that is today is over."""
    coming = [day for day in days if day >= as_of]
    return max(min(coming), as_of + timedelta(days=1)) if coming else None
