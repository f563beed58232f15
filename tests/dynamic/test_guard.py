"""The guard: what changes something comes from a page of ours, and what is personal is kept by nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from domain import paths
from dynamic.app import create_app
from dynamic.came_for import own_path
from dynamic.transaction import WITHOUT, close
from ports.bucket import Head
from ports.settings import PROJECT, Settings, from_environment
from tests.dynamic.people import PASSWORD, browser, join, submit, token

OUR = "http://127.0.0.1:8000"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def test_a_form_without_its_token_or_with_that_of_another_browser_is_refused(app: Flask) -> None:
    join(client := browser(app))
    other = token(browser(app), "/sign-in")
    for sent in ("", "x", "é", other):
        answer = client.post("/settings", data={"form_token": sent, "display_name": "Stolen"})
        assert answer.status_code == 403, sent
    assert "Stolen" not in client.get("/settings").text


def test_a_form_that_another_site_sends_is_refused_even_with_its_token(client: FlaskClient) -> None:
    join(client)
    form = token(client, "/settings/handle")
    del client.environ_base["HTTP_SEC_FETCH_SITE"]

    for name, value, status in SENDERS:
        headers = {name: value} if name else {}
        answer = client.post("/settings/handle", data={"form_token": form, "handle": "vicious"}, headers=headers)
        assert answer.status_code == status, headers


SENDERS = [
    ("Sec-Fetch-Site", "same-origin", 303), ("Sec-Fetch-Site", "cross-site", 403), ("Sec-Fetch-Site", "same-site", 403),
    ("Sec-Fetch-Site", "none", 403), ("Origin", OUR, 303), ("Origin", "https://evil.example", 403),
    ("Origin", "null", 403), ("Origin", f"{OUR}.evil.example", 403), ("", "", 303),
]  # fmt: skip


def test_every_route_that_changes_something_is_guarded(app: Flask) -> None:
    join(client := browser(app))
    asked = [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) & UNSAFE]
    assert len(asked) > 10
    for rule in asked:
        path = re.sub(r"<[^>]*uuid[^>]*>", "00000000-0000-0000-0000-000000000000", rule.rule)
        path = re.sub(r"<[^>]*>", "1", path.replace("<handle:handle>", "faye"))
        for method in (rule.methods or set()) & UNSAFE:
            answer = client.open(path, method=method, json={}, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, (method, path)


def test_no_get_changes_anything(app: Flask, connection: psycopg.Connection) -> None:
    join(client := browser(app))
    before = everything(connection)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint.partition(".")[0] not in WITHOUT:
            client.get(re.sub(r"<[^>]*>", "00000000-0000-0000-0000-000000000000", rule.rule))
    client.get("/join?track=00000000-0000-0000-0000-000000000001")

    assert everything(connection) == before


def test_what_is_personal_is_kept_by_nobody_else(app: Flask) -> None:
    join(member := browser(app))
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in WITHOUT or "GET" not in (rule.methods or set()):
            continue
        path = re.sub(r"<[^>]*>", "00000000-0000-0000-0000-000000000000", rule.rule)
        for client in (member, browser(app)):
            headers = client.get(path).headers
            assert re.search("private|no-store", headers["Cache-Control"]), path
            assert "public" not in headers["Cache-Control"] and "Cookie" in headers["Vary"], path


def test_an_address_that_only_looks_like_a_file_is_nothing_and_not_kept(app: Flask) -> None:
    join(client := browser(app))
    app.extensions["bucket"].put("404", b"nothing", Head("text/html", "public, max-age=60", 404))
    for path in ("/api/v1/me.css", "/settings/x.css", "/library/x.js", "/@nobody/x.png", "/join/x"):
        answer = client.get(path)
        assert answer.status_code == 404 and "no-store" in answer.headers["Cache-Control"], path


def test_every_route_of_the_app_stands_in_the_table_that_the_edges_share(app: Flask) -> None:
    own = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] not in WITHOUT}

    assert {rule for rule in own if not paths.is_dynamic(rule)} == set()
    names = "|".join(paths.DYNAMIC)
    assert f"^/(@|({names})(/|$))" in (PROJECT / "deploy/nginx/autotrack.conf").read_text()
    assert rf"/^\/(@|({names})(\/|$))/" in (PROJECT / "deploy/edge/addresses.js").read_text()
    assert f'"^/(@|({names}|health)(/|\\?|$))"' in (PROJECT / "deploy/varnish/autotrack.vcl").read_text()


def test_nobody_else_may_ask_through_a_browser(client: FlaskClient) -> None:
    for method in ("GET", "OPTIONS"):
        answer = client.open("/settings", method=method, headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_pages_of_the_app_are_hardened(client: FlaskClient) -> None:
    headers = client.get("/join").headers
    policy = headers["Content-Security-Policy"]

    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "default-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in headers
    assert not re.search(r"<style|style=|<script>|\son[a-z]+=", client.get("/join").text)


def test_cookies_are_for_this_host_alone_and_scripts_read_none_that_matters(secure: Flask) -> None:
    client = browser(secure)
    form = re.search(r'form_token" value="(\w+)"', client.get("/join", base_url=ADDRESS).text)
    assert form
    said = {"form_token": form[1], "handle": "spike", "email": "spike@example.org", "password": PASSWORD}
    answer = client.post("/join", data=said, base_url=ADDRESS)

    assert answer.status_code == 303
    cookies = {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-session", "signed"}
    for name, line in cookies.items():
        assert "Secure" in line and "SameSite=Lax" in line and "Path=/" in line and "Domain" not in line
        assert ("HttpOnly" in line) == (name != "signed")
    assert cookies["signed"].startswith("signed=1;")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


OWN = ["/", "/library", "/anime/cowboy-bebop", "/search?q=a%20b&c=/d", "/@spike", "/anime/%E3%82%A2", "/a#b"]
FOREIGN = [
    "", "library", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/%09/evil.example",
    "/%2F/evil.example", "/%2f%2fevil.example", "/%5cevil.example", "https://evil.example", "javascript:alert(1)",
    "/x\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie:a=b", " /library", "/\u2028x", "///evil.example", "/" + "a" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("text", OWN)
def test_a_path_of_ours_is_gone_on_to(text: str) -> None:
    assert own_path(text) == text


@pytest.mark.parametrize("text", FOREIGN)
def test_an_address_of_others_is_not(text: str) -> None:
    assert own_path(text) == "/library"


def test_joining_leads_back_to_where_one_came_from_and_nowhere_else(app: Flask) -> None:
    assert submit_join(browser(app), "one1", "/anime/cowboy-bebop") == "/anime/cowboy-bebop"
    assert submit_join(browser(app), "two2", "//evil.example") == "/library"


def test_an_error_of_ours_says_nothing_of_us_and_undoes_what_was_done(
    app: Flask, connection: psycopg.Connection
) -> None:
    join(client := browser(app))
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken() -> str:
        g.connection.execute("UPDATE account SET display_name = 'half'")
        raise RuntimeError("hunter2")

    def broken_within_the_database() -> str:
        g.connection.execute("UPDATE account SET display_name = 'half'")
        g.connection.execute("hunter2")
        return "never"

    for view in (broken, broken_within_the_database):
        app.view_functions["auth.sign_out_form"] = view
        answer = client.get("/sign-out")
        assert answer.status_code == 500 and "Something went wrong" in answer.text
        assert not re.search("hunter2|RuntimeError|SyntaxError", answer.text)
    assert connection.execute("SELECT display_name FROM account").fetchone() == ("",)


def test_without_postgresql_readers_are_asked_to_come_back(tmp_path: Path) -> None:
    app = create_app(from_environment({"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": "postgresql://127.0.0.1:9/x"}))
    answer = browser(app).get("/join")
    close(app)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_a_postgresql_that_was_restarted_is_noticed_by_nobody(
    client: FlaskClient, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ports.database.QUIET", 0.0)
    join(client)
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    assert client.get("/settings").status_code == 200


def test_no_word_that_is_secret_reaches_the_log(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    client = browser(app)
    join(client, "spike")
    submit(browser(app), "/sign-in", login="spike", password="CANARY-password")
    client.get("/verify?token=CANARY-token")
    cookie = client.get_cookie("session")

    said = "".join(capfd.readouterr())
    assert cookie and cookie.value not in said
    assert "CANARY" not in said and PASSWORD not in said and "spike@example.org" not in said


# --- fixtures


ADDRESS = "https://anime.example"


@pytest.fixture
def secure(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, site_url=ADDRESS))
    yield app
    close(app)


def submit_join(client: FlaskClient, handle: str, onward: str) -> str | None:
    answer = submit(client, "/join", handle=handle, email=f"{handle}@example.org", password=PASSWORD, next=onward)
    return answer.location


def everything(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Every row but when somebody was last seen."""
    tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return {
        name: sorted(row for (row,) in connection.execute(f"SELECT (to_jsonb(t) - 'seen_at')::text FROM {name} t"))
        for name in tables
    }
