"""The feed: one line for each fan, title and evening, of what still stands and may be seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from domain.people import feed, following
from domain.people.feed import Line
from tests.domain.fans import BEGINNING, Fan, make_member
from tests.factories import make_anime, make_review, update

AT = BEGINNING + timedelta(days=3)


def test_an_evening_with_a_title_is_one_line(reader: Reader, faye: Fan, anime: UUID) -> None:
    for _ in range(3):
        faye.does("plus_one", anime)
    faye.does("edit", anime, {"score": 80, "notes": "canary", "tags": ["canary"]})

    (line,) = reader.lines()
    assert (line.handle, line.card.slug, line.evening) == ("faye", "cowboy-bebop", date(2026, 11, 1))
    assert (line.added, line.status, line.episodes, line.score) == (True, "watching", (1, 2, 3), 80)
    assert "canary" not in repr(line)


def test_an_evening_ends_at_five_by_the_clock_of_the_reader(reader: Reader, faye: Fan, anime: UUID) -> None:
    for hour in (20, 27, 30):  # of the first of November, in UTC
        faye.now = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hour)
        faye.does("plus_one", anime)

    assert [(line.evening.day, line.episodes) for line in reader.lines()] == [(2, (3,)), (1, (1, 2))]
    assert [(line.evening.day, line.episodes) for line in reader.lines("America/New_York")] == [(1, (1, 2, 3))]


def test_what_was_taken_back_or_removed_is_no_news(reader: Reader, faye: Fan, anime: UUID) -> None:
    faye.does("track", anime)
    watched = faye.does("plus_one", anime)
    faye.undoes(watched)
    assert [(line.status, line.episodes) for line in reader.lines()] == [("planning", ())]

    faye.does("plus_one", anime)
    faye.does("unwatch", anime, 1)
    assert [line.episodes for line in reader.lines()] == [()]
    faye.does("remove", anime)
    assert reader.lines() == []


def test_notes_and_dates_are_no_news(reader: Reader, faye: Fan, anime: UUID) -> None:
    faye.does("track", anime)
    faye.now += timedelta(days=1)
    faye.does("edit", anime, {"notes": "canary", "priority": 3})
    assert [line.evening.day for line in reader.lines()] == [1]


def test_a_private_entry_is_in_no_feed(reader: Reader, faye: Fan, anime: UUID) -> None:
    faye.does("plus_one", anime)
    make_review(reader.connection, faye.id, anime, published_at=BEGINNING)
    assert len(reader.lines()) == 1
    faye.does("edit", anime, {"private": True})
    assert reader.lines() == []


def test_a_review_joins_the_line_of_its_evening(reader: Reader, faye: Fan, anime: UUID) -> None:
    faye.does("plus_one", anime)
    other = make_anime(reader.connection, "other")
    number = make_review(reader.connection, faye.id, anime, published_at=BEGINNING + timedelta(hours=2))
    alone = make_review(reader.connection, faye.id, other, published_at=BEGINNING + timedelta(hours=3))
    make_review(reader.connection, faye.id, make_anime(reader.connection), state="waiting", published_at=None)

    assert [(line.card.slug, line.episodes, line.review) for line in reader.lines()] == [
        ("other", (), alone), ("cowboy-bebop", (1,), number),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["unfollow", "mute", "block", "private", "not accepted", "blocked by them"])
def test_whom_one_may_or_will_not_see_is_not_in_the_feed(reader: Reader, faye: Fan, anime: UUID, how: str) -> None:
    faye.does("plus_one", anime)
    assert len(reader.lines()) == 1
    connection = reader.connection
    if how == "private":
        update(connection, "account", {"id": faye.id}, {"visibility": "private"})
    elif how == "not accepted":
        update(connection, "account", {"id": faye.id}, {"visibility": "followers"})
        update(connection, "follow", {"user_id": reader.id}, {"accepted_at": None})
    elif how == "blocked by them":
        following.block(connection, faye.id, "reader", AT)
    elif how == "unfollow":
        following.unfollow(connection, reader.id, "faye")
    else:
        getattr(following, how)(connection, reader.id, "faye", AT)
    assert reader.lines() == []


def test_who_asked_to_follow_sees_nothing_until_accepted(reader: Reader, anime: UUID) -> None:
    spike = Fan(reader.connection)
    update(
        reader.connection, "account", {"id": spike.id},
        {"handle": "spike", "verified_at": BEGINNING, "visibility": "followers"},
    )  # fmt: skip
    spike.does("plus_one", anime)
    following.follow(reader.connection, reader.id, "spike", AT)
    assert reader.lines() == []
    following.accept(reader.connection, spike.id, "reader", AT)
    assert [line.handle for line in reader.lines()] == ["spike"]


def test_older_evenings_are_on_the_next_page(reader: Reader, faye: Fan) -> None:
    for day in range(0, 40, 10):
        faye.now = BEGINNING - timedelta(days=day)
        faye.does("plus_one", make_anime(reader.connection))
    first = reader.lines()
    second = reader.lines(before=min(line.evening for line in first))
    assert [line.evening.day for line in (*first, *second)] == [1, 22, 12]


def test_an_evening_that_has_no_room_is_whole_on_the_next_page(
    reader: Reader, faye: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, many in ((2, 2), (1, 3)):
        faye.now = BEGINNING + timedelta(days=day)
        for _ in range(many):
            faye.does("plus_one", make_anime(reader.connection))
    monkeypatch.setattr(feed, "MOST", 4)
    first = reader.lines()
    assert [line.evening.day for line in first] == [3, 3]
    assert [line.evening.day for line in reader.lines(before=first[-1].evening)] == [2, 2, 2]


def test_a_feed_is_one_statement(reader: Reader, faye: Fan, anime: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    faye.does("plus_one", anime)
    asked: list[object] = []
    execute = psycopg.Cursor.execute

    def recorded(cursor: psycopg.Cursor, query: object, *rest: object, **more: object) -> psycopg.Cursor:
        asked.append(query)
        return execute(cursor, query, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Cursor, "execute", recorded)
    assert len(reader.lines()) == 1
    assert len(asked) == 1


class Reader:
    """Somebody who follows faye."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection, self.id = connection, make_member(connection, "reader")

    def lines(self, zone: str = "UTC", before: date | None = None) -> list[Line]:
        return feed.feed(self.connection, self.id, AT, zone, before)


@pytest.fixture
def faye(connection: psycopg.Connection) -> Fan:
    """A fan with a public profile."""
    fan = Fan(connection)
    update(connection, "account", {"id": fan.id}, {"handle": "faye", "verified_at": BEGINNING})
    return fan


@pytest.fixture
def reader(connection: psycopg.Connection, faye: Fan) -> Reader:
    reader = Reader(connection)
    following.follow(connection, reader.id, "faye", BEGINNING)
    noise = Fan(connection)
    noise.does("plus_one", make_anime(connection, "noise"))
    return reader


@pytest.fixture
def anime(connection: psycopg.Connection) -> UUID:
    return make_anime(connection, "cowboy-bebop", episode_count=26)
