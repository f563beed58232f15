"""The rules of a library: how the watches of an anime, and what a fan says of it, make its state.

Each rule takes a ledger and returns another; nothing here asks a database. Every one ends in `settle`, which derives
again whatever follows from watches, so that a stored value can never differ from a recount.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from msgspec.structs import replace as put

from domain.errors import Conflict, Invalid
from domain.library.dates import UNKNOWN, When
from domain.library.derived import settle
from domain.library.rows import KINDS, STATUSES, Cycle, Ledger, Play, Row

MOST_EPISODES = 10_000


def tracked(ledger: Ledger, user_id: int, at: datetime) -> Ledger:
    """In the library, as planned where it was not there before."""
    if ledger.row:
        return ledger
    row = Row(user_id=user_id, anime_id=ledger.anime_id, said="planning", said_at=at, added_at=at, updated_at=at)
    return replace(ledger, row=row)


def say(ledger: Ledger, status: str, at: datetime, source: str) -> Ledger:
    """What the fan says the status is. Raises Invalid for a word that is none."""
    if status not in STATUSES:
        raise Invalid("status", f"must be one of {', '.join(STATUSES)}")
    if status == "completed":
        return completed(ledger, at, source)
    if status == "rewatching" and not _in_rewatch(ledger):
        return rewatching(ledger, at)
    return settle(_said(ledger, status, at))


def completed(ledger: Ledger, at: datetime, source: str) -> Ledger:
    """Watched to the end. What is missing is filled in without dates: nobody said when; what never aired is not."""
    if ledger.total and ledger.aired:
        missing = set(range(1, ledger.total + 1)) - ledger.numbers()
        ledger = _with(ledger, sorted(missing), "regular", UNKNOWN, source)
    return settle(_said(ledger, "completed", at))


def rewatching(ledger: Ledger, at: datetime) -> Ledger:
    """Begin a new round; the watches and dates of those before stay as they are."""
    number = max((cycle.number for cycle in ledger.cycles), default=0) + 1
    opened = replace(ledger, row=put(ledger.entry, cycle=number), cycles=(*ledger.cycles, Cycle(number=number)))
    return settle(_said(opened, "rewatching", at))


def again(ledger: Ledger, at: datetime) -> Ledger:
    """The same, asked for by name. Raises Conflict where there is nothing yet to watch again."""
    if ledger.entry.status != "completed" and not ledger.seen():
        raise Conflict("Nothing of it has been watched in this round yet, so there is nothing to watch again.")
    return rewatching(ledger, at)


def rewatched(ledger: Ledger, times: int) -> Ledger:
    """Watched again so many times, nobody says when; rounds of which watches are known stay, so never fewer.

    Raises Invalid for fewer than those.
    """
    count = ledger.entry.rewatches
    if times >= count:
        last = max((cycle.number for cycle in ledger.cycles), default=0)
        new = (Cycle(number=last + number, completed=True) for number in range(1, times - count + 1))
        return settle(replace(ledger, cycles=(*ledger.cycles, *new)))
    known = {ledger.entry.cycle} | {play.cycle for play in ledger.plays}
    empty = [cycle.number for cycle in ledger.cycles if cycle.completed and cycle.number not in known]
    if count - times > len(empty):
        raise Invalid("rewatches", f"must be {count - len(empty)} or more: of so many the episodes are known")
    gone = set(empty[len(empty) - (count - times) :])
    return settle(replace(ledger, cycles=tuple(cycle for cycle in ledger.cycles if cycle.number not in gone)))


def watched(ledger: Ledger, numbers: Iterable[int], kind: str, when: When, source: str) -> Ledger:
    """Watched once more; the same moment, or an unknown one of what was seen, is no other viewing."""
    here = (play for play in ledger.plays if play.kind == kind and play.cycle == ledger.entry.cycle)
    known = {play.number for play in here if _same(play, when)}
    return settle(_with(ledger, [number for number in numbers if number not in known], kind, when, source))


def unwatched(ledger: Ledger, gone: Collection[int], at: datetime) -> Ledger:
    """Without the watches of these ids. A person who takes an episode of a finished round away opens it again."""
    before = ledger.numbers()
    after = _past_opened(ledger, replace(ledger, plays=tuple(play for play in ledger.plays if play.id not in gone)))
    if before == after.numbers():
        return settle(after)
    row = after.entry
    after = replace(after, cycles=tuple(_open(cycle) if cycle.number == row.cycle else cycle for cycle in after.cycles))
    if row.said != "completed":
        return settle(after)
    return settle(_said(after, "rewatching" if row.cycle else "watching" if after.numbers() else "planning", at))


def next_number(ledger: Ledger) -> int:
    """The episode after the last one watched; the first one left out, where that was the end. Raises Conflict."""
    seen = ledger.numbers()
    following = max(seen, default=0) + 1
    if ledger.total is None or following <= ledger.total:
        return following
    left = set(range(1, ledger.total + 1)) - seen
    if not left:
        raise Conflict("Every episode has been watched. Begin a rewatch to watch it again.")
    return min(left)


def check_number(ledger: Ledger, number: int, kind: str = "regular", least: int = 1) -> None:
    """Raise Invalid for an episode that there is not; how many specials there are is not known."""
    if kind not in KINDS:
        raise Invalid("kind", f"must be one of {', '.join(KINDS)}")
    most = ledger.total if ledger.total is not None and kind == "regular" else MOST_EPISODES
    if not least <= number <= most:
        raise Invalid("episode", f"must be from {least} to {most}")


def _with(ledger: Ledger, numbers: Collection[int], kind: str, when: When, source: str) -> Ledger:
    row = ledger.entry
    new = (
        Play(id, kind, number, row.cycle, when.watched_at, when.watched_on, when.precision, source)
        for id, number in enumerate(numbers, row.last_watch + 1)
    )
    return replace(ledger, row=put(row, last_watch=row.last_watch + len(numbers)), plays=(*ledger.plays, *new))


def _same(play: Play, when: When) -> bool:
    if when.watched_at:
        return play.watched_at == when.watched_at
    return when == UNKNOWN or (play.watched_on, play.precision) == (when.watched_on, when.precision)


def _said(ledger: Ledger, status: str, at: datetime) -> Ledger:
    row = ledger.entry
    if row.said == row.status == status:
        return ledger
    return replace(ledger, row=put(row, said=status, said_at=at, said_after=row.last_watch))


def _in_rewatch(ledger: Ledger) -> bool:
    return ledger.entry.cycle > 0 and ledger.entry.status != "completed"


def _past_opened(before: Ledger, after: Ledger) -> Ledger:
    """Rounds before the present one that lack an episode now are not known any more to have gone to the end."""
    lacking = _episodes(before) - _episodes(after)
    opened, row = {cycle for cycle, _ in lacking} - {after.entry.cycle}, after.entry
    if 0 in opened and not row.finished_said:
        row = put(row, finished=None, finished_precision=None)
    cycles = tuple(_open(cycle) if cycle.number in opened else cycle for cycle in after.cycles)
    return replace(after, row=row, cycles=cycles)


def _episodes(ledger: Ledger) -> set[tuple[int, int]]:
    return {(play.cycle, play.number) for play in ledger.plays if play.kind == "regular"}


def _open(cycle: Cycle) -> Cycle:
    return put(cycle, completed=False)
