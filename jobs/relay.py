"""The relay: logged changes become dirty pages, in one transaction."""

from __future__ import annotations

import psycopg

from domain import changes, manifest, overlap, similar, state, tags
from sitegen import impact
from sitegen.site import DELAYS

BATCH = 5000
_SOURCES = ["anime", "anime_genre", "anime_studio", "genre", "similar_title"]
_COMPARED = {"season", "season_year", "adult", "format", "popularity_band", "score_band", "slug"}


def relay(connection: psycopg.Connection, limit: int = BATCH, *, refreshed: bool = False) -> int:
    """Consume up to `limit` changes; returns how many, which says nothing of how many pages they reach.

    `refreshed` says that similar titles were brought up to date a moment ago, so what is logged of them is our doing.
    """
    if not changes.any_logged(connection):
        return 0
    with connection.transaction():
        beside_renderers = overlap.begin_relay(connection)
        batch = changes.claim(connection, limit)
        if batch:
            touched = tags.touched(connection, batch)
            if beside_renderers:
                overlap.leave_touches(connection, [tags.number(tag) for tag in touched])
            manifest.want(connection, impact.affected(connection, touched), DELAYS)
        if any(_moves_similar(change, refreshed) for change in batch):
            state.remember(connection, "similar", "stale")
    return len(batch)


def relay_all(connection: psycopg.Connection) -> int:
    """Consume the whole log, and what bringing similar titles up to date adds to it."""
    total, refreshed = 0, False
    while True:
        while consumed := relay(connection, refreshed=refreshed):
            total += consumed
        with connection.transaction():
            if state.recall(connection, "similar") != "stale":
                return total
            similar.refresh(connection)
            state.remember(connection, "similar", "fresh")
            refreshed = True


def begin_anew(connection: psycopg.Connection, *, changed: bool = False) -> int:
    """No page was ever built, so all will be, and what was logged says nothing more; returns how much that was.

    Similar titles are made now, unless they are known to be right; `changed` says that they cannot be.
    """
    wrong = connection.execute("SELECT EXISTS (SELECT FROM change_log WHERE source = ANY (%s))", [_SOURCES]).fetchone()
    if changed or wrong == (True,) or state.recall(connection, "similar") != "fresh":
        similar.refresh(connection)
        state.remember(connection, "similar", "fresh")
    return connection.execute("DELETE FROM change_log").rowcount


def _moves_similar(change: changes.Change, refreshed: bool) -> bool:
    if change.source == "anime":
        return change.columns is None or not _COMPARED.isdisjoint(change.columns)
    if change.source == "similar_title":
        return not refreshed  # somebody else wrote into a derived table
    return change.source in _SOURCES
