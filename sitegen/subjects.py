"""The subjects that pages and pictures share: every anime, season and studio that has a page."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg


def every_anime(connection: psycopg.Connection) -> Iterable[str]:
    return [id for (id,) in connection.execute("SELECT id::text FROM anime WHERE NOT adult")]


def every_season(connection: psycopg.Connection) -> Iterable[str]:
    return [name for (name,) in connection.execute("SELECT name FROM season")]


def every_studio(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT s.id::text FROM studio s WHERE EXISTS (SELECT FROM anime_studio l JOIN anime a ON a.id = l.anime_id"
        " WHERE l.studio_id = s.id AND NOT a.adult)"
    )
    return [id for (id,) in rows]
