"""Profiles, following and the activity, as pages and as an API; who may not see somebody is told there is nobody."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from dynamic import profile_card
from dynamic.people import spans
from sitegen.images.profile import ProfileCard
from tests.dynamic.people import Person, browser, join, submit, token
from tests.dynamic.test_access import _request
from tests.factories import make_anime, make_review, update

SECRET = "canaryfilm"
"""In the address and the title of what is private."""


def test_a_profile_is_public_until_its_owner_says_otherwise(app: Flask, faye: FlaskClient) -> None:
    visitor = browser(app)
    assert visitor.get("/@faye").status_code == 200
    share(faye, "followers", "Hello.")
    shown = visitor.get("/@faye")
    assert "Only followers see more" in shown.text and "Hello." not in shown.text
    share(faye, "private", "Hello.")
    assert without_request(visitor.get("/@faye")) == without_request(visitor.get("/@vicious"), "vicious", "faye")
    assert "Hello." in faye.get("/@faye").text


def test_following_muting_and_blocking_are_presses_of_buttons(app: Flask, faye: FlaskClient) -> None:
    jet = member(app, "jet")
    for act, button in (("follow", "Unfollow"), ("mute", "Unmute"), ("unmute", "Mute"), ("unfollow", "Follow")):
        assert press(jet, "/@faye", act).location == "/@faye"
        assert button in buttons(jet.get("/@faye"))
    assert press(jet, "/@faye", "block").location == "/settings/people"
    assert jet.get("/@faye").status_code == faye.get("/@jet").status_code == 404
    assert "@faye" in jet.get("/settings/people").text
    assert "jet" not in faye.get("/settings/people").text
    assert press(jet, "/settings/people", "unblock", "/@faye/act").status_code == 303
    assert jet.get("/@faye").status_code == 200


def test_who_asks_to_follow_is_accepted_in_the_settings(app: Flask, faye: FlaskClient) -> None:
    share(faye, "followers", "")
    jet = member(app, "jet")
    press(jet, "/@faye", "follow")
    assert "Ask no more" in buttons(jet.get("/@faye"))
    assert "Accept @jet" in buttons(faye.get("/settings/people"))
    press(faye, "/settings/people", "accept", "/@jet/act")
    assert "Only followers" not in jet.get("/@faye").text


def test_the_activity_tells_an_evening_in_a_line(app: Flask, faye: FlaskClient, anime: UUID) -> None:
    jet = member(app, "jet")
    press(jet, "/@faye", "follow")
    assert "Nothing new" in jet.get("/activity").text
    for _ in range(3):
        assert faye.post(f"/api/v1/me/library/{anime}/plus-one", json={}).status_code == 200

    (line,) = BeautifulSoup(jet.get("/activity").text, "lxml").select(".activity li .grow")
    assert " ".join(line.text.split()) == "faye watched episodes 1–3 of Cowboy Bebop"
    (told,) = jet.get("/api/v1/me/feed").json["lines"]
    assert (told["handle"], told["episodes"], told["title"]["card"]["path"]) == (
        "faye", [1, 2, 3], "/anime/cowboy-bebop",
    )  # fmt: skip
    assert jet.get("/activity?before=nonsense").status_code == 422


@pytest.mark.parametrize(
    "who", ["visitor", "blocked", *(pytest.param(who, marks=pytest.mark.long) for who in ("stranger", "follower"))]
)
@pytest.mark.parametrize("how", ["profile", "entry"])
def test_what_is_private_is_in_no_answer_of_any_route(
    app: Flask, connection: psycopg.Connection, faye: FlaskClient, who: str, how: str
) -> None:
    """Every address of the app that can be read, asked by others about somebody, holds nothing of it."""
    secret = make_anime(connection, SECRET, episode_count=3)
    path = f"/api/v1/me/library/{secret}"
    fields = {"status": "watching", "favourite": True, "score": 90, "notes": SECRET}
    assert faye.put(path, json=fields).status_code == 200
    assert faye.post(f"{path}/plus-one", json={}).status_code == 200
    row = connection.execute("SELECT id FROM account WHERE handle = 'faye'").fetchone()
    assert row
    review = make_review(connection, row[0], secret, body=SECRET)
    reader = browser(app) if who == "visitor" else member(app, "jet")
    if who in ("follower", "blocked"):
        press(reader, "/@faye", "follow")
    seen = SECRET in reader.get("/@faye").text
    if who == "blocked":
        press(faye, "/@jet", "block")
    elif how == "profile":
        share(faye, "private", SECRET)
    else:
        assert faye.patch(path, json={"private": True}).status_code == 200

    assert seen
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in ("origin.serve", "api.nowhere"):
            names = {"change_id": 1, "review_id": review, "handle": "faye", "key": "x", "path": "x"}
            if "anime_id" in rule.arguments or rule.endpoint == "api.get_states":
                continue  # says what the reader has said of an anime that the reader has named
            text = held(_request(app, reader, rule.endpoint, secret, names).data)
            assert SECRET not in text, rule.rule
            if (how == "profile" or who == "blocked") and "handle" not in rule.arguments:
                assert "faye" not in text, rule.rule


def test_the_card_of_a_shared_link_tells_a_visitor_no_more_than_the_page(app: Flask, faye: FlaskClient) -> None:
    share(faye, "public", 'Hello "you" <b>')
    card = BeautifulSoup(browser(app).get("/@faye").text, "lxml").select_one('meta[property="og:description"]')
    assert card and card["content"] == '0 anime, 0 episodes. Hello "you" <b>'
    share(faye, "followers", "Hello.")
    card = BeautifulSoup(browser(app).get("/@faye").text, "lxml").select_one('meta[property="og:description"]')
    assert card and card["content"] == ""


def test_a_shared_link_shows_a_picture_of_the_profile(app: Flask, faye: FlaskClient, anime: UUID) -> None:
    seen = shared(browser(app))
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(seen.data)).size == (1200, 630)
    assert seen.headers["Cache-Control"] == "public, max-age=300" and "Set-Cookie" not in seen.headers
    again = browser(app).get("/@faye/card.jpg", headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

    assert faye.put(f"/api/v1/me/library/{anime}", json={"status": "watching"}).status_code == 200
    changed = browser(app).get("/@faye/card.jpg", headers={"If-None-Match": seen.headers["ETag"]})
    assert changed.status_code == 200 and changed.data != seen.data
    own = shared(faye)  # the same to all, but kept by nobody for all where somebody is signed in
    assert (own.data, own.headers["Cache-Control"]) == (changed.data, "private, max-age=300")


@pytest.mark.parametrize("how", ["followers", "private", "unproved", "unknown"])
def test_there_is_no_picture_of_who_is_not_there_for_everybody(
    app: Flask, connection: psycopg.Connection, faye: FlaskClient, how: str
) -> None:
    jet = member(app, "jet")
    press(jet, "/@faye", "follow")
    handle = "vicious" if how == "unknown" else "faye"
    if how == "unproved":
        update(connection, "account", {"handle": "faye"}, {"verified_at": None})
    elif how != "unknown":
        share(faye, how, "")
    for client in (browser(app), jet, faye):
        nobody = without_request(client.get("/@edward/card.jpg"), "edward", handle)
        assert without_request(client.get(f"/@{handle}/card.jpg")) == nobody and nobody[0] == 404
    named = re.findall(r'og:image" content="http://[^/]+(.+?)"', faye.get("/@faye").text)
    assert named == {"unknown": ["/@faye/card.jpg"], "unproved": []}.get(how, ["/share/site.jpg"])


def test_who_is_blocked_gets_no_picture_either(app: Flask, faye: FlaskClient) -> None:
    jet = member(app, "jet")
    press(faye, "/@jet", "block")
    for client, handle in ((jet, "faye"), (faye, "jet")):
        assert client.get(f"/@{handle}/card.jpg").status_code == 404
        assert shared(browser(app), handle).status_code == 200


def test_what_a_visitor_does_not_see_on_the_page_is_not_in_the_picture(
    app: Flask, connection: psycopg.Connection, faye: FlaskClient, anime: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[ProfileCard] = []
    monkeypatch.setattr(profile_card.drawing, "draw", lambda card: drawn.append(card) or b"")
    others = {
        kind: make_anime(connection, kind, episode_count=9, adult=kind == "adult") for kind in ("private", "adult")
    }
    for number, each in enumerate((anime, *others.values())):
        path = f"/api/v1/me/library/{each}"
        said = {
            "status": "watching",
            "favourite": True,
            "score": 90 - 40 * number,
            "private": each == others["private"],
        }
        assert faye.put(path, json=said).status_code == 200
        assert faye.post(f"{path}/plus-one", json={}).status_code == 200
    for client in (browser(app), faye):
        shared(client)

    seen, own = drawn
    assert own == seen
    assert [id for id, *_ in seen.covers] == [str(anime)]
    assert seen.figures == (("2", "anime"), ("2", "episodes"), ("5", "on average"))  # as the page counts


def test_pictures_are_drawn_for_one_address_so_often_and_no_oftener(app: Flask, faye: FlaskClient) -> None:
    visitor = browser(app)
    tag = shared(visitor).headers["ETag"]
    asked = [visitor.get("/@faye/card.jpg", headers={"If-None-Match": tag}).status_code for _ in range(120)]
    assert asked == [304] * 119 + [429]
    assert shared(browser(app)).status_code == 200 and visitor.get("/@faye").status_code == 200


def test_who_comes_while_others_are_being_drawn_is_asked_to_come_back(
    app: Flask, faye: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_card, "PATIENCE", 0.01)
    with profile_card.TURN:
        sent_away = shared(browser(app))
    assert (sent_away.status_code, sent_away.headers["Retry-After"]) == (429, "5")
    assert shared(browser(app)).status_code == 200


def test_spans_of_episodes_are_told_shortly() -> None:
    assert spans((1, 2, 3, 5, 7, 8)) == "1–3, 5, 7–8"


def held(body: bytes) -> str:
    """What an answer says, also where it is packed."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def member(app: Flask, handle: str) -> FlaskClient:
    """A browser in which somebody is signed in who has proved an address."""
    client = browser(app)
    person: Person = join(client, handle)
    with psycopg.connect(app.extensions["database"], autocommit=True) as connection:
        update(connection, "account", {"id": person.id}, {"verified_at": datetime.now(UTC)})
    return client


def shared(client: FlaskClient, handle: str = "faye") -> TestResponse:
    return client.get(f"/@{handle}/card.jpg")


def share(client: FlaskClient, visibility: str, bio: str) -> None:
    assert submit(client, "/settings/people", visibility=visibility, bio=bio).status_code == 303


def press(client: FlaskClient, page: str, act: str, to: str = "") -> TestResponse:
    return client.post(to or f"{page}/act", data={"form_token": token(client, page), "act": act})


def buttons(page: TestResponse) -> list[str]:
    return [" ".join(button.text.split()) for button in BeautifulSoup(page.text, "lxml").select("main button")]


def without_request(page: TestResponse, name: str = "", other: str = "") -> tuple[int, str]:
    """Status and text, with one name in place of another."""
    text = re.sub(r'name="form_token" value="\w+"', "", page.text)
    return page.status_code, text.replace(name, other) if name else text


@pytest.fixture
def faye(app: Flask) -> FlaskClient:
    return member(app, "faye")


@pytest.fixture
def anime(connection: psycopg.Connection) -> UUID:
    return make_anime(connection, "cowboy-bebop", episode_count=26)
