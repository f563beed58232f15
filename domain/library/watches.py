"""Single viewings and rounds of an entry: which there are, and putting right when they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import psycopg
from msgspec.structs import replace as put

from domain.errors import Invalid, NotFound
from domain.library import rules
from domain.library.dates import when
from domain.library.derived import settle
from domain.library.entry import Changed
from domain.library.fields import dated
from domain.library.ledger import change, in_library, read
from domain.library.rows import Cycle, Ledger, Play
from domain.library.verbs import Watched
from domain.library.write import Act


@dataclass(frozen=True, slots=True)
class Details:
    """All viewings of an anime in the order in which they were recorded, and its rewatches with their dates.

    `cycle` is the round that is being watched, or was last: 0 is the first one.
    """

    cycle: int
    plays: tuple[Play, ...]
    cycles: tuple[Cycle, ...]


def details(connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime) -> Details:
    """What an entry is made of, in one statement. Raises NotFound where it is not tracked."""
    ledger = read(connection, user_id, anime_id, at)
    if ledger is None or ledger.row is None:
        raise NotFound("This anime is not in your library.")
    return Details(ledger.row.cycle, ledger.plays, ledger.cycles)


def redate(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, watch_id: int, watched_at: Watched, at: datetime,
    source: str, zone: str = "UTC", if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Say when a viewing was: a moment, a day, month or year, or None where nobody knows."""
    moment = when(watched_at, at, zone)

    def move(ledger: Ledger, play: Play) -> tuple[Ledger, str]:
        moved = put(play, watched_at=moment.watched_at, watched_on=moment.watched_on, precision=moment.precision)
        plays = tuple(moved if one.id == play.id else one for one in ledger.plays)
        return settle(replace(ledger, plays=plays)), f"Changed when episode {play.number} was watched."

    return _of_play(connection, Act(user_id, at, source, "redate"), anime_id, watch_id, move, if_version)


def forget(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, watch_id: int, at: datetime, source: str,
    if_version: int | None = None,
) -> Changed:  # fmt: skip
    """One viewing was none; others of the same episode stay."""

    def drop(ledger: Ledger, play: Play) -> tuple[Ledger, str]:
        return rules.unwatched(ledger, {play.id}, at), f"A viewing of episode {play.number} removed."

    return _of_play(connection, Act(user_id, at, source, "forget"), anime_id, watch_id, drop, if_version)


def date_rewatch(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, number: int, dates: Mapping[str, object],
    at: datetime, source: str, if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Say when a rewatch was begun (`started`) and ended (`finished`), as exactly as is known; None for no date."""
    if strange := dates.keys() - {"started", "finished"}:
        raise Invalid(min(strange), "is no date of a rewatch; there are started, finished")

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        if number not in {cycle.number for cycle in ledger.cycles}:
            raise NotFound("There is no such rewatch.")
        cycles = tuple(dated(cycle, dates) if cycle.number == number else cycle for cycle in ledger.cycles)
        return settle(replace(ledger, cycles=cycles)), f"Changed the dates of rewatch {number}."

    return change(connection, Act(user_id, at, source, "date_rewatch"), anime_id, in_library(rule, if_version))


def _of_play(
    connection: psycopg.Connection, act: Act, anime_id: UUID, watch_id: int,
    do: Callable[[Ledger, Play], tuple[Ledger, str]], if_version: int | None,
) -> Changed:  # fmt: skip
    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        found = [play for play in ledger.plays if play.id == watch_id]
        if not found:
            raise NotFound("There is no such viewing.")
        return do(ledger, found[0])

    return change(connection, act, anime_id, in_library(rule, if_version))
