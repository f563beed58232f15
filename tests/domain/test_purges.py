"""Purges: what is to be forgotten, by whom, and when it is through."""

from __future__ import annotations

import psycopg
import pytest

from domain import purges, state
from domain.lease import BULK, EDITS
from domain.purges import EVERYTHING, Wanted

CDN = "varnish://one"


def test_without_a_cdn_there_are_no_rows(connection: psycopg.Connection) -> None:
    purges.want(connection, ["/a"])
    purges.stand_behind(connection, purges.NONE)
    purges.want(connection, ["/b"])
    assert rows(connection) == []


def test_what_a_new_cdn_holds_nobody_knows_so_everything_is_purged(connection: psycopg.Connection) -> None:
    for cdn in (CDN, CDN):
        purges.stand_behind(connection, cdn)
    assert paths(purges.take(connection, 10)) == [EVERYTHING]
    purges.stand_behind(connection, CDN)
    assert purges.take(connection, 10) == []

    purges.stand_behind(connection, "varnish://another")
    assert paths(purges.take(connection, 10)) == [EVERYTHING]
    purges.stand_behind(connection, purges.NONE)
    assert rows(connection) == []


def test_an_address_is_purged_once_more_a_little_later(behind: psycopg.Connection) -> None:
    purges.want(behind, ["/a"])
    first = purges.take(behind, 10)
    purges.done(behind, first)
    assert purges.take(behind, 10) == []
    assert purges.waiting(behind)[0] == 0 and purges.left(behind) == 1

    later(behind, purges.AGAIN)
    second = purges.take(behind, 10)
    purges.done(behind, second)

    assert [(one.path, one.again) for one in (*first, *second)] == [("/a", False), ("/a", True)]
    assert rows(behind) == []


@pytest.mark.parametrize("again", [False, True])
def test_an_upload_during_the_purge_is_purged_for_itself(behind: psycopg.Connection, again: bool) -> None:
    purges.want(behind, ["/a"])
    taken = purges.take(behind, 10)
    if again:
        purges.done(behind, taken)
        later(behind, purges.AGAIN)
        taken = purges.take(behind, 10)
    purges.want(behind, ["/a"])

    purges.done(behind, taken)
    purges.put_off(behind, taken, 1000)

    assert [(one.path, one.again) for one in purges.take(behind, 10)] == [("/a", False)]


def test_what_somebody_who_was_killed_had_taken_is_due_again(behind: psycopg.Connection) -> None:
    purges.want(behind, ["/a"])
    assert paths(purges.take(behind, 10)) == ["/a"]
    assert purges.take(behind, 10) == []
    later(behind, purges.LEASE)
    assert paths(purges.take(behind, 10)) == ["/a"]


def test_an_upload_that_is_rolled_back_purges_nothing(behind: psycopg.Connection) -> None:
    with behind.transaction(force_rollback=True):
        purges.want(behind, ["/a"])
    assert rows(behind) == []


def test_edits_are_purged_before_the_bulk_whoever_came_first(behind: psycopg.Connection) -> None:
    purges.want(behind, ["/a", "/b", "/b"], BULK)
    purges.want(behind, ["/c"], EDITS)
    purges.want(behind, ["/b"], EDITS)
    assert paths(purges.take(behind, 2)) == ["/b", "/c"]
    assert paths(purges.take(behind, 2)) == ["/a"]


def test_where_too_many_are_due_everything_is_purged_instead_and_edits_are_not_held_up(
    behind: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purges, "MANY", 3)
    purges.want(behind, ["/edited"], EDITS)
    purges.want(behind, [f"/{number}" for number in range(3)], BULK)
    purges.gather(behind)
    assert len(rows(behind)) == 4
    purges.want(behind, ["/3"], BULK)
    purges.gather(behind)
    assert rows(behind) == [EVERYTHING, "/edited"]


def test_a_long_deploy_empties_the_cdn_now_and_then_and_once_more_at_its_end(
    behind: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purges, "MANY", 1)
    gathered(behind)
    purges.done(behind, purges.take(behind, 10))
    gathered(behind)
    assert purges.take(behind, 10) == []

    purged = []
    for _ in range(3):
        later(behind, purges.EVERYTHING_AGAIN)
        taken = purges.take(behind, 10)
        purges.done(behind, taken)
        purged += [(one.path, one.again) for one in taken]

    assert purged == [(EVERYTHING, False), (EVERYTHING, True)]
    assert rows(behind) == []


def test_two_purgers_share_what_is_due(behind: psycopg.Connection, database_url: str) -> None:
    purges.want(behind, ["/a", "/b"])
    with psycopg.connect(database_url) as other, other.transaction():
        assert len(purges.take(other, 1)) == 1
        assert len(purges.take(behind, 10)) == 1


def test_an_address_says_whether_it_waits(behind: psycopg.Connection) -> None:
    assert purges.waits_since(behind, "/a") is None
    purges.want(behind, [EVERYTHING])
    purges.done(behind, purges.take(behind, 10))
    waits = purges.waits_since(behind, "/a")
    assert waits and waits[1]
    purges.want(behind, ["/a"])
    waits = purges.waits_since(behind, "/a")
    assert waits and not waits[1]


def gathered(connection: psycopg.Connection) -> None:
    """More were uploaded than are purged one by one."""
    purges.want(connection, ["/a", "/b"], BULK)
    purges.gather(connection)
    assert rows(connection) == [EVERYTHING]


def rows(connection: psycopg.Connection) -> list[str]:
    return [path for (path,) in connection.execute('SELECT path FROM purge ORDER BY path COLLATE "C"')]


def paths(taken: list[Wanted]) -> list[str]:
    return sorted(one.path for one in taken)


def later(connection: psycopg.Connection, seconds: float) -> None:
    connection.execute("UPDATE purge SET due_at = due_at - make_interval(secs => %s)", [seconds])


@pytest.fixture
def behind(connection: psycopg.Connection) -> psycopg.Connection:
    """A database of a site behind a CDN that holds nothing yet."""
    state.remember(connection, "cdn", CDN)
    return connection
