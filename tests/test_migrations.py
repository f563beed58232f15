"""Migrations go up and down, on an empty database and on a filled one, and leave the same schema each time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autotrack.migrate import MIGRATIONS, current, downgrade, migrate, newest
from tests.factories import make_noise
from tests.site.whole import WholeSite, differences
from tests.site.world import make_world

SCHEMA = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity,"
    " generation_expression"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "sequences": "SELECT sequencename, data_type::text, start_value FROM pg_sequences WHERE schemaname = 'public'",
    "comments": "SELECT objoid::regclass::text, objsubid, description FROM pg_description"
    " WHERE classoid = 'pg_class'::regclass AND objoid::regclass::text !~ '^(pg_|information_schema)'",
}
"""What makes up a schema, as queries."""


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_down_and_up_again_leaves_the_same_schema(
    connection: psycopg.Connection, database_url: str, filled: bool
) -> None:
    before = schema(connection)
    if filled:
        make_world(connection)

    downgrade(database_url, "base")
    assert {name: rows for name, rows in schema(connection).items() if rows} == only_alembic(connection)
    migrate(database_url)

    assert schema(connection) == before
    assert current(database_url) == newest()


def test_each_step_down_and_up_leaves_the_same_schema(connection: psycopg.Connection, database_url: str) -> None:
    make_world(connection)
    revisions = ["base", *sorted(revision(path) for path in (MIGRATIONS / "versions").glob("*.py"))]
    newer = {revisions[-1]: schema(connection)}
    for older in reversed(revisions[:-1]):
        downgrade(database_url, older)
        newer[older] = schema(connection)

    for number in revisions[1:]:
        migrate(database_url, number)
        assert schema(connection) == newer[number], number


def test_a_filled_catalogue_that_went_down_to_the_facts_makes_the_same_site(site: WholeSite) -> None:
    make_world(site.connection)
    site.build()
    before = site.live()
    facts = count(site.connection)

    downgrade(site.database_url, "0002")
    migrate(site.database_url)
    site.builds = 0
    site.build()

    assert count(site.connection) == facts
    assert differences(site.live(), before) == []


def test_migrations_import_nothing_of_ours() -> None:
    for path in (MIGRATIONS / "versions").glob("*.py"):
        imported = set(re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.MULTILINE))
        assert imported <= {"alembic", "sqlalchemy", "__future__"}, path.name


def test_the_noise_of_factories_keeps_the_rules_of_the_schema(connection: psycopg.Connection) -> None:
    assert len(make_noise(connection)) == 5


def schema(connection: psycopg.Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(connection.execute(sql).fetchall(), key=repr) for name, sql in SCHEMA.items()}


def only_alembic(connection: psycopg.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """What Alembic leaves behind for itself."""
    rows = {
        name: [row for row in found if "alembic_version" in repr(row)] for name, found in schema(connection).items()
    }
    return {name: found for name, found in rows.items() if found}


def revision(path: Path) -> str:
    found = re.search(r'^revision = "(\w+)"', path.read_text(), re.MULTILINE)
    assert found
    return found.group(1)


def count(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT (SELECT count(*) FROM anime), (SELECT count(*) FROM offer), (SELECT count(*) FROM episode)"
    ).fetchall()
