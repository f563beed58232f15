"""The change log: which tables pages show, the triggers that log their changes, and claiming what was logged.

A trigger writes one row per statement and distinct change, with the keys of the old and the new side; it never
coalesces over transactions and never locks, so writers do not wait for one another. Claimed rows are deleted
in the transaction that marks pages wanted: a change leaves the log only together with its effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True)
class Tracked:
    """A table that pages show.

    `key` joins the old and the new side of an update. `routes` are SQL expressions over the row `r` from which
    tags are made (`domain/tags.py`). `shown` columns appear on pages; a change of `hidden` ones causes nothing.
    """

    table: str
    key: tuple[str, ...]
    routes: Mapping[str, str]
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One logged change: the routes of the old and the new side, and on an update the shown columns that differ.

    `at` is when it was logged, by the clock of PostgreSQL; the transaction may have been committed later.
    """

    source: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    columns: list[str] | None
    at: datetime = field(compare=False, repr=False)


def told(batch: Sequence[Change]) -> str:
    """What was changed, in one line: `anime cowboy-bebop: synopsis`, or of several changes how many and of what."""
    if len(batch) > 1:
        return f"{len(batch)} changes: {', '.join(sorted({change.source for change in batch}))}"
    [change] = batch
    side = change.new or change.old or {}
    name = next((str(side[name]) for name in ("slug", "id", "anime_id") if side.get(name) is not None), "")
    what = ", ".join(change.columns or []) or ("came" if not change.old else "went" if not change.new else "changed")
    return f"{change.source} {name}: {what}"


def _same(*columns: str) -> dict[str, str]:
    return {column: f"r.{column}" for column in columns}


TRACKED = (
    Tracked(
        "anime",
        key=("id",),
        routes={
            **_same("id", "adult", "season", "season_year", "format", "status", "primary_id", "popularity_band"),
            "slug": "r.slug",
        },
        shown=(
            "slug", "title_romaji", "title_english", "title_japanese", "synonyms", "format", "status",
            "episode_count", "episode_seconds", "season", "season_year", "start_date", "start_precision",
            "end_date", "end_precision", "broadcast_weekday", "broadcast_time", "synopsis", "synopsis_source",
            "source_material", "score_band", "popularity_band", "external_ids", "edition", "primary_id", "cover",
            "adult",
        ),
        hidden=("feed_score", "feed_votes", "popularity", "created_at", "updated_at"),
    ),
    Tracked("relation", key=("anime_id", "related_id", "kind"), routes=_same("anime_id")),
    Tracked(
        "episode",
        key=("anime_id", "kind", "number", "part"),
        routes={
            "anime_id": "r.anime_id",
            "page": "CASE WHEN r.kind = 'regular' THEN greatest(1, (r.number + 99) / 100) END",
        },
        shown=("title_english", "title_romaji", "title_japanese", "airs_at", "airs_precision", "minutes"),
    ),
    Tracked("studio", key=("id",), routes=_same("id"), shown=("slug", "name"), hidden=("identity",)),
    Tracked(
        "anime_studio",
        key=("anime_id", "studio_id"),
        routes=_same("anime_id", "studio_id"),
        hidden=("credited_as",),
    ),
    Tracked("genre", key=("id",), routes=_same("id"), shown=("slug", "name", "kind")),
    Tracked("anime_genre", key=("anime_id", "genre_id"), routes=_same("anime_id", "genre_id")),
    Tracked("season", key=("name",), routes={"id": "r.name"}, hidden=("season", "year")),
    Tracked("platform", key=("id",), routes=_same("id"), shown=("slug", "name", "closed_on")),
    Tracked(
        "offer",
        key=("anime_id", "platform_id", "region", "kind"),
        routes=_same("anime_id", "platform_id"),
        shown=("url", "label", "last_checked", "checked_precision", "ended_on"),
        hidden=("first_seen",),
    ),
    Tracked("similar_title", key=("anime_id",), routes=_same("anime_id"), shown=("titles",)),
    Tracked("slug_history", key=("room", "slug"), routes=_same("room", "slug"), shown=("target",)),
)  # fmt: skip


def triggers(tracked: Tracked) -> str:
    """The SQL that makes a table log its changes; migrations carry a copy, a test compares the two."""
    name, new, old = tracked.table, _routes(tracked, "n"), _routes(tracked, "o")
    bodies = {
        "insert": f"SELECT DISTINCT '{name}', NULL::jsonb, {new}, NULL::text[] FROM new_rows n",
        "delete": f"SELECT DISTINCT '{name}', {old}, NULL::jsonb, NULL::text[] FROM old_rows o",
        "update": _update(tracked, old, new),
        "truncate": f"SELECT DISTINCT '{name}', {old}, NULL::jsonb, NULL::text[] FROM {name} o",
    }
    seen = {
        "insert": "AFTER INSERT ON {} REFERENCING NEW TABLE AS new_rows",
        "delete": "AFTER DELETE ON {} REFERENCING OLD TABLE AS old_rows",
        "update": "AFTER UPDATE ON {} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "truncate": "BEFORE TRUNCATE ON {}",
    }
    return "\n".join(_trigger(name, act, seen[act].format(name), body) for act, body in bodies.items())


def _trigger(table: str, act: str, when: str, body: str) -> str:
    return (
        f"CREATE FUNCTION log_{table}_{act}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n    INSERT INTO change_log (source, old, new, columns)\n    {body};\n    RETURN NULL;\nEND $$;\n"
        f"CREATE TRIGGER log_{act} {when} FOR EACH STATEMENT EXECUTE FUNCTION log_{table}_{act}();"
    )


def _routes(tracked: Tracked, row: str) -> str:
    pairs = ", ".join(f"'{name}', {sql.replace('r.', f'{row}.')}" for name, sql in tracked.routes.items())
    return f"jsonb_build_object({pairs})"


def _update(tracked: Tracked, old: str, new: str) -> str:
    """Rows are matched by key; a changed key counts as one row gone and one come."""
    match = " AND ".join(f"n.{column} = o.{column}" for column in tracked.key)
    gone, come = f"n.{tracked.key[0]} IS NULL", f"o.{tracked.key[0]} IS NULL"
    differs = "NULL::text[]"
    if tracked.shown:
        values = ", ".join(f"('{column}', n.{column} IS DISTINCT FROM o.{column})" for column in tracked.shown)
        differs = f"(SELECT array_agg(c.name) FROM (VALUES {values}) c (name, differs) WHERE c.differs)"
    return (
        f"SELECT DISTINCT * FROM (\n        SELECT '{tracked.table}', CASE WHEN {come} THEN NULL ELSE {old} END, "
        f"CASE WHEN {gone} THEN NULL ELSE {new} END,\n"
        f"            CASE WHEN {gone} OR {come} THEN NULL ELSE {differs} END"
        f"\n        FROM old_rows o FULL JOIN new_rows n ON {match}\n    ) u (source, old, new, columns)"
        f"\n    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL"
    )


def any_logged(connection: psycopg.Connection) -> bool:
    """Whether there is anything to claim."""
    return connection.execute("SELECT EXISTS (SELECT FROM change_log)").fetchone() == (True,)


def claim(connection: psycopg.Connection, limit: int) -> list[Change]:
    """Take up to `limit` logged changes; they are gone for good when the caller's transaction commits."""
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        return cursor.execute(
            "DELETE FROM change_log WHERE id = ANY (ARRAY("
            "  SELECT id FROM change_log ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))"
            " RETURNING source, old, new, columns, at",
            [limit],
        ).fetchall()


def mark(connection: psycopg.Connection) -> int:
    """The number of the last logged change; in a transaction that has its snapshot, later ones are its own."""
    row = connection.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM change_log_id_seq").fetchone()
    return int(row[0]) if row else 0


def since(connection: psycopg.Connection, number: int) -> list[Change]:
    """What was logged after a mark; it stays in the log."""
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        return cursor.execute(
            "SELECT source, old, new, columns, at FROM change_log WHERE id > %s ORDER BY id", [number]
        ).fetchall()
