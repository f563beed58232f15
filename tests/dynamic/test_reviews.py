"""Reviews as pages and as an API: written, shown, reported, taken back; no text of them is markup."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests.dynamic.people import browser, join, submit
from tests.dynamic.test_people import member
from tests.factories import make_anime, make_review
from tests.site.hostile_texts import TEXTS


def test_a_review_is_written_waits_is_changed_and_taken_back(faye: FlaskClient, anime: UUID) -> None:
    here = f"/library/{anime}/review"
    answer = submit(faye, here, body="*Space.*\n\n- cowboys", reached="5", spoiler="on")
    assert answer.location == f"{here}?saved"
    page = faye.get(f"{here}?saved")
    assert "waits to be looked at" in page.text and "*Space.*\n\n- cowboys" in page.text and "checked" in page.text

    assert submit(faye, here, body="Space, again.").status_code == 303
    assert "checked" not in faye.get(here).text
    assert submit(faye, here, act="remove").status_code == 303
    assert "Space" not in faye.get(here).text


def test_what_was_typed_is_not_lost_where_it_is_refused(app: Flask, anime: UUID, faye: FlaskClient) -> None:
    here = f"/library/{anime}/review"
    long = submit(faye, here, body="word " * 2_001, reached="3")
    assert (long.status_code, long.text.count("word ") > 2_000) == (422, True)
    join(newcomer := browser(app), "newcomer")
    refused = submit(newcomer, here, body="Hello there.")
    assert refused.status_code == 403 and "Hello there." in refused.text and "confirm your address" in refused.text
    assert submit(faye, here, body="x", reached="many").status_code == 422


def test_a_review_is_read_and_reported(
    app: Flask, connection: psycopg.Connection, faye: FlaskClient, anime: UUID
) -> None:
    number = review_of(connection, anime, body="**Strong** words.", spoiler=True, reached=7)
    page = BeautifulSoup(browser(app).get(f"/review/{number}").text, "lxml")
    assert page.select_one("details strong").text == "Strong"
    assert "after episode 7" in page.text and not page.select("form")

    answer = submit(faye, f"/review/{number}", f"/review/{number}/report", reason="abuse", note="Look.")
    assert answer.location == f"/review/{number}?reported"
    assert connection.execute("SELECT reason, note FROM report").fetchall() == [("abuse", "Look.")]
    assert submit(faye, f"/review/{number}", f"/review/{number}/report", reason="?").status_code == 422
    assert browser(app).get(f"/review/{2**70}").status_code == 404


def test_the_same_by_the_api(connection: psycopg.Connection, faye: FlaskClient, anime: UUID) -> None:
    path = f"/api/v1/me/library/{anime}/review"
    assert faye.get(path).status_code == 404
    written = faye.put(path, json={"body": "Space.", "reached": 3})
    assert (written.status_code, written.json["state"], written.json["review"]["handle"]) == (200, "waiting", "faye")
    assert faye.get(path).json == written.json
    assert faye.put(path, json={"body": ""}).status_code == 422
    assert faye.delete(path, json={}).json == {}
    assert faye.get(path).status_code == 404
    number = review_of(connection, anime, body="Theirs.")
    assert faye.get(f"/api/v1/reviews/{number}").json["body"] == "Theirs."
    assert faye.put(f"/api/v1/reviews/{number}/report", json={"reason": "spam"}).status_code == 200
    assert faye.get("/api/v1/reviews/9007199254740992").status_code == 404


def test_no_text_of_a_review_is_markup(app: Flask, connection: psycopg.Connection, anime: UUID) -> None:
    number, visitor = review_of(connection, anime, body="x"), browser(app)
    for text in TEXTS:
        connection.execute("UPDATE review SET body = %s WHERE id = %s", [text, number])
        page = BeautifulSoup(visitor.get(f"/review/{number}").text, "html.parser")
        tags = {tag.name for tag in page.select_one(".prose").find_all(True)}
        assert tags <= {"p", "ul", "li", "em", "strong", "br"}, text
        assert all(set(tag.attrs) <= {"dir", "class"} for tag in page.select_one(".prose").find_all(True)), text


def review_of(connection: psycopg.Connection, anime: UUID, **columns: object) -> int:
    """Somebody's review."""
    row = connection.execute(
        "INSERT INTO account (handle, email, password, created_at, verified_at)"
        " VALUES ('writer', 'writer@fans.test', '', now(), now()) RETURNING id"
    ).fetchone()
    assert row
    return make_review(connection, row[0], anime, **columns)


@pytest.fixture
def faye(app: Flask) -> FlaskClient:
    return member(app, "faye")


@pytest.fixture
def anime(connection: psycopg.Connection) -> UUID:
    return make_anime(connection, "cowboy-bebop", episode_count=26)
