"""The relay: logged changes become dirty pages, in one transaction."""

from __future__ import annotations

import psycopg

from domain import changes, manifest, overlap, schedule, similar, state, tags
from domain.lease import BULK
from domain.manifest import Order
from sitegen import impact
from sitegen.page import PICTURES
from sitegen.site import BY_KIND, DELAYS, LIST_DELAYS

BATCH = 5000
FLOOD = 1000
"""More changes than that at once are no editor's: their pages stand back behind those of edits."""
_REFRESHING = 7_003
"""Advisory lock: similar titles are brought up to date by one at a time."""
_SOURCES = ["anime", "anime_genre", "anime_studio", "genre", "similar_title"]
_COMPARED = {"season", "season_year", "adult", "format", "popularity_band", "score_band", "slug"}


LATER = 10.0
"""Seconds after which similar titles follow a change: comparing all titles takes some, so several changes share it."""


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
            since = min(change.at for change in batch)
            own, why = impact.own(touched), changes.told(batch)
            for keys, order in _orders(own, impact.readers(connection, touched) - own, flood=len(batch) > FLOOD):
                manifest.want(connection, keys, order, since, why)
        if any(moves_similar(change, refreshed) for change in batch):
            outdate_similar(connection)
            schedule.hasten(connection, "similar", LATER)
    return len(batch)


def _orders(own: set[str], readers: set[str], flood: bool) -> list[tuple[set[str], Order]]:
    """The pages of what was edited, first and at once; those that only show it, soon; pictures, which nobody awaits."""
    if flood:
        return [(own | readers, Order(DELAYS, BULK))]
    pictures = {key for key in own | readers if BY_KIND[key.partition("/")[0]].phase == PICTURES}
    return [
        (own - pictures, Order(DELAYS, first=True)),
        (readers - pictures, Order(LIST_DELAYS)),
        (pictures, Order(DELAYS, BULK)),
    ]


def outdate_similar(connection: psycopg.Connection) -> None:
    """Have all titles compared again, by whoever brings similar titles up to date next."""
    connection.execute(
        "INSERT INTO site_state SELECT 'similar_wanted', nextval('page_version')::text"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )


def refresh_similar(connection: psycopg.Connection) -> int:
    """Bring similar titles to what the catalogue says, unless they are; returns how many rows differed.

    What changes meanwhile outdates them again: nobody waits for this.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_REFRESHING])
        wanted = state.recall(connection, "similar_wanted")
        if wanted is not None and wanted == state.recall(connection, "similar_done"):
            return 0
        if wanted is None:
            outdate_similar(connection)
            wanted = state.recall(connection, "similar_wanted") or ""
        changed = similar.refresh(connection)
        state.remember(connection, "similar_done", wanted)
    return changed


def relay_all(connection: psycopg.Connection) -> int:
    """Consume the whole log, and what bringing similar titles up to date adds to it."""
    total, refreshed = 0, False
    while True:
        while consumed := relay(connection, refreshed=refreshed):
            total += consumed
        if _similar_is_fresh(connection):
            return total
        refresh_similar(connection)
        refreshed = True


def _similar_is_fresh(connection: psycopg.Connection) -> bool:
    done = state.recall(connection, "similar_done")
    return done is not None and done == state.recall(connection, "similar_wanted")


def begin_anew(connection: psycopg.Connection, *, changed: bool = False) -> int:
    """No page was ever built, so all will be, and what was logged says nothing more; returns how much that was.

    Similar titles are made now, unless they are known to be right; `changed` says that they cannot be.
    """
    wrong = connection.execute("SELECT EXISTS (SELECT FROM change_log WHERE source = ANY (%s))", [_SOURCES]).fetchone()
    if changed or wrong == (True,) or not _similar_is_fresh(connection):
        outdate_similar(connection)
        refresh_similar(connection)
    return connection.execute("DELETE FROM change_log").rowcount


def moves_similar(change: changes.Change, refreshed: bool = False) -> bool:
    """Whether a change may make other titles similar."""
    if change.source == "anime":
        return change.columns is None or not _COMPARED.isdisjoint(change.columns)
    if change.source == "similar_title":
        return not refreshed  # somebody else wrote into a derived table
    return change.source in _SOURCES
