"""Every change of a library: its history, and undoing one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace as put
from psycopg.rows import class_row

from domain.errors import Conflict, Invalid, NotFound
from domain.library.derived import DERIVED, settle
from domain.library.diff import Json
from domain.library.entry import Changed
from domain.library.ledger import change_all
from domain.library.rows import NEWEST, Cycle, Ledger, Play, Row, Span
from domain.library.write import Act

FOLLOWING = (*DERIVED, "completed")
"""What follows from watches: of an entry, and of a round."""
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
        return _undone(ledger, before, after), f"Undone: {explained}"

    undoes = {anime_id: id for id, anime_id, *_ in rows}
    return change_all(connection, Act(user_id, at, source, "undo", undoes), list(found), rule)


def _undone(ledger: Ledger, before: Json, after: Json) -> Ledger:
    if after["entry"] is None:
        return _restored(ledger, before)
    if ledger.row is None:
        raise Conflict("This anime is no longer in your library.")
    if before["entry"] is None:
        return _withdrawn(ledger, after)
    back = replace(
        ledger,
        row=_columns_back(ledger.row, before["entry"], after["entry"]),
        cycles=_rounds_back(ledger.cycles, before["cycles"], after["cycles"]),
        plays=_plays_back(ledger.plays, before["watches"], after["watches"]),
    )
    if not {play.cycle for play in back.plays} <= {0, *(cycle.number for cycle in back.cycles)}:
        raise Conflict("Episodes of this rewatch were watched since. Undo those first.")
    return settle(back)


def _restored(ledger: Ledger, before: Json) -> Ledger:
    """What was removed comes back as it was."""
    if ledger.row is not None:
        raise Conflict("This anime was added again since.")
    cycles = tuple(msgspec.convert(cycle, Cycle) for cycle in before["cycles"].values())
    return settle(
        replace(ledger, row=msgspec.convert(before["entry"], Row), cycles=cycles, plays=_plays(before["watches"]))
    )


def _withdrawn(ledger: Ledger, after: Json) -> Ledger:
    """What was added goes, if it is still as it was added."""
    row = ledger.entry
    added = msgspec.convert(after["entry"], Row)
    if put(row, version=0, updated_at=row.added_at, last_watch=0) != put(
        added, version=0, updated_at=added.added_at, last_watch=0
    ) or ledger.plays != _plays(after["watches"]):
        raise Conflict("It was changed since it was added. Undo those changes first, or remove it.")
    return Ledger(ledger.anime_id, ledger.total, ledger.aired)


def _columns_back(row: Row, before: Json, after: Json) -> Row:
    """Columns as they were; those that are derived follow from the rest anyway."""
    typed = {name: _typed(name, value) for name, value in before.items()}
    for name, value in after.items():
        if not _follows(row, name) and getattr(row, name) != _typed(name, value):
            raise Conflict(f"It was changed again since ({name}). Undo that first.")
    return put(row, **typed)


def _follows(span: Span, name: str) -> bool:
    """Whether a column follows from watches: dates do that nobody has said."""
    date = name.removesuffix("_precision")
    return name in FOLLOWING or (date in ("started", "finished") and not getattr(span, f"{date}_said"))


_TYPES = msgspec.structs.fields(Row)
_TYPE_OF: dict[str, Any] = {field.name: field.type for field in _TYPES}


def _typed(name: str, value: object) -> Any:
    return msgspec.convert(value, _TYPE_OF[name])


def _rounds_back(cycles: tuple[Cycle, ...], before: Json, after: Json) -> tuple[Cycle, ...]:
    rounds = {cycle.number: cycle for cycle in cycles}
    for name, cycle in before.items():
        number = int(name)
        if cycle is None:
            rounds.pop(number, None)
        elif after[name] is None or number not in rounds:
            rounds[number] = msgspec.convert(cycle, Cycle)
        else:
            rounds[number] = _round_back(rounds[number], cycle, after[name])
    return tuple(rounds[number] for number in sorted(rounds))


def _round_back(now: Cycle, before: Json, after: Json) -> Cycle:
    """Only what the change did to it, for its dates may have been said since."""
    was, became = msgspec.convert(before, Cycle), msgspec.convert(after, Cycle)
    differing = [name for name in before if before[name] != after[name]]
    if any(not _follows(now, name) and getattr(now, name) != getattr(became, name) for name in differing):
        raise Conflict(f"The dates of rewatch {now.number} were changed again since. Undo that first.")
    return put(now, **{name: getattr(was, name) for name in differing})


def _plays_back(plays: tuple[Play, ...], gone: list[Json], came: list[Json]) -> tuple[Play, ...]:
    """Without those that came, unless they were changed since; with those that went."""
    ids, written = {play["id"] for play in came}, set(_plays(came))
    if any(play.id in ids and play not in written for play in plays):
        raise Conflict("The date of an episode was changed again since. Undo that first.")
    left = {play.id: play for play in plays if play.id not in ids} | {play.id: play for play in _plays(gone)}
    return tuple(left[id] for id in sorted(left))


def _plays(rows: list[Json]) -> tuple[Play, ...]:
    return tuple(msgspec.convert(list(_ordered(row)), Play) for row in rows)


def _ordered(row: Json) -> list[Any]:
    return [row[name] for name in Play.__struct_fields__]
