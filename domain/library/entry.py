"""What the library says of an entry, and reading it: one statement, within one user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

import psycopg

from domain.errors import NotFound
from domain.library.rows import Ledger

MOST = 1000
"""Entries that are read or changed at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An anime in a fan's library.

    `progress` of `total` (None: not known) regular episodes, in the round that is being watched or was last, of which
    `furthest` is the highest: what comes next follows from it, for episodes may be watched in any order. `started` and
    `finished` are of the first round, with precision `day`, `month` or `year`. `score` is 0 to 100 whatever the fan's
    scale. `version` grows with every change.
    """

    anime_id: UUID
    status: str
    score: int | None
    notes: str
    tags: tuple[str, ...]
    private: bool
    favourite: bool
    priority: int
    progress: int
    furthest: int
    total: int | None
    rewatches: int
    last_rewatched_at: datetime | None
    started: date | None
    started_precision: str | None
    finished: date | None
    finished_precision: str | None
    added_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, ledger: Ledger) -> Self | None:
        """As a ledger says; None where it is not tracked."""
        if ledger.row is None:
            return None
        return cls(**{name: getattr(ledger.row, name) for name in _OF_ROW}, total=ledger.total)


@dataclass(frozen=True, slots=True)
class Changed:
    """What a write did: the entry since then (None: no longer tracked), and in a sentence what happened.

    `change_id` is what `undo` takes; 0 where nothing was to be changed, so that there is nothing to undo.
    """

    entry: Entry | None
    change_id: int
    explained: str


_FIELDS = tuple(Entry.__dataclass_fields__)
_OF_ROW = tuple(name for name in _FIELDS if name != "total")
COLUMNS = ", ".join("a.episode_count" if name == "total" else f"e.{name}" for name in _FIELDS)
"""What an Entry is made of, of an entry `e` and an anime `a`."""
_STATES = f"SELECT {COLUMNS} FROM entry e JOIN anime a ON a.id = e.anime_id WHERE e.user_id = %(user)s AND e.anime_id "


def among(anime_ids: Sequence[UUID]) -> tuple[str, Any]:
    """How SQL compares with these, and the value of `%(anime)s`.

    One alone is no array: PostgreSQL plans a question about arrays anew each time, as it cannot know their length.
    """
    return ("= %(anime)s", anime_ids[0]) if len(anime_ids) == 1 else ("= ANY (%(anime)s)", list(anime_ids))


def states(connection: psycopg.Connection, user_id: int, anime_ids: Sequence[UUID]) -> list[Entry]:
    """The fan's entries of these anime, in the order in which they were asked for; those not tracked are left out."""
    these, value = among(anime_ids)
    rows = connection.execute(_STATES + these, {"user": user_id, "anime": value})
    found = {row[0]: entry(row) for row in rows}
    return [found[anime_id] for anime_id in dict.fromkeys(anime_ids) if anime_id in found]


def find(connection: psycopg.Connection, user_id: int, anime_id: UUID) -> Entry:
    """One entry. Raises NotFound where it is not tracked."""
    found = states(connection, user_id, [anime_id])
    if not found:
        raise NotFound("This anime is not in your library.")
    return found[0]


def entry(row: Sequence[object]) -> Entry:
    """An entry from the values of COLUMNS."""
    values = dict(zip(_FIELDS, row, strict=True))
    values["tags"] = tuple(values["tags"])  # type: ignore[arg-type]
    return Entry(**values)  # type: ignore[arg-type]
