"""Answers that are kept for a day, so that a write that is sent twice counts once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from domain.answers import Answer, claim, keep
from domain.errors import Invalid
from domain.forgetting import forget
from ports.database import connect
from tests.domain.fans import make_account

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASKED, OTHER = b"a" * 16, b"b" * 16
SAID = Answer(200, 3, b"{}")


def test_a_key_is_claimed_once_and_gives_the_answer_from_then_on(connection: psycopg.Connection) -> None:
    fan = make_account(connection)
    assert claim(connection, fan, "one", ASKED, AT) is None
    keep(connection, fan, "one", SAID)
    assert claim(connection, fan, "one", ASKED, AT) == SAID
    assert claim(connection, make_account(connection), "one", ASKED, AT) is None


def test_a_key_of_another_request_or_of_no_shape_is_refused(connection: psycopg.Connection) -> None:
    fan = make_account(connection)
    claim(connection, fan, "one", ASKED, AT)
    for key, asked in (("one", OTHER), ("", ASKED), ("x" * 65, ASKED), ("é", ASKED), ("a\nb", ASKED)):
        with pytest.raises(Invalid, match="Idempotency-Key"):
            claim(connection, fan, key, asked, AT)


def test_who_sends_it_again_too_early_waits_and_is_answered_the_same(
    connection: psycopg.Connection, database_url: str
) -> None:
    fan, second = make_account(connection), list[Answer | None]()

    def send() -> None:
        with connect(database_url) as other:
            second.append(claim(other, fan, "one", ASKED, AT))

    thread = threading.Thread(target=send)
    with connection.transaction():
        claim(connection, fan, "one", ASKED, AT)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        keep(connection, fan, "one", SAID)
    thread.join()
    assert second == [SAID]


def test_after_a_day_it_is_forgotten(connection: psycopg.Connection) -> None:
    fan = make_account(connection)
    for key, at in (("old", AT - timedelta(days=1, seconds=1)), ("new", AT)):
        claim(connection, fan, key, ASKED, at)
        keep(connection, fan, key, SAID)
    assert forget(connection, AT)["answer"] == 1
    assert claim(connection, fan, "old", ASKED, AT) is None
    assert claim(connection, fan, "new", ASKED, AT) == SAID
