"""What all verbs share: one fetch per batch, and a note of what the page at hand has read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row

from domain import paths, pictures
from sitegen import labels
from sitegen.images import palettes
from sitegen.languages import native_language
from sitegen.page import Site

T = TypeVar("T")
Row = dict[str, Any]

CARD = (
    "a.id::text, a.slug, a.title_english, a.title_romaji, a.title_japanese, a.format, a.season_year, a.status,"
    " a.episode_count, a.broadcast_weekday, a.broadcast_time, a.cover"
)
BEST_FIRST = "a.popularity_band DESC, a.score_band DESC, a.slug"


def array(ids: Iterable[str]) -> str:
    """Ids as the text of a PostgreSQL array: one parameter is sent much faster than a list of a thousand."""
    return "{" + ",".join(ids) + "}"


Cards = dict[str, tuple[str, Row]]
"""Cards that were made before, by id: each with the version of the row that it was made of."""
MOST_CARDS = 65536


def card_of(
    id: str,
    slug: str,
    english: str | None,
    romaji: str,
    japanese: str | None,
    form: str,
    year: int | None,
    status: str,
    episodes: int | None,
    weekday: int | None,
    time: Any,
    cover: str | None,
) -> Row:
    """What lists show of an anime, made of the columns of CARD."""
    title = english or romaji
    native = japanese if japanese and japanese.casefold() != title.casefold() else ""
    airing = status == "airing"
    return {
        "id": id,
        "path": paths.anime(slug),
        "title": title,
        "native": native,
        "native_lang": native_language(native) if native else "",
        "line": labels.line(form, year, episodes, airing),
        "format": form,
        "year": year,
        "airing": airing,
        "slot": [weekday, f"{time:%H:%M}" if time else ""] if weekday else None,
        "day": labels.slot(weekday, time),
        "cover": pictures.cover(id, slug, title, japanese or "", cover),
        "hue": palettes.hue(id),
    }


@lru_cache(maxsize=65536)
def _card_tag(id: str) -> str:
    """One object for every mention: a text that was hashed once is found again at no cost."""
    return f"anime:{id}.card"


class Batch:
    """Data of one batch of pages, fetched set by set; `tags` are those of the page at hand.

    `cards` outlive a batch, for one anime stands on ten lists. They are of one connection, and of transactions that
    write nothing: there `xmin` alone tells one version of a row from all others.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        subjects: Sequence[str],
        as_of: date,
        site: Site,
        cards: Cards | None = None,
    ) -> None:
        self.as_of = as_of
        self.site = site
        self.subjects = list(subjects)
        self.tags: set[str] = set()
        self._connection = connection
        self._fetched: dict[str, Any] = {}
        self._cards: dict[str, Row] = {}
        self._made: Cards = {} if cards is None else cards

    def note(self, *tags: str) -> None:
        """Remember that the page at hand depends on these tags."""
        self.tags.update(tags)

    def note_bands(self, lowest: int) -> None:
        """The page depends on who is in these bands of popularity, and on their order."""
        self.note(*(f"band:{band}.members" for band in range(lowest, 41)))

    def once(self, name: str, fetch: Callable[[], T]) -> T:
        """What `fetch` returns, asked for at most once in a batch."""
        if name not in self._fetched:
            self._fetched[name] = fetch()
        found: T = self._fetched[name]
        return found

    def tuples(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, parameters or None).fetchall()

    def dicts(self, sql: str, *parameters: Any) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, parameters or None).fetchall()

    def grouped(self, sql: str, *parameters: Any) -> dict[str, list[tuple[Any, ...]]]:
        """Rows by their first column, which is left out of them."""
        groups: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self.tuples(sql, *parameters):
            groups[row[0]].append(row[1:])
        return groups

    def keep_card(self, row: Sequence[Any]) -> Row:
        """The card made of the columns of CARD; the same object for the same anime, so hashing stays cheap."""
        card = self._cards.get(row[0])
        if card is None:
            card = self._cards[row[0]] = card_of(*row)
        return card

    def fetch_cards(self, ids: Iterable[str]) -> None:
        """Have the cards of these anime at hand; adult ones stay out."""
        missing = set(ids).difference(self._cards)
        if known := sorted(missing.intersection(self._made)):
            self._cards.update(self._still_right(known))
            missing.difference_update(self._cards)
        if missing:
            if len(self._made) > MOST_CARDS:
                self._made.clear()
            sql = f"SELECT a.xmin::text, {CARD} FROM anime a WHERE a.id = ANY (%s::uuid[]) AND NOT adult"
            for version, *row in self.tuples(sql, array(sorted(missing))):
                self._made[row[0]] = (version, self.keep_card(row))

    def _still_right(self, known: Sequence[str]) -> Iterator[tuple[str, Row]]:
        """The cards of those of these anime whose rows are what they were."""
        sql = "SELECT id::text, xmin::text FROM anime WHERE id = ANY (%s::uuid[]) AND NOT adult"
        for id, version in self.tuples(sql, array(known)):
            made_of, card = self._made[id]
            if made_of == version:
                yield id, card

    def card(self, id: str) -> Row | None:
        """What a list shows of an anime; None where it may not be shown."""
        self.tags.add(_card_tag(id))
        return self._cards.get(id)

    def cards(self, ids: Sequence[str]) -> list[Row]:
        """What a list shows of these anime, without those that may not be shown."""
        self.tags.update(map(_card_tag, ids))
        return self.glance(ids)

    def glance(self, ids: Sequence[str]) -> list[Row]:
        """The same for counting: whose shelf was noted knows of their coming and going, and no more is remembered."""
        return [card for card in map(self._cards.get, ids) if card]
