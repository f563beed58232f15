"""Reading lists: who stands on a shelf, and how many stand on each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sitegen.reads.batch import BEST_FIRST, CARD, Batch, Row


class ListReads(Batch):
    """Verbs about members of seasons, studios, genres and the browse shelves."""

    def _shelf(self, name: str, subject: str, where: str, join: str = "", order: str = BEST_FIRST) -> list[Row]:
        """Cards of one shelf; `where` compares the shelf's name, an expression, with every subject of the batch."""
        shelves = self.once(name, lambda: self._shelves(where, join, order))
        return [card for id in shelves.get(subject, []) if (card := self.card(id))]

    def _shelves(self, where: str, join: str, order: str) -> dict[str, list[str]]:
        shelves: dict[str, list[str]] = defaultdict(list)
        sql = (
            f"SELECT {where}, {CARD} FROM anime a {join} WHERE NOT a.adult AND {where} = ANY (%s::text[]) ORDER BY {order}"
        )
        for subject, *row in self.tuples(sql, self.subjects):
            shelves[subject].append(self.keep_card(row)["id"])
        return shelves

    def season_known(self, name: str) -> bool:
        self.note(f"season:{name}")
        return name in self.once("seasons", lambda: {row[0] for row in self.tuples("SELECT name FROM season")})

    def members_of_season(self, name: str) -> list[Row]:
        self.note(f"season:{name}.members")
        return self._shelf("season", name, "a.season || '-' || a.season_year")

    def members_of_studio(self, id: str) -> list[Row]:
        self.note(f"studio:{id}.members")
        return self._shelf(
            "studio members",
            id,
            "l.studio_id::text",
            "JOIN anime_studio l ON l.anime_id = a.id",
            "a.season_year DESC NULLS LAST, a.slug",
        )

    def members_of_genre_year(self, id: str, year: str) -> list[Row]:
        self.note(f"genre:{id}.members.{year}")
        where = "l.genre_id || '/' || coalesce(a.season_year::text, 'undated')"
        return self._shelf("genre year", f"{id}/{year}", where, "JOIN anime_genre l ON l.anime_id = a.id")

    def members_of_initial(self, initial: str) -> list[Row]:
        self.note(f"initial:{initial}.members")
        return self._shelf("initial", initial, "rpad(replace(substr(a.slug, 1, 2), '-', '_'), 2, '_')", order="a.slug")

    def members_of_year(self, year: str) -> list[Row]:
        self.note(f"year:{year}.members")
        return self._shelf("year", year, "coalesce(a.season_year::text, 'undated')")

    def members_of_format_year(self, form: str, year: str) -> list[Row]:
        self.note(f"format:{form}.members.{year}")
        return self._shelf(
            "format year", f"{form}/{year}", "a.format || '/' || coalesce(a.season_year::text, 'undated')"
        )

    def airing(self) -> list[Row]:
        """Everything that airs now, best first."""
        self.note("airing.members")
        ids = self.once("airing", lambda: self._ids("a.status = 'airing'"))
        return [card for id in ids if (card := self.card(id))]

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
        lowest = rows[-1][0] if len(rows) == many else 0
        self.note(*(f"band:{band}.members" for band in range(lowest, 41)))
        cards = [self.card(self.keep_card(row[1:])["id"]) for row in rows]
        return [card for card in cards if card]

    def best_of_genre(self, id: str, many: int) -> list[Row]:
        self.note(f"genre:{id}.members")
        rows = self.once(
            "best of genre",
            lambda: self.grouped(
                f"SELECT g.id::text, top.* FROM genre g, LATERAL (SELECT {CARD} FROM anime a"
                f" JOIN anime_genre l ON l.anime_id = a.id WHERE l.genre_id = g.id AND NOT a.adult"
                f" ORDER BY {BEST_FIRST} LIMIT {many}) top WHERE g.id::text = ANY (%s)",
                self.subjects,
            ),
        ).get(id, [])
        cards = [self.card(self.keep_card(row)["id"]) for row in rows]
        return [card for card in cards if card]

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
            lambda: self.grouped("SELECT id::text, name, slug FROM studio WHERE id::text = ANY (%s)", self.subjects),
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
