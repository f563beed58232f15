"""Reading lists: who stands on a shelf, and how many stand on each."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from domain import paths
from sitegen.reads.batch import BEST_FIRST, CARD, Batch, Row

INITIAL = "rpad(replace(substr(a.slug, 1, 2), '-', '_'), 2, '_')"
"""As domain.paths.initial_of; indexed."""

NEWEST_FIRST = "a.season_year DESC NULLS LAST, a.slug"
_YEAR = "coalesce(nullif({0}, 'undated')::integer, 0)"
_OF_SEASON = (
    "JOIN anime a ON a.season = split_part(w.subject, '-', 1)"
    " AND a.season_year = split_part(w.subject, '-', 2)::integer"
)
_OF_STUDIO = "JOIN anime_studio l ON l.studio_id = w.subject::integer JOIN anime a ON a.id = l.anime_id"
# by genres and by years, not by pairs of them: what joins by pairs is planned badly, and a batch is of nearly all pairs
_GENRE_YEARS = f"""
SELECT l.genre_id || '/' || coalesce(a.season_year::text, '{paths.UNDATED}'),
    string_agg(a.id::text, ',' ORDER BY {BEST_FIRST})
FROM anime_genre l JOIN anime a ON a.id = l.anime_id
WHERE NOT a.adult AND l.genre_id = ANY (%s) AND coalesce(a.season_year, 0) = ANY (%s) GROUP BY l.genre_id, a.season_year
"""
_OF_FORMAT_YEAR = (
    "JOIN anime a ON a.format = split_part(w.subject, '/', 1)"
    " AND coalesce(a.season_year, 0) = " + _YEAR.format("split_part(w.subject, '/', 2)")
)


class ListReads(Batch):
    """Verbs about members of seasons, studios, genres and the browse shelves."""

    def _shelf(self, subject: str, members: str, order: str = BEST_FIRST) -> list[Row]:
        """Cards of the shelf named `subject`."""
        return self.cards(self._on_shelf(subject, members, order))

    def _on_shelf(self, subject: str, members: str, order: str = BEST_FIRST) -> list[str]:
        """Who stands there; `members` joins the anime `a` of every shelf `w.subject` of the batch.

        The subjects of a batch are shelves, or parts of them: `12/2010s`, `fall-2026/tv`.
        """
        parts = self.once("parts", lambda: frozenset(self.subjects))
        of = next((known for known in (parts, self._wholes()) if subject in known), frozenset((subject,)))
        shelves = self.once(f"{members} {order} {len(of)}", lambda: self._shelves(members, order, of))
        return shelves.get(subject, [])

    def _wholes(self) -> frozenset[str]:
        return self.once("wholes", lambda: frozenset(subject.partition("/")[0] for subject in self.subjects))

    def _shelves(self, members: str, order: str, subjects: frozenset[str]) -> dict[str, list[str]]:
        # a row for each shelf: one for each title takes longer to be sent than to be found
        sql = (
            f"SELECT w.subject, string_agg(a.id::text, ',' ORDER BY {order})"
            f" FROM unnest(%s::text[]) w (subject) {members} WHERE NOT a.adult GROUP BY w.subject"
        )
        return self._with_cards(self.tuples(sql, sorted(subjects)))

    def _with_cards(self, rows: list[tuple[Any, ...]]) -> dict[str, list[str]]:
        """Shelves by their names, and the cards of who stands there: of who stands on many it is fetched once."""
        shelves = {name: ids.split(",") for name, ids in rows}
        self.fetch_cards(id for shelf in shelves.values() for id in shelf)
        return shelves

    def season_known(self, name: str) -> bool:
        self.note(f"season:{name}")
        return name in self.once("seasons", lambda: {row[0] for row in self.tuples("SELECT name FROM season")})

    def members_of_season(self, name: str, form: str = "") -> list[Row]:
        """All of them, or those of a format."""
        self.note(f"season:{name}.members")
        cards = self.glance(self._on_shelf(name, _OF_SEASON))
        return self.cards([card["id"] for card in cards if form in ("", card["format"])])

    def formats_of_season(self, name: str) -> Counter[str]:
        self.note(f"season:{name}.members")
        return Counter(card["format"] for card in self.glance(self._on_shelf(name, _OF_SEASON)))

    def members_of_studio(self, id: str, decade: str = "") -> list[Row]:
        """All of them, or those of a decade; newest first."""
        self.note(f"studio:{id}.members")
        cards = self.glance(self._on_shelf(id, _OF_STUDIO, NEWEST_FIRST))
        return self.cards([card["id"] for card in cards if decade in ("", paths.decade_of(card["year"]))])

    def decades_of_studio(self, id: str) -> Counter[str]:
        """Newest first."""
        self.note(f"studio:{id}.members")
        cards = self.glance(self._on_shelf(id, _OF_STUDIO, NEWEST_FIRST))
        return Counter(paths.decade_of(card["year"]) for card in cards)

    def best_of_studio(self, id: str) -> list[Row]:
        self.note(f"studio:{id}.members")
        return self._shelf(id, _OF_STUDIO)

    def members_of_genre_year(self, id: str, year: str) -> list[Row]:
        self.note(f"genre:{id}.members.{year}")
        return self.cards(self.once("genres' years", self._genre_years).get(f"{id}/{year}", []))

    def _genre_years(self) -> dict[str, list[str]]:
        subjects = [subject.split("/") for subject in self.subjects]
        genres = sorted({int(id) for id, _ in subjects})
        years = sorted({0 if year == paths.UNDATED else int(year) for _, year in subjects})
        return self._with_cards(self.tuples(_GENRE_YEARS, genres, years))

    def members_of_initial(self, initial: str) -> list[Row]:
        self.note(f"initial:{initial}.members")
        return self._shelf(initial, f"JOIN anime a ON {INITIAL} = w.subject", "a.slug")

    def members_of_year(self, year: str) -> list[Row]:
        self.note(f"year:{year}.members")
        return self._shelf(year, f"JOIN anime a ON coalesce(a.season_year, 0) = {_YEAR.format('w.subject')}")

    def members_of_format_year(self, form: str, year: str) -> list[Row]:
        self.note(f"format:{form}.members.{year}")
        return self._shelf(f"{form}/{year}", _OF_FORMAT_YEAR)

    def airing(self) -> list[Row]:
        """Everything that airs now, best first."""
        self.note("airing.members")
        ids = self.once("airing", lambda: self._ids("a.status = 'airing'"))
        return self.cards(ids)

    def _ids(self, where: str) -> list[str]:
        rows = self.tuples(f"SELECT {CARD} FROM anime a WHERE NOT a.adult AND {where} ORDER BY {BEST_FIRST}")
        return [self.keep_card(row)["id"] for row in rows]

    def best(self, many: int) -> list[Row]:
        """The most popular anime; remembers only the popularity bands that it had to look at."""
        rows = self.once(
            f"best {many}",
            lambda: self.tuples(
                f"SELECT a.popularity_band, {CARD} FROM anime a WHERE NOT a.adult ORDER BY {BEST_FIRST} LIMIT %s", many
            ),
        )
        self.note_bands(rows[-1][0] if len(rows) == many else 0)
        return self.cards([self.keep_card(row[1:])["id"] for row in rows])

    def newest_anime(self, many: int) -> list[tuple[Row, datetime]]:
        """(card, when it was added) of the anime that the catalogue has last."""
        self.note("years.members")
        rows = self.once(
            "newest anime",
            lambda: self.tuples(
                f"SELECT a.created_at, {CARD} FROM anime a WHERE NOT a.adult"
                " ORDER BY a.created_at DESC, a.start_date DESC NULLS LAST, a.slug LIMIT %s",
                many,
            ),
        )
        found = [(self.card(self.keep_card(row[1:])["id"]), row[0]) for row in rows]
        return [(card, added) for card, added in found if card]

    def best_of_genre(self, id: str, many: int) -> list[Row]:
        self.note(f"genre:{id}.members")
        shelves = self.once("best of genre", lambda: self._best_of_genres(many))
        return self.cards([other for (other,) in shelves.get(id, [])])

    def _best_of_genres(self, many: int) -> dict[str, list[tuple[Any, ...]]]:
        shelves = self.grouped(
            "SELECT genre, anime FROM (SELECT l.genre_id::text AS genre, a.id::text AS anime,"
            f" row_number() OVER (PARTITION BY l.genre_id ORDER BY {BEST_FIRST}) AS place"
            " FROM anime_genre l JOIN anime a ON a.id = l.anime_id"
            " WHERE NOT a.adult AND l.genre_id = ANY (%s::integer[])) ranked WHERE place <= %s ORDER BY genre, place",
            self.subjects,
            many,
        )
        self.fetch_cards(row[0] for group in shelves.values() for row in group)
        return shelves

    def genre(self, id: str) -> tuple[Any, ...] | None:
        """(name, slug, kind)."""
        self.note(f"genre:{id}")
        rows = self.once("genre rows", lambda: self.grouped("SELECT id::text, name, slug, kind FROM genre"))
        return rows[id][0] if id in rows else None

    def studio(self, id: str) -> tuple[Any, ...] | None:
        """(name, slug)."""
        self.note(f"studio:{id}")
        rows = self.once(
            "studio rows",
            lambda: self.grouped(
                "SELECT id::text, name, slug FROM studio WHERE id::text = ANY (%s)", list(self._wholes())
            ),
        )
        return rows[id][0] if id in rows else None

    def years_of_genre(self, id: str) -> list[tuple[Any, ...]]:
        """(year or None, how many), newest first."""
        self.note(f"genre:{id}.members")
        return self.once(
            "genre years",
            lambda: self.grouped(
                "SELECT l.genre_id::text, a.season_year, count(*) FROM anime_genre l JOIN anime a ON a.id = l.anime_id"
                " WHERE NOT a.adult AND l.genre_id::text = ANY (%s) GROUP BY 1, 2 ORDER BY 1, 2 DESC NULLS LAST",
                self.subjects,
            ),
        ).get(id, [])
