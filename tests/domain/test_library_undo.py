"""Whatever was done to a library can be undone, exactly, unless something was built on it since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.library.changes import undo_all
from tests.domain.fans import Fan
from tests.factories import make_anime

LONG_AGO = datetime(2019, 3, 4, 20, 0, tzinfo=UTC)
ACTS: dict[str, tuple[Any, ...]] = {
    "a first watch": ("plus_one",),
    "an extra watch": ("watch", 1),
    "a special": ("watch", 2),
    "many watches": ("watch_up_to", 11),
    "the last episode": ("watch_up_to", 12),
    "an episode taken away": ("unwatch", 3),
    "a rewatch": ("rewatch",),
    "a status": ("edit", {"status": "dropped"}),
    "an end in one go": ("edit", {"status": "completed"}),
    "a lower number": ("edit", {"progress": 2}),
    "everything that can be said": (
        "edit",
        {"score": 95, "notes": "!", "tags": ["b", "a"], "private": True, "favourite": True, "priority": 3,
         "started": "2012", "finished": None},
    ),
    "removal": ("remove",),
}  # fmt: skip


@pytest.mark.parametrize("what", ACTS)
def test_undone_is_as_it_was_and_undone_again_as_it_became(busy: Fan, show: UUID, what: str) -> None:
    before = busy.everything()
    verb, *values = ACTS[what]
    changed = busy.does(verb, show, *values, **({"kind": "special"} if what == "a special" else {}))
    became = busy.everything()
    assert changed.change_id and became != before

    undone = busy.undoes(changed)
    assert busy.everything() == before
    busy.undoes(undone)
    assert busy.everything() == became


def test_what_was_added_goes_again(fan: Fan, show: UUID) -> None:
    undone = fan.undoes(fan.does("track", show, status="completed", score=100))
    assert undone.entry is None
    assert fan.everything() == {"entry": [], "cycle": [], "watch": []}


def test_a_mistaken_press_leaves_nothing_behind_though_something_else_was_said_since(fan: Fan, show: UUID) -> None:
    fan.does("track", show)
    pressed = fan.does("plus_one", show)
    fan.does("edit", show, {"score": 80})
    entry = fan.undoes(pressed).entry
    assert entry and (entry.status, entry.progress, entry.started, entry.score) == ("planning", 0, None, 80)
    assert fan.plays(show) == []


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("edit", {"score": 50}), ("edit", {"score": 60})),
        (("edit", {"started": "2012"}), ("edit", {"started": "2013"})),
        (("edit", {"status": "dropped"}), ("edit", {"status": "paused"})),
        (("rewatch",), ("plus_one",)),
        (("remove",), ("track",)),
    ],
)
def test_what_was_built_upon_is_not_undone(
    busy: Fan, show: UUID, first: tuple[Any, ...], then: tuple[Any, ...]
) -> None:
    changed = busy.does(first[0], show, *first[1:])
    busy.does(then[0], show, *then[1:])
    before = busy.everything()
    with pytest.raises(Conflict):
        busy.undoes(changed)
    assert busy.everything() == before


def test_what_was_added_and_then_changed_is_removed_by_name_only(fan: Fan, show: UUID) -> None:
    added = fan.does("track", show)
    fan.does("plus_one", show)
    with pytest.raises(Conflict, match="changed since it was added"):
        fan.undoes(added)


def test_nothing_is_undone_twice(fan: Fan, show: UUID) -> None:
    changed = fan.does("plus_one", show)
    fan.undoes(changed)
    with pytest.raises(Conflict, match="undone before"):
        fan.undoes(changed)


def test_two_changes_of_one_anime_are_undone_one_after_the_other(fan: Fan, show: UUID) -> None:
    ids = [fan.does("plus_one", show).change_id for _ in range(2)]
    with pytest.raises(Invalid, match="different anime"):
        undo_all(fan.connection, fan.id, ids, fan.now)
    with pytest.raises(NotFound):
        undo_all(fan.connection, fan.id, [ids[0], 10**9], fan.now)
    assert fan.entry(show).progress == 2


def test_history_says_who_did_what_and_what_undid_it(fan: Fan, show: UUID) -> None:
    fan.does("track", show, score=70)
    rated = fan.does("edit", show, {"score": 90})
    fan.undoes(rated)
    undo, edit, track = fan.history(show)
    assert (edit.before["entry"], edit.after["entry"]) == ({"score": 70}, {"score": 90})
    assert (edit.undone_by, undo.undoes) == (undo.id, edit.id)
    assert track.before["entry"] is None and track.after["entry"]["score"] == 70
    assert [one.explained for one in (undo, edit, track)] == [
        "Undone: Changed score.", "Changed score.", "Added as planning.",
    ]  # fmt: skip
    assert {one.source for one in (edit, track)} == {"test"}


def test_history_outlives_removal(fan: Fan, show: UUID) -> None:
    fan.does("plus_one", show)
    removed = fan.does("remove", show)
    assert [one.verb for one in fan.history(show)] == ["remove", "plus_one"]
    assert fan.undoes(removed).entry == fan.entry(show)


@pytest.fixture
def show(crowd: psycopg.Connection) -> UUID:
    return make_anime(crowd, episode_count=12)


@pytest.fixture
def busy(fan: Fan, show: UUID) -> Fan:
    """Somebody in the middle of a rewatch, beside whom others watch the same."""
    for one in (Fan(fan.connection), fan):
        for number in range(1, 13):
            one.does("watch", show, number, watched_at=LONG_AGO.replace(day=number))
        one.does("rewatch", show)
        one.does("watch_up_to", show, 5)
        one.does("plus_one", show)
        one.does("edit", show, {"status": "paused", "score": 40})
    return fan
