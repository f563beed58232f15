"""The manifest as a queue: what is wanted, who may build it, and what is remembered of what was built."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from domain import dead_letter, lease, manifest, orphans, overlap, tags
from domain.built import ATTEMPTS, Built, finish
from domain.lease import BULK, EDITS, Due
from domain.manifest import Order
from ports.database import connect

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def test_wanting_makes_a_page_dirty_and_building_makes_it_clean(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1", "anime/1", "anime/2"])
    assert manifest.due_counts(connection) == {"anime": 2}

    build(connection)

    assert manifest.due_counts(connection) == {}


def test_a_page_wanted_while_it_is_built_stays_dirty(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1"])
    token, due = lease.take(connection, EDITS, "anime", 10)
    manifest.want(connection, ["anime/1"])

    finish(connection, token, [built(page) for page in due], AT)

    assert manifest.due_counts(connection) == {"anime": 1}


def test_two_leases_never_hold_the_same_page(connection: psycopg.Connection, database_url: str) -> None:
    manifest.want(connection, [f"anime/{number}" for number in range(5)])
    with connect(database_url) as other:
        _, mine = lease.take(connection, EDITS, "anime", 3)
        _, theirs = lease.take(other, EDITS, "anime", 3)

    assert [page.key for page in mine] == ["anime/0", "anime/1", "anime/2"]
    assert [page.key for page in theirs] == ["anime/3", "anime/4"]


def test_who_lost_the_lease_records_nothing(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1"])
    late, due = lease.take(connection, EDITS, "anime", 10)
    connection.execute("UPDATE page SET leased_until = now() - interval '1 second'")
    token, again = lease.take(connection, EDITS, "anime", 10)
    assert [page.key for page in again] == [page.key for page in due]
    finish(connection, token, [built(page, path="/anime/new") for page in again], AT)

    finish(connection, late, [built(page, path="/anime/old") for page in due], AT)

    assert page_of(connection, "path") == "/anime/new"
    assert orphans.removable(connection, AT) == []
    assert page_of(connection, "artifact_hash") is None, "who was late may have put something over it"
    assert manifest.due_counts(connection) == {"anime": 1}


def test_later_leases_have_higher_numbers_and_trust_nothing_that_an_earlier_one_left_alone(
    connection: psycopg.Connection,
) -> None:
    manifest.want(connection, ["anime/1"])
    build(connection)
    manifest.want(connection, ["anime/1"])
    first, [known] = lease.take(connection, EDITS, "anime", 10)
    assert (known.artifact_hash, known.etag) == (b"artifact", "tag")
    lease.retry_failed(connection)

    second, [unknown] = lease.take(connection, EDITS, "anime", 10)

    assert second > first
    assert (unknown.artifact_hash, unknown.etag, unknown.document_hash) == (None, None, b"document")


def test_a_renewed_lease_lasts_and_one_that_is_given_back_is_free(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1", "anime/2"])
    number, _ = lease.take(connection, EDITS, "anime", 10)
    connection.execute("UPDATE page SET leased_until = now() - interval '1 second'")

    lease.renew(connection, number)
    assert lease.take(connection, EDITS, "anime", 10)[1] == []

    lease.give_back(connection, number, ["anime/2"])
    assert [page.key for page in lease.take(connection, EDITS, "anime", 10)[1]] == ["anime/2"]


def test_edits_have_a_lane_of_their_own_and_take_pages_over_from_the_bulk(connection: psycopg.Connection) -> None:
    manifest.want_missing(connection, ["anime/1", "anime/2"])
    assert lease.take(connection, EDITS, "anime", 10)[1] == []

    manifest.want(connection, ["anime/2"])

    assert [page.key for page in lease.take(connection, EDITS, "anime", 10)[1]] == ["anime/2"]
    assert [page.key for page in lease.take(connection, BULK, "anime", 10)[1]] == ["anime/1"]


def test_what_settles_is_left_alone_for_a_moment_by_workers_and_not_by_builds(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["season/fall-2026", "anime/1"], Order({"season": 60}))

    assert lease.kinds_due(connection, EDITS) == {"anime"}
    assert lease.take(connection, EDITS, "season", 10, patient=True)[1] == []
    assert len(lease.take(connection, EDITS, "season", 10)[1]) == 1


def test_more_changes_do_not_put_off_what_is_due(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["season/fall-2026"], Order({"season": 60}))
    connection.execute("UPDATE page SET due_at = now()")

    manifest.want(connection, ["season/fall-2026"], Order({"season": 60}))

    assert len(lease.take(connection, EDITS, "season", 10, patient=True)[1]) == 1


def test_a_page_that_fails_waits_longer_each_time_and_at_last_for_a_change(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1"])
    for attempt in range(1, ATTEMPTS + 1):
        with connection.transaction():  # in which no time passes
            build(connection, verdict="failed", error="why", patient=True)
            assert page_of(connection, "attempts") == attempt
            assert lease.take(connection, EDITS, "anime", 10, patient=True)[1] == []
            if attempt < ATTEMPTS:
                wait = page_of(connection, "extract(epoch FROM due_at - now())::float")
                assert isinstance(wait, float) and 2**attempt / 2 <= wait <= 2**attempt
                connection.execute("UPDATE page SET due_at = now()")
    assert page_of(connection, "due_at = 'infinity'") is True

    manifest.want(connection, ["anime/1"])

    assert len(lease.take(connection, EDITS, "anime", 10, patient=True)[1]) == 1


def test_a_page_that_fails_is_tried_again_with_another_recipe_and_with_the_same_only_once(
    connection: psycopg.Connection,
) -> None:
    manifest.want(connection, ["anime/1"])
    build(connection)
    manifest.want(connection, ["anime/1"])
    build(connection, verdict="failed", recipe=b"broken", error="why")

    assert manifest.want_outdated(connection, {"anime": b"broken"}) == {"anime": 0}
    assert manifest.want_outdated(connection, {"anime": b"mended"}) == {"anime": 1}


def test_code_that_comes_back_is_another_one_for_a_page_that_failed_with_what_was_between(
    connection: psycopg.Connection,
) -> None:
    manifest.want(connection, ["anime/1", "about/"])
    build(connection)
    build(connection, kind="about", verdict="failed", recipe=b"broken", error="why")
    manifest.want(connection, ["anime/1"])
    build(connection, verdict="failed", recipe=b"broken", error="why")

    assert manifest.want_outdated(connection, {"anime": b"recipe", "about": b"recipe"}) == {"anime": 1, "about": 1}


def test_a_page_that_no_worker_comes_back_from_is_built_alone_and_given_up_at_last(
    connection: psycopg.Connection,
) -> None:
    def taken() -> list[str]:
        connection.execute("UPDATE page SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL")
        _, due = lease.take(connection, EDITS, "anime", 10, patient=True)
        return sorted(page.key for page in due)

    manifest.want(connection, ["anime/1", "anime/2"])
    assert [taken(), taken()] == [["anime/1", "anime/2"]] * 2
    manifest.want(connection, ["anime/3"])

    assert taken() == ["anime/3"], "who has ended nobody goes first"
    connection.execute("UPDATE page SET built = wanted, lease = NULL WHERE key = 'anime/3'")
    assert [taken(), taken()] == [["anime/1"], ["anime/2"]], "and when one of them ends its worker, the other follows"
    connection.execute("UPDATE page SET built = wanted, lease = NULL WHERE key = 'anime/2'")
    assert taken() == [], "it is tried less and less often"
    for _ in range(ATTEMPTS):
        connection.execute("UPDATE page SET due_at = now() WHERE due_at < 'infinity'")
        taken()

    [letter] = dead_letter.listed(connection)
    assert (letter.name, letter.attempts) == ("page anime/1", ATTEMPTS)
    assert "no" in letter.error and taken() == []
    manifest.want(connection, ["anime/1"])
    assert taken() == ["anime/1"]


def test_a_page_that_ended_its_workers_is_built_alone_however_often_it_is_edited(
    connection: psycopg.Connection,
) -> None:
    for _ in range(3):
        manifest.want(connection, ["anime/1"])
        connection.execute("UPDATE page SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL")
        lease.take(connection, EDITS, "anime", 10)
    manifest.want(connection, ["anime/1", "anime/2"])
    connection.execute("UPDATE page SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL")

    assert [page.key for page in lease.take(connection, EDITS, "anime", 10)[1]] == ["anime/2"]


def test_nobody_builds_a_page_that_waits_before_another_change_that_reaches_it_is_committed(
    connection: psycopg.Connection, database_url: str
) -> None:
    manifest.want(connection, ["anime/1"])
    version = page_of(connection, "wanted")

    with connect(database_url) as relay, relay.transaction():
        manifest.want(relay, ["anime/1"])
        assert lease.take(connection, EDITS, "anime", 10)[1] == []

    assert page_of(connection, "wanted") == version
    assert len(lease.take(connection, EDITS, "anime", 10)[1]) == 1


def test_what_was_touched_while_it_was_read_is_wanted_again(connection: psycopg.Connection, database_url: str) -> None:
    manifest.want(connection, ["anime/1", "anime/2"])
    with connect(database_url) as relay, overlap.rendering(connection):
        number, due = lease.take(connection, EDITS, "anime", 10)
        since = overlap.moment(connection)
        with relay.transaction():
            assert overlap.begin_relay(relay)
            overlap.leave_touches(relay, [5])
        read = {"anime/1": [5, 6], "anime/2": [6]}
        finish(connection, number, [built(page, tags=read[page.key]) for page in due], AT, since)
        assert manifest.due_counts(connection) == {"anime": 1}

        later = overlap.moment(connection)
        number, due = lease.take(connection, EDITS, "anime", 10)
        finish(connection, number, [built(page, tags=[5, 6]) for page in due], AT, later)
    assert manifest.due_counts(connection) == {}

    with connect(database_url) as relay, relay.transaction():
        assert not overlap.begin_relay(relay)
    assert overlap.moment(connection) == 0, "nobody is rendering, so nobody needs to know"


def test_a_page_that_moved_to_where_another_one_left_meanwhile_is_uploaded_again(
    connection: psycopg.Connection,
) -> None:
    manifest.want(connection, ["anime/1"])
    build(connection, path="/anime/one")
    manifest.want(connection, ["anime/2"])
    number, late = lease.take(connection, EDITS, "anime", 10)
    manifest.want(connection, ["anime/1"])
    build(connection, path="/anime/other")

    finish(connection, number, [built(page, path="/anime/one") for page in late], AT)

    [due] = lease.take(connection, EDITS, "anime", 10)[1]
    assert (due.key, due.path, due.artifact_hash) == ("anime/2", "/anime/one", None)


def test_a_failed_page_keeps_what_stands_and_remembers_what_it_read(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1"])
    build(connection, tags=[1])
    manifest.want(connection, ["anime/1"])
    build(connection, verdict="failed", path=None, document_hash=None, artifact_hash=None, tags=[2], error="why")

    assert manifest.failures(connection) == [("anime/1", "why")]
    assert page_of(connection, "path") == "/anime/1"
    assert manifest.built_with(connection, [2]) == manifest.built_with(connection, [1]) == ["anime/1"]
    assert lease.take(connection, EDITS, "anime", 10)[1] == []

    manifest.want(connection, ["anime/1"])
    assert len(lease.take(connection, EDITS, "anime", 10)[1]) == 1


def test_changed_at_moves_with_the_document_or_the_address_only(connection: psycopg.Connection) -> None:
    steps: list[tuple[dict[str, Any], int, set[int]]] = [
        ({}, 1, {7}),
        ({"artifact_hash": b"other", "recipe": b"newer"}, 1, set()),
        ({"document_hash": b"other"}, 3, {7}),
        ({"document_hash": b"other", "path": "/anime/new", "shard": 9}, 4, {7, 9}),
        ({"document_hash": b"other", "path": "/anime/new", "shard": 9, "indexable": False}, 5, {9}),
    ]
    for minute, (differs, changed, slots) in enumerate(steps, 1):
        manifest.want(connection, ["anime/1"])
        assert build(connection, AT + timedelta(minutes=minute), **differs) == slots
        assert page_of(connection, "changed_at") == AT + timedelta(minutes=changed)


def test_a_path_that_was_left_is_an_orphan_until_another_page_stands_there(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1"])
    build(connection, path="/anime/old")
    manifest.want(connection, ["anime/1"])
    build(connection, path="/anime/new")
    assert orphans.removable(connection, AT) == [("/anime/old", False)]

    manifest.want(connection, ["redirect/anime/old"])
    build(connection, kind="redirect", path="/anime/old")
    assert orphans.removable(connection, AT) == []

    orphans.forget(connection, [])
    assert connection.execute("SELECT count(*) FROM orphan").fetchone() == (0,)


def test_what_was_replaced_at_an_address_that_names_its_content_stays_for_a_while(
    connection: psycopg.Connection,
) -> None:
    for path in ("/covers/one.aa.svg", "/covers/one.bb.svg"):
        manifest.want(connection, ["cover/1"])
        build(connection, kind="cover", path=path, lasting=True)

    assert orphans.removable(connection, AT + timedelta(days=29)) == []
    assert orphans.removable(connection, AT + timedelta(days=31)) == [("/covers/one.aa.svg", True)]


def test_a_page_whose_address_another_one_took_is_to_be_uploaded_again(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1"])
    build(connection, path="/anime/one")
    manifest.want(connection, ["redirect/anime/one"])
    build(connection, kind="redirect", path="/anime/one")

    [due] = lease.take(connection, EDITS, "anime", 10)[1]

    assert (due.key, due.artifact_hash, due.document_hash) == ("anime/1", None, b"document")


def test_an_expired_page_is_wanted_on_its_day_and_once(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1", "anime/2"])
    build(connection, expires_on=date(2026, 12, 1))

    assert manifest.want_expired(connection, date(2026, 11, 30)) == 0
    assert manifest.want_expired(connection, date(2026, 12, 1)) == 2
    assert manifest.want_expired(connection, date(2026, 12, 1)) == 0


def test_a_deploy_wants_the_pages_of_another_recipe(connection: psycopg.Connection) -> None:
    manifest.want(connection, ["anime/1", "studio/1"])
    build(connection)
    build(connection, kind="studio")

    assert manifest.want_outdated(connection, {"anime": b"newer", "studio": b"recipe"}) == {"anime": 1}


@pytest.mark.parametrize("text", ["", "a\tb", "back\\slash", "new\nline", "{1,2}", "\\N", "カ", "'\""])
def test_any_text_is_kept_as_it_is(connection: psycopg.Connection, text: str) -> None:
    manifest.want(connection, ["anime/1"])
    build(connection, path=f"/anime/{text}", error=text)

    assert page_of(connection, "path") == f"/anime/{text}"


def test_tags_have_numbers_that_never_change() -> None:
    assert tags.number("anime:7") == tags.number("anime:7") != tags.number("anime:8")
    assert -(2**63) <= tags.number("anime:7.card") < 2**63


def build(
    connection: psycopg.Connection, at: datetime = AT, kind: str = "anime", patient: bool = False, **differs: Any
) -> set[int]:
    token, due = lease.take(connection, EDITS, kind, 10, patient=patient)
    return finish(connection, token, [built(page, **differs) for page in due], at)


def built(page: Due, **differs: Any) -> Built:
    usual: dict[str, Any] = {
        "verdict": "publish", "path": f"/{page.key}", "document_hash": b"document", "artifact_hash": b"artifact",
        "etag": "tag", "recipe": b"recipe", "tags": [1, -2], "indexable": True, "shard": 7,
    }  # fmt: skip
    return Built(page.key, page.wanted, **(usual | differs))


def page_of(connection: psycopg.Connection, column: str) -> object:
    row = connection.execute(f"SELECT {column} FROM page WHERE key = 'anime/1'").fetchone()
    assert row is not None
    return row[0]
