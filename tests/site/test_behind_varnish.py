"""Origin, Varnish, reader: the old page stays until its purge, then it and nothing else is fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from domain import purges
from dynamic.app import create_app
from jobs.purge import purge_some
from jobs.relay import relay_all
from ports.cdn import Cdn, open_cdn
from tests.autotrack.command import eventually
from tests.factories import edit, make_anime, make_noise
from tests.site.varnishes import Front, Origin, Visitor, fronted, served, varnish
from tests.site.whole import WholeSite


def test_an_edited_page_stays_until_its_purge_and_is_the_only_one_to_be_fetched_again(behind: Behind) -> None:
    behind.read_all()
    edit(behind.site.connection, behind.bebop, title_english="Space.")
    behind.site.build()
    assert b"Space." not in behind.visitor.get("/anime/bebop").data

    behind.purge()
    behind.origin.asked.clear()
    behind.read_all()

    assert b"Space." in behind.visitor.get("/anime/bebop").data
    published = behind.site.uploaded()
    assert "/anime/bebop" in published and len(published) < len(behind.site.paths()) / 2
    assert behind.origin.asked == dict.fromkeys(published & behind.held, 1)


def test_a_page_that_was_not_there_yet_is_seen_once_it_is(behind: Behind) -> None:
    assert behind.visitor.get("/anime/new").status == 404
    make_anime(behind.site.connection, "new")
    behind.site.build()
    assert behind.visitor.get("/anime/new").status == 404

    behind.purge()

    assert behind.visitor.get("/anime/new").status == 200


def test_an_address_that_moved_and_one_that_is_gone_are_forgotten(behind: Behind) -> None:
    behind.read_all()
    edit(behind.site.connection, behind.bebop, slug="cowboy-bebop")
    behind.site.connection.execute("DELETE FROM anime WHERE id = %s", [behind.other])
    behind.site.build(yes=True)
    assert behind.visitor.get("/anime/bebop").status == behind.visitor.get("/anime/other").status == 200

    behind.purge()

    moved = behind.visitor.get("/anime/bebop", redirect="no")
    assert (moved.status, moved.headers["Location"]) == (301, "/anime/cowboy-bebop")
    assert behind.visitor.get("/anime/other").status in (404, 410)


def test_no_cookie_and_no_query_varies_a_page_and_a_browser_holds_it_for_a_minute(behind: Behind) -> None:
    behind.visitor.get("/anime/bebop?utm_source=x", Cookie="session=1")
    answer = behind.visitor.get("/anime/bebop?other", Cookie="session=2")

    assert behind.origin.asked["/anime/bebop"] == 1
    assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
    assert answer.headers.keys().isdisjoint({"Age", "X-Held-For"})


def test_what_is_for_one_person_is_never_held(behind: Behind) -> None:
    for headers in ({"Cookie": "session=1"}, {"Cookie": "session=2"}, {}):
        behind.visitor.get("/api/v1/me", **headers)
    assert behind.origin.asked["/api/v1/me"] == 3
    for number in range(2):
        behind.visitor.get("/anime/bebop", Authorization=f"Bearer {number}")
    assert behind.origin.asked["/anime/bebop"] == 2


@pytest.mark.long  # as any test that needs a Varnish of its own
def test_a_page_whose_day_is_over_is_answered_at_once_also_while_the_origin_is_broken(site: WholeSite) -> None:
    make_anime(site.connection, "bebop")
    site.build()
    origin = Origin(create_app(site.settings))
    with served(origin) as port, varnish(port, lambda vcl: vcl.replace("beresp.ttl = 1d", "beresp.ttl = 1s")) as at:
        visitor = Visitor(at)
        visitor.get("/anime/bebop")
        origin.broken = True

        def asked_again() -> bool:
            assert visitor.get("/anime/bebop").status == 200
            return origin.asked["/anime/bebop"] >= 3

        assert eventually(asked_again)  # and what it said was no reason to forget the page
        assert visitor.get("/anime/bebop").status == 200
        assert visitor.get("/studios").status == 503


@dataclass
class Behind:
    """A site, its origin, and a reader who comes by way of Varnish; `held` is what they have read."""

    site: WholeSite
    origin: Origin
    visitor: Visitor
    cdn: Cdn
    bebop: str
    other: str
    held: frozenset[str] = frozenset()

    def read_all(self) -> None:
        self.held = frozenset("/" if key == "index" else f"/{key}" for key in self.site.paths())
        for path in sorted(self.held):
            self.visitor.get(path)

    def purge(self) -> None:
        relay_all(self.site.connection)
        while purge_some(self.site.connection, self.cdn):
            pass


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with fronted(lambda environ, start: start("404 Not Found", []) and []) as found:
        yield found


@pytest.fixture
def behind(site: WholeSite, front: Front) -> Behind:
    bebop, other = make_anime(site.connection, "bebop"), make_anime(site.connection, "other")
    make_noise(site.connection)
    site.settings = replace(site.settings, cdn_url=front.url)
    site.build()
    front.begin(create_app(site.settings))
    cdn = open_cdn(front.url, site.settings.site_url)
    found = Behind(site, front.origin, Visitor(front.port), cdn, bebop, other)
    found.purge()
    assert purges.waiting(site.connection) == (0, None)
    return found
