"""No text that a fan types becomes markup: pages of the app, with texts that have broken pages elsewhere."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

import psycopg
from flask.testing import FlaskClient

from tests.dynamic.people import join, token
from tests.factories import make_anime
from tests.site.hostile_texts import TEXTS
from tests.site.markup import Tag, skeleton

MARKUP = TEXTS[:90]
REFUSED = {"/settings/handle": "handle", "/join": "email", "/sign-in": "login"}
"""Form → the field that is shown once more, as it was typed."""


def test_no_text_of_a_fan_becomes_markup(client: FlaskClient, connection: psycopg.Connection) -> None:
    join(client)
    anime = make_anime(connection)
    plain = pages(client, anime, "plain")
    for text in MARKUP[::3]:
        connection.execute("DELETE FROM library_change")
        assert pages(client, anime, text) == plain, text


def test_no_text_that_is_refused_becomes_markup(client: FlaskClient) -> None:
    join(client)
    form = token(client, "/settings")
    for path, field in REFUSED.items():
        answers = [
            client.post(path, data={"form_token": form, field: text})
            for text in ("plain!", " ".join(MARKUP[:45]), " ".join(MARKUP[45:]))
        ]
        assert {answer.status_code for answer in answers} == {422}
        plain, *others = [skeleton(answer.text) for answer in answers]
        assert others == [plain, plain], path


def pages(fan: FlaskClient, anime: UUID, text: str) -> list[list[Tag]]:
    """What is left of each page that shows the text, without its words."""
    said = {"notes": " ".join(MARKUP), "tags": [text, "another"]}
    assert fan.put(f"/api/v1/me/library/{anime}", json=said).status_code == 200
    named = {"form_token": token(fan, "/settings"), "display_name": text, "scale": "10", "time_zone": "UTC"}
    assert fan.post("/settings", data=named).status_code == 303
    shown = (f"/library/{anime}", "/settings", f"/library?tag={quote(text)}", f"/library?q={quote(text)}")
    return [skeleton(fan.get(path).text) for path in shown]
