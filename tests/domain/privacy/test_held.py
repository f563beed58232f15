"""The law of privacy: every column that there is has a class and an end, and the tables do what it says."""

from __future__ import annotations

import re

import psycopg

from domain.changes import TRACKED
from domain.privacy import parts, rows
from domain.privacy.classes import STAYS, Class, Rule
from domain.privacy.held import HELD, NOBODY, PEOPLE
from ports.settings import PROJECT
from tests.domain.fans import make_member
from tests.factories import make_anime, make_review

ON_DELETE = {"a": "nothing", "c": "removed", "n": "left", "r": "nothing", "d": "nothing"}


def test_every_column_of_every_table_is_classified_and_no_other(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped"
    ).fetchall()

    assert {(table, column) for table, held in HELD.items() for column in held.columns} == set(rows)


def test_what_pages_show_of_people_is_what_erasing_waits_for() -> None:
    """`domain/privacy/erasing.py` waits for the pages of reviews, whose writers' accounts they show too."""
    assert {tracked.table for tracked in TRACKED} & PEOPLE.keys() == {"account", "review"}


def test_no_column_is_in_two_classes() -> None:
    for name, table in HELD.items():
        said = " ".join([table.public, table.personal, table.secret, table.derived]).split()
        assert len(said) == len(set(said)), name


def test_every_column_that_points_at_an_account_names_somebody_and_back(connection: psycopg.Connection) -> None:
    pointing = {
        (table, column): ON_DELETE[action]
        for table, column, action in connection.execute(
            "SELECT t.relname, a.attname, k.confdeltype::text FROM pg_constraint k"
            " JOIN pg_class t ON t.oid = k.conrelid"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]"
            " WHERE k.contype = 'f' AND (k.confrelid = 'account'::regclass OR a.attname = 'user_id')"
        )
    }
    ends = dict.fromkeys((Rule.REMOVED, Rule.CHOSEN), "removed") | dict.fromkeys(STAYS - {Rule.CHOSEN}, "left")
    named = {
        (table, column): ends[name.rule]
        for table, held in PEOPLE.items()
        for column, name in held.names.items()
        if table != "account"
    }

    assert pointing == named, "whatever is written in the last moment goes with the account, or is left without it"


def test_every_column_that_names_somebody_is_found_without_reading_the_whole_table(
    connection: psycopg.Connection,
) -> None:
    first = connection.execute(
        "SELECT t.relname, a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]"
    ).fetchall()
    assert {(table, column) for table, held in PEOPLE.items() for column in held.names} <= set(first)


def test_what_is_personal_or_secret_has_an_owner_or_says_how_it_goes() -> None:
    for name, table in HELD.items():
        if table.personal or table.secret:
            assert table.names or table.by, name
            assert table.why, name
    assert not any(table.is_about_people for table in NOBODY.values())


def test_in_a_row_that_stays_each_personal_column_says_why_it_may_or_what_it_becomes() -> None:
    for name, table in PEOPLE.items():
        if {said.rule for said in table.names.values()} & STAYS:
            for column, kind in table.columns.items():
                said = {column} & (table.names.keys() | table.becomes.keys() | table.kept.keys())
                assert said or kind == Class.DERIVED, (name, column)


def test_an_account_that_is_about_to_go_says_nothing_any_more() -> None:
    account = PEOPLE["account"]
    said = {name for name, kind in account.columns.items() if kind != Class.DERIVED}
    assert said - account.becomes.keys() == {"created_at"}, "by which, with its number, it is known after a restore"


def test_every_column_has_a_rule() -> None:
    ends = {(name, column): table.rule_of(column) for name, table in HELD.items() for column in table.columns}
    assert ends["watch", "number"] == ends["account", "email"] == ends["session", "id"] == Rule.REMOVED
    assert ends["handle_blocked", "blind"] == ends["erasure", "counts"] == ends["anime", "slug"] == Rule.KEPT
    assert ends["erasure", "user_id"] == ends["erasure", "files"] == Rule.ANONYMISED
    for name, table in PEOPLE.items():
        for column in table.columns:
            assert ends[name, column] != Rule.KEPT or column in table.kept, (name, column)


def test_rows_go_before_the_rows_that_they_point_at(connection: psycopg.Connection) -> None:
    order = list(PEOPLE)
    for child, parent in connection.execute(
        "SELECT t.relname, p.relname FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid"
        " JOIN pg_class p ON p.oid = k.confrelid WHERE k.contype = 'f'"
    ):
        if child in PEOPLE and parent in PEOPLE:
            assert order.index(child) < order.index(parent), f"{child} would go unseen with {parent}, and uncounted"


def test_a_download_holds_every_personal_column_and_no_secret() -> None:
    shown = {(part.name, column) for part in parts.parts() for column in part.columns}
    for name, table in PEOPLE.items():
        if not any(said.theirs for said in table.names.values()):
            continue
        for column, kind in table.columns.items():
            if column in table.names:
                continue
            if kind in (Class.PUBLIC, Class.PERSONAL):
                assert (name, column) in shown
            assert kind != Class.SECRET or (name, column) not in shown, (name, column)


def test_the_guide_tells_of_every_table_that_is_about_people() -> None:
    guide = (PROJECT / "docs/privacy.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", guide, re.MULTILINE))
    assert told == {name: table.called for name, table in PEOPLE.items()}


def test_a_choice_says_what_becomes_of_reviews(connection: psycopg.Connection) -> None:
    spike, faye = make_member(connection, "spike"), make_member(connection, "faye")
    anime = [make_anime(connection, f"anime-{number}") for number in range(5)]
    for number in range(3):
        make_review(connection, spike, anime[number], body=f"Fine. {number}")
    make_review(connection, spike, anime[3], body="I am Spike, hello")
    make_review(connection, spike, anime[4], body="A draft", state="waiting")
    make_review(connection, faye, anime[0], body="Spike is fine")
    (sort,) = rows.sorts({"review": PEOPLE["review"]})

    assert rows.remove_what_may_not_stay(connection, spike, sort, ["spike", "romani"]) == 2
    assert rows.see_to(connection, spike, sort, keep=True, many=2) == 2
    assert rows.see_to(connection, spike, sort, keep=True, many=2) == 1
    assert rows.see_to(connection, spike, sort, keep=True) == 0
    left = connection.execute("SELECT user_id, body FROM review ORDER BY 1 NULLS FIRST, 2").fetchall()
    assert left == [(None, f"Fine. {number}") for number in range(3)] + [(faye, "Spike is fine")]

    assert rows.see_to(connection, faye, sort, keep=False) == 1
