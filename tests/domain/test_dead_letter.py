"""Dead letters: listed, tried again, dropped; alive again by themselves when there is a reason."""

from __future__ import annotations

import psycopg
import pytest

from domain import dead_letter, lease, manifest
from domain.errors import NotFound
from domain.lease import EDITS
from tests.domain.test_manifest import build, page_of


def test_a_page_that_failed_too_often_is_listed_with_its_cause(connection: psycopg.Connection) -> None:
    die(connection)

    [letter] = dead_letter.listed(connection)

    assert (letter.name, letter.attempts, letter.error) == ("page anime/1", 8, "why")
    assert dead_letter.find(connection, "page anime/1") == letter


def test_one_that_is_tried_again_is_due_at_once(connection: psycopg.Connection) -> None:
    die(connection)

    dead_letter.retry(connection, ["page anime/1"])

    assert dead_letter.listed(connection) == []
    build(connection, patient=True)
    assert manifest.due_counts(connection) == {}


def test_one_that_is_dropped_rests_until_it_changes(connection: psycopg.Connection) -> None:
    die(connection)

    dead_letter.drop(connection, ["page anime/1"])

    assert dead_letter.listed(connection) == []
    assert manifest.want_all(connection) == 0, "the daily look leaves it alone"
    assert manifest.due_counts(connection) == {}
    manifest.want(connection, ["anime/1"])
    assert len(lease.take(connection, EDITS, "anime", 10, patient=True)[1]) == 1


def test_a_change_of_its_facts_is_a_reason_to_try_again(connection: psycopg.Connection) -> None:
    die(connection)

    manifest.want(connection, ["anime/1"])

    assert dead_letter.listed(connection) == []
    assert page_of(connection, "attempts") == 0


def test_a_name_that_is_none_is_told_and_nothing_is_done(connection: psycopg.Connection) -> None:
    die(connection)

    for act in (dead_letter.retry, dead_letter.drop):
        with pytest.raises(NotFound, match="page anime/2"):
            act(connection, ["page anime/1", "page anime/2"])

    assert len(dead_letter.listed(connection)) == 1


def die(connection: psycopg.Connection) -> None:
    """A page that fails until nobody tries any more."""
    manifest.want(connection, ["anime/1"])
    for _ in range(8):
        connection.execute("UPDATE page SET due_at = now()")
        build(connection, verdict="failed", error="why", patient=True)
