"""The canary: somebody with another mark in every field leaves, and no mark is left anywhere."""

from __future__ import annotations

import io
import itertools
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from psycopg import sql

from autotrack.postgres import environment, find_programs
from domain.people import following
from domain.privacy.classes import Class, Rule
from domain.privacy.held import PEOPLE
from domain.reviews import moderation
from domain.reviews import verbs as reviews
from domain.staff import Actor
from jobs.erase import erase
from jobs.site import Build, build
from jobs.world import World
from ports import counters, log
from ports.bucket import Head, open_bucket
from ports.queue import open_redis
from ports.settings import Settings
from ports.signing import open_keys
from tests.conftest import HOME
from tests.domain.fans import make_member
from tests.dynamic.people import PASSWORD, browser, join, submit
from tests.dynamic.post import link_in, mailed
from tests.dynamic.test_links import press
from tests.factories import make_anime, make_review
from tests.ports.test_log import Said, said  # noqa: F401 - a fixture

MARK, YEAR, ADDRESS = "mqzx", 1977, "203.0.113.77"
"""What every mark begins with, the year of every date, and where the requests come from."""
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLOSED = {
    "entry.said", "entry.started_precision", "entry.finished_precision", "cycle.started_precision",
    "cycle.finished_precision", "watch.kind", "watch.precision", "watch.watched_on", "watch.watched_at",
    "token.purpose", "account.role", "account.scale", "entry.started", "entry.finished", "cycle.started",
    "cycle.finished", "account.visibility", "review.state",
}  # fmt: skip
"""Columns that hold one word of a few, or no value without another: nobody is told by these alone."""
FREE = {"text": "text", "ARRAY": "text[]", "jsonb": "jsonb", "date": "date", "timestamp with time zone": "timestamptz"}


@pytest.mark.long
def test_of_somebody_who_left_no_mark_is_left_anywhere(
    app: Flask, settings: Settings, connection: psycopg.Connection, said: Said,  # noqa: F811
    pytestconfig: pytest.Config,
) -> None:  # fmt: skip
    log.configure(settings, "web")
    client = browser(app)
    client.environ_base |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": f"{MARK}agent Firefox"}
    live(client, settings, connection)
    fail_on_the_way(client, settings, connection)
    marked = mark(connection)
    bucket = open_bucket(settings.uploads_url)
    (picture,) = connection.execute("SELECT avatar FROM account ORDER BY id").fetchone() or ("",)
    bucket.put(picture, f"{MARK}pixels".encode(), Head("image/webp", "private"))
    assert {column for column in every() if column not in marked} == CLOSED
    connection.execute("UPDATE review SET deleted_at = NULL")
    publish(settings)
    before = everywhere(settings, pytestconfig)
    assert {where for where, text in before.items() if MARK in text or str(YEAR) in text} >= {
        "dump", "uploads", "bucket",
    }  # fmt: skip

    handle = connection.execute("SELECT handle, id FROM account ORDER BY id").fetchone()
    assert handle and MARK in handle[0]
    counted = f"/{counters.prefix(open_keys(settings))}/{counters.account(handle[1])}/"
    assert counted in before["redis"]
    submit(client, "/sign-in", login=handle[0], password=PASSWORD)  # the session of before is of 1977 by now
    answer = submit(client, "/settings/delete", handle=handle[0], current=PASSWORD, reviews="removed")
    assert answer.status_code == 303, answer.text
    letters = mailed(settings)
    world = World(settings)
    assert erase(world)["waiting"] == 1, "pages may show it"
    publish(settings)
    connection.execute("UPDATE erasure SET due_at = now() - interval '1 minute'")
    assert erase(world) == {"erased": 1, "waiting": 0}
    world.close()

    left = everywhere(settings, pytestconfig) | {
        "log": said.text(),
        "letters": "".join(f"{letter.subject} {letter.text}" for letter in letters),
    }
    for where, text in left.items():
        for sign in (MARK, MARK.encode().hex(), f"{YEAR}-", ADDRESS, counted):
            assert sign not in text, f"{where}: …{text[max(0, text.find(sign) - 200) :][:400]}…"
    assert letters, "who left is told"
    assert '"event": "request"' in left["log"] and "/@…" in left["log"], "there was something to be looked through"
    assert connection.execute("SELECT count(*) FROM sign_in_failure").fetchone() == (0,)


def live(client: FlaskClient, settings: Settings, connection: psycopg.Connection) -> None:
    """What fans do, by forms and by the API."""
    join(client, f"{MARK}_former", display_name=f"{MARK} name")
    press(client, next(link_in(letter) for letter in mailed(settings)))
    submit(client, "/settings/handle", handle=f"{MARK}_handle")
    submit(client, "/settings/email", email=f"{MARK}new@example.org", current=PASSWORD)
    image = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(image, "PNG")
    anime = make_anime(connection, "bebop", episode_count=2)
    path = f"/api/v1/me/library/{anime}"
    kept = {"Idempotency-Key": f"{MARK}key"}
    fields = {"notes": f"{MARK}notes", "tags": [f"{MARK}tag"], "status": "watching"}
    assert client.put(path, json=fields, headers=kept).status_code == 200
    assert client.put(f"{path}/progress", json={"progress": 2}).status_code == 200
    assert client.post(f"{path}/rewatches", json={}).status_code == 200
    meet(client, connection, anime)
    for address in (f"/@{MARK}_handle", f"/@{MARK}_former", f"/@{MARK}_nobody", "/library", "/settings"):
        client.get(address)


def meet(client: FlaskClient, connection: psycopg.Connection, anime: UUID) -> None:
    """What they do with others, what others do with them, and what they did as staff."""
    (user,) = connection.execute("SELECT min(id) FROM account").fetchone() or (0,)
    friend, foe = make_member(connection, "friend"), make_member(connection, "foe")
    theirs = make_review(connection, foe, anime)
    assert submit(client, "/settings/people", visibility="public", bio=f"{MARK} bio").status_code == 303
    assert submit(client, f"/library/{anime}/review", body=f"{MARK} review").status_code == 303
    (mine,) = connection.execute("SELECT id FROM review WHERE user_id = %s", [user]).fetchone() or (0,)
    moderation.decide(connection, mine, "approve", Actor(), NOW)
    reviews.report(connection, theirs, user, "other", f"{MARK} note", NOW)
    moderation.decide(connection, theirs, "hide", Actor(user, "moderator"), NOW)
    following.follow(connection, user, "friend", NOW)
    following.follow(connection, friend, f"{MARK}_handle", NOW)
    following.mute(connection, user, "friend", NOW)
    following.block(connection, user, "foe", NOW)


def fail_on_the_way(client: FlaskClient, settings: Settings, connection: psycopg.Connection) -> None:
    """What goes wrong for them, and for others because of them."""
    submit(client, "/settings/handle", handle=f"{MARK}!")
    submit(client, "/settings/delete", handle=f"{MARK}_handle", current=f"{MARK} wrong")
    stranger = browser(client.application)
    for login in (f"{MARK}_handle", f"{MARK}_former", f"{MARK}_former@example.org"):
        submit(stranger, "/sign-in", login=login, password=f"{MARK} guess")
        submit(stranger, "/reset", login=login)
    # somebody joins with their address: the letter about it names them, and is not sent yet
    join(other := browser(client.application), "other", email=f"{MARK}_former@example.org")
    submit(other, "/settings/email", email="other@example.org", current=PASSWORD)
    connection.execute("UPDATE account SET email = 'other@example.org' WHERE handle = 'other'")
    connection.execute("DELETE FROM token WHERE user_id <> (SELECT min(id) FROM account)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("UPDATE account SET handle = %s WHERE handle = 'other'", [f"{MARK}_handle"], prepare=False)


def every() -> list[str]:
    """Each column that is theirs to read, but for what stays for a reason that is told to them."""
    return [
        f"{name}.{column}"
        for name, table in PEOPLE.items()
        for column, kind in table.columns.items()
        if kind in (Class.PUBLIC, Class.PERSONAL) and table.names and column not in {"anime_id", *NUMBERS}
        if column not in table.kept or table.names["user_id"].rule == Rule.CHOSEN
    ]


NUMBERS = {
    "number", "cycle", "score", "private", "favourite", "priority", "completed", "started_said", "finished_said",
    "spoiler", "reached",
}  # fmt: skip


BY_FORM = {"account.handle", "account.email", "handle_history.handle"}
"""Columns that hold a mark since somebody typed it; other rows know them by these."""


def mark(connection: psycopg.Connection) -> set[str]:
    """Write another mark into each column that takes one; returns which did."""
    kinds = {
        f"{table}.{column}": FREE.get(kind, "")
        for table, column, kind in connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        )
    }
    numbers, done = itertools.count(100), set()
    for name in every():
        table, column = name.split(".")
        number = next(numbers)
        if name in BY_FORM:
            done.add(name)
            continue
        values = {
            "text": f"{MARK}{number}", "text[]": [f"{MARK}{number}"], "jsonb": f'{{"a": "{MARK}{number}"}}',
            "date": f"{YEAR}-01-02", "timestamptz": f"{YEAR}-01-02 00:{number % 60}:07Z",
        }  # fmt: skip
        owner = next(iter(PEOPLE[table].names))
        statement = sql.SQL("UPDATE {} SET {} = %s::{} WHERE {} = (SELECT min(id) FROM account)").format(
            sql.Identifier(table), sql.Identifier(column), sql.SQL(kinds[name]), sql.Identifier(owner)
        )
        try:
            assert connection.execute(statement, [values[kinds[name]]]).rowcount, f"there is no row of {table}"
        except psycopg.errors.CheckViolation:
            continue
        done.add(name)
    return done


def everywhere(settings: Settings, config: pytest.Config) -> dict[str, str]:
    """Place → all that it holds, as text."""
    with open_redis(settings.redis_url) as client:
        redis = {key: client.dump(key) for key in client.scan_iter()}
    return {
        "dump": dump(settings),
        "uploads": files(settings.home / "uploads"),
        "bucket": files(settings.home / "bucket"),
        "redis": repr(redis),
        "postgresql's log": "".join(path.read_text() for path in config.stash[HOME].glob("**/postgres/log")),
    }


def publish(settings: Settings) -> None:
    """All pages that are due, and pictures."""
    assert build(Build(settings, NOW.date(), NOW, yes=True)).failed == []


def dump(settings: Settings) -> str:
    programs = find_programs(None)
    program = (programs.base / programs.main).with_name("pg_dump")
    made = subprocess.run(
        [str(program), "--inserts", settings.database_url], env=environment("C.UTF-8"), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return made.stdout


def files(directory: Path) -> str:
    """Names and contents."""
    found = [path for path in directory.rglob("*") if path.is_file()]
    return "\n".join(f"{path.relative_to(directory)} {path.read_bytes()!r}" for path in found)
