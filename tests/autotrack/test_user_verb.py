"""`autotrack user`: roles by the command, in one clear line each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from autotrack.cli import main
from domain.accounts import Newcomer, join
from ports.passwords import Argon2
from tests.domain.keys import KEYS

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_role_is_given_listed_and_taken_away(run: object, spike: None) -> None:
    assert call(run, "grant", "SPIKE", "editor") == (0, "spike is an editor now, and signed out everywhere.\n")
    assert call(run, "list") == (0, "spike                 editor     no second step yet\n")
    assert call(run, "show", "@spike")[1].splitlines()[1:] == ["  joined     2026-11-22", "  address    confirmed"]
    assert call(run, "reset-second-step", "spike") == (0, "spike is asked for no code any more.\n")
    assert call(run, "grant", "spike", "fan")[0] == 0
    assert call(run, "list") == (0, "Nobody; `autotrack user grant HANDLE admin` makes the first.\n")


def test_a_mistake_is_one_line(run: object, spike: None, connection: psycopg.Connection) -> None:
    assert call(run, "grant", "nobody", "admin") == (1, "autotrack: nobody here is called 'nobody'\n")
    assert call(run, "grant", "spike", "king")[0] == 2
    connection.execute("UPDATE account SET verified_at = NULL")
    assert call(run, "grant", "spike", "admin") == (1, "autotrack: spike has not proved an address yet; staff must\n")


def test_an_account_is_erased_by_who_types_its_handle(run: object, spike: None, connection: psycopg.Connection) -> None:
    assert call(run, "erase", "spike", words="faye\n")[0] == 1
    assert call(run, "show", "spike")[0] == 0
    code, said = call(run, "erase", "@SPIKE", words="spike\n")

    assert code == 0 and "/erased/" in said
    assert call(run, "show", "spike") == (1, "autotrack: nobody here is called 'spike'\n")
    assert call(run, "erasures")[1].startswith("1 under way")
    assert call(run, "erase", "spike", "--yes")[0] == 1


def call(run: object, *arguments: str, words: str = "") -> tuple[int, str]:
    assert callable(run)
    result: Result = run(*arguments, words=words)
    return result.exit_code, result.output


@pytest.fixture
def run(database_url: str, redis_url: str, tmp_path: Path) -> object:
    environ = {"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    return lambda *arguments, words: CliRunner().invoke(main, ["user", *arguments], env=environ, input=words)


@pytest.fixture
def spike(connection: psycopg.Connection) -> None:
    hasher = Argon2(memory_kib=64, passes=1)
    join(connection, KEYS, hasher, Newcomer("spike", "spike@example.org", "correct horse battery"), AT)
    connection.execute("UPDATE account SET verified_at = %s", [AT])
