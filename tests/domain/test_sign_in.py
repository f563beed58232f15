"""Signing in: who is let in, how guessing is slowed down, and which passwords nobody may have."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from threading import Thread

import psycopg
import pytest

from domain import sessions
from domain.accounts import Newcomer, join
from domain.errors import Invalid, Throttled
from domain.passwords import checked
from domain.sign_in import sign_in, spelt
from ports.database import connect
from ports.passwords import COMMON, Argon2
from tests.domain.keys import KEYS

QUICK = Argon2(memory_kib=64, passes=1)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


def test_five_failures_cost_nothing_and_each_further_one_twice_the_wait(connection: psycopg.Connection) -> None:
    join(connection, KEYS, QUICK, Newcomer("spike", "spike@example.org", PASSWORD), AT)

    assert waits(connection, "spike", 20) == [
        0,
        0,
        0,
        0,
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
        512,
        900,
        900,
        900,
        900,
        900,
        900,
    ]


def test_an_unknown_name_is_slowed_down_in_the_same_way(connection: psycopg.Connection) -> None:
    join(connection, KEYS, QUICK, Newcomer("spike", "spike@example.org", PASSWORD), AT)

    assert waits(connection, "nobody", 8) == waits(connection, "spike", 8)


def test_letters_that_only_some_take_for_the_same_give_no_further_guesses() -> None:
    assert spelt("SPI\u212aE") == spelt("@spike")
    assert spelt("sp\u0130ke") != spelt("spike")  # in some locales PostgreSQL finds spike by it


def test_who_waited_and_knows_the_password_is_let_in_and_it_is_forgotten(connection: psycopg.Connection) -> None:
    join(connection, KEYS, QUICK, Newcomer("spike", "spike@example.org", PASSWORD), AT)
    waits(connection, "spike", 6)

    assert sign_in(connection, QUICK, "spike", PASSWORD, AT + timedelta(seconds=60)) is not None
    assert waits(connection, "spike", 5, AT + timedelta(seconds=61)) == [0, 0, 0, 0, 1]


def test_while_one_waits_the_right_password_is_not_looked_at_either(connection: psycopg.Connection) -> None:
    join(connection, KEYS, QUICK, Newcomer("spike", "spike@example.org", PASSWORD), AT)
    for _ in range(5):
        sign_in(connection, QUICK, "spike", "not this one", AT)

    with pytest.raises(Throttled) as raised:
        sign_in(connection, QUICK, "spike", PASSWORD, AT)
    assert raised.value.retry_after == 1


def test_a_quarter_of_an_hour_forgets_a_few_failures_and_a_day_all(connection: psycopg.Connection) -> None:
    waits(connection, "few", 4)
    assert waits(connection, "few", 5, AT + timedelta(minutes=16)) == [0, 0, 0, 0, 1]
    waits(connection, "many", 6)
    assert waits(connection, "many", 1, AT + timedelta(hours=1)) == [4]
    assert waits(connection, "many", 1, AT + timedelta(hours=26)) == [0]


def test_many_who_guess_at_once_are_counted_one_by_one(connection: psycopg.Connection, database_url: str) -> None:
    found: list[str] = []

    def guess() -> None:
        with connect(database_url) as own, own.transaction():
            try:
                sign_in(own, QUICK, "spike", "not this one", AT)
            except Throttled:
                found.append("throttled")

    guessing = [Thread(target=guess) for _ in range(8)]
    for thread in guessing:
        thread.start()
    for thread in guessing:
        thread.join()

    assert len(found) == 3


def test_a_hash_of_other_parameters_is_made_anew(connection: psycopg.Connection) -> None:
    join(connection, KEYS, Argon2(memory_kib=32, passes=1), Newcomer("spike", "spike@example.org", PASSWORD), AT)
    before = kept(connection)

    assert sign_in(connection, QUICK, "spike", PASSWORD, AT) is not None

    assert "m=32," in before and "m=64," in kept(connection)
    assert sign_in(connection, QUICK, "spike", PASSWORD, AT) is not None


def test_passwords_are_hashed_as_owasp_asks(connection: psycopg.Connection) -> None:
    join(connection, KEYS, Argon2(), Newcomer("spike", "spike@example.org", PASSWORD), AT)

    assert kept(connection).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_accent_is_the_same_however_it_was_typed(connection: psycopg.Connection) -> None:
    join(connection, KEYS, QUICK, Newcomer("spike", "spike@example.org", "caf\u00e9 bebop 1998"), AT)

    assert sign_in(connection, QUICK, "spike", "cafe\u0301 bebop 1998", AT) is not None


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 129, "password1", "Password1", "iloveyou1", "12345678", "aaaaaaaaaa", "spikespiegel",
     "legeipsekips", "Spike@example.org", "gro.elpmaxe@ekips", "Swordfish II"],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as raised:
        checked(QUICK, password, ("spikespiegel", "Swordfish II", "spike@example.org"))
    assert raised.value.field == "password" and password not in str(raised.value)


def test_the_list_of_common_passwords_is_long_enough_to_matter() -> None:
    common = COMMON.read_text().split()

    assert len(set(common)) == len(common) >= 3000
    assert all(len(password) >= 8 for password in common)
    assert all(Argon2(memory_kib=8, passes=1).is_common(password.casefold()) for password in common[:50])


def test_hashing_waits_its_turn_and_gives_up_before_the_threads_are_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from ports.errors import Throttled as Busy

    monkeypatch.setattr("ports.passwords.PATIENCE", 0.2)
    hasher = Argon2(memory_kib=64, passes=1, at_once=1)
    with hasher._turn():
        began = time.monotonic()
        with pytest.raises(Busy) as raised:
            hasher.verify(None, PASSWORD)
    assert raised.value.after > 0 and time.monotonic() - began >= 0.2


@pytest.mark.long
def test_the_time_that_a_sign_in_takes_does_not_tell_who_is_here(connection: psycopg.Connection) -> None:
    """What tells would tell each time; a machine with much to do is uneven now and then."""
    hasher = Argon2()
    join(connection, KEYS, hasher, Newcomer("spike", "spike@example.org", PASSWORD), AT)

    def apart() -> float:
        times: dict[str, list[float]] = {"spike": [], "nobody": []}
        for number in range(200):
            for login, taken in times.items():
                connection.execute("DELETE FROM sign_in_failure")
                began = time.perf_counter()
                sign_in(connection, hasher, login, f"not this one {number}", AT)
                taken.append(time.perf_counter() - began)
        known, unknown = map(median, times.values())
        return abs(known - unknown) / known

    assert any(apart() < 0.05 for _ in range(3))


def test_the_database_holds_no_cookie(connection: psycopg.Connection) -> None:
    account = join(connection, KEYS, QUICK, Newcomer("spike", "spike@example.org", PASSWORD), AT)
    secret = sessions.begin(connection, account.id, "Firefox on Linux", AT)
    row = connection.execute("SELECT id FROM session").fetchone()

    assert row and len(secret) >= 43 and secret.encode() not in bytes(row[0])
    assert sessions.find(connection, bytes(row[0]).hex(), AT) is None
    assert sessions.find(connection, secret, AT) is not None


def waits(connection: psycopg.Connection, login: str, times: int, at: datetime = AT) -> list[int]:
    """Fail so often, each time as soon as that is possible; after each, how long the next one has to wait."""
    found = []
    for _ in range(times):
        assert sign_in(connection, QUICK, login, "not this one", at) is None
        try:
            with connection.transaction(force_rollback=True):
                sign_in(connection, QUICK, login, "not this one", at)
            found.append(0)
        except Throttled as throttled:
            found.append(throttled.retry_after)
            at += timedelta(seconds=throttled.retry_after)
    return found


def kept(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT password FROM account").fetchone()
    assert row is not None
    return str(row[0])
