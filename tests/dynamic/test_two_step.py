"""The second step: for staff always, for others if they want it."""

from __future__ import annotations

import re
import time

import psycopg
import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain import grants
from domain.errors import Conflict, NotFound
from dynamic.login import acting_as
from dynamic.two_step import WRONG
from ports.settings import Settings
from tests.dynamic.people import PASSWORD, Person, browser, join, submit, token
from tests.dynamic.post import link_in, mailed
from tests.dynamic.test_links import press

_SECRET = re.compile(r'class="code">([A-Z2-7 ]+)<')
_SEED = re.compile(r'name="seed" value="([^"]+)"')


def test_staff_set_up_a_second_step_at_the_first_sign_in_and_are_asked_for_it_ever_after(
    app: Flask, editor: Person
) -> None:
    client = browser(app)
    assert sign_in(client) == "/sign-in/code"
    assert client.get("/settings").status_code == 303  # not yet

    secret = enrol(client)
    assert client.get("/settings").status_code == 200

    other = browser(app)
    assert sign_in(other) == "/sign-in/code"
    assert "authenticator" not in other.get("/sign-in/code").text
    assert submit(other, "/sign-in/code", code="000000").status_code == 422
    assert submit(other, "/sign-in/code", code=later(secret)).status_code == 303
    assert other.get("/settings").status_code == 200


def test_a_code_is_taken_once(app: Flask, editor: Person) -> None:
    secret = enrol(first := browser(app), sign_in_first=True)
    code = later(secret)
    submit(first, "/sign-out")

    assert [second_step(app, code) for _ in range(2)] == [303, 422]


def test_a_password_alone_is_no_session_and_what_the_cookie_holds_changes_with_the_code(
    app: Flask, editor: Person
) -> None:
    client = browser(app)
    sign_in(client)
    before = client.get_cookie("session")
    assert client.get_cookie("signed") is None

    enrol(client)

    after = client.get_cookie("session")
    assert before and after and before.value != after.value


def test_guessing_codes_is_slowed_down(app: Flask, editor: Person, connection: psycopg.Connection) -> None:
    enrol(browser(app), sign_in_first=True)
    answers: list[int] = []
    while 429 not in answers and len(answers) < 12:  # who waits long enough of himself is not told to
        client = browser(app)
        sign_in(client)
        answers.append(submit(client, "/sign-in/code", code="123456").status_code)

    assert answers[:5] == [422] * 5 and answers[-1] == 429


def test_a_fan_may_want_one_and_needs_the_password_for_it(app: Flask) -> None:
    join(client := browser(app))
    page = client.get("/settings/two-step").text
    secret, seed = _SECRET.search(page), _SEED.search(page)
    assert secret and seed
    said = {"seed": seed[1], "code": pyotp.TOTP(secret[1].replace(" ", "")).now()}

    assert submit(client, "/settings/two-step", password="not it", **said).status_code == 422
    assert submit(client, "/settings/two-step", password=PASSWORD, **said).status_code == 303

    assert sign_in(browser(app)) == "/sign-in/code"
    assert submit(client, "/settings/two-step", password=PASSWORD).status_code == 303
    assert sign_in(browser(app)) == "/library"


def test_the_seed_of_another_is_worth_nothing(app: Flask) -> None:
    join(spike := browser(app), "spike")
    join(faye := browser(app), "faye")
    page = spike.get("/settings/two-step").text
    secret, seed = _SECRET.search(page), _SEED.search(page)
    assert secret and seed
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()

    answer = submit(faye, "/settings/two-step", password=PASSWORD, seed=seed[1], code=code)

    assert answer.status_code == 422 and WRONG in answer.text


def test_a_role_signs_out_everywhere_and_needs_a_confirmed_address(
    app: Flask, connection: psycopg.Connection, settings: Settings
) -> None:
    join(client := browser(app))
    with pytest.raises(Conflict, match="proved"):
        grants.grant(connection, "spike", "admin")
    with pytest.raises(NotFound):
        grants.grant(connection, "nobody", "admin")
    press(client, link_in(mailed(settings)[0]))

    grants.grant(connection, "SPIKE", "admin")

    assert client.get("/settings").status_code == 303
    assert [account.role for account in grants.staff(connection)] == ["admin"]


@pytest.mark.parametrize(
    ("role", "rights"),
    [("fan", 0), ("editor", 1), ("moderator", 0), ("admin", 1)],
)
def test_what_is_for_a_role_is_for_it_and_for_admins(
    app: Flask, connection: psycopg.Connection, role: str, rights: int
) -> None:
    app.add_url_rule("/desk", "profiles.desk", acting_as("editor")(lambda: "the desk"))
    join(client := browser(app))
    connection.execute("UPDATE account SET role = %s", [role])

    assert client.get("/desk").status_code == (200 if rights else 403)
    assert browser(app).get("/desk").location == "/sign-in?next=/desk"


@pytest.mark.parametrize(("column", "hours"), [("seen_at", 12), ("created_at", 24)])
def test_staff_are_signed_out_sooner(
    app: Flask, editor: Person, connection: psycopg.Connection, column: str, hours: int
) -> None:
    enrol(client := browser(app), sign_in_first=True)
    connection.execute(f"UPDATE session SET {column} = now() - interval '{hours} hours 1 second'")

    assert client.get("/settings").status_code == 303


def test_the_database_alone_holds_no_secret(app: Flask, editor: Person, connection: psycopg.Connection) -> None:
    secret = enrol(browser(app), sign_in_first=True)
    row = connection.execute("SELECT totp_seed FROM account").fetchone()

    assert row is not None
    assert pyotp.TOTP(secret).byte_secret() != bytes(row[0])


# --- what a browser does


def sign_in(client: FlaskClient) -> str | None:
    return submit(client, "/sign-in", login="spike", password=PASSWORD).location


def second_step(app: Flask, code: str) -> int:
    client = browser(app)
    sign_in(client)
    return submit(client, "/sign-in/code", code=code).status_code


def enrol(client: FlaskClient, sign_in_first: bool = False) -> str:
    """Set the second step up where sign-in asks for it; returns the secret."""
    if sign_in_first:
        sign_in(client)
    form, page = token(client, "/sign-in/code"), client.get("/sign-in/code").text
    secret, seed = _SECRET.search(page), _SEED.search(page)
    assert secret and seed
    plain = secret[1].replace(" ", "")
    typed = {"form_token": form, "seed": seed[1], "code": pyotp.TOTP(plain).now()}
    assert client.post("/sign-in/code", data=typed).status_code == 303
    return plain


def later(secret: str) -> str:
    """The code of the next half minute, which a clock that is a little fast would show."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30)


@pytest.fixture
def editor(app: Flask, connection: psycopg.Connection, settings: Settings) -> Person:
    person = join(client := browser(app))
    press(client, link_in(mailed(settings)[0]))
    grants.grant(connection, "spike", "editor")
    return person
