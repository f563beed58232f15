"""The origin: what a browser, a crawler and an attacker get for each address of the published site."""

from __future__ import annotations

import gzip
import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient

from dynamic.app import BLUEPRINTS, CONTENT_SECURITY_POLICY, create_app
from ports.bucket import Bucket, Head, open_bucket
from ports.errors import Unavailable
from ports.settings import from_environment

ROOT = Path(__file__).parents[2]
HTML = "text/html; charset=utf-8"
PAGE = Head(HTML, "public, max-age=0, must-revalidate", digest="ab12")
BODY = b"<h1>Cowboy Bebop</h1>" + b"<p>Three, two, one, let's jam.</p>" * 60
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstandard.ZstdDecompressor().decompress}
# fmt: off
HOSTILE = [
    "/../secret", "/anime/../../secret", "/%2e%2e/secret", "/%2E%2E%2Fsecret", "/anime/%2e%2e%2f%2e%2e%2fsecret",
    "/anime/..", "/anime/%2e", "/..%5c..%5csecret", "/..\\..\\secret", "/%00", "/anime/x%00.html",
    "/anime/%0d%0aSet-Cookie:%20a=b", "/%0aindex", "/%c0%ae%c0%ae/secret", "/%ff%fe", "/~root", "/@/index", "/@t-0",
    "/anime/@t-0", "/" + "a" * 2000, "/" + "%E3%82%A2" * 400, "/" + "a/" * 1500 + "a", "/" + "a" * 50_000,
]
# fmt: on


def test_home_is_the_object_index(client: FlaskClient) -> None:
    answer = client.get("/")

    assert (answer.status_code, answer.data) == (200, b"home")


def test_a_page_is_answered_with_its_bytes_and_its_head(client: FlaskClient) -> None:
    answer = client.get("/anime/cowboy-bebop")

    assert (answer.status_code, answer.data) == (200, BODY)
    assert answer.headers["Content-Type"] == HTML
    assert answer.headers["Content-Length"] == str(len(BODY))
    assert answer.headers["Cache-Control"] == PAGE.cache_control
    assert answer.headers["ETag"] == 'W/"ab12"'
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_what_stands_in_well_known_is_served_and_the_mark_of_the_bucket_is_not(
    client: FlaskClient, bucket: Bucket
) -> None:
    for key in (".well-known/security.txt", ".autotrack-bucket"):
        bucket.put(key, b"found", Head("text/plain; charset=utf-8", "no-store"))

    assert client.get("/.well-known/security.txt").data == b"found"
    assert client.get("/.autotrack-bucket").status_code == 404


def test_a_page_deeper_down_and_a_file_have_their_own_addresses(client: FlaskClient) -> None:
    assert client.get("/anime/one-piece/episodes/2").data == b"episodes"
    assert client.get("/robots.txt").headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_query_string_is_ignored(client: FlaskClient) -> None:
    assert client.get("/anime/cowboy-bebop?utm_source=x&page=2").data == BODY
    assert client.get("/?").status_code == 200


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("/anime/cowboy-bebop/", "/anime/cowboy-bebop"),
        ("/anime//cowboy-bebop", "/anime/cowboy-bebop"),
        ("/anime///cowboy-bebop//?a=b", "/anime/cowboy-bebop"),
        ("/index", "/"),
        ("/index/", "/"),
        ("/%61nime/cowboy%2Dbebop", "/anime/cowboy-bebop"),
        ("/anime%2Fcowboy-bebop", "/anime/cowboy-bebop"),
        ("/anime/%E3%82%A2/", "/anime/%E3%82%A2"),
        ("/anime/%e3%82%a2", "/anime/%E3%82%A2"),
    ],
)
def test_another_spelling_of_an_address_moves_once_to_the_canonical_one(
    client: FlaskClient, sent: str, canonical: str
) -> None:
    answer = client.get(sent)
    assert (answer.status_code, answer.headers["Location"]) == (301, canonical)

    assert client.get(canonical).status_code == 200


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("//", "/"),
        ("//anime//cowboy-bebop", "/anime/cowboy-bebop"),
        ("//robots.txt/", "/robots.txt"),
        ("/%", "/%25"),
    ],
)
def test_an_address_that_no_browser_would_send_moves_too(live: int, sent: str, canonical: str) -> None:
    status, headers, _ = ask(live, sent)

    assert (status, headers["Location"]) == (301, canonical)


@pytest.mark.parametrize(
    "sent",
    [
        "//evil.example/",
        "///evil.example",
        "//evil.example/%2e%2e",
        "/%2Fevil.example/",
        "/\\evil.example/",
        "/%5Cevil.example/",
        "/%09/evil.example/",
        "//evil.example%2f..",
        "/https://evil.example/",
        "/file:///etc/passwd",
        "//@evil.example/",
    ],
)
def test_no_address_redirects_to_another_site(live: int, sent: str) -> None:
    status, headers, _ = ask(live, sent)

    assert status in (301, 400, 404)
    if status == 301:
        assert headers["Location"][0] == "/" and headers["Location"][1] not in "/\\"


def test_a_moved_page_is_a_301_to_its_new_address(client: FlaskClient) -> None:
    answer = client.get("/anime/old?x=y", headers={"If-None-Match": "*"})

    assert (answer.status_code, answer.headers["Location"]) == (301, "/anime/cowboy-bebop")
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_a_page_below_one_that_moved_moves_with_it_where_there_is_one(client: FlaskClient) -> None:
    answer = client.get("/anime/piece/episodes/2")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/anime/one-piece/episodes/2")
    assert client.get("/anime/piece/episodes/3").status_code == 404
    assert client.get("/anime/gone/episodes/2").status_code == 410
    assert client.get("/anime/cowboy-bebop/episodes/2").status_code == 404


def test_a_move_to_an_address_in_japanese_is_escaped(client: FlaskClient) -> None:
    assert client.get("/anime/moved-to-kana").headers["Location"] == "/anime/%E3%82%A2"


def test_a_page_that_is_gone_is_a_410_with_its_body(client: FlaskClient) -> None:
    answer = client.get("/anime/gone", headers={"If-None-Match": '"ab12"'})

    assert (answer.status_code, answer.data) == (410, b"gone for good")


def test_a_missing_page_answers_404_with_the_sites_own_page(client: FlaskClient) -> None:
    answer = client.get("/anime/never", headers={"If-None-Match": "*"})

    assert (answer.status_code, answer.data) == (404, b"<h1>Nothing here</h1>")
    assert answer.headers["Content-Type"] == HTML
    assert answer.headers["Cache-Control"] == "public, max-age=30"


def test_the_sites_own_404_page_asked_for_by_name_is_a_404(client: FlaskClient) -> None:
    assert client.get("/404").status_code == 404


def test_a_missing_page_of_an_empty_bucket_is_plain_text(tmp_path: Path) -> None:
    answer = make_app(tmp_path / "empty").test_client().get("/")

    assert (answer.status_code, answer.text) == (404, "404 Not Found\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("tags", ['"ab12"', 'W/"ab12"', '"x", W/"y" , "ab12"', "*", '"ab12",'])
def test_a_page_that_the_browser_has_is_a_304(client: FlaskClient, tags: str) -> None:
    answer = client.get("/anime/cowboy-bebop", headers={"If-None-Match": tags})

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == 'W/"ab12"'
    assert answer.headers["Cache-Control"] == PAGE.cache_control
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Length" not in answer.headers and "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("tags", ['"ab1"', '"AB12"', 'W/"x", "y"', '""', "nonsense\\"])
def test_a_page_that_changed_since_is_sent_again(client: FlaskClient, tags: str) -> None:
    assert client.get("/anime/cowboy-bebop", headers={"If-None-Match": tags}).data == BODY


def test_an_object_without_a_digest_has_no_etag_and_is_never_a_304(client: FlaskClient) -> None:
    answer = client.get("/robots.txt", headers={"If-None-Match": '""'})

    assert answer.status_code == 200 and "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/anime/cowboy-bebop", "/anime/never", "/anime/gone", "/anime/old", "/index"])
@pytest.mark.parametrize("coding", ["identity", "br", "gzip"])
def test_head_is_get_without_the_body(client: FlaskClient, path: str, coding: str) -> None:
    got = client.get(path, headers={"Accept-Encoding": coding})
    asked = client.head(path, headers={"Accept-Encoding": coding})

    assert asked.data == b""
    assert asked.status_code == got.status_code
    own = ("Date", "X-Request-Id")
    assert [pair for pair in asked.headers if pair[0] not in own] == [p for p in got.headers if p[0] not in own]
    assert int(got.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("zstd, gzip", "zstd"),
        ("gzip", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("gzip;q=0, br;q=0", None),
        ("gzip;q=0, zstd", "zstd"),
        ("br;q=0, *", "zstd"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("snappy", None),
        ("", None),
    ],
)
def test_text_is_compressed_as_the_browser_likes_it(client: FlaskClient, accepts: str, coding: str | None) -> None:
    answer = client.get("/anime/cowboy-bebop", headers={"Accept-Encoding": accepts})

    assert answer.headers.get("Content-Encoding") == coding
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert (UNPACK[coding](answer.data) if coding else answer.data) == BODY
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_images_and_tiny_pages_are_not_compressed_again(client: FlaskClient) -> None:
    for path in ("/cover.webp", "/"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "br"}).headers


@pytest.mark.parametrize("first", ["br", "zstd", "gzip", "identity"])
@pytest.mark.parametrize("then", ["br", "gzip", "identity"])
def test_a_page_kept_in_one_coding_is_revalidated_in_any(client: FlaskClient, first: str, then: str) -> None:
    kept = client.get("/anime/cowboy-bebop", headers={"Accept-Encoding": first}).headers["ETag"]

    answer = client.get("/anime/cowboy-bebop", headers={"Accept-Encoding": then, "If-None-Match": kept})

    assert (answer.status_code, answer.data) == (304, b"")
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"] == kept


def test_a_page_that_changed_is_sent_again_compressed(client: FlaskClient, bucket: Bucket) -> None:
    kept = client.get("/anime/cowboy-bebop", headers={"Accept-Encoding": "br"}).headers["ETag"]
    bucket.put("anime/cowboy-bebop", BODY + b"!", replace(PAGE, digest="cd34"))

    answer = client.get("/anime/cowboy-bebop", headers={"Accept-Encoding": "br", "If-None-Match": kept})

    assert UNPACK["br"](answer.data) == BODY + b"!"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/anime/cowboy-bebop", "/anime/never"])
def test_any_other_method_is_refused_with_what_is_allowed(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == 405
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD"]
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/anime/never", "/anime/gone"])
def test_html_may_load_and_be_framed_by_nothing_foreign(client: FlaskClient, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]

    assert policy == CONTENT_SECURITY_POLICY
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    )


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/anime/never", "/anime/old", "/index", "/%00"])
def test_every_answer_is_hardened_and_sets_no_cookie(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Cookie": "session=x"}).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers["Vary"]


@pytest.mark.parametrize("path", HOSTILE)
def test_no_address_reaches_a_file_outside_or_breaks_the_server(live: int, path: str) -> None:
    status, headers, body = ask(live, path)

    assert status in (400, 404, 414)  # 414: gunicorn itself, from 4 KB on
    assert b"top secret" not in body
    assert "Location" not in headers and "Set-Cookie" not in headers


def test_an_address_in_a_proxys_form_is_answered_and_not_redirected(live: int) -> None:
    assert ask(live, "http://other.example/robots.txt")[0] == 200


def test_a_bucket_that_is_down_is_a_503_that_says_when_to_come_back(app: Flask) -> None:
    app.extensions["bucket"] = Broken(Unavailable("the bucket autotrack does not do as asked: secret-host"))

    answer = app.test_client().get("/anime/cowboy-bebop")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "secret-host" not in answer.text


def test_an_unexpected_failure_is_a_plain_500_without_a_trace(app: Flask) -> None:
    app.extensions["bucket"] = Broken(RuntimeError("password is hunter2"))

    answer = app.test_client().get("/anime/cowboy-bebop")

    assert (answer.status_code, answer.text) == (500, "500 Internal Server Error\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_table_of_contents_names_every_group_of_routes(app: Flask) -> None:
    assert list(app.blueprints.values()) == list(BLUEPRINTS)
    assert {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()} == {part.name for part in BLUEPRINTS}


# --- fixtures


class Broken:
    """A bucket whose every answer is this failure."""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure

    def get(self, key: str) -> None:
        raise self._failure


def make_app(path: Path) -> Flask:
    return create_app(from_environment({"BUCKET_URL": f"file:{path}", "AUTOTRACK_HOME": str(path.parent)}))


def ask(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """GET this path exactly as written: no client tidies it on the way."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("GET", "/", skip_host=True)
    # http.client refuses to send some of these, as it should; so the request line is put in place by hand.
    connection._buffer[0] = b"GET " + path.encode() + b" HTTP/1.1"  # type: ignore[attr-defined]
    connection.putheader("Host", "127.0.0.1")
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def fill(path: Path) -> Bucket:
    """A small site of every kind of object, and a secret beside it."""
    path.with_name("secret").write_text("top secret")
    bucket = open_bucket(f"file:{path}")
    bucket.put("index", b"home", PAGE)
    bucket.put("anime/cowboy-bebop", BODY, PAGE)
    bucket.put("anime/one-piece/episodes/2", b"episodes", PAGE)
    bucket.put("anime/ア", b"kana", PAGE)
    bucket.put("robots.txt", b"User-agent: *\n", Head("text/plain; charset=utf-8", ""))
    bucket.put("cover.webp", BODY, replace(PAGE, content_type="image/webp"))
    moved = Head(HTML, "public, max-age=60", status=301, location="/anime/cowboy-bebop")
    bucket.put("anime/old", b"moved", moved)
    bucket.put("anime/piece", b"moved", replace(moved, location="/anime/one-piece"))
    bucket.put("anime/moved-to-kana", b"moved", replace(moved, location="/anime/ア"))
    bucket.put("anime/gone", b"gone for good", replace(PAGE, status=410))
    bucket.put("404", b"<h1>Nothing here</h1>", Head(HTML, "public, max-age=30", status=404, digest="ef56"))
    return bucket


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return fill(tmp_path / "bucket")


@pytest.fixture
def app(bucket: Bucket, tmp_path: Path) -> Flask:
    return make_app(tmp_path / "bucket")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the site under gunicorn, as in production: servers differ in what they let through."""
    path = tmp_path_factory.mktemp("live") / "bucket"
    fill(path)
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket", "dynamic.wsgi:app"]
    environ = {"BUCKET_URL": f"file:{path}", "AUTOTRACK_HOME": str(path.parent), "HOME": str(path.parent)}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        seen = next((found for line in server.stderr if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line))), None)
        assert seen is not None, "gunicorn did not start"
        yield int(seen[1])
        server.terminate()
        server.communicate()
