"""Putting right when single viewings and rounds of an entry were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
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
from domain.library.ledger import change, in_library
from domain.library.rows import Ledger, Play
from domain.library.verbs import Watched
from domain.library.write import Act


def redate(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, watch_id: int, watched_at: Watched, at: datetime,
    source: str, zone: str = "UTC", if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Say when a viewing was: a moment, a day, month or year, or None where nobody knows."""
    moment = when(watched_at, at, zone)

    def move(ledger: Ledger, play: Play) -> tuple[Ledger, str]:
        moved = put(play, watched_at=moment.watched_at, watched_on=moment.watched_on, precision=moment.precision)
        plays = tuple(moved if one.id == play.id else one for one in ledger.plays)
        return settle(replace(ledger, plays=plays)), f"Changed when {_name(play)} was watched."

    return _of_play(connection, Act(user_id, at, source, "redate"), anime_id, watch_id, move, if_version)


def forget(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, watch_id: int, at: datetime, source: str,
    if_version: int | None = None,
) -> Changed:  # fmt: skip
    """One viewing was none; others of the same episode stay."""

    def drop(ledger: Ledger, play: Play) -> tuple[Ledger, str]:
        return rules.unwatched(ledger, {play.id}, at), f"A viewing of {_name(play)} removed."

    return _of_play(connection, Act(user_id, at, source, "forget"), anime_id, watch_id, drop, if_version)


def date_round(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, number: int, dates: Mapping[str, object],
    at: datetime, source: str, if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Say when a round was begun (`started`) and ended (`finished`), as exactly as is known; None for no date.

    0 is the first time, whose dates are those of the entry; 1 the first rewatch.
    """
    if strange := dates.keys() - {"started", "finished"}:
        raise Invalid(min(strange), "is no date of a round; there are started, finished")

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        name = f"rewatch {number}" if number else "the first time"
        return settle(_dated(ledger, number, dates)), f"Changed the dates of {name}."

    return change(connection, Act(user_id, at, source, "date_round"), anime_id, in_library(rule, if_version))


def _dated(ledger: Ledger, number: int, dates: Mapping[str, object]) -> Ledger:
    if number == 0:
        return replace(ledger, row=dated(ledger.entry, dates))
    if number not in {cycle.number for cycle in ledger.cycles}:
        raise NotFound("There is no such rewatch.")
    cycles = (dated(cycle, dates) if cycle.number == number else cycle for cycle in ledger.cycles)
    return replace(ledger, cycles=tuple(cycles))


def _name(play: Play) -> str:
    return f"{'special' if play.kind == 'special' else 'episode'} {play.number}"


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
