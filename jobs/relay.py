"""The relay: logged changes become dirty pages, in one transaction."""

from __future__ import annotations

import psycopg

from domain import changes, manifest, similar, tags
from sitegen import impact

BATCH = 5000
_COMPARED = {"season", "season_year", "adult", "format", "popularity_band", "score_band", "slug"}


def relay(connection: psycopg.Connection, limit: int = BATCH) -> int:
    """Consume up to `limit` changes; returns how many, which says nothing of how many pages they reach."""
    with connection.transaction():
        batch = changes.claim(connection, limit)
        if batch:
            manifest.want(connection, impact.affected(connection, tags.touched(connection, batch)))
        if any(_moves_similar(change) for change in batch):
            manifest.remember(connection, "similar", "stale")
    return len(batch)


def relay_all(connection: psycopg.Connection) -> int:
    """Consume the whole log, and what bringing similar titles up to date adds to it."""
    total = 0
    while True:
        while consumed := relay(connection):
            total += consumed
        with connection.transaction():
            if manifest.state(connection, "similar") != "stale":
                return total
            similar.refresh(connection)
            manifest.remember(connection, "similar", "fresh")


def _moves_similar(change: changes.Change) -> bool:
    if change.source == "anime":
        return change.columns is None or not _COMPARED.isdisjoint(change.columns)
    return change.source in ("anime_genre", "anime_studio", "genre")
