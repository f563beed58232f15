"""Writing rows: new ones by COPY, differing ones by one statement per table, equal ones never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

import psycopg

from domain.catalogue.copying import Row, copy_rows
from domain.catalogue.report import Report


@dataclass(frozen=True)
class Table:
    """A table that an import fills: its columns with the key's first, as COPY wants them."""

    name: str
    key: tuple[str, ...]
    rest: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.key + self.rest


ANIME_STUDIO = Table("anime_studio", ("anime_id", "studio_id"), ("credited_as",))
ANIME_GENRE = Table("anime_genre", ("anime_id", "genre_id"))
RELATION = Table("relation", ("anime_id", "related_id", "kind"))
EPISODE = Table(
    "episode",
    ("anime_id", "kind", "number", "part"),
    (
        "title_english",
        "title_romaji",
        "title_japanese",
        "airs_at",
        "airs_precision",
        "minutes",
    ),
)
OFFER = Table(
    "offer",
    ("anime_id", "platform_id", "region", "kind"),
    ("url", "label", "first_seen", "last_checked", "checked_precision", "ended_on"),
)
FEED_RECORD = Table("feed_record", ("feed", "subject"), ("anime_id", "digest", "facts"))


@dataclass
class Changes:
    """What an import does to one table.

    `fresh` rows belong to new anime, so nothing can stand in their place, and `streamed` are fresh ones that are made
    only as they are sent; `put` are added or replaced; `gone` are keys of rows that the feed used to say and says no
    more.
    """

    table: Table
    fresh: list[Row] = field(default_factory=list)
    put: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    streamed: Iterable[Row] = ()

    def differ(self, old: Iterable[Row], new: Iterable[Row], keep: bool = False) -> None:
        """Note what makes the rows that the feeds said into those that they say; `keep` what they say no more."""
        olds = set(old)
        rows = list(new)
        self.put.extend(row for row in rows if row not in olds)
        if not keep:
            width = len(self.table.key)
            keys = {row[:width] for row in rows}
            self.gone.extend(sorted({row[:width] for row in olds} - keys))

    def write(self, connection: psycopg.Connection, report: Report) -> None:
        columns = ", ".join(self.table.columns)
        if self.put and is_empty(connection, self.table.name):
            self.fresh, self.put = list(chain(self.fresh, self.put)), []
        if self.gone:
            report.wrote(self.table.name, "removed", _delete(connection, self.table, self.gone))
        if self.put:
            for verb, rows in _upsert(connection, self.table, self.put).items():
                report.wrote(self.table.name, verb, rows)
        if self.fresh or self.streamed:
            fresh = chain(self.fresh, self.streamed)
            report.wrote(self.table.name, "added", copy_rows(connection, self.table.name, columns, fresh))


def is_empty(connection: psycopg.Connection, table: str) -> bool:
    return connection.execute(f"SELECT FROM {table} LIMIT 1").fetchone() is None


def _stage(
    connection: psycopg.Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: list[Row],
) -> None:
    listed = ", ".join(columns)
    connection.execute("DROP TABLE IF EXISTS staged")
    connection.execute(f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {listed} FROM {table.name} LIMIT 0")
    copy_rows(connection, "staged", listed, rows)


def _upsert(connection: psycopg.Connection, table: Table, rows: list[Row]) -> dict[str, int]:
    """Add the rows or replace those in their place; a row that already is so is not touched."""
    _stage(connection, table, table.columns, rows)
    columns, key = ", ".join(table.columns), ", ".join(table.key)
    act = "NOTHING"
    if table.rest:
        sets = ", ".join(f"{column} = excluded.{column}" for column in table.rest)
        ours, theirs = (", ".join(f"{name}.{column}" for column in table.rest) for name in (table.name, "excluded"))
        act = f"UPDATE SET {sets} WHERE ({ours}) IS DISTINCT FROM ({theirs})"
    counted = connection.execute(
        f"""WITH written AS (
                INSERT INTO {table.name} ({columns}) SELECT {columns} FROM staged ORDER BY {key}
                ON CONFLICT ({key}) DO {act}
                RETURNING xmax = 0 AS added)
            SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM written"""
    ).fetchone()
    added, changed = counted or (0, 0)
    return {"added": added, "changed": changed}


def _delete(connection: psycopg.Connection, table: Table, keys: list[Row]) -> int:
    _stage(connection, table, table.key, keys)
    same = " AND ".join(f"t.{column} = s.{column}" for column in table.key)
    return connection.execute(f"DELETE FROM {table.name} t USING staged s WHERE {same}").rowcount
