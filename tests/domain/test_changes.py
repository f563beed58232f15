"""Law 5: every tracked table logs each edit, however it is made, and no other table logs anything."""

from __future__ import annotations

import re

import psycopg
import pytest

from domain import tags
from domain.capture import triggers
from domain.changes import TRACKED, Change, Tracked, claim
from jobs.relay import relay_all
from ports.database import connect
from tests.domain.fans import make_member
from tests.factories import (
    edit,
    insert,
    make_anime,
    make_episodes,
    make_genre,
    make_noise,
    make_offer,
    make_platform,
    make_review,
    make_studio,
)
from tests.site.world import make_world

ACTS = ("delete", "insert", "truncate", "update")

UPDATES = {
    "anime": "cover = 'other'",
    "relation": "kind = 'parent'",
    "episode": "minutes = 3",
    "studio": "name = name || '!'",
    "anime_studio": "studio_id = 4 WHERE studio_id = 3",
    "genre": "name = name || '!'",
    "anime_genre": "genre_id = 1 WHERE genre_id = 4 AND anime_id NOT IN"
    " (SELECT anime_id FROM anime_genre WHERE genre_id = 1)",
    "season": "name = 'fall-1980', season = 'fall', year = 1980 WHERE name = 'fall-2026'",
    "platform": "closed_on = '2001-01-01'",
    "offer": "label = 'other'",
    "similar_title": "titles = '[]'",
    "slug_history": "target = 'somebody'",
    "account": "visibility = 'private'",
    "review": "body = 'other'",
    "reception": "fans = 11",
}
by_table = pytest.mark.parametrize("tracked", TRACKED, ids=lambda tracked: tracked.table)


def test_every_tracked_table_has_its_triggers_and_no_other_table_has_one(connection: psycopg.Connection) -> None:
    found = connection.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'log%'"
        " AND tgenabled = 'O' ORDER BY 1, 2"
    ).fetchall()

    assert found == sorted((tracked.table, f"log_{act}") for tracked in TRACKED for act in ACTS)


@by_table
def test_the_database_runs_what_the_table_of_contents_generates(
    connection: psycopg.Connection, tracked: Tracked
) -> None:
    connection.execute("CREATE SCHEMA fresh")
    with connection.transaction():
        connection.execute("SET LOCAL search_path = fresh, public")
        connection.execute(re.sub(r"CREATE TRIGGER .*?;", "", triggers(tracked)))
        rows = connection.execute(
            "SELECT pronamespace::regnamespace::text, proname, prosrc FROM pg_proc WHERE proname = ANY (%s)",
            [[f"log_{tracked.table}_{act}" for act in ACTS]],
        ).fetchall()
    bodies = {space: {name: body for owner, name, body in rows if owner == space} for space in ("fresh", "public")}

    assert len(bodies["fresh"]) == 4
    assert bodies["public"] == bodies["fresh"]


@by_table
def test_every_column_is_key_shown_hidden_or_a_route(connection: psycopg.Connection, tracked: Tracked) -> None:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [tracked.table],
    )
    routed = {name for sql in tracked.routes.values() for name in re.findall(r"\br\.(\w+)", sql)}
    named = set(tracked.key) | set(tracked.shown) | set(tracked.hidden)

    assert {name for (name,) in rows} == named
    assert routed <= set(tracked.key) | set(tracked.shown)
    assert set(tracked.shown).isdisjoint(tracked.hidden)


@by_table
def test_an_update_a_delete_and_a_truncate_are_logged(connection: psycopg.Connection, tracked: Tracked) -> None:
    fill(connection)

    connection.execute(f"UPDATE {tracked.table} SET {UPDATES[tracked.table]}")
    assert logged(connection, tracked.table) != []
    if tracked.table == "season":  # one with anime cannot go
        connection.execute("UPDATE anime SET season = NULL")
    if tracked.table == "anime":  # nor one with reviews
        connection.execute("DELETE FROM review")

    with connection.transaction(force_rollback=True):
        connection.execute(f"DELETE FROM {tracked.table}")
        deleted = logged(connection, tracked.table)
    connection.execute(f"TRUNCATE {tracked.table} CASCADE")
    truncated = logged(connection, tracked.table)

    assert {change.new for change in deleted} == {None}
    assert sorted(map(repr, truncated)) == sorted(map(repr, deleted))


@by_table
def test_copy_and_upsert_are_logged(connection: psycopg.Connection, tracked: Tracked) -> None:
    """The rows of a whole catalogue go out, and in again by COPY and by INSERT … ON CONFLICT."""
    table = tracked.table
    fill(connection)
    kept = f"CREATE TEMP TABLE kept AS SELECT {columns(connection, table)} FROM {table}"
    connection.execute(kept)
    connection.execute("SET session_replication_role = replica")
    connection.execute(f"DELETE FROM {table}")
    connection.execute("SET session_replication_role = origin")
    logged(connection, table)

    with connection.cursor() as source, connection.cursor() as target:
        with source.copy("COPY kept TO STDOUT") as out:
            rows = b"".join(bytes(piece) for piece in out)
        with target.copy(f"COPY {table} ({columns(connection, table)}) FROM STDIN") as copy:
            copy.write(rows)
    copied = logged(connection, table)
    keys = ", ".join(tracked.key)
    connection.execute(
        f"INSERT INTO {table} ({columns(connection, table)}) TABLE kept ON CONFLICT ({keys})"
        f" DO UPDATE SET {tracked.key[0]} = excluded.{tracked.key[0]}"
    )

    assert copied != []
    assert {change.old is None for change in copied} == {True}
    assert logged(connection, table) == []  # equal rows are no change


def test_a_cascade_is_logged_with_every_link(connection: psycopg.Connection) -> None:
    anime = make_anime(connection, "one")
    make_studio(connection, "Sunrise", anime)
    make_genre(connection, "Space", anime)
    make_offer(connection, anime, make_platform(connection, "Crunchy"))
    make_episodes(connection, anime, 1)
    make_noise(connection)
    logged(connection)

    connection.execute("DELETE FROM anime WHERE id = %s", [anime])

    sources = {change.source for change in logged(connection)}
    assert sources == {"anime", "anime_studio", "anime_genre", "offer", "episode", "slug_history"}


def test_an_update_says_which_shown_columns_differ(connection: psycopg.Connection) -> None:
    anime = make_anime(connection, "one")
    make_noise(connection)
    logged(connection)

    edit(connection, anime, synopsis="Space.", synopsis_source="here", feed_votes=3)

    [change] = logged(connection)
    assert change.columns == ["synopsis", "synopsis_source"]
    assert tags.touched(connection, [change]) == {f"anime:{anime}"}


def test_a_rollback_leaves_nothing(connection: psycopg.Connection) -> None:
    anime = make_anime(connection, "one")
    logged(connection)
    with connection.transaction(force_rollback=True):
        edit(connection, anime, title_english="Two")

    assert logged(connection) == []


def test_a_late_commit_with_an_early_id_is_not_lost(connection: psycopg.Connection, database_url: str) -> None:
    early, late = make_anime(connection, "early"), make_anime(connection, "late")
    relay_all(connection)
    connection.execute("TRUNCATE page")
    with connect(database_url) as slow:
        with slow.transaction():
            edit(slow, early, title_english="Two")
            edit(connection, late, title_english="Two")
            relay_all(connection)
            assert wanted(connection) >= {f"anime/{late}"}
            assert f"anime/{early}" not in wanted(connection)
    relay_all(connection)

    assert wanted(connection) >= {f"anime/{late}", f"anime/{early}"}


def fill(connection: psycopg.Connection) -> None:
    """Rows in every tracked table, and an empty log."""
    make_world(connection)
    connection.execute("INSERT INTO slug_history VALUES ('anime', 'before', 'nobody')")
    anime = connection.execute("SELECT id FROM anime ORDER BY id LIMIT 1").fetchone()
    assert anime
    make_review(connection, make_member(connection, "spike"), anime[0])
    insert(connection, "reception", {"anime_id": anime[0], "fans": 10})
    relay_all(connection)


def wanted(connection: psycopg.Connection) -> set[str]:
    return {key for (key,) in connection.execute("SELECT key FROM page WHERE kind = 'anime' AND wanted > built")}


def logged(connection: psycopg.Connection, table: str = "") -> list[Change]:
    with connection.transaction():
        return [change for change in claim(connection, 100_000) if table in ("", change.source)]


def columns(connection: psycopg.Connection, table: str) -> str:
    """The columns that can be written."""
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = ''", [table]
    )
    return ", ".join(name for (name,) in rows)


@pytest.mark.parametrize("loss", ["DELETE FROM season", "TRUNCATE season"])
def test_a_season_keeps_its_row_as_long_as_an_anime_is_in_it(connection: psycopg.Connection, loss: str) -> None:
    make_anime(connection, "somewhere", season="fall", season_year=2020)
    connection.execute("INSERT INTO season VALUES ('winter-1990', 'winter', 1990)")

    connection.execute(loss)

    assert connection.execute("SELECT name FROM season").fetchall() == [("fall-2020",)]
