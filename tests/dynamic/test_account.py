"""Settings: what an account says of itself, and how its owner keeps it."""

from __future__ import annotations

import io
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from domain import handles, paths
from domain.errors import Invalid
from domain.reserved import RESERVED
from domain.roles import STAFF
from ports.settings import Settings
from tests.dynamic.people import PASSWORD, browser, id_of, join, signed_in, submit, token
from tests.dynamic.post import link_in, mailed
from tests.dynamic.test_links import press

NEW = "another good one, longer"
PAGES = ["", "/handle", "/email", "/password", "/sessions", "/two-step", "/data", "/delete"]


def test_settings_are_for_who_is_signed_in(client: FlaskClient) -> None:
    for page in PAGES:
        asked = client.get(f"/settings{page}")
        assert (asked.status_code, asked.location) == (303, f"/sign-in?next=/settings{page}")
    join(client)
    assert {client.get(f"/settings{page}").status_code for page in PAGES} == {200}


def test_a_name_a_scale_and_a_time_zone_are_kept(client: FlaskClient) -> None:
    join(client)
    kept = {"display_name": "Spike  Spiegel", "scale": "5", "time_zone": "Pacific/Auckland"}

    assert submit(client, "/settings", **kept).status_code == 303

    page = client.get("/settings").text
    assert 'value="Spike Spiegel"' in page
    assert '<option value="5" selected>' in page and "<option selected>Pacific/Auckland</option>" in page


def test_what_breaks_a_rule_is_refused_in_words_and_not_kept(client: FlaskClient) -> None:
    join(client)
    for field, value in BROKEN:
        said = {"display_name": "Spike", "scale": "10", "time_zone": "UTC"} | {field: value}
        answer = submit(client, "/settings", **said)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, (field, value)
    assert 'value="Spike"' not in client.get("/settings").text


BROKEN = [
    ("scale", "7"), ("time_zone", "Mars/Phobos"), ("time_zone", "../../etc/passwd"), ("display_name", "a\u202eb"),
    ("display_name", "x" * 51), ("display_name", "a\u200bb"),
    ("display_name", "\u3164"), ("display_name", "\ufe0f"), ("display_name", "a\u2800"),
]  # fmt: skip


def test_a_new_password_needs_the_old_one_and_signs_out_everybody_else(app: Flask, settings: Settings) -> None:
    person = join(client := browser(app))
    other = signed_in(app, person)
    before = client.get_cookie("session")

    assert submit(client, "/settings/password", current="not it", password=NEW).status_code == 422
    assert submit(client, "/settings/password", current=PASSWORD, password=NEW).status_code == 303

    assert other.get("/settings").status_code == 303
    assert client.get("/settings").status_code == 200
    after = client.get_cookie("session")
    assert before and after and before.value != after.value
    assert "Your password was changed" in {letter.subject for letter in mailed(settings)}


def test_a_new_password_makes_links_worthless_that_were_mailed_before(app: Flask, settings: Settings) -> None:
    join(client := browser(app))
    submit(client, "/reset", login="spike")
    link = next(link_in(letter) for letter in mailed(settings) if "/reset" in letter.text)

    submit(client, "/settings/password", current=PASSWORD, password=NEW)

    assert client.get(link).status_code == 422


def test_an_address_is_not_changed_without_the_password(client: FlaskClient, settings: Settings) -> None:
    join(client)
    mailed(settings)

    answer = submit(client, "/settings/email", email="faye@example.org", current="not it")

    assert answer.status_code == 422 and mailed(settings) == []


def test_the_first_link_can_be_mailed_again(client: FlaskClient, settings: Settings) -> None:
    join(client)
    mailed(settings)

    submit(client, "/settings/email", to="/settings/verify-again")

    assert press(client, link_in(mailed(settings)[0])) == 200


def test_places_where_one_is_signed_in_are_listed_and_can_be_ended(app: Flask) -> None:
    person = join(client := browser(app))
    other = signed_in(app, person)
    page = client.get("/settings/sessions").text
    assert page.count("Firefox on Linux") == 3 and page.count("this device") == 1  # once more in a button
    there = page.split('name="session" value="')[1].partition('"')[0]

    submit(client, "/settings/sessions", session=there)

    assert other.get("/settings").status_code == 303
    assert client.get("/settings").status_code == 200


def test_signing_out_everywhere_means_here_too(app: Flask) -> None:
    person = join(client := browser(app))
    other = signed_in(app, person)

    submit(client, "/settings/sessions", session="all")

    assert [one.get("/settings").status_code for one in (client, other)] == [303, 303]


def test_nobody_ends_the_session_of_another(app: Flask, connection: psycopg.Connection) -> None:
    join(spike := browser(app), "spike")
    join(faye := browser(app), "faye")
    row = connection.execute("SELECT id FROM session WHERE user_id = %s", [id_of(app, "spike")]).fetchone()
    assert row is not None

    submit(faye, "/settings/sessions", session=row[0].hex())

    assert spike.get("/settings").status_code == 200
    assert submit(faye, "/settings/sessions", session="zz").status_code == 422


@pytest.mark.parametrize(("column", "days"), [("seen_at", 30), ("created_at", 90)])
def test_a_session_ends_by_itself(client: FlaskClient, connection: psycopg.Connection, column: str, days: int) -> None:
    join(client)
    connection.execute(f"UPDATE session SET {column} = now() - %s", [timedelta(days=days, seconds=-60)])
    assert client.get("/settings").status_code == 200

    connection.execute("UPDATE session SET seen_at = now()")
    connection.execute(f"UPDATE session SET {column} = now() - %s", [timedelta(days=days, seconds=1)])

    assert client.get("/settings").status_code == 303


def test_an_old_profile_leads_to_the_new_one_for_thirty_days(
    app: Flask, settings: Settings, connection: psycopg.Connection
) -> None:
    join(client := browser(app))
    press(client, link_in(mailed(settings)[0]))

    assert submit(client, "/settings/handle", handle="Vicious").status_code == 303

    moved = client.get("/@Spike")
    assert (moved.status_code, moved.location) == (302, "/@Vicious")
    assert "@Vicious" in browser(app).get("/@Vicious").text
    assert client.get("/@vicious").location == "/@Vicious"

    connection.execute("UPDATE handle_history SET freed_at = now() - interval '30 days 1 second'")
    assert client.get("/@spike").status_code == 404


def test_a_handle_that_was_given_up_is_nobody_elses_for_180_days(app: Flask, connection: psycopg.Connection) -> None:
    join(owner := browser(app), "spike")
    submit(owner, "/settings/handle", handle="vicious")
    join(other := browser(app), "faye")

    def tried() -> int:
        return submit(other, "/settings/handle", handle="SPIKE").status_code

    assert tried() == 422
    connection.execute("UPDATE handle_history SET freed_at = now() - interval '179 days 23 hours'")
    assert tried() == 422
    connection.execute("UPDATE handle_history SET freed_at = now() - interval '180 days 1 second'")
    assert tried() == 303
    assert id_of(app, "spike") == id_of(app, "SPIKE")


def test_its_owner_may_have_a_handle_back(client: FlaskClient) -> None:
    join(client, "spike")
    for handle in ("vicious", "spike", "Spike"):
        assert submit(client, "/settings/handle", handle=handle).status_code == 303


def test_words_of_our_own_are_nobodys_handle() -> None:
    assert len(RESERVED) >= 300
    assert {word.replace("-", "_") for word in paths.DYNAMIC} | STAFF <= RESERVED


def test_a_handle_that_none_can_be_is_refused(client: FlaskClient) -> None:
    join(client)
    assert submit(client, "/settings/handle", handle="sp ike").status_code == 422
    for handle in ("ab", "a" * 21, "spike!", "späke", "ｓpike", "admin", "Settings", "sign_in", "ad-min", ""):
        with pytest.raises(Invalid):
            handles.checked(handle)


def test_a_profile_is_shown_once_the_address_is_confirmed(app: Flask, settings: Settings) -> None:
    join(client := browser(app))
    submit(client, "/settings/handle", handle="vicious")
    for address in ("/@vicious", "/@spike"):
        assert client.get(address).status_code == 404

    press(client, link_in(mailed(settings)[0]))

    assert client.get("/@vicious").status_code == 200
    assert client.get("/@spike").status_code == 302


def test_a_picture_is_shown_replaced_and_removed(app: Flask, connection: psycopg.Connection) -> None:
    join(client := browser(app))
    keys = []
    for colour in ("red", "blue"):
        assert upload(client, colour) == 303
        row = connection.execute("SELECT avatar FROM account").fetchone()
        assert row is not None
        keys.append(row[0])

    assert browser(app).get(f"/media/{keys[0]}").status_code == 404
    shown = browser(app).get(f"/media/{keys[1]}")
    assert Image.open(io.BytesIO(shown.data)).size == (256, 256)
    assert shown.headers["X-Content-Type-Options"] == "nosniff" and shown.content_type == "image/webp"
    assert "private" in shown.headers["Cache-Control"] and "sandbox" in shown.headers["Content-Security-Policy"]

    submit(client, "/settings", to="/settings/avatar", remove="1")
    assert client.get(f"/media/{keys[1]}").status_code == 404


def test_what_is_no_picture_is_refused_in_words(client: FlaskClient) -> None:
    join(client)
    form = {"form_token": token(client, "/settings"), "picture": (io.BytesIO(b"<svg/>"), "x.png")}

    answer = client.post("/settings/avatar", data=form)

    assert answer.status_code == 422 and "JPEG, PNG or WebP that we can read" in answer.text


def test_a_request_that_is_too_large_is_refused_unread(client: FlaskClient) -> None:
    join(client)
    for path, size in (("/settings/avatar", 5_400_000), ("/settings", 1_100_000)):
        answer = client.post(path, data=b"\x00" * size, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 413, path


def test_nothing_but_pictures_lies_under_media(client: FlaskClient) -> None:
    for key in ("../secret-key", "avatars/../../x", "avatars/x.webp", "avatars", "%2e%2e/x", "x.css"):
        answer = client.get(f"/media/{key}")
        assert answer.status_code in (308, 404) and "no-store" in answer.headers["Cache-Control"], key


def upload(client: FlaskClient, colour: str) -> int:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    out.seek(0)
    form = {"form_token": token(client, "/settings"), "picture": (out, "x.png")}
    return client.post("/settings/avatar", data=form).status_code
