"""Erasing accounts: whatever ends the process, wherever it is, another one goes on, and nothing is left in the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from domain import accounts, avatars, handles, mails, schedule, sessions
from domain.accounts import Account, Newcomer
from domain.errors import Conflict, Invalid, NotFound
from domain.library import verbs as library
from domain.privacy import erasing, leaving, rows
from domain.privacy.held import PEOPLE
from domain.tags import number
from jobs import erase as jobs
from jobs.chores import CHORES, do_chores
from jobs.erase import STEPS, again, erase, forget_notes, uploads
from jobs.relay import relay
from jobs.world import World
from ports import clock
from ports.bucket import Head
from ports.passwords import Argon2
from ports.settings import Settings, from_environment
from ports.signing import open_keys
from tests.domain.keys import KEYS
from tests.factories import insert, make_anime, make_review

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Argon2(memory_kib=64, passes=1)
PICTURE = Head("image/webp", "private")
FORMER = {"spike": "swordfish", "faye": "romani"}
NUMBERED = [pytest.param(step, marks=pytest.mark.long) for step in STEPS if step != "rows"] + ["rows", "between rows"]


class Killed(BaseException):
    """As if the process had been."""


def test_somebody_who_leaves_has_no_name_at_once_and_no_rows_soon(world: World, spike: Account) -> None:
    connection, bucket = world.connection, uploads(world.settings)
    number = leave(world, spike)

    (row,) = connection.execute("SELECT handle, email, display_name, avatar, password FROM account").fetchall()
    assert row[0].startswith("gone_") and row[1:] == ("", "", None, "none")
    assert rows_of(connection, "session") == rows_of(connection, "token") == 0
    with pytest.raises(NotFound):
        accounts.find(connection, "spike")
    assert do_chores(world) == 1, "the very transaction has called for it"

    receipt = erasing.receipt(connection, number)
    assert receipt.finished_at and receipt.backups_until == (receipt.finished_at + timedelta(days=30)).date()
    assert receipt.counts["removed"].items() >= {
        "entry": 3, "watch": 9, "library_change": 3, "session": 2, "handle_history": 1, "account": 1,
    }.items()  # fmt: skip
    assert {table: rows_of(connection, table) for table in PEOPLE} == dict.fromkeys(PEOPLE, 0) | {
        "erasure": 1, "handle_blocked": 2,
    }  # fmt: skip
    assert list(bucket.keys("avatars/")) == [] and len(list(bucket.keys(erasing.NOTES))) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", NUMBERED)
def test_killed_at_any_step_another_one_ends_it_the_same(
    world: World, spike: Account, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    number = leave(world, spike)
    with monkeypatch.context() as patch:
        patch.setattr(rows, "AT_ONCE", 2)
        if step == "between rows":
            patch.setattr(jobs, "_some", dying(jobs._some, when, after=3))
        else:
            patch.setattr(jobs, "STEPS", {**STEPS, step: dying(STEPS[step], when)})
        with pytest.raises(Killed):
            erase(world)
    world.close()
    assert erasing.receipt(world.connection, number).finished_at is None or (step, when) == ("account", "after")
    assert erase(world) == {"erased": 0, "waiting": 0}, "it is another one's for a while"

    world.connection.execute("UPDATE erasure SET due_at = now() - interval '1 minute'")
    erase(world)

    receipt = erasing.receipt(world.connection, number)
    assert receipt.finished_at
    assert receipt.counts["removed"].items() >= {"entry": 3, "watch": 9, "library_change": 3, "account": 1}.items()
    assert [table for table in PEOPLE if rows_of(world.connection, table)] == ["handle_blocked", "erasure"]
    assert list(uploads(world.settings).keys("avatars/")) == []


def test_others_notice_nothing(world: World, spike: Account, faye: Account) -> None:
    before = [row for table in PEOPLE for row in of(world.connection, table, faye.id)]
    leave(world, spike)
    erase(world)

    assert [row for table in PEOPLE for row in of(world.connection, table, faye.id)] == before


def test_nobody_has_the_handles_for_a_while_and_nothing_says_whose_they_were(world: World, spike: Account) -> None:
    leave(world, spike)
    erase(world)
    for handle in ("spike", "SPIKE", "swordfish"):
        with pytest.raises(Invalid, match="taken"):
            handles.claim(world.connection, open_keys(world.settings), handle, clock.now())
    assert handles.claim(world.connection, KEYS, "spike", clock.now()) == "spike", "without our key it is any name"
    free = clock.now() + handles.BLOCKED + timedelta(seconds=1)
    assert handles.claim(world.connection, open_keys(world.settings), "spike", free) == "spike"


def test_the_last_letter_is_awaited_and_is_the_last_thing_that_is_known(world: World, spike: Account) -> None:
    leave(world, spike, tell=True)
    (letter,) = world.connection.execute("SELECT kind, recipient FROM mail").fetchall()
    assert letter == ("erased", "spike@example.org")

    with capture_logs() as said:
        assert erase(world) == {"erased": 0, "waiting": 1}
    assert [line["step"] for line in said if line["event"] == "erasing has to wait"] == ["letter"]
    assert erasing.stuck(world.connection)[0][1] == "the letter about it has not been handed over yet"
    mail = mails.take(world.connection, clock.now())
    assert mail
    mails.done(world.connection, mail)
    world.connection.execute("UPDATE erasure SET due_at = now() - interval '1 minute'")

    assert erase(world) == {"erased": 1, "waiting": 0}
    assert rows_of(world.connection, "account") == 0


def test_it_waits_for_redis_and_is_tried_again_by_itself(world: World, spike: Account) -> None:
    world.settings = replace(world.settings, redis_url="redis://127.0.0.1:9/0")
    leave(world, spike)
    schedule.ensure(world.connection, {name: chore.every for name, chore in CHORES.items()})

    assert erase(world) == {"erased": 0, "waiting": 1}

    (row,) = world.connection.execute("SELECT done, error FROM erasure").fetchall()
    assert row[0] == ["note", "files", "rows"] and "Redis" in row[1]
    seconds = world.connection.execute(
        "SELECT extract(epoch FROM next_at - now())::float FROM schedule WHERE name = 'erase'"
    ).fetchone()
    assert seconds and seconds[0] < 10


def test_pages_that_showed_it_are_published_before_it_is_done(world: World, spike: Account) -> None:
    connection = world.connection
    make_review(connection, spike.id, anime := make_anime(connection, "bebop"))
    relayed(connection)
    connection.execute("UPDATE page SET built = wanted, tags = %s", [[number(f"anime:{anime}.reviews")]])
    leave(world, spike)

    assert erase(world) == {"erased": 0, "waiting": 1}
    relayed(connection)
    connection.execute("UPDATE erasure SET due_at = now() - interval '1 minute'")
    assert erase(world) == {"erased": 0, "waiting": 1}, "relayed, and not yet built"
    connection.execute("UPDATE page SET built = wanted")
    connection.execute("UPDATE erasure SET due_at = now() - interval '1 minute'")

    assert erase(world) == {"erased": 1, "waiting": 0}
    assert rows_of(connection, "review") == 0


def test_leaving_twice_is_refused(world: World, spike: Account) -> None:
    leave(world, spike)
    with pytest.raises(Conflict, match="already"):
        leave(world, spike)


def test_whoever_had_left_leaves_again_after_a_restore_and_nobody_else(world: World, spike: Account) -> None:
    connection, bucket = world.connection, uploads(world.settings)
    joined = connection.execute("SELECT created_at FROM account WHERE id = %s", [spike.id]).fetchone()
    leave(world, spike)
    erase(world)
    keys = open_keys(world.settings)
    assert joined and again(connection, bucket, keys, clock.now()) == 0

    insert(connection, "account", {
        "id": spike.id, "handle": "spike", "email": "spike@example.org", "password": "none", "created_at": AT,
    })  # fmt: skip
    connection.execute("UPDATE account SET created_at = created_at + interval '1 microsecond'")
    assert again(connection, bucket, keys, clock.now()) == 0, "the same number, given to somebody else"
    connection.execute("UPDATE account SET created_at = %s", joined)
    assert again(connection, bucket, keys, clock.now()) == 1
    assert again(connection, bucket, keys, clock.now()) == 0, "it is under way"
    assert erase(world) == {"erased": 1, "waiting": 0}, "no letter is awaited"
    assert rows_of(connection, "account") == 0


def test_notes_are_forgotten_with_the_last_backup(world: World, spike: Account) -> None:
    leave(world, spike)
    erase(world)
    bucket = uploads(world.settings)
    (note,) = bucket.keys(erasing.NOTES)
    written = datetime.fromisoformat(note.removeprefix(erasing.NOTES).partition("/")[0]).replace(tzinfo=UTC)

    assert forget_notes(bucket, written + timedelta(days=30, hours=23), 30) == 0
    assert forget_notes(bucket, written + timedelta(days=31), 30) == 1
    assert list(bucket.keys(erasing.NOTES)) == []


def leave(world: World, account: Account, tell: bool = False) -> str:
    """Leave; nobody would hand over a letter here."""
    with world.connection.transaction():
        return leaving.leave(world.connection, open_keys(world.settings), account, False, clock.now(), tell=tell)


def relayed(connection: psycopg.Connection) -> None:
    while relay(connection, refreshed=True):
        pass


def dying(step: Any, when: str, after: int = 1) -> Any:
    """The same, but it is killed before or after it is done for the last of so many times."""
    left = iter(range(after - 1, -1, -1))

    def done(*values: Any) -> Any:
        last = next(left) == 0
        if last and when == "before":
            raise Killed
        result = step(*values)
        if last:
            raise Killed
        return result

    return done


def rows_of(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row
    return int(row[0])


def of(connection: psycopg.Connection, table: str, user_id: int) -> list[tuple[Any, ...]]:
    names = [column for column, name in PEOPLE[table].names.items()]
    found: list[tuple[Any, ...]] = []
    for column in names:
        found += connection.execute(f"SELECT * FROM {table} t WHERE {column} = %s ORDER BY t::text", [user_id])
    return found


def somebody(world: World, handle: str) -> Account:
    """With two devices, an older handle, a picture and a list of three titles."""
    connection = world.connection
    with connection.transaction():
        newcomer = Newcomer(FORMER[handle], f"{handle}@example.org", "correct horse battery")
        account = accounts.join(connection, open_keys(world.settings), QUICK, newcomer, AT)
        connection.execute("UPDATE account SET verified_at = %s WHERE id = %s", [AT, account.id])
        accounts.rename(connection, open_keys(world.settings), account, handle, AT)
        for agent in ("Firefox", "Chrome"):
            sessions.begin(connection, account.id, agent, AT)
        uploads(world.settings).put(key := avatars.new_key(), b"picture", PICTURE)
        avatars.choose(connection, account.id, key)
        for number in range(3):
            anime = make_anime(connection, f"{handle}-{number}", episode_count=12)
            library.watch_up_to(connection, account.id, anime, 3, AT, "test")
    return accounts.find(connection, handle)


@pytest.fixture
def spike(world: World) -> Account:
    return somebody(world, "spike")


@pytest.fixture
def faye(world: World) -> Account:
    return somebody(world, "faye")


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return from_environment({"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": redis_url})


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    world = World(settings)
    yield world
    world.close()
