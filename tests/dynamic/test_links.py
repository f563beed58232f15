"""Links that are mailed: confirming an address, a new password, another address."""

from __future__ import annotations

import re
import time
from statistics import median

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobs.mail import Desk, deliver
from ports import clock
from ports.mail import open_mail
from ports.settings import Settings
from ports.signing import Keys, open_keys
from tests.dynamic.people import PASSWORD, browser, join, signed_in, submit, token
from tests.dynamic.post import link_in, mailed
from tests.ports.post import post_office

NEW = "another good one, longer"


def test_the_link_that_a_mail_server_was_given_confirms_the_address(
    client: FlaskClient, settings: Settings, connection: psycopg.Connection
) -> None:
    join(client)
    with post_office() as office:
        assert deliver(connection, open_mail(office.url), Desk(settings, open_keys(settings)), clock.now())
    (letter,) = office.letters
    link = re.search(r"http\S+", letter.get_content())
    assert link and letter["To"] == "spike@example.org"

    press(client, link[0].removeprefix(settings.site_url))

    assert ", confirmed." in client.get("/settings/email").text


def test_opening_a_link_changes_nothing(client: FlaskClient, settings: Settings) -> None:
    join(client)
    link = link_in(mailed(settings)[0])

    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
    assert "@spike" in page.text and "spike@example.org" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "not confirmed yet" in client.get("/settings/email").text


def test_a_link_works_once(client: FlaskClient, settings: Settings) -> None:
    join(client)
    link = link_in(mailed(settings)[0])
    form = token(client, link)

    answers = [client.post("/verify", data={"form_token": form, "token": link.partition("=")[2]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 422]


@pytest.mark.parametrize("kind", ["verify", "reset"])
def test_a_link_expires(client: FlaskClient, settings: Settings, connection: psycopg.Connection, kind: str) -> None:
    join(client)
    if kind == "reset":
        submit(client, "/reset", login="spike")
    link = next(link_in(letter) for letter in mailed(settings) if (kind == "reset") == ("/reset" in letter.text))
    row = connection.execute("SELECT max(expires_at - created_at) FROM token WHERE purpose = %s", [kind]).fetchone()
    assert row and row[0].total_seconds() == {"verify": 86_400, "reset": 1_800}[kind]

    connection.execute("UPDATE token SET expires_at = now() - interval '1 second'")

    assert client.get(link).status_code == 422


def test_a_link_for_one_thing_does_nothing_else(client: FlaskClient, settings: Settings) -> None:
    join(client)
    verify = link_in(mailed(settings)[0])

    assert client.get(verify.replace("/verify", "/reset/new")).status_code == 422


def test_a_link_that_we_did_not_make_is_refused(client: FlaskClient) -> None:
    for address in ("/verify", "/reset/new"):
        assert client.get(address).status_code == 422
        for text in ("", "x", "é", "AAAA.BBBB", "a" * 5000, "%00"):
            assert client.get(f"{address}?token={text}").status_code == 422, text


def test_who_reads_the_database_can_make_no_link(client: FlaskClient, connection: psycopg.Connection) -> None:
    join(client)
    row = connection.execute("SELECT id FROM token").fetchone()
    assert row is not None

    forged = Keys(["0" * 40]).sign("link", row[0])

    assert client.get(f"/verify?token={forged}").status_code == 422


def test_a_new_password_by_mail_signs_everybody_out_and_works(app: Flask, settings: Settings) -> None:
    person = join(owner := browser(app))
    thief = signed_in(app, person)
    visitor = browser(app)
    submit(visitor, "/reset", login=person.email)
    link = next(link_in(letter) for letter in mailed(settings) if "/reset" in letter.text)

    assert press(visitor, link, "/reset/new", password=NEW) == 200

    for gone in (owner, thief):
        assert gone.get("/settings").status_code == 303
    assert submit(browser(app), "/sign-in", login="spike", password=PASSWORD).status_code == 422
    assert submit(browser(app), "/sign-in", login="spike", password=NEW).status_code == 303
    assert [letter.subject for letter in mailed(settings)] == ["Your password was changed"]


def test_a_password_that_is_refused_does_not_use_up_the_link(app: Flask, settings: Settings) -> None:
    join(browser(app))
    submit(visitor := browser(app), "/reset", login="spike")
    link = next(link_in(letter) for letter in mailed(settings) if "/reset" in letter.text)

    assert press(visitor, link, "/reset/new", password="password1") == 422
    assert press(visitor, link, "/reset/new", password=NEW) == 200


def test_asking_for_a_link_says_the_same_to_everybody_and_mails_three_an_hour(app: Flask, settings: Settings) -> None:
    join(browser(app))
    mailed(settings)
    answers = [
        submit(browser(app), "/reset", login=login) for login in ("spike", "spike@example.org", "nobody", "x@y.org")
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({re.sub(r"[0-9a-f]{64}", "", answer.text) for answer in answers}) == 1
    for _ in range(3):
        submit(browser(app), "/reset", login="spike")
    assert len(mailed(settings)) == 3


def test_an_address_moves_when_the_new_one_says_so_and_the_old_one_is_told(app: Flask, settings: Settings) -> None:
    person = join(client := browser(app))
    press(client, link_in(mailed(settings)[0]))

    submit(client, "/settings/email", email="Spike@BEBOP.example", current=PASSWORD)
    letters = mailed(settings)
    assert [(letter.recipient, letter.subject) for letter in letters] == [
        (person.email, "Your address is to be changed"), ("Spike@bebop.example", "Confirm your new address"),
    ]  # fmt: skip
    assert person.email in client.get("/settings/email").text

    press(browser(app), link_in(letters[1]))

    assert "Spike@bebop.example" in client.get("/settings/email").text
    assert [letter.recipient for letter in mailed(settings)] == [person.email]
    assert submit(browser(app), "/sign-in", login="spike@bebop.example", password=PASSWORD).status_code == 303


def test_an_address_that_somebody_has_is_not_given_away_and_nobody_learns_of_it(app: Flask, settings: Settings) -> None:
    join(owner := browser(app), "spike")
    press(owner, link_in(mailed(settings)[0]))
    join(other := browser(app), "faye")
    mailed(settings)

    taken = submit(other, "/settings/email", email="spike@example.org", current=PASSWORD)
    free = submit(other, "/settings/email", email="free@example.org", current=PASSWORD)

    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert {letter.recipient: letter.subject for letter in mailed(settings)} == {
        "spike@example.org": "Your address was used for another account",
        "free@example.org": "Confirm your new address",
    }


def test_of_two_who_claim_an_address_the_one_who_proves_it_has_it(app: Flask, settings: Settings) -> None:
    join(first := browser(app), "spike", email="both@example.org")
    join(second := browser(app), "faye", email="both@example.org")
    links = [link_in(letter) for letter in mailed(settings)]

    assert press(second, links[1]) == 200
    assert press(first, links[0]) == 409

    assert submit(browser(app), "/sign-in", login="both@example.org", password=PASSWORD).status_code == 303
    assert "not confirmed yet" in first.get("/settings/email").text


@pytest.mark.long
def test_the_time_of_an_answer_does_not_tell_who_is_here(app: Flask, connection: psycopg.Connection) -> None:
    """What tells would tell each time; a machine with much to do is uneven now and then."""
    join(browser(app))
    connection.execute("UPDATE account SET verified_at = now()")
    client = browser(app)
    form = token(client, "/reset")

    def apart() -> float:
        times: dict[str, list[float]] = {"spike": [], "nobody": []}
        for number in range(200):
            for last, (login, taken) in enumerate(times.items()):
                connection.execute("TRUNCATE sign_in_failure, token, mail")
                client.environ_base["REMOTE_ADDR"] = f"203.0.{number}.{last + 1}"
                began = time.perf_counter()
                assert client.post("/reset", data={"form_token": form, "login": login}).status_code == 200
                taken.append(time.perf_counter() - began)
        here, away = map(median, times.values())
        return abs(here - away) / here

    assert any(apart() < 0.05 for _ in range(3))


def press(client: FlaskClient, link: str, to: str = "/verify", **typed: str) -> int:
    """Open a link and press its button."""
    data = {"form_token": token(client, link), "token": link.partition("=")[2], **typed}
    return client.post(to, data=data).status_code
