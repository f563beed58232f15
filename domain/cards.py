"""What the app shows of an anime beside a fan's own facts."""

from __future__ import annotations

from uuid import UUID

import psycopg

from domain.errors import NotFound
from domain.library.shelf import Card

_CARD = """
SELECT slug, title_english, title_romaji, title_japanese, format, season_year, status = 'airing', cover
FROM anime WHERE id = %s
"""


def card_of(connection: psycopg.Connection, anime_id: UUID) -> Card:
    """The card of one anime. Raises NotFound."""
    row = connection.execute(_CARD, [anime_id]).fetchone()
    if row is None:
        raise NotFound("There is no such anime.")
    return Card(*row)
