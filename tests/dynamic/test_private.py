"""What is private could as well not be there: every route and the whole bucket are the same without it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain import reception
from domain.library import verbs as library
from domain.people import following
from jobs.site import Build, build
from ports.settings import Settings
from tests.domain.fans import make_member
from tests.dynamic.people import browser, token
from tests.dynamic.test_access import _body, enter
from tests.dynamic.test_people import held
from tests.factories import make_anime, make_noise, make_review, update

pytestmark = pytest.mark.long
AT = datetime.now(UTC).replace(microsecond=0)
CANARY = "canary7f3a"
"""In what is said and called by whoever is to be seen by nobody."""
READERS = ("visitor", "stranger", "follower", "blocked")
OWN = {"api.export", "data.send", "two_step.settings", "two_step.code_form"}
"""A zip of the reader's own, with the moment of the download in it, and codes that are other ones each time."""
ELSEWHERE = {"origin.serve", "health.live", "health.ready"}
"""The bucket is looked at itself; and how the machine does is told to nobody by name."""
HEADERS = ("Location", "ETag", "Cache-Control", "Content-Type", "Retry-After")
Answer = tuple[int, bytes, tuple[str | None, ...]]


@pytest.mark.parametrize("kind", ["entry", "profile"])
def test_no_route_and_no_file_of_the_bucket_tells_what_is_private(
    app: Flask, settings: Settings, connection: psycopg.Connection, kind: str
) -> None:
    place = Place(app, connection)
    shown = everything(place, settings)
    place.hide(kind)
    named = {"review_id"} if kind == "entry" else {"review_id", "handle"}
    hidden = everything(place, settings, named)
    place.remove(kind)
    gone = everything(place, settings, named)

    assert {key for key in hidden if hidden[key] != gone.get(key)} == set()
    assert hidden.keys() == gone.keys()
    told = {key for key in shown if shown[key] != hidden.get(key)}
    assert {what for what, *_ in told} == {"route", "bucket"}
    assert {name for what, _, name, *_ in told if what == "route"} >= {
        "profiles.profile", "profiles.card", "people.activity", "reviews.show", "api.get_profile", "api.get_feed",
        "api.get_review",
    }  # fmt: skip
    if kind == "profile":
        where = {key for key, answer in hidden.items() if CANARY.encode() in answer[1]}
        assert all(CANARY in key[-1] for key in where), "where they are not named by who asks, nobody names them"


def test_a_download_of_ones_own_names_nobody_who_hides(app: Flask, connection: psycopg.Connection) -> None:
    place = Place(app, connection)
    assert CANARY in held(place.readers["follower"].get("/api/v1/me/export").data)
    place.hide("profile")
    for name in READERS[1:]:
        assert CANARY not in held(place.readers[name].get("/api/v1/me/export").data)


class Place:
    """Somebody with a title of which nobody is to know, or who is not to be known at all, and others who look."""

    def __init__(self, app: Flask, connection: psycopg.Connection) -> None:
        self.app, self.connection = app, connection
        make_noise(connection)
        self.anime = make_anime(connection, "cowboy-bebop", episode_count=26)
        self.secret = make_anime(connection, "trigun", episode_count=26)
        self.owner = make_member(connection, CANARY, display_name=CANARY, bio=CANARY)
        # one more than these, and pages tell what fans make of it
        for number in range(reception.MINIMUM - 1):
            self.tracks(make_member(connection, f"crowd_{number}"), self.secret)
        for anime in (self.anime, self.secret):
            self.tracks(self.owner, anime)
        self.review = str(make_review(connection, self.owner, self.secret, body=CANARY, published_at=AT))
        self.readers = {name: self.reader(name) for name in READERS}

    def tracks(self, fan: int, anime: UUID) -> None:
        said: Mapping[str, Any] = {"score": 90, "favourite": True, "notes": CANARY}
        library.track(self.connection, fan, anime, AT, "test", status="watching", **said)
        library.plus_one(self.connection, fan, anime, AT, "test")

    def reader(self, name: str) -> FlaskClient:
        client = browser(self.app)
        if name != "visitor":
            account = make_member(self.connection, name)
            enter(client, self.connection, account)
            if name != "stranger":
                following.follow(self.connection, account, CANARY, AT)
            if name == "blocked":
                following.block(self.connection, self.owner, name, AT)
        return client

    def hide(self, kind: str) -> None:
        if kind == "profile":
            update(self.connection, "account", {"id": self.owner}, {"visibility": "private"})
        else:
            update(self.connection, "entry", {"user_id": self.owner, "anime_id": self.secret}, {"private": True})

    def remove(self, kind: str) -> None:
        if kind == "profile":
            self.connection.execute("DELETE FROM account WHERE id = %s", [self.owner])
            return
        for table in ("review", "library_change", "watch", "cycle", "entry"):
            self.connection.execute(
                f"DELETE FROM {table} WHERE user_id = %s AND anime_id = %s",  # type: ignore[arg-type]
                [self.owner, self.secret],
            )

    def asked(self, named: Set[str]) -> Iterator[tuple[str, str, str]]:
        """(endpoint, method, address) of all that can be read, and of what can be done to what is named so."""
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint in OWN | ELSEWHERE:
                continue
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if method != "GET" and not named & rule.arguments:
                    continue
                values = {"handle": CANARY, "review_id": int(self.review), "anime_id": self.secret, "change_id": 1,
                          "number": "0" * 32 if rule.endpoint == "data.receipt" else 1, "watch": 1, "key": "x",
                          "path": "x"}  # fmt: skip
                built = rule.build({name: values[name] for name in rule.arguments})
                assert built
                query = f"?anime={self.secret}" if rule.endpoint == "api.get_states" else ""
                yield rule.endpoint, method, built[1] + query


def everything(place: Place, settings: Settings, named: Set[str] = frozenset()) -> dict[tuple[str, ...], Answer]:
    """What each reader is answered at each address, first where nothing is changed, and what lies in the bucket."""
    reception.refresh(place.connection)
    assert build(Build(settings, AT.date(), AT, yes=True)).failed == []
    found = {
        ("route", reader, endpoint, method, path): answer_of(ask(client, endpoint, method, path, place.secret))
        for reader, client in place.readers.items()
        for endpoint, method, path in sorted(place.asked(named), key=lambda asked: asked[1] != "GET")
    }
    lying: dict[tuple[str, ...], Answer] = {
        ("bucket", "", name): (200, body, ()) for name, body in bucket(settings.home / "bucket")
    }
    return {**found, **lying}


def ask(client: FlaskClient, endpoint: str, method: str, path: str, anime: UUID) -> TestResponse:
    if method == "GET":
        return client.get(path)
    if endpoint.startswith("api."):
        return client.open(path, method=method, json=_body(endpoint, anime, 1))
    typed = {"form_token": token(client, "/sign-out"), "act": "mute", "reason": "spam"}
    return client.post(path, data=typed)


def answer_of(answer: TestResponse) -> Answer:
    """Without what is another one each time."""
    body = re.sub(rb'name="form_token" value="\w+"', b"", answer.data)
    return answer.status_code, body, tuple(answer.headers.get(name) for name in HEADERS)


def bucket(directory: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(directory)), path.read_bytes()
