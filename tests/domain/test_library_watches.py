"""Single viewings and rewatches can be put right, and that too can be undone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.library.changes import undo
from domain.library.entry import Changed
from domain.library.watches import date_rewatch, details, forget, redate
from tests.domain.fans import Fan
from tests.factories import make_anime

LONG_AGO = datetime(2019, 3, 4, 20, 0, tzinfo=UTC)


def test_an_entry_is_made_of_its_viewings_and_rewatches(fan: Fan, show: UUID) -> None:
    fan.does("track", show, status="completed")
    fan.does("rewatch", show)
    fan.does("plus_one", show)
    found = details(fan.connection, fan.id, show, fan.now)
    assert [(play.number, play.cycle, play.precision) for play in found.plays] == [
        (1, 0, "unknown"), (2, 0, "unknown"), (3, 0, "unknown"), (1, 1, "time"),
    ]  # fmt: skip
    assert (found.cycle, [cycle.started for cycle in found.cycles]) == (1, [fan.now.date()])
    with pytest.raises(NotFound):
        details(fan.connection, Fan(fan.connection).id, show, fan.now)


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
        date_rewatch(fan.connection, fan.id, show, 1, dates, fan.now, "t")
    fan.does("plus_one", show)
    (cycle,) = details(fan.connection, fan.id, show, fan.now).cycles
    assert (cycle.started, cycle.finished, cycle.finished_precision) == (date(2012, 1, 31), date(2012, 2, 1), "month")
    assert (fan.entry(show).started, fan.entry(show).finished) == (date(2005, 1, 1), date(2005, 3, 1))
    for wrong in ({"started": "2013"}, {"score": 5}, {"finished": 2012}):
        with pytest.raises(Invalid):
            date_rewatch(fan.connection, fan.id, show, 1, wrong, fan.now, "t")
    with pytest.raises(NotFound, match="no such rewatch"):
        date_rewatch(fan.connection, fan.id, show, 2, {}, fan.now, "t")


def moved(fan: Fan, anime: UUID, id: int, watched_at: datetime | str | None) -> Changed:
    return redate(fan.connection, fan.id, anime, id, watched_at, fan.now, "t")


@pytest.fixture
def show(crowd: psycopg.Connection) -> UUID:
    return make_anime(crowd, episode_count=3)
