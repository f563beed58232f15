"""Joining, signing in and out, as a browser does it."""

from __future__ import annotations

import json
import re
from uuid import UUID

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from tests.dynamic.people import PASSWORD, browser, id_of, join, signed_in, submit
from tests.factories import make_anime


def test_who_joins_is_signed_in_at_once(client: FlaskClient) -> None:
    person = join(client, "Spike_S")

    assert "Spike_S" in client.get("/sign-out").text
    assert person.id > 0


def test_a_guest_of_five_thousand_titles_joins_and_keeps_each_that_there_is(
    client: FlaskClient, connection: psycopg.Connection
) -> None:
    line = {"status": "watching", "progress": 12, "furthest": 12, "score": 80, "at": "2026-11-01T20:00:00.000Z"}
    known = [make_anime(connection, episode_count=12) for _ in range(3)]
    gone = [UUID(int=1 << 64 | number) for number in range(4_997)]
    said = [{"anime": str(anime), **line} for anime in (*known[:2], *gone, known[2])]

    join(client, "faye", guest=json.dumps(said))

    assert {one["entry"]["anime"] for one in client.get("/api/v1/me/library").json["entries"]} == set(map(str, known))


def test_one_signs_in_by_handle_or_by_address_in_any_case(app: Flask, client: FlaskClient) -> None:
    person = join(client, "Spike")

    for login in ("spike", "@SPIKE", person.email, person.email.upper(), f"  {person.handle} "):
        answer = submit(browser(app), "/sign-in", login=login, password=PASSWORD)
        assert answer.status_code == 303, login


def test_an_address_may_be_typed_as_its_owner_writes_it(app: Flask, client: FlaskClient) -> None:
    join(client, "faye", email="faye@Bücher.example")

    for login in ("faye@bücher.example", " FAYE@BÜCHER.example", "faye@xn--bcher-kva.example"):
        assert submit(browser(app), "/sign-in", login=login, password=PASSWORD).status_code == 303, login


def test_an_unknown_name_and_a_wrong_password_look_the_same(app: Flask, client: FlaskClient) -> None:
    join(client, "spike")
    answers = [
        submit(browser(app), "/sign-in", login=login, password="not this one")
        for login in ("spike", "nobody", "nobody@example.org")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert len({masked(answer.text, "spike", "nobody@example.org", "nobody") for answer in answers}) == 1


def test_signing_out_ends_the_session_and_not_only_the_cookie(app: Flask, client: FlaskClient) -> None:
    join(client)
    cookie = client.get_cookie("session")
    assert cookie is not None

    submit(client, "/sign-out")

    thief = browser(app)
    thief.set_cookie("session", cookie.value)
    assert "Sign in" in thief.get("/sign-out").text
    assert client.get_cookie("session") is None


def test_each_sign_in_is_another_session(app: Flask, client: FlaskClient) -> None:
    person = join(client)
    first = client.get_cookie("session")
    submit(client, "/sign-out")
    submit(client, "/sign-in", login=person.handle, password=PASSWORD)
    second, elsewhere = client.get_cookie("session"), signed_in(app, person).get_cookie("session")

    assert first and second and elsewhere and len({first.value, second.value, elsewhere.value}) == 3


def test_joining_with_an_address_that_somebody_has_looks_like_any_other(app: Flask, client: FlaskClient) -> None:
    join(client, "spike")
    answer = submit(browser(app), "/join", handle="vicious", email="spike@example.org", password=PASSWORD)

    assert answer.status_code == 303
    assert id_of(app, "vicious") != id_of(app, "spike")


def masked(text: str, *names: str) -> str:
    """A page without what was typed into it, and without its token."""
    for name in names:
        text = text.replace(f'value="{name}"', 'value=""')
    return re.sub(r'value="[0-9a-f]{64}"', "", text)
