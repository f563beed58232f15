"""Every change of a library: its history, and undoing one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from domain.errors import Conflict, Invalid, NotFound
from domain.library.diff import Json
from domain.library.entry import Changed
from domain.library.ledger import change_all
from domain.library.rows import NEWEST, Ledger
from domain.library.undone import undone
from domain.library.write import Act

LATEST = 200
"""Changes that a history shows at once."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: who wrote it (`source`), what it did in a sentence, and both sides of what differed.

    `undoes` and `undone_by` are the numbers of other changes, or None.
    """

    id: int
    at: datetime
    source: str
    verb: str
    explained: str
    before: Json
    after: Json
    undoes: int | None
    undone_by: int | None


_HISTORY = """
SELECT id, at, source, verb, explained, before, after, undoes, undone_by FROM library_change
WHERE user_id = %s AND anime_id = %s AND id < %s::bigint ORDER BY id DESC LIMIT %s
"""
_LOOK = """
SELECT id, anime_id, before, after, explained, undone_by FROM library_change
WHERE user_id = %(user)s AND id = ANY (%(ids)s) ORDER BY id FOR UPDATE
"""


def history(
    connection: psycopg.Connection, user_id: int, anime_id: UUID, limit: int = LATEST, before: int = NEWEST
) -> list[Change]:
    """What was done to an entry before some change, newest first; also after it was removed."""
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        return cursor.execute(_HISTORY, [user_id, anime_id, before, limit]).fetchall()


def undo(connection: psycopg.Connection, user_id: int, change_id: int, at: datetime, source: str = "api") -> Changed:
    """Make a change not have been; that is a change too, and can be undone.

    Raises NotFound for a change that is not this fan's, Conflict where it was undone before, or where what it changed
    was changed again since.
    """
    (changed,) = undo_all(connection, user_id, [change_id], at, source)
    return changed


def undo_all(
    connection: psycopg.Connection, user_id: int, change_ids: Sequence[int], at: datetime, source: str = "api"
) -> list[Changed]:
    """Make the changes of a bulk not have been, all or none, in three statements; answers in the order of the changes.

    Raises as `undo` does, and Invalid for two changes of one anime.
    """
    wanted = sorted(set(change_ids))
    rows = connection.execute(_LOOK, {"user": user_id, "ids": wanted}).fetchall()
    if len(rows) < len(wanted):
        raise NotFound("There is no such change.")
    if any(undone_by is not None for *_, undone_by in rows):
        raise Conflict("This was undone before.")
    found = {anime_id: (before, after, explained) for _, anime_id, before, after, explained, _ in rows}
    if len(found) < len(rows):
        raise Invalid("changes", "must be of different anime")

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        before, after, explained = found[ledger.anime_id]
        return undone(ledger, before, after), f"Undone: {explained}"

    undoes = {anime_id: id for id, anime_id, *_ in rows}
    return change_all(connection, Act(user_id, at, source, "undo", undoes), list(found), rule)
