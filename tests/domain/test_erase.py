"""Erasing: what becomes of each table's rows when their user goes, and that no table was forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from domain import accounts, handles, mails, sessions, sign_in, tokens
from domain.accounts import Newcomer
from domain.forgetting import forget
from ports.passwords import Argon2

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Argon2(memory_kib=64, passes=1)
GOES, STAYS = "CASCADE", "SET NULL"
RULES = {
    "session": GOES,
    "token": GOES,
    "mail": GOES,
    "handle_history": STAYS,  # the name alone, so that nobody takes it for a while
    "entry": GOES,
    "watch": GOES,
    "cycle": GOES,
    "library_change": GOES,
    "answer": GOES,
}
"""Table with `user_id` → what happens to its rows when their account is deleted."""


def test_every_table_that_names_a_user_says_what_becomes_of_its_rows(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "SELECT c.table_name, r.delete_rule FROM information_schema.columns c"
        " LEFT JOIN information_schema.key_column_usage k USING (table_schema, table_name, column_name)"
        " LEFT JOIN information_schema.referential_constraints r USING (constraint_schema, constraint_name)"
        " WHERE c.table_schema = 'public' AND c.column_name = 'user_id'"
    ).fetchall()
    found = {table: {rule for name, rule in rows if name == table and rule} for table, _ in rows}

    assert found == {table: {rule} for table, rule in RULES.items()}


def test_every_reference_to_an_account_can_be_followed_backwards_quickly(connection: psycopg.Connection) -> None:
    """Without an index that begins with the user, deleting one would read the table of all."""
    rows = connection.execute(
        "SELECT DISTINCT t.relname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] WHERE a.attname = 'user_id'"
    )
    assert {name for (name,) in rows} >= set(RULES)


def test_nothing_of_an_account_is_left_but_its_handle(connection: psycopg.Connection) -> None:
    account = accounts.join(
        connection, QUICK, Newcomer("canary_1", "canary@example.org", "canary canary 1", "Canary"), AT
    )
    sessions.begin(connection, account.id, "CANARY on Linux", AT)
    tokens.issue(connection, account.id, tokens.RESET, "canary@example.org", AT)
    mails.want(connection, account.id, "moved", "canary@example.org", AT, to="canary@example.com")
    accounts.rename(connection, account, "canary_2", AT)
    other = accounts.join(connection, QUICK, Newcomer("other", "other@example.org", "something else 1"), AT)

    accounts.erase(connection, accounts.find(connection, "canary_2"), AT)

    assert left(connection, "canary") == {"handle_history"}
    assert handles.leads_to(connection, "canary_1", AT) is None
    assert accounts.of(connection, other.id) == other


def test_what_was_kept_for_a_while_is_forgotten(connection: psycopg.Connection) -> None:
    account = accounts.join(connection, QUICK, Newcomer("spike", "spike@example.org", "correct horse battery"), AT)
    sessions.begin(connection, account.id, "Firefox", AT)
    accounts.rename(connection, account, "vicious", AT)
    sign_in.sign_in(connection, QUICK, "nobody", "not this one", AT)

    assert set(forget(connection, AT).values()) == {0}
    assert forget(connection, AT.replace(year=2027)).items() >= {
        "session": 1, "token": 1, "sign_in_failure": 1, "handle_history": 1,
    }.items()  # fmt: skip


def left(connection: psycopg.Connection, word: str) -> set[str]:
    """Tables in which a word stands somewhere."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {
        table
        for (table,) in tables
        if connection.execute(f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text ILIKE %s)", [f"%{word}%"]).fetchone()
        == (True,)
    }
