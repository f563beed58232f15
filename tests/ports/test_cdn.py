"""One contract over every CDN adapter, Varnish for real, and what only one of them can get wrong."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import quote

import pytest
import urllib3

from domain.purges import LEASE
from ports import cdn_cloudflare, cdn_varnish
from ports.cdn import SCHEMES, Cdn, open_cdn
from ports.cdn_cloudflare import BATCH
from ports.errors import Misconfigured, Refused, Throttled, Unavailable
from ports.settings import from_environment, to_environment
from tests.autotrack.command import free_port
from tests.ports.fake_cloudflare import TOKEN, ZONE, FakeCloudflare, fake_cloudflare
from tests.site.varnishes import Front, Origin, Visitor, Wsgi, fronted, served, varnish

SITE = "https://anime.test"
PATHS = ["/", "/anime/cowboy-bebop", "/anime/" + quote("カウボーイ"), "/covers/a.svg"]
HELD = [("Content-Type", "text/plain"), ("Content-Length", "1"),
        ("Cache-Control", "public, max-age=60, stale-while-revalidate=600")]  # fmt: skip


class Held(Protocol):
    """A CDN, and a way to see what it holds."""

    cdn: Cdn

    def hold(self, path: str) -> None: ...
    def holds(self, path: str) -> bool: ...


def test_what_is_purged_is_forgotten_and_nothing_else(held: Held) -> None:
    for path in PATHS:
        held.hold(path)

    held.cdn.purge(PATHS[:3])

    assert not any(held.holds(path) for path in PATHS[:3])
    assert held.holds(PATHS[3])


def test_everything_is_forgotten_at_once(held: Held) -> None:
    for path in PATHS:
        held.hold(path)

    held.cdn.purge_everything()

    assert not any(held.holds(path) for path in PATHS)


def test_a_purge_may_come_twice_or_name_what_is_not_held_or_nothing(held: Held) -> None:
    for _ in range(2):
        held.cdn.purge(["/nobody/has/asked"])
        held.cdn.purge([])
        held.cdn.purge_everything()


def test_a_cdn_that_does_not_answer_is_unavailable_at_once(name: str) -> None:
    port = free_port()
    url = {"cloudflare": f"cloudflare://{ZONE}?api=http://127.0.0.1:{port}", "varnish": f"varnish://127.0.0.1:{port}"}
    began = time.monotonic()
    for act in (lambda cdn: cdn.purge(["/a"]), lambda cdn: cdn.purge_everything()):
        with pytest.raises(Unavailable, match="CDN_URL"):
            act(open_cdn(url[name], SITE, TOKEN))
    assert time.monotonic() - began < LEASE


@pytest.mark.parametrize("patience", [0.2, pytest.param(None, marks=pytest.mark.long)])
def test_a_cdn_that_hangs_is_given_up_in_time(
    name: str, patience: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the timeouts that it has before its purges are given to somebody else; in short with shorter ones."""
    if patience:
        for adapter in (cdn_cloudflare, cdn_varnish):
            monkeypatch.setattr(adapter, "_TIMEOUT", urllib3.Timeout(connect=patience, read=patience))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        at = f"127.0.0.1:{silent.getsockname()[1]}"
        url = {"cloudflare": f"cloudflare://{ZONE}?api=http://{at}", "varnish": f"varnish://{at}"}[name]
        began = time.monotonic()
        with pytest.raises(Unavailable, match="CDN_URL"):
            open_cdn(url, SITE, TOKEN).purge(["/a", "/b"])
    assert time.monotonic() - began < (10 * patience + 8 if patience else LEASE)


def test_without_a_cdn_nothing_is_told_to_anybody() -> None:
    cdn = open_cdn("none:", SITE)
    cdn.purge(["/a"])
    cdn.purge_everything()
    assert cdn.batch == 0


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("fastly://x", "", "CDN_URL.*cloudflare, none, varnish"),
        ("secret-and-no-url", "", "CDN_URL"),
        ("none:secret", "", "CDN_URL"),
        ("cloudflare:", TOKEN, "CDN_URL must look like cloudflare://ZONE_ID"),
        ("cloudflare://secret", TOKEN, "CDN_URL"),
        (f"cloudflare://{ZONE}:secret@x", TOKEN, "CDN_URL"),
        (f"cloudflare://{ZONE}?token=secret", TOKEN, "CDN_URL"),
        (f"cloudflare://{ZONE}?api=http://elsewhere.example", TOKEN, "CDN_URL.*https"),
        (f"cloudflare://{ZONE}?api=https://user:secret@x", TOKEN, "CDN_URL"),
        (f"cloudflare://{ZONE}", "", "CDN_TOKEN"),
        (f"cloudflare://{ZONE}", "secret\nwith a line", "CDN_TOKEN"),
        ("varnish:", "", "CDN_URL must look like varnish://host:port"),
        ("varnish://user:secret@x", "", "CDN_URL"),
        ("varnish://x:secret", "", "CDN_URL"),
        ("varnish://x:80,", "", "CDN_URL"),
        ("varnish://x:80/secret", "", "CDN_URL"),
        ("varnish://[secret", "", "CDN_URL"),
        ("varnish://secret\x00:80", "", "CDN_URL"),
        ("varnish://x:99999", "", "CDN_URL"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_told(url: str, token: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said) as raised:
        open_cdn(url, SITE, token)
    assert "secret" not in str(raised.value)


def test_the_token_is_in_no_text_that_anybody_may_see(
    cloudflare: FakeCloudflare, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = from_environment({"CDN_URL": cloudflare.url, "CDN_TOKEN": TOKEN})
    cdn = open_cdn(settings.cdn_url, SITE, settings.cdn_token)
    cloudflare.answers = [(403, {}), (500, {}), (500, {}), (500, {})]
    said = []
    for _ in range(2):
        with pytest.raises(Unavailable) as raised:
            cdn.purge(["/a"])
        said.append(str(raised.value))

    assert "CDN_TOKEN" in said[0] and "500" in said[1]
    assert TOKEN not in f"{said}{caplog.text}{cdn!r}{settings!r}{settings}"
    assert to_environment(settings)["CDN_TOKEN"] == TOKEN


def test_cloudflare_is_asked_again_after_a_passing_error(cloudflare: FakeCloudflare) -> None:
    cloudflare.answers = [(502, {}), (503, {"Retry-After": "60"})]
    began = time.monotonic()

    open_cdn(cloudflare.url, SITE, TOKEN).purge(["/a"])

    assert cloudflare.purged == [f"{SITE}/a"]
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(("header", "after"), [({"Retry-After": "7"}, 7), ({"Retry-After": "soon"}, 10), ({}, 10)])
def test_cloudflare_says_when_to_come_back(cloudflare: FakeCloudflare, header: dict[str, str], after: float) -> None:
    cloudflare.answers = [(429, header)]
    with pytest.raises(Throttled) as raised:
        open_cdn(cloudflare.url, SITE, TOKEN).purge(["/a"])
    assert raised.value.after == after
    assert cloudflare.purged == []


def test_cloudflare_may_refuse_one_address(cloudflare: FakeCloudflare) -> None:
    cloudflare.refuses = "bad"
    with pytest.raises(Refused, match="1400 this is 400"):
        open_cdn(cloudflare.url, SITE, TOKEN).purge(["/good", "/bad"])
    assert BATCH == 30


@pytest.mark.long  # as any test that needs a Varnish of its own
def test_varnish_lets_nobody_purge_who_is_not_named() -> None:
    origin = Origin(a_page)
    with served(origin) as port, varnish(port, lambda vcl: vcl.replace('"127.0.0.1";\n    "::1"', '"192.0.2.1"')) as at:
        visitor = Visitor(at)
        visitor.get("/a")
        for act in (lambda cdn: cdn.purge(["/a"]), lambda cdn: cdn.purge_everything()):
            with pytest.raises(Unavailable, match=r"405.*acl purgers"):
                act(open_cdn(f"varnish://127.0.0.1:{at}", SITE))
        visitor.get("/a")
    assert origin.asked == {"/a": 1}


def test_every_varnish_is_told_also_where_another_is_down(front: Front) -> None:
    visitor = Visitor(front.begin(a_page).port)
    visitor.get("/a")
    with pytest.raises(Unavailable):
        open_cdn(f"varnish://127.0.0.1:{free_port()},127.0.0.1:{front.port}", SITE).purge(["/a"])
    visitor.get("/a")
    assert front.origin.asked == {"/a": 2}


class HeldByCloudflare:
    """The stand-in holds what it was given until it is purged by its whole address."""

    def __init__(self, fake: FakeCloudflare) -> None:
        self.cdn = open_cdn(fake.url, SITE, TOKEN)
        self._fake, self._since = fake, dict[str, int]()

    def hold(self, path: str) -> None:
        self._since[path] = len(self._fake.purged)

    def holds(self, path: str) -> bool:
        return {SITE + path, "*"}.isdisjoint(self._fake.purged[self._since[path] :])


class HeldByVarnish:
    """Varnish holds what it can answer without asking the origin."""

    def __init__(self, front: Front) -> None:
        self.cdn = open_cdn(front.url, SITE)
        self._visitor, self._origin = Visitor(front.port), front.begin(a_page).origin

    def hold(self, path: str) -> None:
        self._visitor.get(path)
        assert self.holds(path)

    def holds(self, path: str) -> bool:
        before = self._origin.asked.total()
        assert self._visitor.get(path).status == 200
        return self._origin.asked.total() == before


@contextmanager
def _held_by_cloudflare(front: Front) -> Iterator[Held]:
    with fake_cloudflare() as fake:
        yield HeldByCloudflare(fake)


@contextmanager
def _held_by_varnish(front: Front) -> Iterator[Held]:
    yield HeldByVarnish(front)


ADAPTERS = {"cloudflare": _held_by_cloudflare, "varnish": _held_by_varnish}


def test_the_contract_is_over_every_cdn_that_holds_something() -> None:
    assert ADAPTERS.keys() == SCHEMES.keys() - {"none"}


@pytest.fixture(params=sorted(ADAPTERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def held(name: str, front: Front) -> Iterator[Held]:
    with ADAPTERS[name](front) as found:
        yield found


@pytest.fixture
def cloudflare() -> Iterator[FakeCloudflare]:
    with fake_cloudflare() as fake:
        yield fake


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with fronted(a_page) as found:
        yield found


a_page: Wsgi = lambda environ, start: (start("200 OK", HELD), [b"x"])[1]
