"""How a library is written: in few statements, by many devices at once, and by nobody to the harm of another."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.errors import Conflict, DomainError, Invalid, NotFound, Stale
from domain.library import changes as library_changes
from domain.library import verbs as library
from domain.library import viewings, watches
from domain.library.entry import Entry, find, states
from domain.library.guest import GuestEntry, merge_guest
from domain.library.shelf import Query, shelf
from ports.database import connect
from ports.settings import PROJECT
from tests.domain.fans import BEGINNING, Fan, wait_for_a_lock
from tests.factories import make_anime

Verb = Callable[[psycopg.Connection, int, UUID], object]
WRITES: dict[str, Verb] = {
    "track": lambda c, user, anime: library.track(c, user, anime, BEGINNING, "t", score=3),
    "edit": lambda c, user, anime: library.edit(c, user, anime, {"score": 5, "status": "paused"}, BEGINNING, "t"),
    "complete": lambda c, user, anime: library.edit(c, user, anime, {"status": "completed"}, BEGINNING, "t"),
    "plus one": lambda c, user, anime: library.plus_one(c, user, anime, BEGINNING, "t"),
    "watch": lambda c, user, anime: library.watch(c, user, anime, 3, BEGINNING, "t"),
    "unwatch": lambda c, user, anime: library.unwatch(c, user, anime, 1, BEGINNING, "t"),
    "up to": lambda c, user, anime: library.watch_up_to(c, user, anime, 12, BEGINNING, "t"),
    "exactly": lambda c, user, anime: library.watch_up_to(c, user, anime, 1, BEGINNING, "t", exactly=True),
    "rewatch": lambda c, user, anime: library.rewatch(c, user, anime, BEGINNING, "t"),
    "redate": lambda c, user, anime: watches.redate(c, user, anime, 1, "2012", BEGINNING, "t"),
    "forget": lambda c, user, anime: watches.forget(c, user, anime, 1, BEGINNING, "t"),
    "date round": lambda c, user, anime: watches.date_round(c, user, anime, 0, {"started": "2012"}, BEGINNING, "t"),
    "remove": lambda c, user, anime: library.remove(c, user, anime, BEGINNING, "t"),
    "guest": lambda c, user, anime: merge_guest(c, user, [GuestEntry(anime, "watching", 9)], BEGINNING),
    "recalculate": lambda c, user, anime: library.recalculate(c, user, [anime], BEGINNING),
}
READS: dict[str, Verb] = {
    "states": lambda c, user, anime: states(c, user, [anime]),
    "find": find,
    "history": library_changes.history,
    "viewings": lambda c, user, anime: viewings.viewings(c, user, anime, 50),
    "rounds": lambda c, user, anime: viewings.rounds(c, user, anime, BEGINNING),
    "shelf": lambda c, user, anime: shelf(c, user, Query(words="show", status="watching")),
}


@pytest.mark.parametrize("verb", WRITES)
def test_a_write_takes_two_statements_whether_the_entry_is_new_or_not(fan: Fan, show: UUID, verb: str) -> None:
    new = make_anime(fan.connection, episode_count=12)
    for anime in (show, new):
        with counted(fan.connection) as statements, suppress(NotFound):
            WRITES[verb](fan.connection, fan.id, anime)
        assert 1 <= len(statements) <= 2


@pytest.mark.parametrize("verb", READS)
def test_a_read_takes_one_statement(fan: Fan, show: UUID, verb: str) -> None:
    with counted(fan.connection) as statements:
        READS[verb](fan.connection, fan.id, show)
    assert len(statements) == 1


def test_an_undo_takes_three_statements(fan: Fan, show: UUID) -> None:
    changed = fan.does("plus_one", show)
    with counted(fan.connection) as statements:
        library_changes.undo(fan.connection, fan.id, changed.change_id, BEGINNING)
    assert len(statements) == 3


def test_many_entries_are_changed_in_two_statements_all_or_none(fan: Fan) -> None:
    anime = [make_anime(fan.connection, episode_count=12) for _ in range(300)]
    for one in anime[:200]:
        fan.does("track", one)
    with counted(fan.connection) as statements:
        changed = library.bulk(
            fan.connection, fan.id, anime[200::-1][1:], {"status": "completed", "tags": ["x"]}, fan.now, "t"
        )
    assert len(statements) == 2
    assert [one.entry.anime_id for one in changed if one.entry] == anime[200::-1][1:]
    assert {(one.entry.status, one.entry.progress) for one in changed if one.entry} == {("completed", 12)}

    ids = [one.change_id for one in changed]
    with counted(fan.connection) as statements:
        undone = library_changes.undo_all(fan.connection, fan.id, ids, fan.now)
    assert len(statements) == 3
    assert {(one.entry.status, one.entry.tags) for one in undone if one.entry} == {("planning", ())}
    with pytest.raises(Conflict, match="undone before"):
        library_changes.undo_all(fan.connection, fan.id, ids, fan.now)
    library_changes.undo_all(fan.connection, fan.id, [one.change_id for one in undone], fan.now)
    assert fan.entry(anime[7]).status == "completed"
    before = fan.everything()
    with pytest.raises(NotFound), fan.connection.transaction():
        library.bulk(fan.connection, fan.id, anime, {"score": 1}, fan.now, "t")
    with pytest.raises(Invalid, match="1000 or fewer"):
        library.bulk(fan.connection, fan.id, [UUID(int=n) for n in range(1001)], {"score": 1}, fan.now, "t")
    assert fan.everything() == before


def test_two_devices_that_press_at_once_watch_two_episodes(fan: Fan, endless: UUID, crowded_url: str) -> None:
    """Every acknowledged press is there, with a number of its own, also where the first press tracks the anime."""

    def press(device: int) -> list[Entry | None]:
        with connect(crowded_url) as connection:
            pressed = []
            for _ in range(20):
                with connection.transaction():
                    pressed.append(library.plus_one(connection, fan.id, endless, fan.now, f"device {device}").entry)
        return pressed

    entries = [entry for pressed in at_once(4, press) for entry in pressed if entry]
    assert sorted(entry.progress for entry in entries) == list(range(1, 81))
    assert sorted(entry.version for entry in entries) == list(range(1, 81))
    assert sorted(number for number, *_ in fan.plays(endless)) == list(range(1, 81))
    assert fan.entry(endless).progress == 80
    assert len(fan.history(endless)) == 80


def test_of_two_devices_that_change_the_same_version_one_is_told(fan: Fan, show: UUID, crowded_url: str) -> None:
    version = fan.entry(show).version

    def say(device: int) -> str:
        with connect(crowded_url) as connection:
            try:
                changes = {"notes": f"of {device}"}
                library.edit(connection, fan.id, show, changes, fan.now, "t", if_version=version)
            except Stale:
                return "stale"
            return f"of {device}"

    said = at_once(4, say)
    assert said.count("stale") == 3
    assert fan.entry(show).notes in said


def test_devices_that_change_different_things_at_once_lose_nothing(fan: Fan, show: UUID, crowded_url: str) -> None:
    said = {"notes": "n", "score": 9, "tags": ["t"], "priority": 4}

    def say(device: int) -> None:
        name = list(said)[device]
        with connect(crowded_url) as connection:
            library.edit(connection, fan.id, show, {name: said[name]}, fan.now, "t")

    at_once(4, say)
    entry = fan.entry(show)
    assert {name: getattr(entry, name) for name in said} == {**said, "tags": ("t",)}


def test_whoever_waits_for_another_sees_what_the_other_did(fan: Fan, show: UUID, crowded_url: str) -> None:
    with connect(crowded_url) as other, ThreadPoolExecutor(1) as thread:
        for verb, expected in (("unwatch", 0), ("watch_up_to", 12), ("remove", None)):
            with other.transaction():
                library.watch(other, fan.id, show, 5, fan.now, "the other", watched_at=None)
                waiting = thread.submit(fan.does, verb, show, *{"unwatch": [5], "watch_up_to": [12]}.get(verb, []))
                wait_for_a_lock(other)
            entry = waiting.result(60).entry
            if expected is None:
                assert entry is None and fan.everything()["watch"] == []
            else:
                seen = {number for number, *_ in fan.plays(show)}
                assert entry and entry.progress == len(seen) and (5 in seen) == (verb != "unwatch")


def test_who_undoes_twice_at_once_undoes_once(fan: Fan, show: UUID, crowded_url: str) -> None:
    changed = fan.does("watch", show, 9)
    before = len(fan.history(show))

    def undo(device: int) -> bool:
        with connect(crowded_url) as connection, connection.transaction():
            try:
                library_changes.undo(connection, fan.id, changed.change_id, fan.now)
            except Conflict:
                return False
            return True

    assert sorted(at_once(4, undo)) == [False, False, False, True]
    assert len(fan.history(show)) == before + 1


def test_lists_of_many_that_cross_neither_wait_in_a_circle_nor_double_anything(fan: Fan, crowded_url: str) -> None:
    anime = [make_anime(fan.connection, episode_count=12) for _ in range(40)]

    def merge(device: int) -> None:
        order = anime if device % 2 else anime[::-1]
        with connect(crowded_url) as connection:
            for _ in range(3):
                with connection.transaction():
                    merge_guest(connection, fan.id, [GuestEntry(one, "watching", 5) for one in order], fan.now)

    at_once(4, merge)
    for one in anime:
        assert len(fan.plays(one)) == 5 == fan.entry(one).progress
        assert len(fan.history(one)) == 1


def test_what_is_rolled_back_was_never_written(fan: Fan, show: UUID) -> None:
    before, history = fan.everything(), fan.history(show)
    with suppress(DomainError), fan.connection.transaction():
        library.plus_one(fan.connection, fan.id, show, fan.now, "t")
        raise Conflict("something else went wrong")
    assert (fan.everything(), fan.history(show)) == (before, history)


def test_whoever_is_killed_leaves_every_press_that_was_acknowledged_and_no_half_of_another(
    fan: Fan, endless: UUID, crowded_url: str
) -> None:
    acknowledged: list[int] = []
    for kill in range(3):
        command = [sys.executable, "-c", _PRESS, crowded_url, str(fan.id), str(endless)]
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            acknowledged += [int(process.stdout.readline()) for _ in range(15 + 7 * kill)]
            process.kill()
            acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
    wait_to_be_alone(fan.connection)
    pressed = sorted(number for number, *_ in fan.plays(endless))
    assert pressed == list(range(1, len(pressed) + 1))
    assert set(acknowledged) <= set(pressed) and len(pressed) <= len(acknowledged) + 3
    assert len(fan.history(endless)) == len(pressed) == fan.entry(endless).progress
    assert [one.change_id for one in library.recalculate(fan.connection, fan.id, [endless], fan.now)] == [0]


_PRESS = """
import sys
from datetime import UTC, datetime
from uuid import UUID
from domain.library.verbs import plus_one
from ports.database import connect
from ports.settings import PROJECT
url, user, anime = sys.argv[1:]
with connect(url) as connection:
    while True:
        with connection.transaction():
            entry = plus_one(connection, int(user), UUID(anime), datetime.now(UTC), "killed").entry
        print(entry.progress, flush=True)
"""


@contextmanager
def counted(connection: psycopg.Connection) -> Iterator[list[str]]:
    """The statements that are sent on this connection meanwhile."""
    sent: list[str] = []

    class Counting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *parameters: Any, **options: Any) -> Any:
            sent.append(str(query))
            return super().execute(query, *parameters, **options)

        def executemany(self, query: Any, parameters: Any, **options: Any) -> None:
            raise AssertionError("as many statements as there are rows")

    before, connection.cursor_factory = connection.cursor_factory, Counting
    try:
        yield sent
    finally:
        connection.cursor_factory = before


def at_once(many: int, do: Callable[[int], Any]) -> list[Any]:
    """What each of many threads returns, that begin together."""
    start = threading.Barrier(many)

    def begin(number: int) -> Any:
        start.wait(60)
        return do(number)

    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(begin, range(many), timeout=180))


def wait_to_be_alone(connection: psycopg.Connection) -> None:
    """Return once PostgreSQL has noticed that the others are gone."""
    others = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(3000):
        if connection.execute(f"{others} AND backend_type = 'client backend'").fetchone() is None:
            return
        connection.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("somebody is still connected")


@pytest.fixture
def fan(crowd: psycopg.Connection, show: UUID) -> Fan:
    """Has watched an episode of the show."""
    fan = Fan(crowd)
    fan.does("plus_one", show)
    fan.now += timedelta(days=1)
    return fan


@pytest.fixture
def show(crowd: psycopg.Connection) -> UUID:
    return make_anime(crowd, episode_count=12)


@pytest.fixture
def endless(crowd: psycopg.Connection) -> UUID:
    return make_anime(crowd, status="airing")
