"""Forgetting: what was kept of accounts for a while is gone after it."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from domain import accounts, sessions, sign_in
from domain.accounts import Newcomer
from domain.forgetting import forget
from domain.privacy import erasing, leaving
from ports.passwords import Argon2
from tests.domain.keys import KEYS

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Argon2(memory_kib=64, passes=1)


def test_what_was_kept_for_a_while_is_forgotten(connection: psycopg.Connection) -> None:
    newcomer = Newcomer("spike", "spike@example.org", "correct horse battery")
    account = accounts.join(connection, KEYS, QUICK, newcomer, AT)
    sessions.begin(connection, account.id, "Firefox", AT)
    accounts.rename(connection, KEYS, account, "vicious", AT)
    sign_in.sign_in(connection, QUICK, "nobody", "not this one", AT)
    other = accounts.join(connection, KEYS, QUICK, Newcomer("faye", "faye@example.org", "correct horse battery"), AT)
    leaving.leave(connection, KEYS, other, False, AT)
    left = erasing.take(connection, AT)
    assert left
    erasing.finish(connection, left.id, AT, erasing.RECEIPT_KEPT)

    assert set(forget(connection, AT).values()) == {0}
    assert forget(connection, AT.replace(year=2027)).items() >= {
        "session": 1, "token": 1, "sign_in_failure": 1, "handle_history": 1, "handle_blocked": 1, "erasure": 1,
    }.items()  # fmt: skip
