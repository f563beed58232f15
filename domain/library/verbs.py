"""A fan's library: what is tracked, watched and said of it.

Each verb is two statements (one that reads and locks, one that writes) and returns what the entry is since; the last
thing that a fan did is undone by `undo` (`domain/library/changes.py`). The time is given, in UTC. Prepared statements
save a third of the work: leave psycopg's `prepare_threshold` on in the pool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import EllipsisType
from uuid import UUID

import psycopg

from domain.library import rules
from domain.library.dates import UNKNOWN, When, when
from domain.library.derived import settle
from domain.library.entry import Changed
from domain.library.fields import MOST_REWATCHES, said, whole
from domain.library.ledger import change, change_all, in_library, of_version
from domain.library.rows import Ledger
from domain.library.write import Act

Watched = datetime | str | None
"""A moment; a day, month or year (`2012-05-17`, `2012-05`, `2012`); None where nobody knows."""


def track(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime, source: str,
    status: str = "planning", **fields: object,
) -> Changed:  # fmt: skip
    """Put an anime into the library; of one that is there already only what is said here changes."""
    wanted = fields if status == "planning" else {**fields, "status": status}

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        after, explained = edited(rules.tracked(ledger, user_id, at), wanted, at, source)
        return after, explained if ledger.row else f"Added as {after.entry.status}."

    return change(connection, Act(user_id, at, source, "track"), anime_id, rule)


def edit(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, changes: Mapping[str, object], at: datetime,
    source: str, if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Say what is said in `changes`: `status`, `progress`, `rewatches` and the FIELDS of `domain/library/fields.py`.

    Raises NotFound where it is not tracked, Stale where its version is not `if_version`, Invalid with the field.
    """
    rule = in_library(lambda ledger: edited(ledger, changes, at, source), if_version)
    return change(connection, Act(user_id, at, source, "edit"), anime_id, rule)


def bulk(
    connection: psycopg.Connection, user_id: int, anime_ids: Sequence[UUID], changes: Mapping[str, object],
    at: datetime, source: str,
) -> list[Changed]:  # fmt: skip
    """The same changes to many entries, all or none, in as many statements as one takes."""
    rule = in_library(lambda ledger: edited(ledger, changes, at, source))
    return change_all(connection, Act(user_id, at, source, "bulk"), anime_ids, rule)


def edited(ledger: Ledger, changes: Mapping[str, object], at: datetime, source: str) -> tuple[Ledger, str]:
    """A ledger with what is said in `changes`: fields first, then counts, and the status has the last word."""
    fields = {name: value for name, value in changes.items() if name not in ("status", "progress", "rewatches")}
    after = settle(replace(ledger, row=said(ledger.entry, fields)))
    if "progress" in changes:
        number = whole("progress", changes["progress"], rules.MOST_EPISODES)
        after = _up_to(after, number, at, source, UNKNOWN, exactly=True)
    if "rewatches" in changes:
        after = rules.rewatched(after, whole("rewatches", changes["rewatches"], MOST_REWATCHES))
    if "status" in changes:
        after = rules.say(after, str(changes["status"]), at, source)
    return after, f"Changed {', '.join(changes)}." if changes else "Nothing to change."


def watch(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, episode: int, at: datetime, source: str,
    watched_at: Watched | EllipsisType = ..., zone: str = "UTC", kind: str = "regular", if_version: int | None = None,
) -> Changed:  # fmt: skip
    """One viewing of an episode, now unless it is said when. What was completed stays so: it is one more viewing.

    Of an anime that is not tracked it is the beginning. Raises Invalid for an episode that there is not.
    """
    moment = _when(watched_at, at, zone)

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        ledger = rules.tracked(ledger, user_id, at)
        rules.check_number(ledger, episode, kind, least=0 if kind == "special" else 1)
        name = "Special" if kind == "special" else "Episode"
        return rules.watched(ledger, [episode], kind, moment, source), f"{name} {episode} watched."

    return change(connection, Act(user_id, at, source, "watch"), anime_id, of_version(rule, if_version))


def plus_one(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime, source: str,
    zone: str = "UTC", if_version: int | None = None,
) -> Changed:  # fmt: skip
    """The next regular episode has just been watched: that after the last, or one left out where that was the end.

    Raises Conflict where all have been.
    """
    moment = when(at, at, zone)

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        ledger = rules.tracked(ledger, user_id, at)
        number = rules.next_number(ledger)
        return rules.watched(ledger, [number], "regular", moment, source), f"Episode {number} watched."

    return change(connection, Act(user_id, at, source, "plus_one"), anime_id, of_version(rule, if_version))


def watch_up_to(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, number: int, at: datetime, source: str,
    watched_at: Watched = None, zone: str = "UTC", exactly: bool = False, if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Every regular episode up to this one was watched, nobody says when; `exactly`: and none after it."""
    moment = when(watched_at, at, zone)

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        ledger = rules.tracked(ledger, user_id, at)
        return _up_to(ledger, number, at, source, moment, exactly), f"Watched up to episode {number}."

    return change(connection, Act(user_id, at, source, "watch_up_to"), anime_id, of_version(rule, if_version))


def _up_to(ledger: Ledger, number: int, at: datetime, source: str, moment: When, exactly: bool) -> Ledger:
    rules.check_number(ledger, number, least=0)
    missing = sorted(set(range(1, number + 1)) - ledger.numbers())
    after = rules.watched(ledger, missing, "regular", moment, source) if missing else ledger
    beyond = {play.id for play in after.seen() if play.number > number} if exactly else set()
    return rules.unwatched(after, beyond, at) if beyond else after


def unwatch(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, episode: int, at: datetime, source: str,
    kind: str = "regular", if_version: int | None = None,
) -> Changed:  # fmt: skip
    """The episode was not watched in this round after all. Rounds before keep theirs."""

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        gone = {
            play.id for play in ledger.plays
            if (play.kind, play.number, play.cycle) == (kind, episode, ledger.entry.cycle)
        }  # fmt: skip
        after = rules.unwatched(ledger, gone, at) if gone else ledger
        return after, f"{'Special' if kind == 'special' else 'Episode'} {episode} not watched."

    return change(connection, Act(user_id, at, source, "unwatch"), anime_id, in_library(rule, if_version))


def rewatch(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime, source: str,
    if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Begin to watch it again: a round with dates of its own. Raises Conflict where nothing was watched yet."""
    rule = in_library(lambda ledger: (rules.again(ledger, at), "Rewatch begun."), if_version)
    return change(connection, Act(user_id, at, source, "rewatch"), anime_id, rule)


def remove(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime, source: str,
    if_version: int | None = None,
) -> Changed:  # fmt: skip
    """Track it no more; the change keeps everything, so that it can be undone."""
    rule = in_library(lambda ledger: (Ledger(ledger.anime_id, ledger.total, ledger.aired), "Removed."), if_version)
    return change(connection, Act(user_id, at, source, "remove"), anime_id, rule)


def recalculate(connection: psycopg.Connection, user_id: int, anime_ids: Sequence[UUID], at: datetime) -> list[Changed]:
    """Derive again what follows from watches; changes nothing unless somebody wrote past these verbs."""

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        return settle(ledger) if ledger.row else ledger, "Recounted."

    return change_all(connection, Act(user_id, at, "recount", "recalculate"), anime_ids, rule)


def _when(watched: Watched | EllipsisType, at: datetime, zone: str) -> When:
    return when(at if isinstance(watched, EllipsisType) else watched, at, zone)
