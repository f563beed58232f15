"""The shelf: filtered, sorted, page by page, nothing twice and nothing left out."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, product
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.errors import Invalid
from domain.library.shelf import SORTS, Cursor, Page, Query, shelf
from tests.domain.fans import Fan
from tests.factories import make_anime, make_noise


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        (Query(), "cowboy-bebop steins-gate one-piece akira"),
        (Query(status="watching"), "steins-gate one-piece"),
        (Query(words="BEBOP cow"), "cowboy-bebop"),
        (Query(words="ビバップ"), "cowboy-bebop"),
        (Query(words="edge runners"), "cowboy-bebop"),
        (Query(words="100%"), ""),
        (Query(words="_"), ""),
        (Query(format="movie"), "akira"),
        (Query(year=1998), "cowboy-bebop"),
        (Query(tags=["space"]), "cowboy-bebop one-piece"),
        (Query(tags=["space", "crew"]), "one-piece"),
        (Query(airing=True), "one-piece"),
        (Query(airing=False, status="watching"), "steins-gate"),
        (Query(score_min=80), "cowboy-bebop akira"),
        (Query(score_min=80, score_max=90), "akira"),
        (Query(favourite=True), "akira"),
        (Query(sort="title"), "akira cowboy-bebop one-piece steins-gate"),
        (Query(sort="score"), "cowboy-bebop akira steins-gate one-piece"),
        (Query(sort="progress"), "one-piece cowboy-bebop steins-gate akira"),
        (Query(sort="year"), "steins-gate one-piece cowboy-bebop akira"),
        (Query(sort="added"), "steins-gate one-piece akira cowboy-bebop"),
        (Query(sort="priority"), "one-piece steins-gate akira cowboy-bebop"),
        (Query(sort="started"), "cowboy-bebop steins-gate one-piece akira"),
        (Query(status="dropped"), ""),
    ],
    ids=str,
)  # fmt: skip
def test_a_shelf_shows_what_was_asked_for_in_its_order(reader: Fan, query: Query, slugs: str) -> None:
    page = shelf(reader.connection, reader.id, query)
    assert " ".join(card.slug for _, card in page.entries) == slugs
    assert page.following is None
    assert page.counts == {
        "planning": 0, "watching": 2, "completed": 2, "paused": 0, "dropped": 0, "rewatching": 0,
    }  # fmt: skip


def test_a_shelf_shows_entries_as_they_are_with_what_their_cards_need(reader: Fan) -> None:
    [(entry, card)] = shelf(reader.connection, reader.id, Query(words="akira")).entries
    assert entry == reader.entry(entry.anime_id)
    assert (card.title_romaji, card.format, card.year, card.airing) == ("Akira", "movie", 1988, False)


def test_pages_follow_one_another_without_a_gap_or_a_repetition(fan: Fan) -> None:
    for number in range(5):
        fan.does("track", make_anime(fan.connection, f"alike-{number}", title_romaji="Alike"))
    fan.connection.execute("UPDATE entry SET updated_at = added_at, version = version + 1")
    for sort, limit in product(SORTS, (1, 2, 3)):
        whole = [entry.anime_id for entry, _ in shelf(fan.connection, fan.id, Query(sort=sort)).entries]
        found = [entry.anime_id for page in pages(fan, Query(sort=sort), limit) for entry, _ in page.entries]
        assert found == whole and len(set(found)) == 9, sort


def test_a_change_between_two_pages_moves_only_what_was_changed(fan: Fan) -> None:
    first = shelf(fan.connection, fan.id, Query(sort="title"), limit=2)
    fan.does("edit", first.entries[0][0].anime_id, {"score": 1})
    fan.does("remove", first.entries[1][0].anime_id)
    second = shelf(fan.connection, fan.id, Query(sort="title"), first.following, limit=2)
    assert [card.slug for _, card in second.entries] == ["one-piece", "steins-gate"]


@pytest.mark.parametrize("text", ["", "x", "W10", "bnVsbA", "WyJ0aXRsZSIsMSwibm8iXQ", "é"])
def test_what_was_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="after"):
        Cursor.read(text)


def test_a_cursor_of_another_order_or_value_is_refused(reader: Fan) -> None:
    with pytest.raises(Invalid, match="another order"):
        shelf(reader.connection, reader.id, Query(sort="title"), Cursor("score", 5, UUID(int=1)))
    for value in ("no date", None, [], {"a": 1}, 10**30, "2026-01-01", "0001-01-01T00:00:00+10:00"):
        with pytest.raises(Invalid, match="after"):
            shelf(reader.connection, reader.id, Query(sort="updated"), Cursor("updated", value, UUID(int=1)))
    for refused in (Query(sort="luck"), Query(status="seen")):
        with pytest.raises(Invalid):
            shelf(reader.connection, reader.id, refused)


@pytest.mark.parametrize(
    ("sort", "value"),
    [("updated", "2026-W05-3T00:00:00+00:00"), ("updated", "20260101T000000+23:59:59.5"), ("started", "2026-W05-3"),
     ("started", "99991231"), ("score", True), ("title", "'; --")],
)  # fmt: skip
def test_a_cursor_that_somebody_wrote_is_a_value_or_refused(reader: Fan, sort: str, value: Any) -> None:
    shelf(reader.connection, reader.id, Query(sort=sort), Cursor(sort, value, UUID(int=1)))


def test_an_empty_library_has_an_empty_shelf(reader: Fan) -> None:
    page = shelf(reader.connection, Fan(reader.connection).id, Query())
    assert page.entries == [] and sum(page.counts.values()) == 0


def pages(fan: Fan, query: Query, limit: int) -> list[Page]:
    """All of them, as somebody asks for one after the other, with cursors as text."""
    found = [shelf(fan.connection, fan.id, query, limit=limit)]
    while found[-1].following:
        after = Cursor.read(str(found[-1].following))
        found.append(shelf(fan.connection, fan.id, query, after, limit))
    for one, next_ in pairwise(found):
        assert len(one.entries) == limit and next_.entries
    return found


@pytest.fixture(scope="module")
def reader(crowd: psycopg.Connection) -> Fan:
    """One for all tests that change nothing."""
    return with_titles(crowd)


@pytest.fixture
def fan(connection: psycopg.Connection) -> Fan:
    """One in a database of its own."""
    return with_titles(connection)


def with_titles(connection: psycopg.Connection) -> Fan:
    """Has four titles; others have others, and the same."""
    noise, other, fan = make_noise(connection), Fan(connection), Fan(connection)
    titles: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "cowboy-bebop": (
            {"season_year": 1998, "title_japanese": "カウボーイビバップ", "synonyms": ["Edgerunners? Edge Runners"]},
            {"progress": 26, "status": "completed", "score": 95, "tags": ["space"], "started": "2012"},
        ),
        "akira": (
            {"format": "movie", "season_year": 1988, "episode_count": 1},
            {"status": "completed", "score": 85, "favourite": True},
        ),
        "one-piece": (
            {"season_year": 1999, "status": "airing"},
            {"progress": 900, "tags": ["crew", "space"], "priority": 5, "started": "2001-02"},
        ),
        "steins-gate": (
            {"season_year": 2011, "episode_count": 24}, {"progress": 3, "score": 0, "priority": 1, "started": "2010"},
        ),
    }  # fmt: skip
    for slug, (facts, said) in titles.items():
        anime = make_anime(connection, slug, **facts)
        fan.does("track", anime, **said)
        other.does("track", anime, status="dropped")
    for anime in noise:
        other.does("track", anime)
    # bebop is what was touched last, steins;gate what was added last
    fan.now += timedelta(hours=1)
    bebop = connection.execute("SELECT id FROM anime WHERE slug = 'cowboy-bebop'").fetchone()
    assert bebop
    fan.does("edit", bebop[0], {"notes": "See you, space cowboy"})
    return fan
