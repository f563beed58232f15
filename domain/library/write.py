"""Writing what changed in a library: one statement made of the parts that are needed, however many entries changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import asdict
from psycopg.types.json import Jsonb

from domain.library.diff import Difference
from domain.library.rows import Cycle, Ledger, Play, Row


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, and when: `source` names what wrote it (`web`, `api`, …), `verb` what was asked for.

    `undoes` are the changes that are undone, by the anime of each.
    """

    user_id: int
    at: datetime
    source: str
    verb: str
    undoes: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry, before and after, with a sentence that explains it."""

    before: Ledger
    after: Ledger
    explained: str
    changed: Difference


_ROWS: dict[str, type[msgspec.Struct]] = {"entry": Row, "cycle": Cycle, "watch": Play}
_KEYS = {
    "entry": ("user_id", "anime_id"),
    "cycle": ("user_id", "anime_id", "number"),
    "watch": ("user_id", "anime_id", "id"),
}
_OURS = " WHERE o.version = excluded.version - 1 AND o.added_at = excluded.added_at RETURNING anime_id"
"""Not over the entry of somebody who brought it into being since it was looked for."""
_OF_KEPT = "WHERE n.anime_id IN (SELECT anime_id FROM kept)"


def _upsert(table: str, only: str = "", guard: str = "") -> str:
    columns = [name for name in _ROWS[table].__struct_fields__ if name not in _KEYS[table]]
    return (
        f"INSERT INTO {table} AS o SELECT n.* FROM jsonb_populate_recordset(NULL::{table}, %({table})s) n {only}"
        f" ON CONFLICT ({', '.join(_KEYS[table])}) DO UPDATE SET ({', '.join(columns)})"
        f" = ROW ({', '.join(f'excluded.{name}' for name in columns)}){guard}"
    )


def _delete(table: str, key: str) -> str:
    return (
        f"DELETE FROM {table} t USING jsonb_to_recordset(%({table}_gone)s) g (anime_id uuid, {key} integer)"
        f" WHERE t.user_id = %(user)s AND t.anime_id = g.anime_id AND t.{key} = g.{key}"
    )


_PARTS = {
    "entry": ("kept", _upsert("entry", "WHERE true", _OURS)),
    "removed": (
        "removed",
        "DELETE FROM entry WHERE user_id = %(user)s"
        " AND anime_id IN (SELECT anime_id FROM jsonb_to_recordset(%(removed)s) r (anime_id uuid)) RETURNING anime_id",
    ),
    "watch": ("came", _upsert("watch", _OF_KEPT)),
    "watch_gone": ("gone", _delete("watch", "id")),
    "cycle": ("rounds", _upsert("cycle", _OF_KEPT)),
    "cycle_gone": ("rounds_gone", _delete("cycle", "number")),
}  # fmt: skip
"""By the rows that it writes, the name of a part of the statement and its text."""
_CHANGE = """
said AS (
    INSERT INTO library_change (user_id, anime_id, at, source, verb, explained, before, after, undoes)
    SELECT %(user)s, c.anime_id, %(at)s, %(source)s, %(verb)s, c.explained, c.before, c.after, c.undoes
    FROM jsonb_to_recordset(%(changes)s) c
        (anime_id uuid, explained text, before jsonb, after jsonb, undoes bigint)
    WHERE c.anime_id IN ({settled}) RETURNING anime_id, id, undoes
)"""
_UNDONE = (
    "undone AS (UPDATE library_change SET undone_by = said.id FROM said"
    " WHERE library_change.user_id = %(user)s AND library_change.id = said.undoes)"
)


def write(connection: psycopg.Connection, act: Act, steps: Sequence[Step]) -> dict[UUID, int]:
    """Write these; returns the number of each change, without those whose entry somebody else has made meanwhile."""
    rows = {name: found for name, find in _FIND.items() if (found := [row for step in steps for row in find(step)])}
    parameters: dict[str, Any] = {name: _json(found) for name, found in rows.items()}
    parameters |= {"user": act.user_id, "at": act.at, "source": act.source, "verb": act.verb}
    parameters["changes"] = _json([_told(step, act) for step in steps])
    return dict(connection.execute(_statement(tuple(rows), bool(act.undoes)), parameters).fetchall())


def _statement(needed: Sequence[str], undoing: bool) -> str:
    parts = [f"{_PARTS[name][0]} AS ({_PARTS[name][1]})" for name in needed]
    settled = [f"SELECT anime_id FROM {name}" for name in (_PARTS[part][0] for part in needed) if name in _SETTLED]
    parts.append(_CHANGE.format(settled=" UNION ALL ".join(settled)))
    if undoing:
        parts.append(_UNDONE)
    return f"WITH {', '.join(parts)} SELECT anime_id, id FROM said"


_SETTLED = ("kept", "removed")
Found = list[dict[str, Any]]


def _anime(step: Step) -> dict[str, Any]:
    return {"anime_id": step.before.anime_id}


def _told(step: Step, act: Act) -> dict[str, Any]:
    anime_id, changed = step.before.anime_id, step.changed
    told = {"anime_id": anime_id, "explained": step.explained, "undoes": act.undoes.get(anime_id)}
    return {**told, "before": changed.before, "after": changed.after}


def _kept(step: Step) -> Found:
    return [asdict(step.after.row)] if step.after.row else []


def _removed(step: Step) -> Found:
    return [_anime(step)] if step.before.row and not step.after.row else []


def _of_entry(rows: Callable[[Difference], Sequence[msgspec.Struct]]) -> Callable[[Step], Found]:
    """Rows that hang on an entry, each with the key of that; what goes with the entry itself needs no word."""

    def find(step: Step) -> Found:
        row = step.after.row
        return [{"user_id": row.user_id, **_anime(step), **asdict(one)} for one in rows(step.changed)] if row else []

    return find


_FIND: dict[str, Callable[[Step], Found]] = {
    "entry": _kept,
    "removed": _removed,
    "watch": _of_entry(lambda changed: changed.came),
    "watch_gone": _of_entry(lambda changed: changed.gone),
    "cycle": _of_entry(lambda changed: changed.rounds),
    "cycle_gone": _of_entry(lambda changed: changed.rounds_gone),
}


def _json(rows: Sequence[dict[str, Any]]) -> Any:
    return Jsonb(rows, dumps=msgspec.json.encode)
