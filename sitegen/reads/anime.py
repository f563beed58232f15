"""Reading one anime: its own facts, and the rows that hang on it."""

from __future__ import annotations

from typing import Any

from sitegen.reads.batch import Batch, Row, array

NEWEST = 50
PER_PAGE = 100

_ANIME = """
SELECT id::text, slug, title_romaji, title_english, title_japanese, synonyms, format, status, episode_count,
    episode_seconds, season, season_year, start_date, start_precision, end_date, end_precision, broadcast_weekday,
    broadcast_time, synopsis, synopsis_source, source_material, external_ids, edition, primary_id::text, cover
FROM anime WHERE id = ANY (%s::uuid[]) AND NOT adult
"""
# days are cut from moments here, where it is cheap: there are a quarter of a million of them; a day is Japan's
_EPISODE = (
    "e.number, e.title_english, e.title_romaji, e.title_japanese, (e.airs_at + interval '9 hours')::date AS day,"
    " CASE WHEN e.airs_precision = 'minute' THEN to_char(e.airs_at, 'YYYY-MM-DD\"T\"HH24:MI\"Z\"') END AS at, e.minutes"
)
_NEWEST = f"""
SELECT w.id::text, e.* FROM unnest(%s::uuid[]) w (id), LATERAL (
    SELECT {_EPISODE} FROM episode e WHERE e.anime_id = w.id AND e.kind = 'regular'
    ORDER BY e.number DESC, e.part DESC LIMIT {NEWEST}) e
ORDER BY w.id, e.number
"""


class AnimeReads(Batch):
    """Verbs about the anime that the batch is about; subjects are `id` or `id/page`."""

    @property
    def ids(self) -> str:
        """The anime of the batch, as an array for SQL."""
        return self.once("ids", lambda: array(sorted({subject.partition("/")[0] for subject in self.subjects})))

    def anime(self, id: str) -> Row | None:
        """Everything that the anime's own row says; None where it is gone or not public."""
        self.note(f"anime:{id}")
        return self.once("anime", lambda: {row["id"]: row for row in self.dicts(_ANIME, self.ids)}).get(id)

    def studios_of(self, id: str) -> list[tuple[Any, ...]]:
        """(name, slug) of each studio."""
        self.note(f"anime:{id}.studios")
        rows = self.once(
            "studios",
            lambda: self.grouped(
                "SELECT l.anime_id::text, s.id, s.name, s.slug FROM anime_studio l JOIN studio s ON s.id = l.studio_id"
                " WHERE l.anime_id = ANY (%s::uuid[]) ORDER BY s.name, s.id",
                self.ids,
            ),
        ).get(id, [])
        self.note(*(f"studio:{row[0]}" for row in rows))
        return [row[1:] for row in rows]

    def genres_of(self, id: str) -> list[tuple[Any, ...]]:
        """(kind, name, slug) of each genre, theme and demographic."""
        self.note(f"anime:{id}.genres")
        rows = self.once(
            "genres",
            lambda: self.grouped(
                "SELECT l.anime_id::text, g.id, g.kind, g.name, g.slug FROM anime_genre l"
                " JOIN genre g ON g.id = l.genre_id WHERE l.anime_id = ANY (%s::uuid[]) ORDER BY g.kind, g.name",
                self.ids,
            ),
        ).get(id, [])
        self.note(*(f"genre:{row[0]}" for row in rows))
        return [row[1:] for row in rows]

    def similar_to(self, id: str) -> list[tuple[Any, ...]]:
        """(card, shared genre names, same studio, same season) of similar anime, most similar first."""
        self.note(f"anime:{id}.similar")
        rows = self.once("similar", self._similar).get(id, [])
        found = []
        for other, genres, studio, season in rows[0][0] if rows else []:
            if card := self.card(other):
                tags, names = self._shared(tuple(genres))
                self.tags.update(tags)
                found.append((card, names, studio, season))
        return found

    def _shared(self, genres: tuple[int, ...]) -> tuple[list[str], tuple[str, ...]]:
        """The tags and the names of genres; in a batch the same ones are shared again and again."""
        known: dict[tuple[int, ...], tuple[list[str], tuple[str, ...]]] = self.once("shared", dict)
        if genres not in known:
            names = self._genre_names()
            known[genres] = [f"genre:{id}" for id in genres], tuple(names[id] for id in genres if id in names)
        return known[genres]

    def _similar(self) -> dict[str, list[tuple[Any, ...]]]:
        rows = self.grouped(
            "SELECT anime_id::text, titles FROM similar_title WHERE anime_id = ANY (%s::uuid[])", self.ids
        )
        self.fetch_cards(title[0] for group in rows.values() for title in group[0][0])
        return rows

    def _genre_names(self) -> dict[int, str]:
        return self.once("genre names", lambda: dict(self.tuples("SELECT id, name FROM genre")))

    def newest_episodes(self, id: str) -> list[tuple[Any, ...]]:
        """The newest 50 regular episodes, oldest first."""
        self.note(f"anime:{id}.episodes")
        return self.once("newest", lambda: self.grouped(_NEWEST, self.ids)).get(id, [])

    def episode_span(self, id: str) -> tuple[list[int], int, int]:
        """(pages of a hundred that hold any, last number, how many) of the regular episodes."""
        self.note(f"anime:{id}.episodes")
        spans = self.once(
            "spans",
            lambda: self.grouped(
                "SELECT anime_id::text, array_agg(DISTINCT greatest(1, (number + 99) / 100)), max(number), count(*)"
                " FROM episode"
                " WHERE anime_id = ANY (%s::uuid[]) AND kind = 'regular' GROUP BY anime_id",
                self.ids,
            ),
        )
        pages, last, many = spans[id][0] if id in spans else ([], 0, 0)
        return pages, last, many

    def episodes_on_page(self, id: str, page: int) -> list[tuple[Any, ...]]:
        """The regular episodes of one page of a hundred; page 2 is 101 to 200, a number 0 stands on page 1."""
        self.note(f"anime:{id}.episodes.{page}")
        rows = self.once("pages", self._pages)
        return rows.get(f"{id}/{page}", [])

    def _pages(self) -> dict[str, list[tuple[Any, ...]]]:
        ids, pages = zip(*(subject.split("/") for subject in self.subjects), strict=True)
        return self.grouped(
            f"SELECT e.anime_id || '/' || w.page, {_EPISODE} FROM unnest(%s::uuid[], %s::integer[]) w (id, page)"
            f" JOIN episode e ON e.anime_id = w.id AND e.kind = 'regular'"
            f" AND e.number > CASE WHEN w.page = 1 THEN -1 ELSE (w.page - 1) * {PER_PAGE} END"
            f" AND e.number <= w.page * {PER_PAGE}"
            " ORDER BY e.anime_id, e.number, e.part",
            list(ids),
            list(map(int, pages)),
        )

    def specials_of(self, id: str) -> list[tuple[Any, ...]]:
        """The specials that belong to the anime, in order."""
        self.note(f"anime:{id}.episodes")
        return self.once(
            "specials",
            lambda: self.grouped(
                f"SELECT e.anime_id::text, {_EPISODE} FROM episode e WHERE e.anime_id = ANY (%s::uuid[])"
                " AND e.kind = 'special' ORDER BY e.anime_id, e.number, e.part",
                self.ids,
            ),
        ).get(id, [])

    def offers_of(self, id: str) -> list[Row]:
        """Every offer that the anime has or had, live ones marked, by platform."""
        self.note(f"anime:{id}.offers")
        rows = self.once("offers", self._offers).get(id, [])
        self.note(*(f"platform:{row['platform_id']}" for row in rows))
        return rows

    def _offers(self) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = {}
        for row in self.dicts(
            "SELECT o.anime_id::text, o.platform_id, p.name AS platform, o.region, o.kind,"
            " regexp_replace(o.url, '^http://', 'https://') AS url, o.label,"
            " o.last_checked, o.checked_precision, least(o.ended_on, p.closed_on) AS ended_on,"
            " coalesce(least(o.ended_on, p.closed_on) > %s, true) AS live"
            " FROM offer o JOIN platform p ON p.id = o.platform_id WHERE o.anime_id = ANY (%s::uuid[])"
            " ORDER BY o.anime_id, p.name, o.kind, o.region",
            self.as_of,
            self.ids,
        ):
            groups.setdefault(row["anime_id"], []).append(row)
        return groups
