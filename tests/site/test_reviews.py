"""Reviews and our own figures on the page of an anime: what everybody may see, published anew when it changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest
from bs4 import BeautifulSoup

from domain import reception
from sitegen.reads.reviews import SHOWN
from tests.domain.fans import Fan, make_member
from tests.factories import make_anime, make_noise, make_review, update
from tests.site.hostile_texts import TEXTS
from tests.site.whole import WholeSite

BEBOP = "/anime/cowboy-bebop"
AT = datetime(2026, 11, 20, 20, tzinfo=UTC)
REACHES: dict[str, dict[str, Any]] = {
    "approved": {"state": "shown"}, "hidden": {"state": "hidden"}, "removed": {"deleted_at": AT},
    "said otherwise": {"body": "Cowboys."}, "private": {"private": True},
}  # fmt: skip


@pytest.mark.parametrize("what", REACHES)
def test_a_change_of_a_review_reaches_only_the_page_of_its_anime(site: WholeSite, bebop: UUID, what: str) -> None:
    state = "waiting" if what == "approved" else "shown"
    number = make_review(site.connection, make_member(site.connection, "faye"), bebop, state=state)
    site.build()
    update(site.connection, "review", {"id": number}, REACHES[what])
    site.build()

    assert site.published() == {BEBOP}
    assert ("faye" in page(site).text) == (what in ("approved", "said otherwise"))


def test_a_review_that_waits_publishes_nothing(site: WholeSite, bebop: UUID) -> None:
    make_review(site.connection, make_member(site.connection), bebop, state="waiting")
    site.build()
    assert site.published() == set()


@pytest.mark.parametrize("visibility", ["followers", "private"])
def test_who_is_not_public_stands_on_no_page(site: WholeSite, bebop: UUID, visibility: str) -> None:
    writer = make_member(site.connection, "canary_9")
    make_review(site.connection, writer, bebop, body="canary_9")
    site.build()
    assert pages_with(site, b"canary_9") == {BEBOP}
    update(site.connection, "account", {"id": writer}, {"visibility": visibility})
    site.build()

    assert site.published() == {BEBOP}
    assert pages_with(site, b"canary_9") == set()


def test_a_private_entry_takes_its_review_off_the_page(site: WholeSite, bebop: UUID) -> None:
    fan = Fan(site.connection)
    update(site.connection, "account", {"id": fan.id}, {"verified_at": AT})
    fan.does("track", bebop)
    make_review(site.connection, fan.id, bebop, body="canary_9")
    site.build()
    assert pages_with(site, b"canary_9") == {BEBOP}
    fan.does("edit", bebop, {"private": True})
    site.build()
    assert pages_with(site, b"canary_9") == set()


def test_another_handle_reaches_the_pages_that_show_it(site: WholeSite, bebop: UUID, other: UUID) -> None:
    writer, stranger = make_member(site.connection, "faye"), make_member(site.connection, "jet")
    make_review(site.connection, writer, bebop)
    make_review(site.connection, stranger, other)
    site.build()
    update(site.connection, "account", {"id": writer}, {"handle": "valentine", "display_name": "F", "bio": "x"})
    site.build()

    assert site.published() == {BEBOP}
    link = page(site).select_one("#reviews").find_parent("section").select_one("h3 a")
    assert (link.text, link["href"], link["rel"]) == ("@valentine", "/@valentine", ["nofollow"])


def test_what_a_page_does_not_show_of_an_account_publishes_nothing(site: WholeSite, bebop: UUID) -> None:
    writer = make_member(site.connection, "faye")
    make_review(site.connection, writer, bebop)
    site.build()
    update(site.connection, "account", {"id": writer}, {"display_name": "Faye", "bio": "x", "scale": "5"})
    site.build()
    assert site.verdicts() == {}


def test_a_page_shows_the_newest_reviews_and_how_many_there_are(site: WholeSite, bebop: UUID) -> None:
    for number in range(SHOWN + 3):
        make_review(
            site.connection, make_member(site.connection), bebop, body=f"Number {number}.",
            published_at=AT.replace(minute=number),
        )  # fmt: skip
    site.build()

    section = page(site).select_one("#reviews").find_parent("section")
    said = [paragraph.text for paragraph in section.select(".prose > p[dir]")]
    assert said == [f"Number {number}." for number in range(SHOWN + 2, 2, -1)]
    assert f"{SHOWN + 3} in all" in section.text


def test_a_spoiler_is_folded_and_a_former_member_has_no_name(site: WholeSite, bebop: UUID) -> None:
    make_review(site.connection, None, bebop, body="He dies.", spoiler=True, reached=26)
    site.build()

    section = page(site).select_one("#reviews").find_parent("section")
    assert section.select_one("details p").text == "He dies."
    assert "A former member" in section.text and "after episode 26" in section.text
    assert "/@" not in str(section)


def test_no_text_of_a_review_is_markup(site: WholeSite, bebop: UUID) -> None:
    ids = [make_anime(site.connection, f"hostile-{number}") for number in range(-(-len(TEXTS) // SHOWN))]
    for number, text in enumerate(TEXTS):
        make_review(site.connection, make_member(site.connection), ids[number // SHOWN], body=text)
    assert site.build().failed == []

    for number in range(len(ids)):
        section = page(site, f"/anime/hostile-{number}").select_one("#reviews").find_parent("section")
        tags = {tag.name for tag in section.find_all(True)}
        assert tags <= {"header", "h2", "h3", "span", "a", "ul", "li", "div", "time", "p", "em", "strong", "br"}
        links = {link["href"].rpartition("/")[0] for link in section.find_all("a")}
        assert links <= {"", "/review", f"/library/{ids[number]}"}


@pytest.mark.long
def test_figures_reach_only_the_page_of_their_anime_and_only_when_one_is_another(
    site: WholeSite, bebop: UUID, other: UUID
) -> None:
    for number in range(120):
        fan = make_member(site.connection)
        for anime in (bebop, other):
            track(site.connection, fan, anime, 90 if anime == bebop else 60)
        if number == 8:
            assert reception.refresh(site.connection) == 0
    site.build()
    assert "aggregateRating" not in str(page(site))
    reception.refresh(site.connection)
    site.build()
    assert site.published() == {BEBOP, "/anime/trigun"}

    work = next(data for data in structured(site) if data["@type"] == "TVSeries")
    assert work["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": 8.9, "ratingCount": 120, "bestRating": 10, "worstRating": 1,
    }  # fmt: skip
    assert "8.9 from 120 readers" in " ".join(page(site).text.split())
    assert "On 120 lists" in page(site).text
    track(site.connection, make_member(site.connection), bebop, 90)
    reception.refresh(site.connection)
    site.build()
    assert site.verdicts() == {}


def track(connection: psycopg.Connection, fan: int, anime: UUID, score: int) -> None:
    connection.execute(
        "INSERT INTO entry (user_id, anime_id, said, said_at, status, added_at, updated_at, version, score)"
        " VALUES (%s, %s, 'planning', now(), 'planning', now(), now(), 1, %s)",
        [fan, anime, score],
    )


def page(site: WholeSite, path: str = BEBOP) -> Any:
    found = site.bucket.get(path[1:])
    assert found
    return BeautifulSoup(found.body, "lxml")


def structured(site: WholeSite) -> list[dict[str, Any]]:
    return [orjson.loads(script.text) for script in page(site).select('script[type="application/ld+json"]')]


def pages_with(site: WholeSite, word: bytes) -> set[str]:
    """The paths of all that stands in the bucket and holds this."""
    return {f"/{key}" for key, (_, body) in site.live().items() if word in body}


@pytest.fixture
def bebop(site: WholeSite) -> UUID:
    make_noise(site.connection)
    anime = make_anime(site.connection, "cowboy-bebop", episode_count=26)
    site.build()
    return anime


@pytest.fixture
def other(site: WholeSite) -> UUID:
    anime = make_anime(site.connection, "trigun")
    site.build()
    return anime
