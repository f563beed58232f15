"""Single viewings and rewatches can be put right, and that too can be undone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.library.changes import undo
from domain.library.dates import shown, typed, when
from domain.library.entry import Changed
from domain.library.viewings import rounds, viewings
from domain.library.watches import date_round, forget, redate
from tests.domain.fans import Fan
from tests.factories import make_anime

LONG_AGO = datetime(2019, 3, 4, 20, 0, tzinfo=UTC)


def test_an_entry_is_made_of_its_viewings_the_last_recorded_first(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("rewatch", show)
    fan.does("plus_one", show)
    fan.does("watch", show, 1, kind="special")

    def told(**which: Any) -> list[tuple[Any, ...]]:
        found = viewings(fan.connection, fan.id, show, 2, **which)
        assert found.version == fan.entry(show).version
        return [(play.id, play.kind, play.number, play.cycle, play.precision) for play in found.plays]

    assert told() == [(5, "special", 1, 1, "time"), (4, "regular", 1, 1, "time")]
    assert told(before=4) == [(3, "regular", 3, 0, "unknown"), (2, "regular", 2, 0, "unknown")]
    assert told(before=5, episode=1) == [(4, "regular", 1, 1, "time"), (1, "regular", 1, 0, "unknown")]
    assert told(kind="special") == [(5, "special", 1, 1, "time")]
    assert told(before=1) == told(episode=9) == []
    other = Fan(fan.connection)
    with pytest.raises(NotFound):
        viewings(fan.connection, other.id, show, 9)
    with pytest.raises(NotFound):
        rounds(fan.connection, other.id, show, fan.now)


def test_an_entry_is_made_of_rounds_the_last_first(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("edit", show, {"rewatches": 1})
    fan.does("rewatch", show)
    fan.does("plus_one", show)
    found = rounds(fan.connection, fan.id, show, fan.now)
    assert [(one.number, one.episodes, one.completed, one.current) for one in found.rounds] == [
        (2, 1, False, True), (1, 0, True, False), (0, 3, True, False),
    ]  # fmt: skip
    assert [one.dates.started for one in found.rounds] == [fan.now.date(), None, None]


def test_dates_that_follow_from_viewings_follow_when_those_are_put_right(fan: Fan, show: UUID) -> None:
    for _ in range(3):
        fan.does("plus_one", show)
    before, version = fan.everything(), fan.entry(show).version
    changed = [moved(fan, show, 1, "2012-05"), moved(fan, show, 3, LONG_AGO)]
    entry = fan.entry(show)
    assert (entry.started, entry.started_precision, entry.finished) == (date(2012, 5, 1), "month", fan.now.date())
    assert (entry.status, entry.version) == ("completed", version + 2)
    moved(fan, show, 3, None)
    assert fan.entry(show).finished is None
    with pytest.raises(Conflict, match="changed again"):
        fan.undoes(changed[1])
    for one in (fan.history(show)[0].id, changed[1].change_id, changed[0].change_id):
        undo(fan.connection, fan.id, one, fan.now)
    assert fan.everything() == before


def test_one_of_two_viewings_may_have_been_none(fan: Fan, show: UUID) -> None:
    fan.does("watch_up_to", show, 3)
    fan.does("watch", show, 3)
    forget(fan.connection, fan.id, show, 4, fan.now, "t")
    assert (fan.entry(show).status, len(fan.plays(show))) == ("completed", 3)
    forget(fan.connection, fan.id, show, 3, fan.now, "t")
    assert (fan.entry(show).status, fan.entry(show).progress) == ("watching", 2)
    with pytest.raises(NotFound, match="no such viewing"):
        forget(fan.connection, fan.id, show, 3, fan.now, "t")


def test_a_rewatch_has_dates_of_its_own(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed", started="2005", finished="2005-03")
    fan.does("rewatch", show)
    for dates in ({"started": "2012"}, {"finished": "2012-02", "started": "2012-01-31"}):
        date_round(fan.connection, fan.id, show, 1, dates, fan.now, "t")
    fan.does("plus_one", show)
    again, first = (one.dates for one in rounds(fan.connection, fan.id, show, fan.now).rounds)
    assert (again.started, again.finished, again.finished_precision) == (date(2012, 1, 31), date(2012, 2, 1), "month")
    assert (first.started, first.finished) == (date(2005, 1, 1), date(2005, 3, 1))
    for wrong in ({"started": "2013"}, {"score": 5}, {"finished": 2012}):
        with pytest.raises(Invalid):
            date_round(fan.connection, fan.id, show, 1, wrong, fan.now, "t")
    with pytest.raises(NotFound, match="no such rewatch"):
        date_round(fan.connection, fan.id, show, 2, {}, fan.now, "t")
    date_round(fan.connection, fan.id, show, 0, {"started": "2004-12"}, fan.now, "t")
    assert (fan.entry(show).started, fan.entry(show).started_precision) == (date(2004, 12, 1), "month")


def test_the_dates_of_a_round_follow_its_viewings_also_when_another_has_begun(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("rewatch", show)
    fan.does("watch_up_to", show, 3)
    fan.does("rewatch", show)
    fan.does("plus_one", show)
    before = fan.everything()
    changed = [moved(fan, show, 1, "2012-05"), moved(fan, show, 3, LONG_AGO), moved(fan, show, 6, "2020")]
    again, first = [one.dates for one in rounds(fan.connection, fan.id, show, fan.now).rounds][1:]
    assert (first.started, first.started_precision, first.finished) == (date(2012, 5, 1), "month", LONG_AGO.date())
    assert (again.started, again.finished, again.finished_precision) == (None, date(2020, 1, 1), "year")
    for one in reversed(changed):
        fan.undoes(one)
    assert fan.everything() == before


def test_a_date_that_was_said_of_a_rewatch_is_not_lost_by_undoing_a_viewing(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("rewatch", show)
    pressed = fan.does("plus_one", show)
    said = date_round(fan.connection, fan.id, show, 1, {"started": "2012"}, fan.now, "t")
    with pytest.raises(Conflict, match="dates of rewatch 1"):
        fan.undoes(pressed)
    fan.undoes(said)
    fan.undoes(pressed)
    assert rounds(fan.connection, fan.id, show, fan.now).rounds[0].dates.started is None


@pytest.mark.parametrize(
    ("text", "zone", "told"),
    [
        ("2026-11-01 23:30", "Pacific/Auckland", datetime(2026, 11, 1, 10, 30, tzinfo=UTC)),
        ("2026-10-25 02:30", "Europe/Paris", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2012-05", "Europe/Paris", "2012-05"),
        ("", "UTC", None),
    ],
)
def test_what_is_typed_is_read_where_the_fan_is_and_shown_as_it_was_typed(
    text: str, zone: str, told: datetime | str | None
) -> None:
    read = typed("when", text, zone)
    assert read == told
    assert shown(when(read, datetime(2026, 12, 1, tzinfo=UTC), zone), zone) == text


@pytest.mark.parametrize(
    "text", ["soon", "2026-02-30 10:00", "2026-02-03 25:00", "2026-2-3", "2026-02-03T10:00", "٢٠١٢-٠٥-١٧ ١٠:٠٠"]
)
def test_what_is_no_time_is_told_so(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        typed("when", text, "UTC")
    assert caught.value.field == "when"


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("0001-01-01 00:00", "Asia/Tokyo"),
        ("9999-12-31 23:59", "America/New_York"),
        ("2026-03-29 02:30", "Europe/Paris"),  # the clocks went from 02:00 to 03:00
    ],
)
def test_what_was_no_time_where_the_fan_is_is_told_so(text: str, zone: str) -> None:
    with pytest.raises(Invalid, match=r"calendar|clocks"):
        typed("when", text, zone)


def test_undoing_something_older_brings_no_removed_viewing_back(fan: Fan, show: UUID) -> None:
    fan.does("watch_up_to", show, 2)
    dated = moved(fan, show, 2, "2012")
    gone = forget(fan.connection, fan.id, show, 2, fan.now, "t")
    with pytest.raises(Conflict, match="removed since"):
        fan.undoes(dated)
    fan.undoes(gone)
    fan.undoes(dated)
    assert len(fan.plays(show)) == 2


def test_what_was_said_of_a_rewatch_is_not_lost_by_undoing_its_beginning(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    before = fan.everything()
    begun = fan.does("rewatch", show)
    said = date_round(fan.connection, fan.id, show, 1, {"started": "2012"}, fan.now, "t")
    with pytest.raises(Conflict, match="dates of rewatch 1"):
        fan.undoes(begun)
    fan.undoes(said)
    fan.undoes(begun)
    assert fan.everything() == before


def test_a_past_round_that_lacks_its_last_episode_has_no_finish_any_more(fan: Fan, show: UUID) -> None:
    for number in (1, 2, 3):
        fan.does("watch", show, number, watched_at=f"2012-0{number}-01")
    fan.does("rewatch", show)
    assert rounds(fan.connection, fan.id, show, fan.now).rounds[1].dates.finished == date(2012, 3, 1)
    gone = forget(fan.connection, fan.id, show, 3, fan.now, "t")
    assert rounds(fan.connection, fan.id, show, fan.now).rounds[1].dates.finished is None
    fan.undoes(gone)
    assert rounds(fan.connection, fan.id, show, fan.now).rounds[1].dates.finished == date(2012, 3, 1)


def moved(fan: Fan, anime: UUID, id: int, watched_at: datetime | str | None) -> Changed:
    return redate(fan.connection, fan.id, anime, id, watched_at, fan.now, "t")


@pytest.fixture
def show(crowd: psycopg.Connection) -> UUID:
    return make_anime(crowd, episode_count=3)
