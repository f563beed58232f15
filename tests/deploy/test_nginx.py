"""Debian's nginx with deploy/nginx/autotrack.conf: it answers as Flask does, also when Flask does not answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from autotrack.processes import wait_until
from dynamic.app import create_app
from ports.errors import Unavailable
from ports.settings import PROJECT
from tests.autotrack.command import free_port
from tests.deploy.asking import BROKEN_LINES, FROM_A_PAGE, HOSTILE, SENT, Answer, addresses, ask
from tests.deploy.conftest import PAGE, served
from tests.dynamic.test_origin import Broken
from tests.site.published import Published

CONF = PROJECT / "deploy" / "nginx" / "autotrack.conf"
NGINX = Path("/usr/sbin/nginx")
HELD = 1.0
"""Seconds for which nginx may answer without asking."""
pytestmark = pytest.mark.long


def test_every_address_is_answered_as_flask_answers_it(shown: Published, flask: int, nginx: int) -> None:
    for path in addresses(shown.objects):
        for method in ("GET", "GET", "HEAD"):  # fetched, then kept
            assert ask(nginx, path, method) == ask(flask, path, method), (method, path)


@pytest.mark.parametrize("accepts", ["br", "gzip", "gzip, deflate, br", "br;q=0, gzip", "*;q=0", "identity"])
def test_each_coding_is_kept_for_itself(flask: int, nginx: int, accepts: str) -> None:
    for path in ("/", "/anime/one-piece", "/anime/never", "/robots.txt"):
        for _ in range(2):
            assert ask(nginx, path, Accept_Encoding=accepts) == ask(flask, path, Accept_Encoding=accepts), path


def test_what_attackers_send_leads_nowhere(flask: int, nginx: int) -> None:
    for path in HOSTILE:
        answer = ask(nginx, path)
        assert answer.status == 400 or answer == ask(flask, path), path  # 400: nginx itself
    assert {ask(nginx, path).status for path in BROKEN_LINES} == {404}
    assert {ask(nginx, path).status for path in ("/../secret", "/%2e%2e/%2e%2e/secret", "/%00")} <= {400, 404}


@pytest.mark.parametrize("tags", ['"ab12"', 'W/"ab12"', '"x", W/"y" , "ab12"', '"ab1"', '"AB12"', '""'])
@pytest.mark.parametrize("path", ["/anime/one-piece", "/anime/old", "/anime/gone", "/plain.txt", "/anime/never"])
def test_what_the_reader_has_is_not_sent_again(flask: int, nginx: int, path: str, tags: str) -> None:
    for method in ("GET", "HEAD"):
        assert ask(nginx, path, method, If_None_Match=tags) == ask(flask, path, method, If_None_Match=tags)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_any_other_method_is_refused(flask: int, nginx: int, method: str) -> None:
    for path in ("/", "/anime/never"):
        assert ask(nginx, path, method) == ask(flask, path, method)


def test_an_edit_shows_after_a_second(shown: Published, nginx: int) -> None:
    shown.bucket.put("anime/edited", b"before", replace(PAGE, digest="01"))
    assert ask(nginx, "/anime/edited").body == b"before"
    shown.bucket.put("anime/edited", b"after", replace(PAGE, digest="02"))

    time.sleep(HELD + 1)

    assert ask(nginx, "/anime/edited").body == b"after"


def test_many_who_ask_at_once_are_one_question_to_flask(nginx: int) -> None:
    def words(address: str) -> set[bytes]:
        with ThreadPoolExecutor(8) as readers:
            return set(readers.map(lambda number: ask(nginx, f"{address}?{number}").body, range(8)))

    # at three addresses: where readers could not be there at once, the first answer was over before the last had come
    assert any(len(words(f"/careless/public,%20max-age={number}")) == 1 for number in (1, 2, 3))


@pytest.mark.parametrize("path", ["private", "no-store", "none", "public, no-cache", "PRIVATE, max-age=60"])
def test_what_is_not_for_everybody_is_never_kept(nginx: int, path: str) -> None:
    path = f"/careless/{path.replace(' ', '%20')}"
    assert len({ask(nginx, path).body for _ in range(3)}) == 3


def test_what_sets_a_cookie_is_never_kept(nginx: int) -> None:
    answers = [ask(nginx, "/careless/public,max-age=60/cookie") for _ in range(3)]

    assert len({answer.body for answer in answers}) == 3
    assert [answer.headers["set-cookie"] for answer in answers] == ["session=secret"] * 3


def test_what_is_kept_knows_no_reader(nginx: int) -> None:
    said = ask(nginx, "/careless/public,max-age=1?name=me", Cookie="session=mine", Authorization="Bearer mine")
    assert said.body.split()[1:] == []


def test_an_address_of_flask_alone_is_never_kept_whatever_it_says(nginx: int) -> None:
    assert len({ask(nginx, "/@careless/public,max-age=60").body for _ in range(3)}) == 3


@pytest.mark.parametrize("path", ["/api/echo?a=b&a=c", "/library/echo/echo", "/@somebody/echo"])
def test_what_is_personal_is_passed_on_to_flask(nginx: int, path: str) -> None:
    assert json.loads(ask(nginx, path, Cookie="session=mine").body) == {
        "method": "GET", "query": path.partition("?")[2], "body": "", "cookie": "session=mine", "host": "127.0.0.1",
    }  # fmt: skip
    assert json.loads(ask(nginx, "/api/echo", "POST", SENT, **FROM_A_PAGE).body)["body"] == SENT.decode()


def test_what_looks_after_the_site_is_not_for_readers(nginx: int) -> None:
    assert {ask(nginx, path).status for path in ("/health/live", "/health/ready", "/metrics")} == {404}


def test_no_secret_of_a_link_is_logged(flask: int, tmp_path: Path) -> None:
    with behind(flask, tmp_path) as nginx:
        for path in ("/verify?token=CANARY", "/anime/one-piece?token=CANARY", *NAMING):
            ask(nginx, path, Referer="https://anime.example/reset/new?token=CANARY")

    said = (tmp_path / "access.log").read_text()
    assert '"GET /verify" ' in said and "CANARY" not in said


NAMING = ("/@CANARY/reviews", "/%40CANARY", "//@CANARY", "/erased/CANARY", "/media/avatars/CANARY.webp")


def test_pages_are_served_while_flask_is_away(shown: Published, tmp_path: Path) -> None:
    asked = [path for path in addresses(shown.objects) if len(path) < 1000][:40] + ["/anime/old", "/anime/gone"]
    with served(shown) as (flask, port), behind(port, tmp_path) as nginx:
        before = {path: ask(nginx, path) for path in asked}
        flask.terminate()
        flask.wait(60)
        time.sleep(HELD + 1)

        assert {path: ask(nginx, path) for path in asked} == before
        assert ask(nginx, "/anime/not-asked-for-before") == unavailable(shown)
        assert ask(nginx, "/library").status == 503


def test_the_two_edges_and_no_page_agree_on_what_is_for_flask(shown: Published) -> None:
    (worker,) = re.findall(
        r"^export const DYNAMIC = /(.+)/;$", (CONF.parents[1] / "edge/addresses.js").read_text(), re.M
    )
    (nginx,) = re.findall(r"location ~ (\^/\(@.+) \{$", CONF.read_text(), re.M)

    assert worker.replace(r"\/", "/") == nginx
    assert [path for path in shown.objects if re.match(nginx, path)] == []


# --- fixtures


def unavailable(site: Published) -> Answer:
    """What the app says when its bucket is away."""
    app = create_app(site.settings)
    app.extensions["bucket"] = Broken(Unavailable("away"))
    said = app.test_client().get("/")
    return Answer(said.status_code, {name.lower(): value for name, value in said.headers}, said.data).without(
        "x-request-id"
    )


@pytest.fixture(scope="module")
def nginx(flask: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an nginx in front of Flask."""
    with behind(flask, tmp_path_factory.mktemp("nginx")) as port:
        yield port


@contextmanager
def behind(flask: int, home: Path) -> Iterator[int]:
    """An nginx of one's own in front of this port: Debian's program, our file, other places."""
    port = free_port()
    changes = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{flask};",
        "/var/cache/nginx/autotrack": f"{home}/cache",
        "/var/log/nginx/autotrack.log": f"{home}/access.log",
    }
    conf = CONF.read_text()
    for there, here in changes.items():
        assert conf.count(there) == 1, there
        conf = conf.replace(there, here)
    (home / "autotrack.conf").write_text(conf)
    (home / "nginx.conf").write_text(AROUND.format(home=home, user="user root;" if os.getuid() == 0 else ""))
    with subprocess.Popen([NGINX, "-c", home / "nginx.conf", "-e", home / "error.log"]) as process:
        try:
            assert wait_until(lambda: process.poll() is not None or answers(port), 60)
            assert process.poll() is None, (home / "error.log").read_text()
            yield port
        finally:
            process.terminate()


AROUND = """
daemon off;
{user}
pid {home}/pid;
worker_processes 2;
error_log {home}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    default_type application/octet-stream;
    include {home}/autotrack.conf;
}}
"""


def answers(port: int) -> bool:
    try:
        return bool(ask(port, "/robots.txt").status)
    except OSError:
        return False
