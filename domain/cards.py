"""What the app shows of an anime beside a fan's own facts."""

from __future__ import annotations

from uuid import UUID

import psycopg

from domain.errors import NotFound
from domain.library.shelf import CARD, Card


def card_of(connection: psycopg.Connection, anime_id: UUID) -> Card:
    """The card of one anime. Raises NotFound."""
    row = connection.execute(f"SELECT {CARD} FROM anime a WHERE a.id = %s", [anime_id]).fetchone()
    if row is None:
        raise NotFound("There is no such anime.")
    return Card(*row)
