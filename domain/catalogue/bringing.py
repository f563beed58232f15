"""Bringing what was taken in into the tables: per anime, what the feeds said before against what they say now."""

from __future__ import annotations

from typing import Any

import psycopg

from domain.catalogue import tables
from domain.catalogue.anime_rows import add_anime, change_anime
from domain.catalogue.columns import columns_of, difference
from domain.catalogue.copying import NULL, text
from domain.catalogue.first_load import keys_checked_at_once, nothing_to_log
from domain.catalogue.linked import (
    credits_of,
    episode_rows,
    genre_rows,
    offer_rows,
    offers_of,
    studio_rows,
)
from domain.catalogue.names import identity
from domain.catalogue.names_in_use import (
    Names,
    make_genres,
    make_platforms,
    make_studios,
    respell,
    spellings_of,
)
from domain.catalogue.relations import Links, Resolve, group_recaps, neighbours, recaps
from domain.catalogue.report import Report
from domain.catalogue.scope import Scope, attach_waiting, scope_of
from domain.catalogue.sheet import EMPTY, Sheet, merged
from domain.catalogue.stock import Stock
from domain.catalogue.tables import Changes
from domain.errors import Conflict

LOCK = 7_305_211
WORTH_ANALYZING = 500
"""Changed rows of a table from which on the planner should hear of them."""

Fields = dict[str, dict[str, Any]]


def lock(connection: psycopg.Connection) -> None:
    """Keep every other import out until this transaction ends; raises Conflict where one is running."""
    (alone,) = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,)).fetchone() or (False,)
    if not alone:
        raise Conflict("another catalogue import is running; wait until it is done")


def bring_in(stock: Stock, report: Report) -> None:
    """Write everything that the stock has pending; must run in the transaction in which the stock was loaded."""
    report.attached = attach_waiting(stock)
    if not any(stock.pending.values()):
        return
    connection = stock.connection
    grouped = recaps(connection)
    scope = scope_of(stock)
    old = {anime_id: merged(scope.old.get(anime_id, EMPTY)) for anime_id in scope.touched if not scope.is_new(anime_id)}
    new = {anime_id: merged(scope.new[anime_id]) for anime_id in scope.touched}
    first = not stock.existed
    with nothing_to_log(connection, first), keys_checked_at_once(connection, first):
        _write_anime(scope, old, new, report)
        _write_studios(scope, old, new, report)
        _write_genres(scope, old, new, report)
        _write_episodes(scope, report)
        _write_offers(scope, report)
        _write_relations(scope, report)
        _write_records(stock, report)
    group_recaps(connection, grouped, report)
    _analyze(connection, report)


def _write_anime(scope: Scope, old: Fields, new: Fields, report: Report) -> None:
    index = scope.stock.index
    added, changed = {}, {}
    for anime_id, fields in new.items():
        row = columns_of(fields, _primary(anime_id, fields, index.now))
        if scope.is_new(anime_id):
            added[anime_id] = row
        else:
            before = columns_of(old[anime_id], _primary(anime_id, old[anime_id], index.before))
            if columns := difference(before, row):
                changed[anime_id] = columns
    # Known anime first: an edition may only then find its primary edition, and ids only move away from them.
    add_anime(scope.stock.connection, added, report)
    change_anime(scope.stock.connection, changed, report)


def _primary(anime_id: str, fields: dict[str, Any], resolve: Resolve) -> str | None:
    """The anime of which this is an edition, where we have it."""
    edition = fields.get("edition")
    found = resolve(edition.of) if edition else None
    return found if found != anime_id else None


def _write_studios(scope: Scope, old: Fields, new: Fields, report: Report) -> None:
    connection = scope.stock.connection
    studios = Names(connection, "studio", report)
    make_studios(
        studios,
        (credit for anime_id, fields in new.items() for credit in credits_of(anime_id, fields)),
    )
    changes = Changes(tables.ANIME_STUDIO)
    for anime_id, fields in new.items():
        rows = studio_rows(anime_id, fields, studios.ids)
        if scope.is_new(anime_id):
            changes.fresh += rows
        else:
            changes.differ(studio_rows(anime_id, old[anime_id], studios.ids), rows)
    touched = {int(row[1]) for row in (*changes.fresh, *changes.put, *changes.gone)} - studios.fresh
    before = spellings_of(connection, touched)
    changes.write(connection, report)
    respell(connection, before, touched, report)


def _write_genres(scope: Scope, old: Fields, new: Fields, report: Report) -> None:
    genres = Names(scope.stock.connection, "genre", report)
    make_genres(genres, new.values())
    changes = Changes(tables.ANIME_GENRE)
    for anime_id, fields in new.items():
        rows = genre_rows(anime_id, fields, genres.ids)
        if scope.is_new(anime_id):
            changes.fresh += rows
        else:
            changes.differ(genre_rows(anime_id, old[anime_id], genres.ids), rows)
    changes.write(scope.stock.connection, report)


def _write_episodes(scope: Scope, report: Report) -> None:
    changes = Changes(tables.EPISODE)
    for anime_id in scope.touched:
        before, after = scope.old.get(anime_id, EMPTY), scope.new[anime_id]
        if scope.is_new(anime_id):
            changes.fresh += episode_rows(anime_id, after)
        elif any(before.of(feed) != after.of(feed) for feed in ("episodes", "extra")):
            changes.differ(episode_rows(anime_id, before), episode_rows(anime_id, after, before))
    changes.write(scope.stock.connection, report)


def _write_offers(scope: Scope, report: Report) -> None:
    platforms = Names(scope.stock.connection, "platform", report)
    offered = [offer for anime_id in scope.touched for offer in offers_of(scope.new[anime_id])]
    ended = {identity(offer.site): offer.ended for offer in offered if offer.ended}
    make_platforms(platforms, {offer.site for offer in offered}, ended)
    changes = Changes(tables.OFFER)
    for anime_id in scope.touched:
        rows = offer_rows(anime_id, scope.new[anime_id], platforms.ids)
        if scope.is_new(anime_id):
            changes.fresh += rows
        else:
            changes.differ(
                offer_rows(anime_id, scope.old.get(anime_id, EMPTY), platforms.ids),
                rows,
                keep=True,
            )
    changes.write(scope.stock.connection, report)


def _write_relations(scope: Scope, report: Report) -> None:
    index = scope.stock.index
    before, after = Links(scope.old, index.before), Links(scope.new, index.now)
    moved = {anime_id for anime_id in scope.touched if anime_id in scope.renamed or _relates_anew(scope, anime_id)}
    ring = neighbours((before, after), moved)
    scope.ensure(ring)
    scope.ensure(neighbours((before, after), ring))
    changes = Changes(tables.RELATION)
    for anime_id in sorted(moved | ring):
        if scope.is_new(anime_id):
            changes.fresh += after.rows(anime_id)
        else:
            changes.differ(before.rows(anime_id), after.rows(anime_id))
    changes.write(scope.stock.connection, report)


def _relates_anew(scope: Scope, anime_id: str) -> bool:
    return scope.is_new(anime_id) or _related(scope.old.get(anime_id, EMPTY)) != _related(scope.new[anime_id])


def _related(sheet: Sheet) -> tuple[Any, Any]:
    release, extra = sheet.of("release"), sheet.of("extra")
    return release.related if release else [], extra.relations if extra else []


def _write_records(stock: Stock, report: Report) -> None:
    changes = Changes(tables.FEED_RECORD)
    for feed, pending in stock.pending.items():
        for subject, record in pending.items():
            head = record.head
            row = (
                feed,
                text(subject),
                head.anime_id or NULL,
                f"\\\\x{head.digest.hex()}",
                text(record.text.decode()),
            )
            (changes.put if subject in stock.stored[feed] else changes.fresh).append(row)
    changes.write(stock.connection, report)


def _analyze(connection: psycopg.Connection, report: Report) -> None:
    for table, verbs in sorted(report.rows.items()):
        if verbs.total() >= WORTH_ANALYZING:
            connection.execute(f"ANALYZE {table}")
