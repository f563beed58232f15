"""A guest's list joins an account's: nothing lost, nothing doubled, and nothing that stands is lowered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.errors import Invalid
from domain.library.guest import GuestEntry, Merged, merge_guest
from tests.domain.fans import Fan
from tests.factories import make_anime


def test_what_a_guest_tracked_is_there_as_it_was_on_the_device(fan: Fan, show: UUID, film: UUID) -> None:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    merge(fan, GuestEntry(show, "watching", 5, 80, at), GuestEntry(film))
    entry = fan.entry(show)
    assert (entry.status, entry.progress, entry.score, entry.added_at) == ("watching", 5, 80, at)
    assert fan.plays(show, "precision") == [("unknown",)] * 5
    assert fan.entry(film).status == "planning"


def test_a_list_that_is_sent_twice_is_merged_once(fan: Fan, show: UUID, film: UUID) -> None:
    guest = [GuestEntry(show, "paused", 5), GuestEntry(film, "completed", 1), GuestEntry(show, "watching", 6, 10)]
    assert [one.change_id > 0 for one in merge(fan, *guest).changed] == [True, True]
    before = fan.everything()
    assert [one.change_id for one in merge(fan, *guest).changed] == [0, 0]
    assert fan.everything() == before
    assert len(fan.plays(show)) == 6


@pytest.mark.parametrize(
    ("stands", "guest", "then"),
    [
        ({"progress": 8, "score": 90}, ("watching", 5, 20), ("watching", 8, 90)),
        ({"progress": 3}, ("watching", 5, 20), ("watching", 5, 20)),
        ({"status": "completed"}, ("planning", 0, None), ("completed", 12, None)),
        ({"status": "completed"}, ("dropped", 2, None), ("completed", 12, None)),
        ({}, ("completed", 12, None), ("completed", 12, None)),
        ({}, ("paused", 0, None), ("paused", 0, None)),
        ({"progress": 3}, ("completed", 0, None), ("completed", 12, None)),
        ({"progress": 3, "status": "dropped"}, ("watching", 2, None), ("dropped", 3, None)),
        ({"progress": 3, "status": "paused"}, ("planning", 0, None), ("paused", 3, None)),
        ({"progress": 3}, ("watching", 99, None), ("completed", 12, None)),
    ],
)
def test_a_guest_only_adds_to_what_stands(
    fan: Fan, show: UUID, stands: dict[str, Any], guest: tuple[str, int, int | None], then: tuple[str, int, int | None]
) -> None:
    fan.does("track", show, **stands)
    merge(fan, GuestEntry(show, *guest))
    entry = fan.entry(show)
    assert (entry.status, entry.progress, entry.score) == then
    assert len(fan.plays(show)) == entry.progress


def test_a_guest_who_saw_the_start_does_not_advance_a_rewatch(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("rewatch", show)
    fan.does("plus_one", show)
    assert merge(fan, GuestEntry(show, "completed", 12)).changed[0].change_id == 0
    assert (fan.entry(show).status, fan.entry(show).progress) == ("rewatching", 1)


def test_what_is_no_anime_any_more_is_told_and_the_rest_is_kept(fan: Fan, show: UUID) -> None:
    gone = UUID(int=404)
    merged = merge(fan, GuestEntry(gone, "watching", 3), GuestEntry(show))
    assert merged.unknown == [gone]
    assert [one.entry.anime_id for one in merged.changed if one.entry] == [show]


def test_a_clock_that_nobody_set_dates_nothing(fan: Fan, show: UUID, film: UUID) -> None:
    east = timezone(timedelta(hours=23, minutes=59))
    merge(
        fan, GuestEntry(show, at=datetime(1, 1, 2, tzinfo=east)), GuestEntry(film, at=datetime(2020, 1, 2, tzinfo=east))
    )
    assert fan.entry(show).added_at == fan.now
    assert fan.entry(film).added_at == datetime(2020, 1, 1, 0, 1, tzinfo=UTC)


def test_a_list_of_nothing_is_nothing_and_a_wrong_one_is_refused(fan: Fan, show: UUID) -> None:
    assert merge(fan) == Merged([], [])
    for wrong in ([GuestEntry(show, "seen")], [GuestEntry(show, score=101)], [GuestEntry(show, progress=2001)] * 100):
        with pytest.raises(Invalid):
            merge(fan, *wrong)
    assert fan.everything()["entry"] == []


def test_a_merge_is_undone_title_by_title(fan: Fan, show: UUID, film: UUID) -> None:
    fan.does("track", film, score=10)
    before = fan.everything()
    for changed in merge(fan, GuestEntry(film, "completed", 1), GuestEntry(show, "watching", 2)).changed:
        fan.undoes(changed)
    assert fan.everything() == before


def merge(fan: Fan, *guest: GuestEntry) -> Merged:
    with fan.connection.transaction():
        return merge_guest(fan.connection, fan.id, guest, fan.now)


@pytest.fixture
def show(crowd: psycopg.Connection) -> UUID:
    return make_anime(crowd, episode_count=12)


@pytest.fixture
def film(crowd: psycopg.Connection) -> UUID:
    return make_anime(crowd, format="movie", episode_count=1)
