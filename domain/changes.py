"""The change log: which tables pages show, and claiming what the triggers of `domain/capture.py` have logged.

A trigger writes a row for each updated row and for each distinct one that comes or goes, with the keys of the old and
the new side; it never coalesces over transactions and never locks, so writers do not wait for one another. Claimed rows
are deleted in the transaction that marks pages wanted: a change leaves the log only together with its effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import RowMaker


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
    Tracked(
        "account",
        key=("id",),
        routes=_same("id"),
        shown=("handle", "verified_at", "visibility"),
        hidden=(
            "display_name", "email", "password", "role", "scale", "time_zone", "avatar", "totp_seed", "totp_step",
            "created_at", "bio",
        ),
    ),
    Tracked(
        "review",
        key=("id",),
        routes=_same("anime_id"),
        shown=(
            "user_id", "anime_id", "body", "spoiler", "reached", "state", "private", "published_at", "deleted_at",
        ),
        hidden=("created_at", "updated_at"),
    ),
    Tracked("reception", key=("anime_id",), routes=_same("anime_id"), shown=("score", "votes", "fans")),
)  # fmt: skip


_CHANGE = "source, old, new, columns, at"


def _changes(cursor: psycopg.Cursor[Any]) -> RowMaker[Change]:
    return _read


def _read(row: Sequence[Any]) -> Change:
    """An update of no route has logged one side for both."""
    source, old, new, columns, at = row
    return Change(source, new if old is None and columns is not None else old, new, columns, at)


def any_logged(connection: psycopg.Connection) -> bool:
    """Whether there is anything to claim."""
    return connection.execute("SELECT EXISTS (SELECT FROM change_log)").fetchone() == (True,)


def claim(connection: psycopg.Connection, limit: int) -> list[Change]:
    """Take up to `limit` logged changes; they are gone for good when the caller's transaction commits."""
    with connection.cursor(row_factory=_changes) as cursor:
        return cursor.execute(
            "DELETE FROM change_log WHERE ctid = ANY (ARRAY("
            "  SELECT ctid FROM change_log ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))"
            f" RETURNING {_CHANGE}",
            [limit],
        ).fetchall()


def mark(connection: psycopg.Connection) -> int:
    """The number of the last logged change; in a transaction that has its snapshot, later ones are its own."""
    row = connection.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM change_log_id_seq").fetchone()
    return int(row[0]) if row else 0


def since(connection: psycopg.Connection, number: int) -> list[Change]:
    """What was logged after a mark; it stays in the log."""
    with connection.cursor(row_factory=_changes) as cursor:
        return cursor.execute(f"SELECT {_CHANGE} FROM change_log WHERE id > %s ORDER BY id", [number]).fetchall()
