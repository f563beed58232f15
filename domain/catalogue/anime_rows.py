"""Rows of `anime`: new ones by COPY, known ones only in the columns whose merged value changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from domain.catalogue.columns import COLUMNS
from domain.catalogue.copying import Row, copy_rows, document, flag, number, text, texts
from domain.catalogue.report import Report
from domain.slugs import free_slug

WRITTEN_AS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(COLUMNS, text),
    "synonyms": texts,
    "external_ids": document,
    "edition": document,
    "adult": flag,
    **dict.fromkeys(
        (
            "episode_count",
            "episode_seconds",
            "season_year",
            "broadcast_weekday",
            "feed_score",
            "feed_votes",
            "popularity",
        ),
        number,
    ),
}
WRITERS = [(column, WRITTEN_AS[column]) for column in COLUMNS]


def taken_slugs(connection: psycopg.Connection) -> set[str]:
    """The slugs that stand for an anime, or once did."""
    question = "SELECT slug FROM anime UNION ALL SELECT slug FROM slug_history WHERE room = 'anime'"
    return {slug for (slug,) in connection.execute(question)}


def slugs_for(rows: dict[str, dict[str, Any]], taken: set[str]) -> dict[str, str]:
    """Slugs of new anime, then taken too; of namesakes the best known gets the plain one, whatever the order was."""
    slugs = {}
    for anime_id in sorted(rows, key=lambda anime_id: (*_standing(rows[anime_id]), anime_id)):
        row = rows[anime_id]
        names = [name for name in (row["title_english"], row["title_romaji"]) if name]
        hints = [str(year)] if (year := _year(row)) else []
        slug = free_slug(names, [*hints, row["format"]], f"anime-{anime_id[:8]}", taken)
        taken.add(slug)
        slugs[anime_id] = slug
    return slugs


def _standing(row: dict[str, Any]) -> tuple[int, int]:
    return -(row["popularity"] or 0), _year(row) or 9999


def _year(row: dict[str, Any]) -> int | None:
    year: int | None = row["season_year"]
    return year or (int(row["start_date"][:4]) if row["start_date"] else None)


@dataclass
class AnimeChanges:
    """The rows of new anime, and of known ones the columns that change."""

    added: list[Row] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write(self, connection: psycopg.Connection, report: Report) -> None:
        # New anime first: an edition that is known may only now find its primary edition.
        if self.added:
            columns = ", ".join(("id", "slug", *COLUMNS))
            report.wrote("anime", "added", copy_rows(connection, "anime", columns, self.added))
        change_anime(connection, self.changed, report)


def rows_of(added: dict[str, dict[str, Any]], taken: set[str]) -> list[Row]:
    slugs = slugs_for(added, taken)
    return [
        (anime_id, slugs[anime_id], *[write(row[column]) for column, write in WRITERS])
        for anime_id, row in added.items()
    ]


def change_anime(connection: psycopg.Connection, changes: dict[str, dict[str, Any]], report: Report) -> None:
    """Write the changed columns of known anime; a row that an editor already made so is not touched."""
    if not changes:
        return
    connection.execute("CREATE TEMPORARY TABLE changed (id uuid, columns jsonb) ON COMMIT DROP")
    lines: Iterable[Row] = (
        (anime_id, text(json.dumps(columns, ensure_ascii=False))) for anime_id, columns in sorted(changes.items())
    )
    copy_rows(connection, "changed", "id, columns", lines)
    # Where the changes name no column, jsonb_populate_record keeps the row's own value.
    sets = ", ".join(f"{column} = new.{column}" for column in COLUMNS)
    ours, theirs = (", ".join(f"{name}.{column}" for column in COLUMNS) for name in ("anime", "new"))
    done = connection.execute(
        f"""UPDATE anime SET {sets}, updated_at = now()
            FROM (SELECT (jsonb_populate_record(a, c.columns)).* FROM changed c JOIN anime a USING (id)) AS new
            WHERE anime.id = new.id AND ({ours}) IS DISTINCT FROM ({theirs})"""
    )
    report.wrote("anime", "changed", done.rowcount)
    connection.execute("DROP TABLE changed")
