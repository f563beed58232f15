"""The doctor: everything is looked at, what is wrong is said in words, and nothing that hangs holds it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import psycopg
import pytest
from click.testing import CliRunner

from autotrack.checks import NOTE, OK, WRONG, Finding
from autotrack.checks import place as place_check
from autotrack.cli import main
from autotrack.doctor import CHECKS, examine
from domain import backlog, manifest, purges, state
from ports.bucket import open_bucket
from ports.bucket_directory import DirectoryBucket
from ports.settings import Settings, from_environment
from tests.autotrack.command import autotrack
from tests.ports.fake_cloudflare import TOKEN, fake_cloudflare
from tests.ports.hung import hung

AWAY = {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:9/x", "REDIS_URL": "redis://:hunter3@127.0.0.1:9/0"}


def test_every_port_is_looked_at_and_nothing_stays_behind(world: Settings, connection: psycopg.Connection) -> None:
    backlog.beat(connection)

    found = by_name(examine(world))

    assert {name: finding.state for name, finding in found.items()} == {
        "SITE_URL": NOTE, "disk": OK,
        "postgresql": OK, "schema": OK, "durability": WRONG, "clocks": OK, "connections": OK, "transactions": OK,
        "redis": OK, "redis file": WRONG, "redis memory": OK,
        "bucket": NOTE, "bucket writes": OK, "bucket conditions": OK,
        "uploads": OK, "uploads apart": OK,
        "cdn": OK,
        "mail": OK, "letters": OK, "secret key": NOTE,
        "relay": OK, "brake": OK, "freshness": OK, "dead letters": OK, "chores": OK,
        "erasures": OK,
        "workers render": WRONG, "workers bulk": WRONG,
    }  # fmt: skip
    assert "fsync" in found["durability"].said, "the servers of tests are not durable"
    assert all(finding.do for finding in found.values() if finding.state == WRONG)
    assert list(open_bucket(world.bucket_url).keys()) == []


def test_what_waits_too_long_or_has_failed_is_told(world: Settings, connection: psycopg.Connection) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    manifest.want(connection, ["anime/1", "anime/2"], since=long_ago)
    connection.execute("UPDATE page SET failed = wanted, due_at = 'infinity', built_at = now() WHERE key = 'anime/2'")
    connection.execute("INSERT INTO schedule (name, next_at) VALUES ('audit', now() - interval '2 hours')")
    connection.execute("INSERT INTO schedule (name, next_at, done_at) VALUES ('reconcile', now(), '2020-01-01')")
    connection.execute(
        "INSERT INTO erasure (receipt, reviews, wanted_at, due_at)"
        " VALUES (decode(repeat('0f', 16), 'hex'), 'kept', now() - interval '7 hours', now())"
    )
    state.remember(connection, "brake", "nothing is published any more")

    found = by_name(examine(world, {"pages": CHECKS["pages"]}))

    assert {finding.state for finding in found.values()} == {WRONG}
    assert "no relay has ever run" in found["relay"].said
    assert "a change has waited for 30" in found["freshness"].said
    assert found["erasures"].said == "somebody who left 7 hours ago is not erased yet"
    assert found["dead letters"].said == "1 pages failed too often"
    assert found["chores"].said == "not done in time: audit, reconcile"


def test_a_cdn_is_asked_and_purges_that_wait_are_told(world: Settings, connection: psycopg.Connection) -> None:
    purges.stand_behind(connection, "varnish://127.0.0.1:6081")
    connection.execute("UPDATE purge SET wanted_at = now() - interval '5 minutes'")
    with fake_cloudflare() as fake:
        behind = replace(world, cdn_url=fake.url, cdn_token=TOKEN)
        found = by_name(examine(behind, {"cdn": CHECKS["cdn"]}))
        assert fake.purged == [f"{world.site_url}/health/live"]

    assert (found["cdn"].state, found["cdn"].said) == (OK, "cloudflare forgets what it is told to")
    assert found["purges"].state == WRONG
    assert re.match("1 wait, the first for 3[0-9][0-9] s", found["purges"].said)


@pytest.mark.parametrize("url", ["varnish://127.0.0.1:9", "cloudflare://nothing"])
def test_a_cdn_that_does_not_do_as_it_is_told_is_told(world: Settings, url: str) -> None:
    found = by_name(examine(replace(world, cdn_url=url), {"cdn": CHECKS["cdn"]}))

    assert (found["cdn"].state, found["cdn"].do[:15]) == (WRONG, "correct CDN_URL")


def test_a_schema_of_another_time_is_told(world: Settings, connection: psycopg.Connection) -> None:
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.execute("ALTER TABLE page RENAME TO pages")

    found = by_name(examine(world))

    assert "at revision 0001, this code at" in found["schema"].said
    assert "autotrack migrate" in found["schema"].do
    assert (found["pages"].state, found["pages"].do) == (WRONG, "autotrack migrate")


def test_clocks_that_differ_are_told(world: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autotrack.checks.postgresql.time.time", lambda: time.time_ns() / 1e9 + 100)

    said = by_name(examine(world, {"postgresql": CHECKS["postgresql"]}))["clocks"].said
    assert re.search("-(9[0-9]|10[0-9]) s", said), said


def test_a_bucket_that_ignores_conditions_is_told(world: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put = DirectoryBucket.put
    monkeypatch.setattr(DirectoryBucket, "put", lambda self, key, body, head, over=None: put(self, key, body, head))

    found = by_name(examine(world, {"bucket": CHECKS["bucket"]}))

    assert (found["bucket writes"].state, found["bucket conditions"].state) == (OK, WRONG)
    assert list(open_bucket(world.bucket_url).keys()) == []


@pytest.mark.parametrize(
    ("url", "bucket", "state"),
    [
        ("https://anime.example", "s3://pages", OK),
        ("http://anime.example", "s3://pages", WRONG),
        ("http://127.0.0.1:8000", "s3://pages", WRONG),
        ("https://localhost", "s3://pages", WRONG),
        ("http://192.168.1.5:8000", "file:/b", NOTE),
    ],
)
def test_an_address_that_others_cannot_reach_is_told(tmp_path: Path, url: str, bucket: str, state: str) -> None:
    settings = from_environment({"AUTOTRACK_HOME": str(tmp_path), "SITE_URL": url, "BUCKET_URL": bucket})

    assert by_name(place_check.check(settings))["SITE_URL"].state == state


def test_ports_that_hang_take_no_time_from_the_others(tmp_path: Path) -> None:
    began = time.monotonic()
    with hung() as silent:
        urls = {"DATABASE_URL": f"postgresql://u:hunter2@{silent}/x", "REDIS_URL": f"redis://{silent}/0"}
        found = by_name(examine(from_environment({"AUTOTRACK_HOME": str(tmp_path), **urls})))

    assert time.monotonic() - began < 9  # one after the other they take ten; each gives up after two
    assert {name for name, finding in found.items() if finding.state == WRONG} == {
        "postgresql", "redis", "mail", "pages", "workers",
    }  # fmt: skip
    assert found["bucket conditions"].state == OK
    assert "DATABASE_URL" in found["postgresql"].said and "DATABASE_URL" in found["postgresql"].do


def test_a_check_that_never_ends_or_breaks_is_a_finding(world: Settings, stuck: Callable[[], object]) -> None:
    def hangs(settings: Settings) -> Iterator[Finding]:
        stuck()
        yield Finding("never", OK, "")

    def breaks(settings: Settings) -> Iterator[Finding]:
        raise ZeroDivisionError("by nothing")

    (never,) = examine(world, {"hangs": hangs}, 0.3)
    found = by_name(examine(world, {"breaks": breaks, "bucket": CHECKS["bucket"]}))

    assert (never.state, never.said) == (WRONG, "no answer within 0.3 s")
    assert (found["breaks"].state, found["breaks"].said) == (WRONG, "by nothing")
    assert found["bucket writes"].state == OK


def test_the_command_says_it_in_words_and_ends_with_1(home: Path) -> None:
    told = autotrack("doctor", home=home, **AWAY)

    assert told.returncode == 1
    assert "wrong  postgresql" in told.stdout and "→ start it, or correct DATABASE_URL" in told.stdout
    assert "ok     bucket conditions" in told.stdout
    assert "hunter" not in told.stdout + told.stderr


def test_the_command_says_it_for_programs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**AWAY, "AUTOTRACK_HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(main, ["doctor", "--json"])

    said = json.loads(told.stdout)
    assert (told.exit_code, said["sound"]) == (1, False)
    assert {"name", "state", "said", "do"} == said["findings"][0].keys()
    assert "hunter" not in told.stdout


def by_name(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


@pytest.fixture
def world(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """A real PostgreSQL and Valkey, and an empty directory as a bucket."""
    return from_environment({"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": redis_url})


@pytest.fixture
def stuck() -> Iterator[Callable[[], object]]:
    until = Event()
    yield until.wait
    until.set()
