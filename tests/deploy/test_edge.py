"""The Worker in a real workerd: it answers as Flask does, byte for byte and header by header."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.tools import node, packages
from ports.bucket import Head
from ports.bucket_s3 import S3Bucket
from ports.settings import PROJECT
from tests.deploy.asking import BROKEN_LINES, FROM_A_PAGE, HOSTILE, SENT, Answer, addresses, ask
from tests.deploy.conftest import PAGE
from tests.site.published import Published

EDGE = PROJECT / "deploy" / "edge"
FOR_EDGE = "cloudflare-cdn-cache-control"
SHARED = re.compile(r'content="([^"]*/share/[^"]*)"')
pytestmark = pytest.mark.long


def test_every_address_is_answered_as_flask_answers_it(shown: Published, flask: int, edge: int) -> None:
    asked = addresses(shown.objects)
    assert {ask(flask, path).status for path in asked} == {200, 301, 404, 410}
    for path in asked:
        for method in ("GET", "HEAD"):
            assert through(edge, path, method) == ask(flask, path, method), (method, path)


def test_what_attackers_send_is_answered_as_flask_answers_it(flask: int, edge: int) -> None:
    for path in HOSTILE:
        assert through(edge, path) == ask(flask, path), path
    assert {ask(edge, path).status for path in BROKEN_LINES} == {404}


@pytest.mark.parametrize("tags", ['"ab12"', 'W/"ab12"', '"x", W/"y" , "ab12"', "*", '"ab12",', '"ab1"', '"AB12"', '""'])
@pytest.mark.parametrize("path", ["/anime/one-piece", "/anime/old", "/anime/gone", "/plain.txt", "/anime/never"])
def test_what_the_reader_has_is_not_sent_again(flask: int, edge: int, path: str, tags: str) -> None:
    answers = {method: through(edge, path, method, If_None_Match=tags) for method in ("GET", "HEAD")}
    assert answers == {method: ask(flask, path, method, If_None_Match=tags) for method in ("GET", "HEAD")}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_any_other_method_is_refused(flask: int, edge: int, method: str) -> None:
    for path in ("/", "/anime/never"):
        assert through(edge, path, method) == ask(flask, path, method)


def test_the_edge_holds_a_page_for_a_second_and_what_never_changes_for_good(shown: Published, edge: int) -> None:
    lasting = next(path for path in sorted(shown.objects) if "immutable" in shown.objects[path].head.cache_control)

    for path in ("/", "/anime/old", "/anime/gone", "/anime/never", "/index", "/plain.txt", undrawn(shown)):
        assert ask(edge, path).headers[FOR_EDGE] == "max-age=1, stale-if-error=86400", path
    assert FOR_EDGE not in ask(edge, lasting).headers
    assert "s-maxage" not in str(ask(edge, "/").headers) and "revalidate," not in str(ask(edge, lasting).headers)


def test_an_edit_shows_at_once(edge: int, put: Callable[[str, bytes, Head], None]) -> None:
    put("anime/edited", b"before", replace(PAGE, digest="01"))
    assert ask(edge, "/anime/edited").body == b"before"

    put("anime/edited", b"after", replace(PAGE, digest="02"))

    assert (ask(edge, "/anime/edited").body, ask(edge, "/anime/edited").headers["etag"]) == (b"after", 'W/"02"')


def test_a_picture_that_is_not_drawn_yet_has_a_generic_one(shown: Published, edge: int) -> None:
    answer = ask(edge, undrawn(shown))

    assert (answer.status, answer.body) == (200, shown.objects["/share/site.jpg"].body)
    assert answer.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("failure", ["broken", "silent"])
def test_an_r2_that_fails_is_a_503_in_plain_words(edge: int, failure: str) -> None:
    answer = ask(edge, "/anime/one-piece", X_R2=failure)

    assert (answer.status, answer.headers["cache-control"], answer.headers["retry-after"]) == (503, "no-store", "10")
    assert answer.body == b"This page is not available just now. Please try again shortly.\n"
    assert FOR_EDGE not in answer.headers


@pytest.mark.parametrize("path", ["/api/echo?a=b&a=c", "/library/echo/echo", "/@somebody/echo"])
def test_what_is_personal_is_passed_on_to_flask_and_never_held(edge: int, path: str) -> None:
    answer = ask(edge, path, Cookie="session=mine")

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "method": "GET", "query": path.partition("?")[2], "body": "", "cookie": "session=mine",
        "host": f"127.0.0.1:{edge}",
    }  # fmt: skip
    assert answer.headers[FOR_EDGE] == "no-store"


def test_what_is_sent_reaches_flask_and_its_redirects_and_cookies_the_reader(edge: int) -> None:
    assert json.loads(ask(edge, "/api/echo", "POST", SENT, **FROM_A_PAGE).body)["body"] == SENT.decode()
    moved = ask(edge, "/api/moved")
    assert (moved.status, moved.headers["location"]) == (302, "/elsewhere")
    assert moved.headers["set-cookie"] == "session=secret"


def test_the_answers_of_flask_are_hardened_as_pages_are(flask: int, edge: int) -> None:
    assert ask(edge, "/api/moved").without(FOR_EDGE) == ask(flask, "/api/moved")


def test_pages_are_served_without_flask(edge_alone: int) -> None:
    assert ask(edge_alone, "/").body == b"home"
    assert ask(edge_alone, "/api/echo").status == 503


def test_the_worker_is_short() -> None:
    assert len((EDGE / "worker.js").read_text().splitlines()) <= 80


# --- fixtures


class Sent:
    """Stands where boto3's client does, and keeps what it is to send."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def put_object(self, Body: bytes, Bucket: str, **asked: Any) -> dict[str, str]:
        self.lines.append(json.dumps({"Body": base64.b64encode(Body).decode(), **asked}))
        return {"ETag": ""}


def as_sent(key: str, body: bytes, head: Head) -> str:
    """An object as our S3 adapter writes it."""
    sent = Sent()
    S3Bucket(sent, None, "pages", "").put(key, body, head)
    return sent.lines[0]


def through(edge: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """What a reader gets: Cloudflare keeps the word that is meant for it."""
    return ask(edge, path, method, **headers).without(FOR_EDGE)


def undrawn(site: Published) -> str:
    """A share image that pages name and that is not drawn yet."""
    named = (urlsplit(found).path for path in sorted(site.pages) for found in SHARED.findall(site.text(path)))
    return next(path for path in named if path not in site.objects)


@pytest.fixture(scope="module")
def objects(shown: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("r2") / "objects"
    file.write_text(
        "".join(as_sent(path[1:] or "index", stored.body, stored.head) + "\n" for path, stored in shown.objects.items())
    )
    return file


Workerd = subprocess.Popen[str]


def workerd(objects: Path, origin: str) -> Iterator[tuple[Workerd, int]]:
    packages(EDGE, EDGE)
    command = [node(), Path(__file__).with_name("workerd.mjs"), objects, origin]
    with subprocess.Popen(
        [*map(str, command)], cwd=EDGE, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline()
            assert address.startswith("http://127.0.0.1:"), "workerd did not start; what it said stands above"
            yield process, urlsplit(address.strip()).port or 0
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def running(objects: Path, flask: int) -> Iterator[tuple[Workerd, int]]:
    yield from workerd(objects, f"http://127.0.0.1:{flask}")


@pytest.fixture(scope="module")
def edge(running: tuple[Workerd, int]) -> int:
    """The port of the Worker."""
    return running[1]


@pytest.fixture
def edge_alone(tmp_path: Path) -> Iterator[int]:
    """The port of a Worker whose Flask is down."""
    (tmp_path / "objects").write_text(as_sent("index", b"home", PAGE))
    for _, port in workerd(tmp_path / "objects", "http://127.0.0.1:1"):
        yield port


@pytest.fixture
def put(running: tuple[Workerd, int]) -> Callable[[str, bytes, Head], None]:
    """Writes an object to the bucket of the Worker."""
    process = running[0]
    assert process.stdin is not None and process.stdout is not None

    def put(key: str, body: bytes, head: Head) -> None:
        print(as_sent(key, body, head), file=process.stdin, flush=True)
        assert process.stdout is not None and process.stdout.readline() == "done\n"

    return put
