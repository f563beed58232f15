"""What an import turns each table from and into: per anime, what the feeds said before against what they say now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from domain.catalogue import tables
from domain.catalogue.anime_rows import AnimeChanges, rows_of, taken_slugs
from domain.catalogue.columns import columns_of, difference
from domain.catalogue.copying import NULL, Row, quoted, text
from domain.catalogue.linked import credits_of, episode_rows, genre_rows, offer_rows, offers_of, studio_rows
from domain.catalogue.names import identity
from domain.catalogue.names_in_use import (
    Names,
    make_genres,
    make_platforms,
    make_studios,
    respell,
    spellings_of,
)
from domain.catalogue.relations import Links, Resolve, neighbours
from domain.catalogue.report import Report
from domain.catalogue.scope import Scope
from domain.catalogue.sheet import EMPTY, Sheet, merged
from domain.catalogue.tables import Changes, Table

Fields = dict[str, Any]


@dataclass
class StudioChanges:
    """The links to studios; a studio whose credits changed may be best known under another spelling."""

    links: Changes
    touched: set[int]

    def write(self, connection: psycopg.Connection, report: Report) -> None:
        before = spellings_of(connection, self.touched)
        self.links.write(connection, report)
        respell(connection, before, self.touched, report)


class Turn:
    """The changes to each table. Whatever has to be read or named is so when this was made: nothing below asks."""

    def __init__(self, scope: Scope, report: Report) -> None:
        connection, self.scope = scope.stock.connection, scope
        self.fresh = [anime_id for anime_id in scope.touched if scope.is_new(anime_id)]
        known = [anime_id for anime_id in scope.touched if not scope.is_new(anime_id)]
        self.old = {anime_id: merged(scope.old.get(anime_id, EMPTY)) for anime_id in known}
        self.new = {anime_id: merged(scope.new[anime_id]) for anime_id in scope.touched}
        self.studio_names = Names(connection, "studio", report)
        make_studios(self.studio_names, (credit for pair in self.new.items() for credit in credits_of(*pair)))
        self.genre_names = Names(connection, "genre", report)
        make_genres(self.genre_names, self.new.values())
        self.platform_names = Names(connection, "platform", report)
        offered = [offer for anime_id in scope.touched for offer in offers_of(scope.new[anime_id])]
        ended: dict[str, str] = {}
        for offer in offered:
            if offer.ended:
                ended[identity(offer.site)] = min(offer.ended, ended.get(identity(offer.site), offer.ended))
        make_platforms(self.platform_names, {offer.site for offer in offered}, ended)
        self.taken = taken_slugs(connection) if self.fresh else set()
        self.before, self.after = Links(scope.old, scope.stock.index.before), Links(scope.new, scope.stock.index.now)
        self.related = self._related()

    def _related(self) -> list[str]:
        """The anime whose relations may change: those that relate anew, and those at the other end."""
        scope, sides = self.scope, (self.before, self.after)
        moved = {anime_id for anime_id in scope.touched if anime_id in scope.renamed or _relates_anew(scope, anime_id)}
        ring = neighbours(sides, moved)
        scope.ensure(ring)
        scope.ensure(neighbours(sides, ring - moved))
        return sorted(moved | ring)

    def anime(self) -> AnimeChanges:
        index = self.scope.stock.index
        added, changed = {}, {}
        for anime_id, fields in self.new.items():
            row = columns_of(fields, _primary(anime_id, fields, index.now))
            if self.scope.is_new(anime_id):
                added[anime_id] = row
            else:
                old = self.old[anime_id]
                if columns := difference(columns_of(old, _primary(anime_id, old, index.before)), row):
                    changed[anime_id] = columns
        return AnimeChanges(rows_of(added, self.taken), changed)

    def studios(self) -> StudioChanges:
        links = self._links(tables.ANIME_STUDIO, studio_rows, self.studio_names.ids)
        touched = {int(row[1]) for row in (*links.fresh, *links.put, *links.gone)}
        return StudioChanges(links, touched - self.studio_names.fresh)

    def genres(self) -> Changes:
        return self._links(tables.ANIME_GENRE, genre_rows, self.genre_names.ids)

    def _links(
        self, table: Table, rows_of: Callable[[str, Fields, dict[str, int]], list[Row]], ids: dict[str, int]
    ) -> Changes:
        """What the merged fields say an anime is linked to."""
        changes = Changes(table)
        for anime_id, fields in self.new.items():
            rows = rows_of(anime_id, fields, ids)
            if self.scope.is_new(anime_id):
                changes.fresh += rows
            else:
                changes.differ(rows_of(anime_id, self.old[anime_id], ids), rows)
        return changes

    def episodes(self) -> Changes:
        scope = self.scope
        fresh = (row for anime_id in self.fresh for row in episode_rows(anime_id, scope.new[anime_id]))
        changes = Changes(tables.EPISODE, streamed=fresh)
        for anime_id in self.old:
            before, after = scope.old.get(anime_id, EMPTY), scope.new[anime_id]
            if any(before.of(feed) != after.of(feed) for feed in ("episodes", "extra")):
                changes.differ(episode_rows(anime_id, before), episode_rows(anime_id, after, before))
        return changes

    def offers(self) -> Changes:
        scope, ids = self.scope, self.platform_names.ids
        fresh = (row for anime_id in self.fresh for row in offer_rows(anime_id, scope.new[anime_id], ids))
        changes = Changes(tables.OFFER, streamed=fresh)
        for anime_id in self.old:
            before = offer_rows(anime_id, scope.old.get(anime_id, EMPTY), ids)
            changes.differ(before, offer_rows(anime_id, scope.new[anime_id], ids), keep=True)
        return changes

    def relations(self) -> Changes:
        changes = Changes(tables.RELATION)
        for anime_id in self.related:
            if self.scope.is_new(anime_id):
                changes.fresh += self.after.rows(anime_id)
            else:
                changes.differ(self.before.rows(anime_id), self.after.rows(anime_id))
        return changes

    def records(self) -> Changes:
        stored = self.scope.stock.stored
        keys = [(feed, subject) for feed, pending in self.scope.stock.pending.items() for subject in pending]
        put = [self._record(feed, subject) for feed, subject in keys if subject in stored[feed]]
        fresh = (self._record(feed, subject) for feed, subject in keys if subject not in stored[feed])
        return Changes(tables.FEED_RECORD, put=put, streamed=fresh)

    def _record(self, feed: str, subject: str) -> Row:
        record = self.scope.stock.pending[feed][subject]
        digest = f"\\\\x{record.head.digest.hex()}"
        return feed, text(subject), record.head.anime_id or NULL, digest, quoted(record.text.decode())


def _primary(anime_id: str, fields: Fields, resolve: Resolve) -> str | None:
    """The anime of which this is an edition, where we have it."""
    edition = fields.get("edition")
    found = resolve(edition.of) if edition else None
    return found if found != anime_id else None


def _relates_anew(scope: Scope, anime_id: str) -> bool:
    return scope.is_new(anime_id) or _stated(scope.old.get(anime_id, EMPTY)) != _stated(scope.new[anime_id])


def _stated(sheet: Sheet) -> tuple[Any, Any]:
    release, extra = sheet.of("release"), sheet.of("extra")
    return release.related if release else [], extra.relations if extra else []
