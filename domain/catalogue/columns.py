"""From merged fields to the columns of a row of `anime`, and what differs between two such rows."""

from __future__ import annotations

from typing import Any

COLUMNS = (
    "title_romaji",
    "title_english",
    "title_japanese",
    "synonyms",
    "format",
    "status",
    "episode_count",
    "episode_seconds",
    "season",
    "season_year",
    "start_date",
    "start_precision",
    "end_date",
    "end_precision",
    "broadcast_weekday",
    "broadcast_time",
    "synopsis",
    "synopsis_source",
    "source_material",
    "feed_score",
    "feed_votes",
    "popularity",
    "external_ids",
    "edition",
    "primary_id",
    "adult",
)
"""The columns that feeds fill, in the order of a COPY line."""

NEVER_NULL = {
    "format": "unknown",
    "status": "unknown",
    "synonyms": [],
    "external_ids": {},
    "adult": False,
}
"""What stands where no feed says anything; a title that was known is kept."""


def columns_of(fields: dict[str, Any], primary_id: str | None) -> dict[str, Any]:
    """The columns that the feeds fill; `primary_id` is the anime that the edition belongs to, where we have it."""
    row = {column: fields.get(column, NEVER_NULL.get(column)) for column in COLUMNS}
    for end in ("start", "end"):
        row[f"{end}_date"], row[f"{end}_precision"] = fields.get(end, (None, None))
    row["external_ids"] = fields.get("ids", {})
    edition = fields.get("edition")
    row["edition"] = {"kind": edition.kind, "label": edition.label} if edition else None
    row["primary_id"] = primary_id
    return row


def difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The columns whose merged value changed; every other column is left as it stands in the database."""
    changed = {column: new[column] for column in COLUMNS if old[column] != new[column]}
    if changed.get("title_romaji", "") is None:
        del changed["title_romaji"]
    return changed
