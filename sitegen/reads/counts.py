"""Reading indexes: how many stand on each shelf, and what the manifest says of pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from domain.manifest import SHARDS
from sitegen.reads.batch import BEST_FIRST, CARD, Batch, Row
from sitegen.reads.lists import INITIAL

_COUNT = "SELECT {0} AS shelf, count(*) FROM anime a {1} WHERE NOT a.adult GROUP BY 1 ORDER BY 1"


class CountReads(Batch):
    """Verbs about whole collections."""

    def season_counts(self) -> list[tuple[Any, ...]]:
        """(name, season, year, how many), newest first."""
        self.note("seasons.members")
        return self.once(
            "season counts",
            lambda: self.tuples(
                "SELECT s.name, s.season, s.year, count(a.id) FROM season s LEFT JOIN anime a ON a.season = s.season"
                " AND a.season_year = s.year AND NOT a.adult GROUP BY s.name"
                " ORDER BY s.year DESC, array_position(ARRAY['fall', 'summer', 'spring', 'winter'], s.season)"
            ),
        )

    def seasons_known_since(self) -> dict[str, datetime]:
        """When the first title of each season was added."""
        self.note("seasons.members")
        return self.once(
            "seasons known",
            lambda: dict(
                self.tuples(
                    "SELECT season || '-' || season_year, min(created_at) FROM anime"
                    " WHERE season IS NOT NULL AND NOT adult GROUP BY 1"
                )
            ),
        )

    def studio_counts(self) -> list[tuple[Any, ...]]:
        """(name, slug, how many), most first."""
        self.note("studios.members")
        return self.once(
            "studio counts",
            lambda: self.tuples(
                "SELECT s.name, s.slug, count(*) FROM studio s JOIN anime_studio l ON l.studio_id = s.id"
                " JOIN anime a ON a.id = l.anime_id WHERE NOT a.adult GROUP BY s.id ORDER BY count(*) DESC, s.slug"
            ),
        )

    def genre_counts(self) -> list[tuple[Any, ...]]:
        """(kind, name, slug, how many) by name."""
        self.note("genres.members")
        return self.once(
            "genre counts",
            lambda: self.tuples(
                "SELECT g.kind, g.name, g.slug, count(*) FROM genre g JOIN anime_genre l ON l.genre_id = g.id"
                " JOIN anime a ON a.id = l.anime_id WHERE NOT a.adult GROUP BY g.id ORDER BY g.kind, g.name"
            ),
        )

    def platform_counts(self) -> list[tuple[Any, ...]]:
        """(name, how many anime) of every platform that offers something now."""
        self.note("platforms.members")
        rows = self.once(
            "platform counts",
            lambda: self.tuples(
                "SELECT p.id, p.name, count(DISTINCT o.anime_id) FROM platform p JOIN offer o ON o.platform_id = p.id"
                " JOIN anime a ON a.id = o.anime_id WHERE NOT a.adult"
                " AND coalesce(least(o.ended_on, p.closed_on) > %s, true) GROUP BY p.id"
                " ORDER BY count(DISTINCT o.anime_id) DESC, p.name",
                self.as_of,
            ),
        )
        self.note(*(f"platform:{row[0]}" for row in rows))
        return [row[1:] for row in rows]

    def next_end(self) -> date | None:
        """The next day on which an offer is known to end."""
        self.note("platforms.members")
        rows = self.once(
            "next end",
            lambda: self.tuples(
                "SELECT min(least(o.ended_on, p.closed_on)) FROM offer o JOIN platform p ON p.id = o.platform_id"
                " WHERE least(o.ended_on, p.closed_on) > %s",
                self.as_of,
            ),
        )
        end: date | None = rows[0][0]
        return end

    def best_offered(self, many: int) -> list[Row]:
        """Cards of the most popular anime that somebody offers now; remembers the bands that it looked at."""
        self.note("platforms.members")
        rows = self.once(
            "best offered",
            lambda: self.tuples(
                f"SELECT a.popularity_band, {CARD} FROM anime a WHERE NOT a.adult AND EXISTS (SELECT FROM offer o"
                " JOIN platform p ON p.id = o.platform_id WHERE o.anime_id = a.id"
                f" AND coalesce(least(o.ended_on, p.closed_on) > %s, true)) ORDER BY {BEST_FIRST} LIMIT %s",
                self.as_of,
                many,
            ),
        )
        self.note_bands(rows[-1][0] if len(rows) == many else 0)
        return self.cards([self.keep_card(row[1:])["id"] for row in rows])

    def year_counts(self) -> list[tuple[Any, ...]]:
        """(year or None, how many), newest first, without a year last."""
        self.note("years.members")
        sql = f"{_COUNT.format('a.season_year', '')} DESC NULLS LAST"
        return self.once("year counts", lambda: self.tuples(sql))

    def format_counts(self) -> list[tuple[Any, ...]]:
        """(format, year or None, how many)."""
        self.note("formats.members")
        return self.once(
            "format counts",
            lambda: self.tuples(
                "SELECT format, season_year, count(*) FROM anime WHERE NOT adult GROUP BY 1, 2"
                " ORDER BY 1, 2 DESC NULLS LAST"
            ),
        )

    def initial_counts(self) -> list[tuple[Any, ...]]:
        """(two characters, how many)."""
        self.note("initials.members")
        return self.once("initial counts", lambda: self.tuples(_COUNT.format(INITIAL, "")))

    def total(self) -> int:
        """How many anime the site shows."""
        return sum(row[1] for row in self.year_counts())

    def moved_to(self, room: str, slug: str) -> tuple[bool, str | None]:
        """Whether an old address is remembered, and the slug at which its owner is shown now (None: nowhere)."""
        self.note(f"slug:{room}/{slug}")
        rows = self.once(
            "moves",
            lambda: self.grouped(
                "SELECT h.room || '/' || h.slug, h.target, coalesce(a.slug, s.slug, g.slug) FROM slug_history h"
                " LEFT JOIN anime a ON h.room = 'anime' AND a.id::text = h.target AND NOT a.adult"
                " LEFT JOIN studio s ON h.room = 'studio' AND s.id::text = h.target"
                " AND EXISTS (SELECT FROM anime_studio l"
                "  JOIN anime m ON m.id = l.anime_id WHERE l.studio_id = s.id AND NOT m.adult)"
                " LEFT JOIN genre g ON h.room = 'genre' AND g.id::text = h.target AND EXISTS (SELECT FROM anime_genre l"
                "  JOIN anime m ON m.id = l.anime_id WHERE l.genre_id = g.id AND NOT m.adult)"
                " WHERE h.room || '/' || h.slug = ANY (%s)",
                self.subjects,
            ),
        ).get(f"{room}/{slug}")
        if not rows:
            return False, None
        target, now = rows[0]
        self.note(f"{room}:{target}", f"{room}:{target}.{'offers' if room == 'anime' else 'members'}")
        return True, now

    def watchable(self, subject: str) -> bool:
        """Whether the anime that had this old address has a where-to-watch page."""
        offered = self.once(
            "watchable",
            lambda: {
                row[0]
                for row in self.tuples(
                    "SELECT h.room || '/' || h.slug FROM slug_history h JOIN offer o ON o.anime_id::text = h.target"
                    " WHERE h.room || '/' || h.slug = ANY (%s)",
                    self.subjects,
                )
            },
        )
        return subject in offered

    def sitemap_shards(self) -> int:
        """How many shards the sitemap is cut into."""
        self.note("sitemap.shards")
        rows = self.once("shards", lambda: self.tuples("SELECT value FROM site_state WHERE name = 'sitemap_shards'"))
        return int(rows[0][0]) if rows else 1

    def sitemap_entries(self, shard: int) -> list[tuple[Any, ...]]:
        """(path, changed at) of the indexable pages in one shard, by path."""
        width = SHARDS // self.sitemap_shards()
        return self.tuples(
            "SELECT path, changed_at FROM page WHERE indexable AND shard >= %s AND shard < %s"
            ' ORDER BY path COLLATE "C"',
            shard * width,
            (shard + 1) * width,
        )

    def sitemap_dates(self) -> list[tuple[Any, ...]]:
        """(shard, newest change) of every shard that holds a page."""
        width = SHARDS // self.sitemap_shards()
        return self.tuples("SELECT shard / %s, max(changed_at) FROM page WHERE indexable GROUP BY 1 ORDER BY 1", width)
