"""Reading what an entry is made of: its single viewings, and each time that it was watched. One statement each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from domain.errors import NotFound
from domain.library.ledger import read
from domain.library.rows import NEWEST, Ledger, Play, Row, Span


@dataclass(frozen=True, slots=True)
class Viewings:
    """Viewings of an entry, that which was recorded last first, and the version of the entry that they are of."""

    version: int
    plays: tuple[Play, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One time that an anime was watched: 0 is the first one, 1 the first rewatch.

    `episodes` are the regular ones watched in it; `completed` says whether it is known to have gone to the end;
    `current` whether it is being watched, or was last.
    """

    number: int
    dates: Span
    episodes: int
    completed: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Rounds:
    """All rounds of an entry, the last first; `total` is how many regular episodes there are, where that is known."""

    version: int
    total: int | None
    rounds: tuple[Round, ...]


_VIEWINGS = """
SELECT e.version, w.id, w.kind, w.number, w.cycle, w.watched_at, w.watched_on, w.precision, w.source
FROM entry e LEFT JOIN (
    SELECT * FROM watch WHERE user_id = %(user)s AND anime_id = %(anime)s AND id < %(before)s::bigint
        AND (%(episode)s::integer IS NULL OR number = %(episode)s) AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    ORDER BY id DESC LIMIT %(limit)s
) w ON true WHERE e.user_id = %(user)s AND e.anime_id = %(anime)s ORDER BY w.id DESC
"""


def viewings(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, limit: int, before: int = NEWEST,
    episode: int | None = None, kind: str | None = None,
) -> Viewings:  # fmt: skip
    """The viewings recorded last, of those recorded before one; of one episode, or of one kind, where that is said.

    Raises NotFound where the anime is not tracked.
    """
    which: dict[str, Any] = {"user": user_id, "anime": anime_id, "limit": limit, "before": before}
    rows = connection.execute(_VIEWINGS, which | {"episode": episode, "kind": kind}).fetchall()
    if not rows:
        raise NotFound("This anime is not in your library.")
    return Viewings(rows[0][0], tuple(Play(*row[1:]) for row in rows if row[1] is not None))


def rounds(connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime) -> Rounds:
    """Each time that it was watched. Raises NotFound where it is not tracked."""
    ledger = read(connection, user_id, anime_id, at)
    if ledger is None or ledger.row is None:
        raise NotFound("This anime is not in your library.")
    row, seen = ledger.row, _seen(ledger)
    again = [
        Round(cycle.number, cycle, seen[cycle.number], cycle.completed, cycle.number == row.cycle)
        for cycle in reversed(ledger.cycles)
    ]
    first = Round(0, row, seen[0], _first_completed(row, seen[0], ledger.total), row.cycle == 0)
    return Rounds(row.version, ledger.total, (*again, first))


def _seen(ledger: Ledger) -> dict[int, int]:
    """By round, how many regular episodes were watched in it."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for play in ledger.plays:
        if play.kind == "regular":
            numbers[play.cycle].add(play.number)
    return defaultdict(int, {cycle: len(found) for cycle, found in numbers.items()})


def _first_completed(row: Row, episodes: int, total: int | None) -> bool:
    """The status tells, until a rewatch is begun; from then on what is known of the first round itself."""
    if row.cycle == 0:
        return row.status == "completed"
    return row.finished is not None or (total is not None and episodes >= total)
