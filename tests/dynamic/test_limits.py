"""Limits: who asks too often is told when to come back, also while nobody counts for all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dynamic.app import create_app
from dynamic.limits import LIMITS
from dynamic.transaction import close
from ports.settings import Settings
from tests.dynamic.conftest import QUICK
from tests.dynamic.people import PASSWORD, browser, join, submit
from tests.ports.hung import hung

AWAY = "redis://127.0.0.1:9/0"


def test_twenty_wrong_passwords_an_hour_from_one_address_are_enough(app: Flask) -> None:
    client = browser(app)
    answers = [guess(client, number) for number in range(22)]

    assert answers == [422] * 20 + [429] * 2
    assert guess(browser(app), 0) == 422  # from elsewhere


def test_right_passwords_are_not_counted_as_guesses(app: Flask) -> None:
    person = join(browser(app))
    client = browser(app)
    for _ in range(22):
        assert submit(client, "/sign-in", login=person.handle, password=PASSWORD).status_code == 303
        submit(client, "/sign-out")


def test_who_is_sent_away_is_told_for_how_long(app: Flask) -> None:
    client = browser(app)
    for number in range(11):
        answer = submit(client, "/reset", login=f"nobody{number}")

    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 3600
    assert "too often" in answer.text


@pytest.mark.parametrize("redis", ["away", "hanging"], indirect=True)
def test_without_redis_one_reads_and_signs_in_and_guesses_less(app_without_redis: Flask) -> None:
    person = join(browser(app_without_redis))
    client = browser(app_without_redis)
    began = time.monotonic()

    answers = [guess(client, number) for number in range(12)]

    assert answers == [422] * 10 + [429] * 2
    assert submit(browser(app_without_redis), "/sign-in", login=person.handle, password=PASSWORD).status_code == 303
    assert all(client.get("/sign-in").status_code == 200 for _ in range(80))
    assert time.monotonic() - began < 40  # half a second for each request would be 47


def test_every_limit_names_an_endpoint_and_is_stricter_where_nobody_counts_for_all(app: Flask) -> None:
    assert set(LIMITS) <= set(app.view_functions)
    for limit in LIMITS.values():
        together, alone = (int(text.split()[0]) for text in (limit.together, limit.alone))
        assert alone * 2 <= together  # two processes


def test_all_addresses_of_one_home_are_one(app: Flask) -> None:
    for number in range(21):
        client = browser(app)
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:ffff:1::{number:x}"
        answer = guess(client, number)

    assert answer == 429


@pytest.mark.parametrize(
    ("header", "forwarded", "alike"),
    [("", "198.51.100.{}", True), ("X-Forwarded-For", "198.51.100.1, 203.0.113.{}", False),
     ("X-Forwarded-For", "198.51.100.{}, 203.0.113.1", True)],
)  # fmt: skip
def test_where_somebody_comes_from_is_what_our_own_proxy_says(
    settings: Settings, header: str, forwarded: str, alike: bool
) -> None:
    app = create_app(replace(settings, reader_address=header))
    app.extensions["hasher"] = QUICK
    answers = []
    for number in range(21):
        client = browser(app)
        client.environ_base |= {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded.format(number)}
        answers.append(guess(client, number))
    close(app)

    assert (answers[-1] == 429) is alike


def guess(client: FlaskClient, number: int) -> int:
    """Each time another name, so that it is the address that is counted."""
    return submit(client, "/sign-in", login=f"nobody{number}", password="not this one").status_code


@pytest.fixture
def redis(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "away":
        yield AWAY
    else:
        with hung() as place:
            yield f"redis://{place}/0"


@pytest.fixture
def app_without_redis(settings: Settings, redis: str) -> Iterator[Flask]:
    app = create_app(replace(settings, redis_url=redis))
    app.extensions["hasher"] = QUICK
    yield app
    close(app)
