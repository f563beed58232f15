"""Purging: what was uploaded, and only that, is purged after its upload, whatever the CDN does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
import urllib3
from structlog.testing import capture_logs

from domain import purges, state
from domain.lease import EDITS
from jobs import purge
from jobs.drain import drain
from jobs.explain import explain
from jobs.purge import HOPELESS, Purger, purge_all, purge_some
from jobs.relay import relay_all
from jobs.ticker import Ticker
from jobs.world import World
from ports import cdn_cloudflare
from ports.cdn import open_cdn
from ports.cdn_cloudflare import BATCH
from ports.database import connect
from ports.errors import Misconfigured, Throttled, Unavailable
from ports.settings import Settings
from tests.autotrack.command import eventually, free_port
from tests.factories import edit, make_anime, make_noise
from tests.ports.fake_cloudflare import TOKEN, FakeCloudflare, fake_cloudflare
from tests.site.whole import WholeSite

SITE = "https://anime.test"


def test_a_first_build_purges_everything_once_and_a_second_one_nothing(site: WholeSite, fake: FakeCloudflare) -> None:
    make_noise(site.connection)
    site.build()
    purge_due(site, fake)
    assert fake.purged == ["*"]

    site.build()
    purge_due(site, fake)

    assert fake.purged == ["*"]


def test_exactly_what_an_edit_published_is_purged(built: WholeSite, fake: FakeCloudflare) -> None:
    [(anime,)] = built.connection.execute("SELECT id FROM anime ORDER BY slug LIMIT 1").fetchall()
    edit(built.connection, anime, synopsis="Space.", synopsis_source="here")
    built.build()

    purge_due(built, fake)

    assert {url.removeprefix(SITE) for url in fake.purged} == built.uploaded() != set()
    assert len(fake.purged) == len(set(fake.purged))


def test_pages_that_say_the_same_purge_nothing(built: WholeSite, fake: FakeCloudflare) -> None:
    built.connection.execute("UPDATE page SET wanted = nextval('page_version')")
    assert built.build().verdicts.keys() == {"fresh"}
    built.connection.execute("UPDATE page SET wanted = nextval('page_version'), recipe = NULL")
    assert built.build().verdicts.keys() == {"unchanged"}
    assert purges.left(built.connection) == 0


def test_what_is_removed_from_the_bucket_is_purged(built: WholeSite, fake: FakeCloudflare) -> None:
    before = set(built.paths())
    built.connection.execute("DELETE FROM anime WHERE slug = (SELECT min(slug) FROM anime)")
    built.build(yes=True)
    purge_due(built, fake)

    removed = before - set(built.paths())
    assert removed and {f"{SITE}/{key}" for key in removed} <= set(fake.purged)


def test_an_upload_of_which_nobody_heard_is_purged_too(
    built: WholeSite, fake: FakeCloudflare, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> str:
        raise Unavailable("no answer")

    anime = make_anime(built.connection, "bebop")
    built.build()
    edit(built.connection, anime, title_english="Space.")
    relay_all(built.connection)
    purge_due(built, fake)
    with monkeypatch.context() as patched:
        patched.setattr("ports.bucket_directory.DirectoryBucket.put", lost)
        with pytest.raises(Unavailable):
            drain(world, (EDITS,))

    assert purges.waits_since(built.connection, "/anime/bebop")


def test_many_addresses_go_in_several_calls(behind: WholeSite, fake: FakeCloudflare) -> None:
    purges.want(behind.connection, [f"/{number}" for number in range(BATCH + 1)])
    purge_due(behind, fake)
    assert sorted(len(body["files"]) for body in fake.asked) == [1, BATCH]


def test_calls_keep_the_pace_that_the_cdn_asks_for_whoever_makes_them(
    behind: WholeSite, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purges, "LONGEST_TURN", 1000)
    pause = 100.0  # so long that no slow answer of PostgreSQL uses it up
    assert purges.turn(behind.connection, pause) == 0
    with connect(database_url) as other:
        waits = [purges.turn(one, pause) for one in (other, behind.connection, other)]

    assert waits == sorted(waits) and 1.5 * pause < waits[-1] <= 3 * pause
    assert cdn_cloudflare.RATE < 800, "what a free zone may have purged in a second"


def test_an_address_that_the_cdn_refuses_holds_up_no_other(behind: WholeSite, fake: FakeCloudflare) -> None:
    fake.refuses = "bad"
    purges.want(behind.connection, ["/bad", *(f"/{number}" for number in range(20))])
    with capture_logs() as said:
        purge_due(behind, fake)

    assert len(set(fake.purged)) == 20
    assert [(line["event"], line["path"]) for line in said] == [("not purged", "/bad")]
    assert 0.9 * HOPELESS < due_in(behind, "/bad") <= HOPELESS


@pytest.mark.parametrize("token", [TOKEN, "a-token-that-was-withdrawn"])
def test_a_cdn_that_lets_us_not_in_or_wants_to_be_left_alone_keeps_what_waits(
    behind: WholeSite, fake: FakeCloudflare, token: str
) -> None:
    fake.answers = [(429, {"Retry-After": "40"})]
    purges.want(behind.connection, ["/a"])
    with pytest.raises(Unavailable) as raised:
        purge_some(behind.connection, open_cdn(fake.url, SITE, token))

    assert isinstance(raised.value, Throttled) == (token == TOKEN)
    assert (due_in(behind, "/a") > 30) == (token == TOKEN)
    assert purges.waiting(behind.connection)[0] == 1


def test_a_worker_purges_in_a_thread_what_it_has_uploaded(built: WholeSite, fake: FakeCloudflare, world: World) -> None:
    anime = make_anime(built.connection, "bebop")
    relay_all(built.connection)
    edit(built.connection, anime, title_english="Space.")
    relay_all(built.connection)

    drain(world, (EDITS,))

    assert eventually(lambda: f"{SITE}/anime/bebop" in fake.purged)


def test_a_cdn_that_hangs_holds_up_no_page_and_is_asked_again(
    built: WholeSite, fake: FakeCloudflare, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "LEAVE", 0.1)
    monkeypatch.setattr(cdn_cloudflare, "_TIMEOUT", urllib3.Timeout(connect=0.3, read=0.3))
    fake.hang = 30
    make_anime(built.connection, "bebop")
    relay_all(built.connection)
    drain(world, (EDITS,))
    for number in range(3):
        built.connection.execute("UPDATE anime SET title_english = %s WHERE slug = 'bebop'", [f"Title {number}"])
        relay_all(built.connection)
        began = time.monotonic()
        drain(world, (EDITS,))
        assert f"Title {number}".encode() in built.live()["anime/bebop"][1]
        assert time.monotonic() - began < 20
    world.close()
    assert purges.waiting(built.connection)[0] > 0 and fake.purged == []

    fake.hang = 0
    later(built)
    purge_due(built, fake)
    assert f"{SITE}/anime/bebop" in fake.purged and purges.waiting(built.connection)[0] == 0


def test_a_cdn_that_is_down_is_asked_again_and_then_all_is_purged(
    behind: WholeSite, fake: FakeCloudflare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(purges, "AGAIN", 0.1)
    fake.answers = [(429, {"Retry-After": "1"}), *[(500, {})] * 3]
    purges.want(behind.connection, ["/a", "/b"])
    with capture_logs() as said:
        assert purge_all(behind.settings, 60) == 0

    assert sorted(fake.purged) == [f"{SITE}/a", f"{SITE}/a", f"{SITE}/b", f"{SITE}/b"]
    assert {line["event"] for line in said} == {"nothing can be purged"}
    assert TOKEN not in str(said)


def test_where_the_cdn_stays_away_it_is_said_how_many_wait(behind: WholeSite) -> None:
    away = replace(behind.settings, cdn_url=f"varnish://127.0.0.1:{free_port()}")
    purges.stand_behind(behind.connection, away.cdn_url)
    assert purge_all(away, 0.2) == 1


def test_who_was_started_with_another_setting_leaves_purges_to_the_others(
    behind: WholeSite, fake: FakeCloudflare
) -> None:
    purges.want(behind.connection, ["/a"])
    for url in (f"{fake.url}/", "none:"):
        assert purge_all(replace(behind.settings, cdn_url=url), 0.3) == 1
    assert fake.purged == []


def test_a_build_without_the_setting_still_records_what_is_to_be_purged(built: WholeSite, fake: FakeCloudflare) -> None:
    chosen, built.settings = built.settings, replace(built.settings, cdn_url="none:")
    make_anime(built.connection, "bebop")
    built.build()
    assert purges.stands_behind(built.connection) == chosen.cdn_url
    purge_due(built, fake)
    assert f"{SITE}/anime/bebop" in fake.purged


def test_the_ticker_says_what_the_site_stands_behind(built: WholeSite, fake: FakeCloudflare) -> None:
    for url in ("none:", fake.url):
        with closing(World(replace(built.settings, cdn_url=url))) as world:
            Ticker(world)._plan()
        assert purges.stands_behind(built.connection) == url
    assert purges.waiting(built.connection)[0] > 0


def test_a_cdn_that_there_is_not_is_told_before_anything_begins(behind: WholeSite) -> None:
    wrong = replace(behind.settings, cdn_url="fastly://x")
    for begin in (lambda: Purger(wrong), lambda: Ticker(World(wrong)).run()):
        with pytest.raises(Misconfigured, match="CDN_URL"):
            begin()


def test_explain_says_whether_the_cdn_is_behind(built: WholeSite, fake: FakeCloudflare) -> None:
    def said() -> str:
        return next(line for line in explain(built.connection, "/") if "CDN" in line)

    assert "up to date" in said()
    purges.want(built.connection, ["/"])
    assert "to be purged, since" in said()
    purge_due(built, fake)
    assert "once more" in said()


def purge_due(site: WholeSite, fake: FakeCloudflare) -> None:
    cdn = open_cdn(fake.url, SITE, TOKEN)
    while purge_some(site.connection, cdn):
        pass


def later(site: WholeSite) -> None:
    """Whoever was at a purge was heard of no more, and its time is up."""
    site.connection.execute("UPDATE purge SET due_at = now() WHERE NOT again")


def due_in(site: WholeSite, path: str) -> float:
    """Seconds until an address is to be purged."""
    row = site.connection.execute(
        "SELECT extract(epoch FROM due_at - now())::float FROM purge WHERE path = %s", [path]
    ).fetchone()
    assert row
    return float(row[0])


@pytest.fixture
def fake(site: WholeSite) -> Iterator[FakeCloudflare]:
    """The CDN of the site."""
    with fake_cloudflare() as found:
        site.settings = chosen(site.settings, found.url)
        yield found


@pytest.fixture
def world(built: WholeSite) -> Iterator[World]:
    """Of a worker of this site."""
    with closing(World(built.settings)) as found:
        yield found


def chosen(settings: Settings, url: str) -> Settings:
    return replace(settings, cdn_url=url, cdn_token=TOKEN, redis_url="redis://127.0.0.1:9/0")


@pytest.fixture
def behind(site: WholeSite, fake: FakeCloudflare) -> WholeSite:
    """A site of which nothing is built, and whose CDN holds nothing."""
    state.remember(site.connection, "cdn", fake.url)
    return site


@pytest.fixture
def built(site: WholeSite, fake: FakeCloudflare) -> WholeSite:
    """A site that was built, and whose CDN holds nothing."""
    make_noise(site.connection)
    site.build()
    with connect(site.database_url) as connection:
        connection.execute("DELETE FROM purge")
    return site
