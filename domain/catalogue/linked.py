"""The rows that hang on an anime: studios, genres, episodes and offers, as the feeds together say."""

from __future__ import annotations

from typing import Any

from domain.catalogue import said
from domain.catalogue.copying import NULL, Row, text
from domain.catalogue.names import GENRE_KINDS, identity
from domain.catalogue.names_in_use import Credit
from domain.catalogue.offers import fold
from domain.catalogue.sheet import Sheet


def credits_of(anime_id: str, fields: dict[str, Any]) -> list[Credit]:
    """One credit per studio, under the first spelling that names it."""
    found: dict[str, str] = {}
    for name in fields.get("studios", ()):
        found.setdefault(identity(name), name)
    return [Credit(anime_id, key, name) for key, name in found.items() if key]


def studio_rows(anime_id: str, fields: dict[str, Any], ids: dict[str, int]) -> list[Row]:
    return [(anime_id, str(ids[credit.identity]), text(credit.credited_as)) for credit in credits_of(anime_id, fields)]


def genre_rows(anime_id: str, fields: dict[str, Any], ids: dict[str, int]) -> list[Row]:
    keys = {identity(name) for kind in GENRE_KINDS for name in fields.get(f"{kind}s", ())}
    return [(anime_id, str(genre_id)) for genre_id in sorted(ids[key] for key in keys)]


def episode_rows(anime_id: str, sheet: Sheet, before: Sheet | None = None) -> list[Row]:
    """The episodes, with exact times where the extra facts announce one.

    An announcement of `before` still holds when the next one comes: its episode has aired since.
    """
    episodes = sheet.of("episodes")
    rows = {(row.kind, row.number, row.part): row for row in (episodes.rows if episodes else ())}
    for extra in (before.of("extra") if before else None, sheet.of("extra")):
        if extra and extra.next_episode is not None:
            key = ("regular", extra.next_episode, "")
            rows[key] = _announced(rows.get(key), extra.next_episode, extra.next_at)
    return [_episode_row(anime_id, row) for row in rows.values()]


def _announced(row: said.Episode | None, number: int, airs_at: str | None) -> said.Episode:
    if row is None:
        return said.Episode("regular", number, "", None, None, None, airs_at, "minute", None)
    return said.Episode(
        row.kind,
        row.number,
        row.part,
        row.english,
        row.romaji,
        row.japanese,
        airs_at,
        "minute",
        row.minutes,
    )


def _episode_row(anime_id: str, row: said.Episode) -> Row:
    return (
        anime_id,
        row.kind,
        str(row.number),
        row.part,
        text(row.english),
        text(row.romaji),
        text(row.japanese),
        row.airs_at or NULL,
        row.precision or NULL,
        str(row.minutes) if row.minutes else NULL,
    )


def offers_of(sheet: Sheet) -> list[said.Offer]:
    records = sheet.all_of("offers")
    return records[0].rows if len(records) == 1 else fold(records)[0].rows


def offer_rows(anime_id: str, sheet: Sheet, ids: dict[str, int]) -> list[Row]:
    return [_offer_row(anime_id, offer, ids) for offer in offers_of(sheet)]


def _offer_row(anime_id: str, offer: said.Offer, ids: dict[str, int]) -> Row:
    day, precision = offer.checked or (NULL, NULL)
    return (
        anime_id,
        str(ids[identity(offer.site)]),
        offer.region,
        offer.kind,
        text(offer.url),
        text(offer.label),
        offer.first_seen or NULL,
        day,
        precision,
        offer.ended or NULL,
    )
