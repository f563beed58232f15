"""A download: all that is somebody's and nobody else's, valid by its schema, and never in memory as a whole."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator
from psycopg.types.json import Jsonb

from domain.people import following, sharing
from domain.privacy.parts import files, parts
from domain.privacy.schema import schema
from ports.database import snapshot
from ports.zipping import zipped
from tests.domain.fans import BEGINNING, Fan, make_account, make_member
from tests.factories import make_anime, make_noise

ABOUT = {"exported_at": "2026-11-23T12:00:00+00:00", "site": "https://anime.example"}
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_what_is_downloaded_is_valid_by_the_schema_and_complete(connection: psycopg.Connection) -> None:
    fan = busy(connection)
    Fan(connection).does("watch_up_to", make_noise(connection)[0], 2)

    found = unzipped(taken(connection, fan.id))
    document = json.loads(found["autotrack.json"])
    said = schema(connection, "https://anime.example/api/v1/export.schema.json")
    Draft202012Validator.check_schema(said)
    Draft202012Validator(said, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)

    assert document["account"]["handle"].startswith("fan_") and "password" not in document["account"]
    assert [len(document[name]) for name in ("entry", "watch", "cycle")] == [2, 27, 1]
    assert {entry["title"] for entry in document["entry"]} == {"Bebop", "Champloo"}
    (bebop,) = [entry for entry in document["entry"] if entry["title"] == "Bebop"]
    assert bebop["page"] == "/anime/bebop" and bebop["external_ids"] == {"mal": ["1"]}
    assert bebop["notes"] == "=HYPERLINK(1)" and bebop["tags"] == ["space", "jazz"]


def test_an_empty_account_is_valid_too(connection: psycopg.Connection) -> None:
    document = json.loads(unzipped(taken(connection, make_account(connection)))["autotrack.json"])
    Draft202012Validator(schema(connection, "x:")).validate(document)
    assert document["entry"] == []


def test_tables_say_the_same_as_the_document_and_no_spreadsheet_carries_them_out(
    connection: psycopg.Connection,
) -> None:
    fan = busy(connection)
    found = unzipped(taken(connection, fan.id))
    document = json.loads(found["autotrack.json"])

    assert {name for name in found if name.startswith("csv/")} == {f"csv/{part.name}.csv" for part in parts()}
    for part in parts():
        lines = list(csv.DictReader(io.StringIO(found[f"csv/{part.name}.csv"].decode(), newline="")))
        rows = [document[part.name]] if part.is_one else document[part.name]
        assert len(lines) == len(rows)
        for line, row in zip(lines, rows, strict=True):
            assert list(line) == list(row)
            assert [read(line[name], row[name]) for name in row] == list(row.values())
    assert b"'=HYPERLINK(1)" in found["csv/entry.csv"]


def test_of_two_sides_both_download_their_own_and_only_what_they_may_know(connection: psycopg.Connection) -> None:
    one, two, hidden = make_member(connection, "one"), make_member(connection, "two"), make_member(connection, "hidden")
    following.follow(connection, one, "two", AT)
    following.follow(connection, hidden, "two", AT)
    following.mute(connection, two, "one", AT)
    following.block(connection, hidden, "one", AT)
    sharing.share(connection, hidden, "private", "", AT)

    def of(user: int) -> dict[str, Any]:
        return dict(json.loads(unzipped(taken(connection, user))["autotrack.json"]))

    at = AT.isoformat()
    follow = {"asked_at": at, "accepted_at": at, "user": "one", "followed": "two"}
    assert of(one)["follow"] == [follow]
    assert sorted(of(two)["follow"], key=lambda row: row["user"] or "") == [follow | {"user": None}, follow]
    assert of(two)["mute"] == [{"at": at, "user": "two", "muted": "one"}]
    assert of(hidden)["block"] == [{"at": at, "user": "hidden", "blocked": "one"}]
    assert of(one)["block"] == of(one)["mute"] == []


@pytest.mark.long
def test_a_hundred_thousand_watches_are_read_in_little_memory(connection: psycopg.Connection) -> None:
    fan = make_account(connection)
    crowd(connection, fan)
    sizes, size = [], 0
    tracemalloc.start()
    for piece in taken(connection, fan):
        size += len(piece)
        sizes.append(tracemalloc.get_traced_memory()[0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 1_000_000
    assert peak < 24_000_000, f"{peak:,} bytes at most at once"
    half = len(sizes) // 2
    assert max(sizes[half:]) < 1.5 * max(sizes[:half]), "it does not grow with what is sent"


def taken(connection: psycopg.Connection, user: int) -> Iterable[bytes]:
    with snapshot(connection):
        yield from zipped(files(connection, user, ABOUT), AT)


def unzipped(pieces: Iterable[bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read(cell: str, like: object) -> object:
    """A cell as the document has it."""
    if like is None:
        return None if cell == "" else cell
    if isinstance(like, (bool, list, dict, int, float)):
        return json.loads(cell)
    return cell.removeprefix("'") if cell.startswith("'=") else cell


def busy(connection: psycopg.Connection) -> Fan:
    """A fan with two titles, one of them watched again."""
    fan = Fan(connection)
    bebop = make_anime(connection, "bebop", episode_count=26, title_english="Bebop", external_ids=Jsonb({"mal": ["1"]}))
    champloo = make_anime(connection, "champloo", episode_count=26)
    fan.does("watch_up_to", bebop, 26)
    fan.does("rewatch", bebop)
    fan.does("plus_one", bebop)
    fan.does("track", champloo, status="planning")
    fan.does("edit", bebop, {"notes": "=HYPERLINK(1)", "tags": ["space", "jazz"], "score": 95, "started": "1999-04"})
    return fan


def crowd(connection: psycopg.Connection, user: int) -> None:
    """5,000 titles of 20 episodes."""
    connection.execute(
        "INSERT INTO anime (id, slug, title_romaji) SELECT gen_random_uuid(), 'many-' || n, 'Many ' || n"
        " FROM generate_series(1, 5000) n"
    )
    connection.execute(
        "INSERT INTO entry (user_id, anime_id, said, said_at, status, last_watch, added_at, updated_at, version)"
        " SELECT %s, id, 'watching', %s, 'watching', 20, %s, %s, 1 FROM anime",
        [user, BEGINNING, BEGINNING, BEGINNING],
    )
    connection.execute(
        "INSERT INTO watch (user_id, anime_id, id, number, watched_at, watched_on, cycle, kind, precision, source)"
        " SELECT user_id, anime_id, n, n, said_at + n * interval '1 minute', '2026-11-01', 0, 'regular', 'time', 'test'"
        " FROM entry, generate_series(1, 20) n"
    )
