"""Joining, signing in and out, as a browser does it."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.dynamic.people import PASSWORD, browser, id_of, join, signed_in, submit


def test_who_joins_is_signed_in_at_once(client: FlaskClient) -> None:
    person = join(client, "Spike_S")

    assert "Spike_S" in client.get("/sign-out").text
    assert person.id > 0


def test_one_signs_in_by_handle_or_by_address_in_any_case(app: Flask, client: FlaskClient) -> None:
    person = join(client, "Spike")

    for login in ("spike", "@SPIKE", person.email, person.email.upper(), f"  {person.handle} "):
        answer = submit(browser(app), "/sign-in", login=login, password=PASSWORD)
        assert answer.status_code == 303, login


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
