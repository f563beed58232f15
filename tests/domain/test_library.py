"""The library: watches are the truth, nothing is invented, and everything can be taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.errors import Conflict, Invalid, NotFound, Stale
from domain.library import verbs as library
from domain.library.entry import states
from tests.domain.fans import BEGINNING, Fan
from tests.factories import make_anime

LONG_AGO = datetime(2019, 3, 4, 20, 0, tzinfo=UTC)


def test_an_anime_is_planned_when_it_is_tracked_and_watched_from_its_first_episode_on(fan: Fan, show: UUID) -> None:
    assert fan.does("track", show).entry == fan.entry(show)
    assert status(fan, show) == ("planning", 0)
    fan.does("plus_one", show)
    assert status(fan, show) == ("watching", 1)


def test_a_first_watch_tracks_the_anime(fan: Fan, show: UUID) -> None:
    fan.does("watch", show, 4)
    assert status(fan, show) == ("watching", 1)
    assert fan.plays(show) == [(4, 0, "regular", "time")]


def test_tracking_again_changes_only_what_is_said(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="paused", score=70)
    assert fan.does("track", show).change_id == 0
    assert fan.does("track", show, score=80).entry.score == 80
    assert status(fan, show) == ("paused", 0)


def test_an_episode_watched_again_is_one_more_viewing_and_no_progress(fan: Fan, show: UUID) -> None:
    fan.does("watch_up_to", show, 8)
    fan.does("watch", show, 3)
    assert status(fan, show) == ("watching", 8)
    assert len(fan.plays(show)) == 9


def test_a_random_episode_of_a_completed_show_leaves_it_completed(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("watch", show, 5)
    entry = fan.entry(show)
    assert (entry.status, entry.progress, entry.rewatches, entry.finished) == ("completed", 12, 0, None)
    assert len(fan.plays(show)) == 13


def test_the_last_episode_completes_and_dates_are_those_of_the_watches(fan: Fan, show: UUID) -> None:
    for number in range(1, 13):
        fan.does("watch", show, number, watched_at=LONG_AGO + timedelta(days=number))
    entry = fan.entry(show)
    assert (entry.status, entry.progress) == ("completed", 12)
    assert (entry.started, entry.finished) == (date(2019, 3, 5), date(2019, 3, 16))


def test_a_rewatch_to_the_end_counts_once_and_leaves_the_first_dates(fan: Fan, show: UUID) -> None:
    for number in range(1, 13):
        fan.does("watch", show, number, watched_at=LONG_AGO + timedelta(days=number))
    first = fan.entry(show)

    fan.does("rewatch", show)
    assert status(fan, show) == ("rewatching", 0)
    for _ in range(11):
        fan.does("plus_one", show)
    assert (fan.entry(show).rewatches, status(fan, show)) == (0, ("rewatching", 11))
    fan.does("plus_one", show)

    entry = fan.entry(show)
    assert (entry.status, entry.progress, entry.rewatches) == ("completed", 12, 1)
    assert (entry.started, entry.finished) == (first.started, first.finished)
    assert entry.last_rewatched_at == fan.now
    assert cycles(fan, show) == [(1, True, BEGINNING.date(), BEGINNING.date())]
    assert len(fan.plays(show)) == 24


def test_completing_what_was_on_hold_adds_no_watch_dated_today(fan: Fan, show: UUID) -> None:
    for number in range(1, 7):
        fan.does("watch", show, number, watched_at=LONG_AGO)
    fan.does("edit", show, {"status": "paused"})
    fan.does("edit", show, {"status": "completed"})
    entry = fan.entry(show)
    assert (entry.status, entry.progress, entry.started, entry.finished) == ("completed", 12, LONG_AGO.date(), None)
    assert fan.plays(show, "watched_at, precision")[6:] == [(None, "unknown")] * 6


def test_setting_a_number_invents_no_dates_and_can_lower_it(fan: Fan, show: UUID) -> None:
    fan.does("track", show, progress=9)
    entry = fan.entry(show)
    assert (entry.status, entry.progress, entry.started) == ("watching", 9, None)
    fan.does("edit", show, {"progress": 4})
    assert [number for number, *_ in fan.plays(show)] == [1, 2, 3, 4]
    fan.does("watch_up_to", show, 2)
    assert status(fan, show) == ("watching", 4)


def test_episodes_may_be_watched_in_any_order(fan: Fan, show: UUID) -> None:
    for number in (7, 2, 11):
        fan.does("watch", show, number)
    assert status(fan, show) == ("watching", 3)
    assert [number_of(fan.does("plus_one", show)) for _ in range(3)] == [12, 1, 3]


def test_an_anime_of_unknown_length_never_completes_by_itself(fan: Fan, endless: UUID) -> None:
    fan.does("watch_up_to", endless, 1100)
    fan.does("plus_one", endless)
    assert status(fan, endless) == ("watching", 1101)
    fan.does("edit", endless, {"status": "completed"})
    assert status(fan, endless) == ("completed", 1101)


def test_completing_what_has_not_all_aired_invents_no_watches(fan: Fan, airing: UUID) -> None:
    fan.does("watch_up_to", airing, 5)
    fan.does("edit", airing, {"status": "completed"})
    assert status(fan, airing) == ("completed", 5)


def test_a_show_that_turns_out_longer_stays_completed(fan: Fan, show: UUID) -> None:
    fan.does("watch_up_to", show, 12)
    fan.connection.execute("UPDATE anime SET episode_count = 24 WHERE id = %s", [show])
    assert recount(fan, show) == []
    fan.does("plus_one", show)
    assert status(fan, show) == ("completed", 13)


def test_a_paused_or_dropped_show_goes_on_with_a_viewing_as_it_happens(fan: Fan, show: UUID) -> None:
    for said in ("paused", "dropped"):
        fan.does("edit", show, {"status": said}) if fan.plays(show) else fan.does("track", show, status=said)
        fan.does("watch", show, 1, watched_at=LONG_AGO)
        fan.does("watch_up_to", show, fan.entry(show).progress + 1)
        assert fan.entry(show).status == said
        fan.does("plus_one", show)
        assert fan.entry(show).status == "watching"


def test_an_unwatched_episode_opens_a_completed_show(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("unwatch", show, 12)
    assert status(fan, show) == ("watching", 11)
    fan.does("unwatch", show, 12)
    assert status(fan, show) == ("watching", 11)


def test_an_unwatched_episode_of_a_rewatch_counts_it_no_more_and_leaves_the_first_round(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("rewatch", show)
    fan.does("edit", show, {"status": "completed"})
    assert fan.entry(show).rewatches == 1
    fan.does("unwatch", show, 1)
    assert (status(fan, show), fan.entry(show).rewatches) == (("rewatching", 11), 0)
    assert len(fan.plays(show)) == 23


def test_specials_are_kept_apart(fan: Fan, show: UUID) -> None:
    fan.does("track", show)
    fan.does("watch", show, 1, kind="special")
    assert status(fan, show) == ("planning", 0)
    fan.does("watch", show, 0, kind="special")
    fan.does("unwatch", show, 1, kind="special")
    assert fan.plays(show) == [(0, 0, "special", "time")]


def test_the_same_viewing_told_twice_is_one(fan: Fan, show: UUID) -> None:
    for watched_at in (LONG_AGO, "2012-05", None):
        fan.does("watch", show, 3, watched_at=watched_at)
        assert fan.does("watch", show, 3, watched_at=watched_at).change_id == 0
    assert fan.plays(show, "precision") == [("time",), ("month",)]


def test_a_viewing_lands_on_the_day_where_the_fan_was(fan: Fan, show: UUID) -> None:
    half_past_one = datetime(2026, 10, 9, 12, 30, tzinfo=UTC)  # on the tenth, in Auckland
    fan.does("watch", show, 1, watched_at=half_past_one, zone="Pacific/Auckland")
    assert fan.plays(show, "watched_at, watched_on") == [(half_past_one, date(2026, 10, 10))]
    assert fan.entry(show).started == date(2026, 10, 10)


def test_dates_keep_their_precision(fan: Fan, show: UUID) -> None:
    fan.does("track", show, started="2012", finished="2012-11")
    entry = fan.entry(show)
    assert (entry.started, entry.started_precision) == (date(2012, 1, 1), "year")
    assert (entry.finished, entry.finished_precision) == (date(2012, 11, 1), "month")
    fan.does("watch", show, 1)
    fan.does("edit", show, {"finished": None})
    assert (fan.entry(show).started, fan.entry(show).finished) == (date(2012, 1, 1), None)


def test_a_rewatch_begins_only_where_something_was_watched(fan: Fan, show: UUID) -> None:
    fan.does("track", show)
    with pytest.raises(Conflict, match="nothing to watch again"):
        fan.does("rewatch", show)
    fan.does("plus_one", show)
    fan.does("rewatch", show)
    with pytest.raises(Conflict):
        fan.does("rewatch", show)
    assert status(fan, show) == ("rewatching", 0)


def test_a_paused_rewatch_goes_on_as_a_rewatch(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("rewatch", show)
    fan.does("plus_one", show)
    fan.does("edit", show, {"status": "paused"})
    fan.does("plus_one", show)
    assert status(fan, show) == ("rewatching", 2)
    fan.does("edit", show, {"status": "paused"})
    fan.does("edit", show, {"status": "rewatching"})
    assert [number for number, *_ in cycles(fan, show)] == [1]


def test_rewatches_of_which_only_the_number_is_known_are_counted_without_watches_or_dates(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed", rewatches=3)
    assert (status(fan, show), fan.entry(show).rewatches, len(fan.plays(show))) == (("completed", 12), 3, 12)
    fan.does("rewatch", show)
    fan.does("edit", show, {"status": "completed"})
    assert (fan.entry(show).rewatches, cycles(fan, show)[3][0]) == (4, 4)
    fan.does("edit", show, {"rewatches": 2})
    assert [number for number, *_ in cycles(fan, show)] == [1, 4]
    with pytest.raises(Invalid, match="1 or more"):
        fan.does("edit", show, {"rewatches": 0})
    fan.does("edit", show, {"rewatches": 5})
    assert (status(fan, show), fan.entry(show).rewatches) == (("completed", 12), 5)


def test_nothing_is_left_to_watch_after_the_last_episode(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    with pytest.raises(Conflict, match="Begin a rewatch"):
        fan.does("plus_one", show)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("score", {"score": 101}), ("score", {"score": True}), ("score", {"score": 7.5}),
        ("status", {"status": "seen"}), ("tags", {"tags": [""]}), ("tags", {"tags": "one"}),
        ("notes", {"notes": "x" * 10_001}), ("notes", {"notes": "\0"}), ("private", {"private": 1}),
        ("priority", {"priority": 6}), ("started", {"started": "2012-13"}), ("started", {"started": "17 May"}),
        ("finished", {"started": "2012-05", "finished": "2012-04-30"}), ("episode", {"progress": 13}),
        ("progress", {"progress": "5"}), ("rewatches", {"rewatches": -1}),
        ("user_id", {"user_id": 1}), ("version", {"version": 9}),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_by_name_and_changes_nothing(
    fan: Fan, show: UUID, field: str, changes: dict[str, Any]
) -> None:
    fan.does("track", show)
    before = fan.everything()
    with pytest.raises(Invalid) as refused:
        fan.does("edit", show, changes)
    assert refused.value.field == field
    assert fan.everything() == before


@pytest.mark.parametrize("watched_at", ["2027", datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 1, 1), "1899"])
def test_a_viewing_in_the_future_or_at_no_known_time_is_refused(
    fan: Fan, show: UUID, watched_at: datetime | str
) -> None:
    with pytest.raises(Invalid, match="watched_"):
        fan.does("watch", show, 1, watched_at=watched_at)


@pytest.mark.parametrize("number", [0, 13, -1, 317])
def test_an_episode_that_there_is_not_is_refused(fan: Fan, show: UUID, number: int) -> None:
    with pytest.raises(Invalid, match="episode"):
        fan.does("watch", show, number)


def test_what_is_not_tracked_cannot_be_changed_and_what_is_not_there_not_tracked(fan: Fan, show: UUID) -> None:
    for verb, *values in (("edit", {"score": 1}), ("unwatch", 1), ("rewatch",), ("remove",)):
        with pytest.raises(NotFound, match="not in your library"):
            fan.does(verb, show, *values)
    with pytest.raises(NotFound, match="no anime"):
        fan.does("track", UUID(int=404))


def test_an_anime_in_somebodys_library_cannot_be_deleted(fan: Fan, show: UUID) -> None:
    fan.does("plus_one", show)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        fan.connection.execute("DELETE FROM anime WHERE id = %s", [show])


def test_with_an_account_all_of_its_library_goes_and_nothing_of_others(fan: Fan, show: UUID) -> None:
    other = Fan(fan.connection)
    for one in (fan, other):
        one.does("track", show, status="completed")
        one.does("rewatch", show)
    before = other.everything()
    fan.connection.execute("DELETE FROM account WHERE id = %s", [fan.id])
    assert fan.everything() == {"entry": [], "cycle": [], "watch": []}
    assert fan.history(show) == []
    assert other.everything() == before
    assert len(other.history(show)) == 2


def test_fans_see_and_change_their_own_only(fan: Fan, show: UUID) -> None:
    other = Fan(fan.connection)
    changed = fan.does("plus_one", show)
    assert states(fan.connection, other.id, [show]) == []
    with pytest.raises(NotFound):
        other.undoes(changed)
    other.does("track", show, status="dropped")
    assert status(fan, show) == ("watching", 1)


def test_states_stand_in_the_order_in_which_they_were_asked_for(fan: Fan, show: UUID, airing: UUID) -> None:
    fan.does("track", show)
    fan.does("track", airing)
    asked = [airing, UUID(int=404), show, airing]
    assert [entry.anime_id for entry in states(fan.connection, fan.id, asked)] == [airing, show]


def test_a_version_that_is_no_longer_so_is_refused_and_nothing_is_lost(fan: Fan, show: UUID) -> None:
    seen = fan.does("track", show).entry
    fan.does("edit", show, {"notes": "from another device"}, if_version=seen.version)
    with pytest.raises(Stale):
        fan.does("edit", show, {"notes": "from this one"}, if_version=seen.version)
    assert fan.entry(show).notes == "from another device"
    assert fan.entry(show).version == seen.version + 1


def test_what_changes_nothing_is_no_change(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="paused", score=50, tags=["a"])
    before = fan.entry(show)
    for changes in ({}, {"score": 50}, {"status": "paused"}, {"tags": ["a", " a "]}, {"progress": 0}):
        assert fan.does("edit", show, changes).change_id == 0
    assert fan.entry(show) == before


def test_values_that_somebody_spoiled_are_recounted(fan: Fan, show: UUID) -> None:
    fan.does("watch_up_to", show, 12)
    fan.does("rewatch", show)
    fan.does("plus_one", show)
    before = fan.everything()
    fan.connection.execute(
        "UPDATE entry SET progress = 99, status = 'dropped', rewatches = 7, last_rewatched_at = NULL"
    )
    assert recount(fan, show) == [show]
    assert fan.everything() == before
    assert recount(fan, show) == []


def recount(fan: Fan, *anime: UUID) -> list[UUID]:
    """Those of which something had to be put right."""
    changed = library.recalculate(fan.connection, fan.id, anime, fan.now)
    return [one.entry.anime_id for one in changed if one.change_id and one.entry]


def status(fan: Fan, anime: UUID) -> tuple[str, int]:
    entry = fan.entry(anime)
    return entry.status, entry.progress


def number_of(changed: library.Changed) -> int:
    return int(changed.explained.split()[1])


def cycles(fan: Fan, anime: UUID) -> list[tuple[Any, ...]]:
    return fan.connection.execute(
        "SELECT number, completed, started, finished FROM cycle WHERE user_id = %s AND anime_id = %s ORDER BY number",
        [fan.id, anime],
    ).fetchall()


@pytest.fixture
def show(crowd: psycopg.Connection) -> UUID:
    """Twelve episodes, all of them aired."""
    return make_anime(crowd, episode_count=12)


@pytest.fixture
def airing(crowd: psycopg.Connection) -> UUID:
    """Twelve episodes, of which some have aired."""
    return make_anime(crowd, episode_count=12, status="airing")


@pytest.fixture
def endless(crowd: psycopg.Connection) -> UUID:
    """Nobody knows how many episodes."""
    return make_anime(crowd, status="airing")
