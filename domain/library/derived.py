"""What follows from watches: progress, status, dates, and how often an anime was watched again."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from msgspec.structs import replace as put

from domain.library.rows import Ledger, Play, Span, firsts

S = TypeVar("S", bound=Span)
DERIVED = ("status", "progress", "furthest", "rewatches", "last_rewatched_at")


def settle(ledger: Ledger) -> Ledger:
    """The same ledger with everything derived anew; a round that its last episode has ended stays ended."""
    status = _status(ledger)
    row, rounds = ledger.entry, _rounds(ledger)
    seen, ended = rounds[row.cycle], status == "completed"
    cycles = tuple(
        put(_dated(cycle, seen, ended), completed=cycle.completed or ended)
        if cycle.number == row.cycle
        else _dated(cycle, rounds[cycle.number], cycle.completed)
        for cycle in ledger.cycles
    )
    row = _dated(row, rounds[0], _first_ended(ledger, rounds[0]) if row.cycle else ended)
    if ended and row.said != "completed":
        row = put(row, said="completed", said_after=row.last_watch)
    moments = [play.watched_at for play in ledger.plays if play.cycle and play.watched_at]
    row = put(
        row,
        status=status,
        progress=len({play.number for play in seen}),
        furthest=max((play.number for play in seen), default=0),
        rewatches=sum(cycle.completed for cycle in cycles),
        last_rewatched_at=max(moments, default=None),
    )
    return replace(ledger, row=row, cycles=cycles)


def _status(ledger: Ledger) -> str:
    """What was said last, moved on by the watches since: the last episode completes, any other one begins.

    What was paused or dropped goes on with a viewing as it happens, not with one that is entered later.
    """
    row, seen = ledger.entry, ledger.seen()
    if row.said == "completed" or _ended_since(ledger, seen):
        return "completed"
    active = "rewatching" if row.cycle else "watching"
    since = [play for play in seen if play.id > row.said_after]
    if row.said == "planning":
        return active if since else row.said
    if row.said in ("paused", "dropped"):
        return active if any(play.watched_at and play.watched_at >= row.said_at for play in since) else row.said
    return row.said


def _ended_since(ledger: Ledger, seen: Sequence[Play]) -> bool:
    """Whether the last episode that was missing came after what was said; never where their number is unknown."""
    if ledger.total is None or len(seen) < ledger.total:
        return False
    first = firsts(seen)
    every = [first.get(number, 0) for number in range(1, ledger.total + 1)]
    return all(every) and max(every) > ledger.entry.said_after


def _rounds(ledger: Ledger) -> defaultdict[int, list[Play]]:
    """By round, the watches of regular episodes in it."""
    rounds: defaultdict[int, list[Play]] = defaultdict(list)
    for play in ledger.plays:
        if play.kind == "regular":
            rounds[play.cycle].append(play)
    return rounds


def _first_ended(ledger: Ledger, seen: Sequence[Play]) -> bool:
    """Whether the first round, after which there was another, went to the end; what has ended it once stays."""
    return bool(ledger.entry.finished) or len({play.number for play in seen}) >= (ledger.total or math.inf)


def _dated(span: S, seen: Sequence[Play], over: bool) -> S:
    """Begun on the first day, ended on the last, as far as the days of the first and the last episode are known."""
    if span.started_said and span.finished_said:
        return span
    days = _days(seen)
    numbers = {play.number for play in seen}
    if not span.started_said:
        begun = min(days.values()) if numbers and min(numbers) in days else (None, None)
        span = put(span, started=begun[0], started_precision=begun[1])
    if not span.finished_said:
        ended = max(days.values()) if over and numbers and max(numbers) in days else (None, None)
        span = put(span, finished=ended[0], finished_precision=ended[1])
    return span


def _days(seen: Sequence[Play]) -> dict[int, tuple[date, str]]:
    """The day on which each episode was watched first; without those that were once watched nobody knows when."""
    days: dict[int, tuple[date, str]] = {}
    for play in seen:
        if play.watched_on:
            day = (play.watched_on, "day" if play.precision == "time" else play.precision)
            days[play.number] = min(day, days.get(play.number, day))
    for play in seen:
        if not play.watched_on:
            days.pop(play.number, None)
    return days
