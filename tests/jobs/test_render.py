"""Rendering in batches: bounded work for any batch, and several at once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import psycopg

from ports.database import connect, snapshot
from sitegen.page import PageType, Site
from sitegen.reader import Reader
from sitegen.reads.batch import Cards
from sitegen.site import PAGE_TYPES
from tests.site.whole import TODAY, WholeSite
from tests.site.world import make_world

MOST = 19
SITE = Site("https://anime.test", "Anime", "US")


def test_statements_are_bounded_whatever_the_size_of_a_batch(site: WholeSite) -> None:
    make_world(site.connection)
    site.connection.execute("UPDATE anime SET slug = slug || '-moved' WHERE popularity > 0")
    site.build()
    for kind in PAGE_TYPES:
        subjects = sorted(kind.every(site.connection))

        assert 0 <= statements(site.connection, kind, subjects[:1]) <= MOST, kind.kind
        assert 0 <= statements(site.connection, kind, subjects) <= MOST, kind.kind


def test_a_batch_reads_everything_from_one_moment(site: WholeSite, database_url: str) -> None:
    make_world(site.connection)
    [(anime, title)] = site.connection.execute(
        "SELECT id::text, title_romaji FROM anime WHERE NOT adult LIMIT 1"
    ).fetchall()
    with connect(database_url) as other, snapshot(site.connection):
        read = Reader(site.connection, [anime], TODAY, SITE)
        assert read.studios_of(anime) is not None
        other.execute("UPDATE anime SET title_romaji = 'Changed meanwhile'")
        row = read.anime(anime)

    assert row is not None
    assert row["title_romaji"] == title


def test_one_page_alone_is_the_page_of_the_whole_batch(site: WholeSite) -> None:
    make_world(site.connection)
    site.build()
    for kind in PAGE_TYPES:
        subjects = sorted(kind.every(site.connection))
        together = documents(site.connection, kind, subjects, TODAY)
        for subject in subjects[:6]:
            assert documents(site.connection, kind, [subject], TODAY) == {subject: together[subject]}


def test_a_card_of_an_earlier_batch_is_shown_as_long_as_its_row_is_the_same(site: WholeSite) -> None:
    make_world(site.connection)
    [(anime,)] = site.connection.execute("SELECT id::text FROM anime WHERE NOT adult ORDER BY slug LIMIT 1").fetchall()
    cards: Cards = {}

    def shown() -> dict[str, Any] | None:
        with snapshot(site.connection):
            read = Reader(site.connection, [anime], TODAY, SITE, cards)
            read.fetch_cards([anime])
            return read.card(anime)

    first = shown()
    assert first is not None and shown() is first
    site.connection.execute("UPDATE anime SET title_english = 'Changed meanwhile' WHERE id = %s", [anime])
    changed = shown()
    assert changed is not None and changed["title"] == "Changed meanwhile"
    site.connection.execute("UPDATE anime SET adult = true WHERE id = %s", [anime])
    assert shown() is None


def documents(connection: psycopg.Connection, kind: PageType, subjects: list[str], as_of: date) -> dict[str, Any]:
    """Each document of a batch, with what it was made of."""
    found = {}
    with snapshot(connection):
        read = Reader(connection, subjects, as_of, SITE)
        for subject in subjects:
            read.begin()
            found[subject] = (kind.load(read, subject), frozenset(read.tags))
    return found


def statements(connection: psycopg.Connection, kind: PageType, subjects: list[str]) -> int:
    """How many statements a batch of these pages costs."""
    counted: Counter[str] = Counter()

    class Counting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *arguments: Any, **keywords: Any) -> Any:
            counted[str(query)] += 1
            return super().execute(query, *arguments, **keywords)

    connection.cursor_factory = Counting
    try:
        read = Reader(connection, subjects, TODAY, SITE)
        for subject in subjects:
            read.begin()
            kind.load(read, subject)
    finally:
        connection.cursor_factory = psycopg.Cursor
    return counted.total()
