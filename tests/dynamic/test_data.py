"""One's own data over HTTP: downloaded by its owner, deleted by its owner, and the receipt of that."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from domain.library import verbs as library
from jobs.erase import erase
from jobs.world import World
from ports.database import connect
from ports.settings import Settings
from tests.dynamic.people import PASSWORD, browser, join, signed_in, submit
from tests.dynamic.post import link_in, mailed
from tests.dynamic.test_links import press
from tests.factories import make_anime

GONE = {"handle": "spike", "current": PASSWORD}


def test_everything_is_downloaded_from_the_settings_and_by_programs(app: Flask, connection: psycopg.Connection) -> None:
    person = join(client := browser(app))
    anime = make_anime(connection, "bebop", episode_count=26)
    library.watch_up_to(connection, person.id, anime, 3, datetime.now(UTC), "test")
    said = client.get("/api/v1/export.schema.json")
    assert said.mimetype == "application/schema+json"

    for ask in (lambda: submit(client, "/settings/data"), lambda: client.get("/api/v1/me/export")):
        answer = ask()
        assert answer.status_code == 200 and answer.mimetype == "application/zip"
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="autotrack-spike-')
        assert answer.headers["Cache-Control"] == "private, no-store"
        found = files_of(answer)
        document = json.loads(found["autotrack.json"])
        assert json.loads(found["schema.json"]) == said.json
        Draft202012Validator(said.json).validate(document)
        assert document["account"]["email"] == "spike@example.org" and len(document["watch"]) == 3
        assert document["session"][0]["agent"] == "Firefox on Linux"
        assert b"of you" in found["README.txt"]


def test_a_download_is_of_who_is_signed_in_and_of_nobody_else(app: Flask) -> None:
    assert browser(app).get("/api/v1/me/export").status_code == 401
    join(browser(app), "faye")
    join(client := browser(app))
    assert not any(b"faye" in content for content in files_of(client.get("/api/v1/me/export")).values())


def test_one_download_of_an_account_at_a_time_and_two_of_a_process(app: Flask) -> None:
    person = join(client := browser(app))
    first = client.get("/api/v1/me/export", buffered=False)
    second = signed_in(app, person).get("/api/v1/me/export")
    assert (second.status_code, second.headers["Retry-After"]) == (429, "15")
    join(other := browser(app), "faye")
    third = other.get("/api/v1/me/export", buffered=False)
    join(more := browser(app), "edward")
    assert more.get("/api/v1/me/export").status_code == 429
    third.close()
    first.close()  # a reader who has gone away

    assert files_of(client.get("/api/v1/me/export")) and files_of(more.get("/api/v1/me/export"))


def test_an_account_is_deleted_by_who_knows_its_password_and_types_its_handle(
    app: Flask, settings: Settings, connection: psycopg.Connection
) -> None:
    person = join(client := browser(app))
    press(client, next(link_in(letter) for letter in mailed(settings)))
    other = signed_in(app, person)

    for typed in ({"handle": "spike", "current": "not it"}, {"handle": "faye", "current": PASSWORD}):
        assert submit(client, "/settings/delete", **typed).status_code == 422
    assert client.get("/settings").status_code == 200
    answer = submit(client, "/settings/delete", reviews="removed", **GONE)

    assert answer.status_code == 303 and answer.location.startswith("/erased/")
    assert client.get_cookie("session") is None
    assert other.get("/settings").status_code == 303, "signed out everywhere"
    assert browser(app).get("/@spike").status_code == 404
    assert submit(browser(app), "/sign-in", login="spike", password=PASSWORD).status_code == 422
    under_way = client.get(answer.location)
    assert "is being deleted" in under_way.text and 'http-equiv="refresh"' in under_way.text

    (letter,) = mailed(settings)
    assert (letter.recipient, link_in(letter)) == (person.email, answer.location)
    finish(settings)
    told = browser(app).get(answer.location)
    assert "The account was deleted" in told.text and "Places where you are signed in" in told.text
    assert "spike" not in told.text.lower() and told.headers["Referrer-Policy"] == "no-referrer"
    assert connection.execute("SELECT count(*) FROM account").fetchone() == (0,)


def test_nobody_joins_by_a_handle_that_was_just_given_up(app: Flask, settings: Settings) -> None:
    join(client := browser(app))
    submit(client, "/settings/delete", **GONE)
    finish(settings)

    answer = submit(browser(app), "/join", handle="Spike", email="new@example.org", password=PASSWORD)
    assert answer.status_code == 422 and "Handle is taken" in answer.text


@pytest.mark.parametrize("number", ["0" * 32, "x" * 32, "short", "0" * 31 + "%"])
def test_a_receipt_that_there_is_not_is_not_found(client: FlaskClient, number: str) -> None:
    assert client.get(f"/erased/{number}").status_code == 404


def test_another_machine_that_sends_it_is_waited_for(app: Flask, settings: Settings) -> None:
    join(client := browser(app))
    with connect(settings.database_url) as connection:
        taken = connection.execute("SELECT pg_advisory_lock(hashtextextended('export ' || id, 0)) FROM account")
        assert taken.fetchone()
        assert "too often" in submit(client, "/settings/data").text


def files_of(answer: TestResponse) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def finish(settings: Settings) -> None:
    """What a worker does."""
    world = World(settings)
    world.connection.execute("DELETE FROM mail")
    assert erase(world)["erased"] == 1
    world.close()
