"""Who may do what: every route, asked by who is signed out, by somebody else, and by staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain import sessions
from tests.domain.fans import make_account, make_member
from tests.dynamic.people import browser, token
from tests.factories import make_anime, make_review, update

CANARY = "canary7f3a"
EVERYBODY = {
    "health.live", "health.ready", "auth.join_form", "auth.join", "auth.sign_in_form", "auth.sign_in",
    "auth.sign_out_form", "auth.sign_out", "two_step.code_form", "two_step.code", "links.verify_form", "links.verify",
    "links.reset_form", "links.reset", "links.new_password_form", "links.new_password", "media.picture",
    "profiles.profile", "profiles.card", "reviews.show", "api.nowhere", "api.openapi", "api.docs", "api.export_schema",
    "data.receipt", "origin.serve",
}  # fmt: skip
"""Routes that are there for visitors."""
NAMES_NOTHING = {
    "auth.track", "two_step.settings", "two_step.change", "account.settings", "account.describe", "account.avatar",
    "account.handle_form", "account.handle", "account.email_form", "account.email", "account.verify_again",
    "account.password_form", "account.password", "account.places", "account.sign_out_there", "data.held", "data.send",
    "data.delete_form", "data.delete", "people.settings", "people.share", "people.activity", "api.get_feed",
    "api.export",
}  # fmt: skip
"""Routes about the account that asks; `tests/dynamic/test_account.py` tries the one that names a session."""
OF_ANOTHER = {
    "library.shelf": 200, "library.plus_one": 303, "library.bulk": 404, "library.undo": 404,
    "entry.show": 200, "entry.save": 404, "entry.track": 303, "entry.rewatch": 404, "entry.remove": 404,
    "entry.episode": 303, "entry.redate": 404, "entry.forget": 404, "entry.date_round": 404,
    "api.get_me": 200, "api.get_states": 200, "api.get_library": 200, "api.get_entry": 404, "api.put_entry": 200,
    "api.patch_entry": 404, "api.delete_entry": 404, "api.plus_one": 200, "api.put_progress": 200,
    "api.put_episode": 200, "api.delete_episode": 404, "api.rewatch": 404, "api.get_history": 200, "api.undo": 404,
    "api.undo_all": 404, "api.get_watches": 404, "api.patch_watch": 404, "api.delete_watch": 404,
    "api.get_rounds": 404, "api.patch_round": 404,
    "api.bulk": 404, "api.merge_guest": 200,
    "people.act": 404, "reviews.form": 200, "reviews.save": 403, "reviews.report": 404, "api.get_own_review": 404,
    "api.put_review": 403, "api.delete_review": 404, "api.get_review": 404, "api.report_review": 404,
    "api.get_profile": 404, "api.follow": 404, "api.unfollow": 200, "api.mute": 404, "api.unmute": 200,
    "api.block": 404, "api.unblock": 200,
}  # fmt: skip
"""Endpoint → what is answered about an anime or a change of somebody else. Tracking it oneself is allowed."""
TABLES = (
    "entry", "cycle", "watch", "library_change", "answer", "session", "account", "follow", "block", "mute", "review",
    "report", "staff_act",
)  # fmt: skip
Ask = Callable[[FlaskClient, str], TestResponse]


def test_every_route_stands_in_this_table(app: Flask) -> None:
    served = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert served == EVERYBODY | NAMES_NOTHING | OF_ANOTHER.keys()


def test_who_is_signed_out_is_let_in_nowhere(app: Flask, ask: Ask) -> None:
    client = browser(app)
    for endpoint in OF_ANOTHER.keys() | NAMES_NOTHING:
        answer = ask(client, endpoint)
        if endpoint.startswith("api."):
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), endpoint
        else:
            assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), endpoint
        assert CANARY not in answer.text, endpoint


@pytest.mark.parametrize("role", ["fan", "editor", "moderator", "admin"])
def test_nobody_reads_or_changes_what_is_somebody_elses(
    app: Flask, connection: psycopg.Connection, ask: Ask, owner: int, role: str
) -> None:
    for endpoint, status in OF_ANOTHER.items():
        other = member(app, connection, role)  # a new one each time, who tracks nothing yet
        before = rows_of(connection, owner)
        answer = ask(other, endpoint)
        assert answer.status_code == status, (endpoint, answer.text[:500])
        assert CANARY not in answer.text, endpoint
        assert rows_of(connection, owner) == before, endpoint


@pytest.fixture
def owner(connection: psycopg.Connection) -> int:
    """Somebody with a private profile."""
    return make_member(connection, "owner", visibility="private")


@pytest.fixture
def ask(app: Flask, connection: psycopg.Connection, owner: int) -> Ask:
    """Asks an endpoint about the owner's anime, change and all."""
    anime = make_anime(connection, "cowboy-bebop", episode_count=26)
    client = browser(app)
    enter(client, connection, owner)
    path = f"/api/v1/me/library/{anime}"
    client.put(path, json={"notes": CANARY, "tags": [CANARY], "status": "watching"})
    change = client.post(f"{path}/plus-one", json={}).json["change"]
    review = make_review(connection, owner, anime, body=CANARY)
    make_member(connection, "friend")
    for tie in ("following", "muted"):
        assert client.put(f"/api/v1/me/{tie}/friend", json={}).status_code == 200

    def asked(client: FlaskClient, endpoint: str) -> TestResponse:
        return _request(app, client, endpoint, anime, {"change_id": change, "review_id": review, "handle": "owner"})

    return asked


def _request(app: Flask, client: FlaskClient, endpoint: str, anime: UUID, theirs: dict[str, int | str]) -> TestResponse:
    (rule,) = [rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint]
    (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    values: dict[str, Any] = {"anime_id": anime, "number": 1, "watch": 1, **theirs}
    built = rule.build({name: values[name] for name in rule.arguments})
    assert built is not None
    path = built[1] + (f"?anime={anime}" if endpoint == "api.get_states" else "")
    if method == "GET" or endpoint.startswith("api."):
        sent = None if method == "GET" else _body(endpoint, anime, theirs["change_id"])
        return client.open(path, method=method, json=sent)
    typed = {
        "anime": str(anime), "change": str(theirs["change_id"]), "status": "dropped", "number": "1", "version": "0",
        "act": "follow" if endpoint == "people.act" else "watch", "watch": "1", "when": "2012", "round": "0",
        "started": "2012", "body": "Mine.", "reason": "spam",
    }  # fmt: skip
    return client.post(path, data={"form_token": token(client, "/sign-out")} | typed)


def _body(endpoint: str, anime: UUID, change: int | str) -> dict[str, Any]:
    bodies: dict[str, dict[str, Any]] = {
        "api.patch_watch": {"watched_at": None},
        "api.patch_round": {"started": "2012"},
        "api.undo_all": {"changes": [change]},
        "api.put_progress": {"progress": 3},
        "api.bulk": {"anime": [anime], "changes": {"score": 1}},
        "api.put_review": {"body": "Mine."},
        "api.report_review": {"reason": "spam"},
        "api.merge_guest": {"entries": [{"anime": anime, "status": "dropped", "score": 1}]},
    }
    return bodies.get(endpoint, {})


def member(app: Flask, connection: psycopg.Connection, role: str) -> FlaskClient:
    """A browser in which somebody new is signed in, to the end."""
    client, account = browser(app), make_account(connection)
    update(connection, "account", {"id": account}, {"role": role})
    enter(client, connection, account)
    return client


def enter(client: FlaskClient, connection: psycopg.Connection, account: int) -> None:
    client.set_cookie("session", sessions.begin(connection, account, "Firefox on Linux", datetime.now(UTC)))


def rows_of(connection: psycopg.Connection, owner: int) -> dict[str, list[Any]]:
    """All that is kept of somebody."""
    return {
        table: connection.execute(
            f"SELECT * FROM {table} t WHERE {'id' if table == 'account' else 'user_id'} = %s ORDER BY t::text", [owner]
        ).fetchall()
        for table in TABLES
    }
