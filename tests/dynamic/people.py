"""People for tests: who joins, and browsers in which they are signed in."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ports.database import connect

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the password that only tests know."""

    id: int
    handle: str
    email: str
    password: str = PASSWORD


def browser(app: Flask) -> FlaskClient:
    """A browser of its own, at an address of its own, that says where its requests come from."""
    number = next(_numbers)
    client = app.test_client()
    client.environ_base |= {
        "REMOTE_ADDR": f"2001:db8:{os.getpid() & 0xFFFF:x}:{number & 0xFFFF:x}::1",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    }
    return client


def join(client: FlaskClient, handle: str = "spike", **typed: str) -> Person:
    """Join by the form; the browser is signed in afterwards."""
    person = Person(0, handle, f"{handle}@example.org", PASSWORD)
    filled = {"email": person.email, "password": person.password} | typed
    answer = submit(client, "/join", handle=handle, **filled)
    assert answer.status_code == 303, answer.text
    return Person(id_of(client.application, handle), person.handle, person.email, person.password)


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """Another browser in which somebody is signed in."""
    client = browser(app)
    answer = submit(client, "/sign-in", login=person.handle, password=person.password)
    assert answer.status_code == 303, answer.text
    return client


def submit(client: FlaskClient, path: str, to: str = "", **typed: str) -> TestResponse:
    """Load the page of a form and send it, with its token, to `to` or the same address."""
    return client.post(to or path, data={"form_token": token(client, path), **typed})


def token(client: FlaskClient, path: str) -> str:
    """What the form on this page holds."""
    page = client.get(path)
    found = _TOKEN.search(page.text)
    assert found, f"{path}: {page.status_code}, no form"
    return found[1]


def id_of(app: Flask, handle: str) -> int:
    with connect(app.extensions["database"]) as connection:
        row = connection.execute("SELECT id FROM account WHERE lower(handle) = lower(%s)", [handle]).fetchone()
    assert row is not None
    return int(row[0])
