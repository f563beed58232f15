"""Erasing: what becomes of each table's rows when their user goes, and that no table was forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from domain import accounts, handles, mails, sessions, sign_in, staff, tokens
from domain.accounts import Newcomer
from domain.forgetting import forget
from domain.people import following, sharing
from domain.reviews import verbs as reviews
from domain.reviews.verbs import Draft
from ports.passwords import Argon2
from tests.factories import make_anime, make_review, update

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
    "follow": GOES,
    "block": GOES,
    "mute": GOES,
    "review": GOES,  # unless it is kept without a name: then it has no user by then
    "report": STAYS,  # what was reported is for staff to settle, whoever told them
    "staff_act": STAYS,  # what was done was done
}
"""Table with `user_id` → what happens to its rows when their account is deleted."""
OTHERS = {"follow": "followed_id", "block": "blocked_id", "mute": "muted_id"}
"""Table → its column that names another account, whose rows go as well."""


def test_every_table_that_names_a_user_says_what_becomes_of_its_rows(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "SELECT c.table_name, r.delete_rule FROM information_schema.columns c"
        " LEFT JOIN information_schema.key_column_usage k USING (table_schema, table_name, column_name)"
        " LEFT JOIN information_schema.referential_constraints r USING (constraint_schema, constraint_name)"
        " WHERE c.table_schema = 'public' AND c.column_name = 'user_id'"
    ).fetchall()
    found = {table: {rule for name, rule in rows if name == table and rule} for table, _ in rows}

    assert found == {table: {rule} for table, rule in RULES.items()}


def test_every_other_column_that_names_an_account_lets_its_rows_go_quickly(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "SELECT c.conrelid::regclass::text, a.attname, c.confdeltype, EXISTS (SELECT FROM pg_index i"
        "  WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum) FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.confrelid = 'account'::regclass AND a.attname <> 'user_id'"
    ).fetchall()

    assert {(table, column, rule, indexed) for table, column, rule, indexed in rows} == {
        (table, column, "c", True) for table, column in OTHERS.items()
    }


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
    for member in (account, other):
        update(connection, "account", {"id": member.id}, {"verified_at": AT})
    anime = make_anime(connection)
    reviews.write(connection, account.id, anime, Draft("canary"), AT)
    theirs = make_review(connection, other.id, anime)
    reviews.report(connection, theirs, account.id, "other", "it is wrong", AT)
    staff.note(connection, staff.Actor(account.id, "moderator"), "hide", f"review:{theirs}", {}, {}, AT)
    sharing.share(connection, account.id, "followers", "canary", AT)
    following.follow(connection, account.id, "other", AT)
    following.follow(connection, other.id, "canary_2", AT)
    following.mute(connection, other.id, "canary_2", AT)
    following.block(connection, other.id, "canary_2", AT)

    accounts.erase(connection, accounts.find(connection, "canary_2"), AT)

    assert left(connection, "canary") == {"handle_history"}
    assert handles.leads_to(connection, "canary_1", AT) is None
    assert accounts.of(connection, other.id).handle == "other"
    for table in ("follow", "mute", "block"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    assert connection.execute("SELECT user_id FROM report UNION ALL SELECT user_id FROM staff_act").fetchall() == [
        (None,), (None,),
    ]  # fmt: skip


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
