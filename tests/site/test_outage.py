"""A store that fails, for a while or now and then: what is live in the end is what a clean build makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import uuid4

import psycopg
import pytest

from domain import brake
from jobs.reconcile import reconcile
from jobs.relay import relay_all
from jobs.render import Queue, Renderer
from jobs.sweep import sweep
from ports import s3_patience
from ports.errors import Unavailable
from sitegen.site import PAGE_TYPES
from tests.factories import edit, make_anime, make_noise
from tests.ports.faulty import Faulty, faulty_before
from tests.ports.s3_store import credentials, s3_store
from tests.site.edit_kinds import EDITS
from tests.site.edits import Nothing
from tests.site.test_live_equals_clean import site_of
from tests.site.whole import BEGAN, WarmBuild, WholeSite, differences

BATCHES = {kind.kind: kind.batch for kind in PAGE_TYPES if kind.template or kind.kind == "cover"}
PATIENT = Queue(BATCHES, patient=True)
DEAD = "SELECT count(*) FROM dead_letter"


@pytest.mark.long
def test_a_bucket_that_is_away_makes_no_dead_letters_and_gets_all_when_it_is_back(s3: S3Site, way: Faulty) -> None:
    make_noise(s3.connection)
    anime = make_anime(s3.connection, "bebop", title_english="Old.")
    s3.build()
    edit(s3.connection, anime, title_english="Space.")
    relay_all(s3.connection)
    way.chance, way.kinds = 1.0, ("500",)
    for _ in range(10):  # more often than a page may fail by its own fault
        make_due(s3)
        with pytest.raises(Unavailable, match="BUCKET_URL"):
            renderer(s3).drain(PATIENT)

    rows = s3.connection.execute(
        "SELECT max(attempts), max(due_at) < now() + interval '11 s' FROM page WHERE failed > 0"
    )
    assert rows.fetchone() == (0, True)
    assert s3.connection.execute(DEAD).fetchone() == (0,)
    assert b"Old." in s3.live_through(way)["anime/bebop"][1]

    way.heal()
    settle(s3)
    assert_clean(s3)
    assert b"Space." in s3.live()["anime/bebop"][1]


@pytest.mark.long
def test_an_outage_in_the_middle_of_a_drain_ends_right(s3: S3Site, way: Faulty) -> None:
    make_noise(s3.connection)
    s3.build()
    s3.connection.execute("UPDATE anime SET title_english = 'Renamed ' || slug")
    relay_all(s3.connection)
    make_due(s3)
    way.script = ["", "lost reply", "", "500", "", *["reset"] * 200]
    with pytest.raises(Unavailable):
        renderer(s3).drain(PATIENT)
    assert s3.dirty() != []

    way.heal()
    settle(s3)

    assert_clean(s3)


def test_unchanged_pages_are_not_uploaded_and_one_edit_rewrites_one_sitemap_and_their_index(
    s3: S3Site, way: Faulty
) -> None:
    s3.connection.execute(
        "INSERT INTO anime (id, slug, title_romaji, synopsis, synopsis_source)"
        " SELECT gen_random_uuid(), 'a-' || n, 'A ' || n, 'S', 'us' FROM generate_series(1, 40) n"
    )
    s3.connection.execute("INSERT INTO site_state VALUES ('sitemap_shards', '4')")
    s3.build()
    assert len(s3.paths_of("sitemap")) == 4
    way.asked.clear()

    s3.build(clean=False)
    assert way.asked["PUT"] == 0
    s3.connection.execute("UPDATE anime SET synopsis = 'New.' WHERE slug = 'a-7'")
    s3.build()

    assert {path.partition("/")[0] for path in s3.uploaded_kinds()} == {"anime", "sitemap", "sitemap_index"}
    assert way.asked["PUT"] == 3


@pytest.mark.long
def test_a_page_that_is_gone_answers_410_and_leaves_the_sitemap(s3: S3Site) -> None:
    anime = make_anime(s3.connection, "leaving", synopsis="S", synopsis_source="us")
    make_noise(s3.connection)
    s3.build()
    assert listed(s3, "/anime/leaving")

    s3.connection.execute("DELETE FROM anime WHERE id = %s", [anime])
    s3.build()

    assert s3.live()["anime/leaving"][0].status == 410
    assert not listed(s3, "/anime/leaving")


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(2))
def test_a_store_that_fails_now_and_then_ends_right(
    store: str, world: str, server: str, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build, then edits, while every sixth request fails in some way; drains end and begin again as workers' do."""
    monkeypatch.setattr(s3_patience, "_BACKOFF", lambda state: 0.001)
    with site_of(world, server, tmp_path) as plain, faulty_before(store) as way:
        site = on_s3(plain, way)
        way.rng, way.chance = Random(seed), 1 / 6
        with suppress(Unavailable):
            site.build()
        rng = Random(seed)
        for round in range(6):
            if round % 2:
                way.kinds = ("500", "reset")
                way.chance = 0.7  # so much that whole verbs fail
            else:
                way.kinds, way.chance = Faulty().kinds, 1 / 6
            for name in rng.sample(sorted(EDITS), 6):
                with suppress(psycopg.errors.IntegrityError, Nothing), site.connection.transaction():
                    EDITS[name](site.connection, rng)
            relay_all(site.connection)
            make_due(site)
            with suppress(Unavailable):
                renderer(site).drain(PATIENT)
            with suppress(Unavailable):
                sweep(site.connection, site.bucket, BEGAN, yes=True)
        assert len(way.met) >= 5
        assert site.connection.execute(DEAD).fetchone() == (0,)
        way.heal()
        settle(site)
        assert reconcile(site.connection, site.bucket, BEGAN).wrong == 0
        assert_clean(site)


def settle(site: WholeSite) -> None:
    """Relay, build and sweep until there is nothing left to do."""
    while relay_all(site.connection) or site.dirty():
        make_due(site)
        renderer(site).drain(PATIENT)
    sweep(site.connection, site.bucket, BEGAN, yes=True)


def make_due(site: WholeSite) -> None:
    """Nothing waits, and what random edits remove is meant."""
    brake.release(site.connection)
    site.connection.execute("UPDATE page SET due_at = now(), leased_until = NULL WHERE built < wanted")


def renderer(site: WholeSite) -> Renderer:
    builder = WarmBuild(site.settings, site.as_of, BEGAN).builder()
    return Renderer(site.connection, site.bucket, builder, site.as_of, BEGAN)


def assert_clean(site: WholeSite) -> None:
    live = site.live()
    assert differences(live, site.clean()) == []
    assert site.paths() == sorted(live)


def listed(site: WholeSite, path: str) -> bool:
    """Whether a sitemap names this path."""
    maps = [body for key, (_, body) in site.live().items() if key.startswith("sitemaps/")]
    return any(f"<loc>https://anime.test{path}</loc>".encode() in body for body in maps)


# --- fixtures


class S3Site(WholeSite):
    """A whole site in an S3 bucket."""

    def live_through(self, way: Faulty) -> dict:  # type: ignore[type-arg]
        """What readers see while nobody can write."""
        chance, way.chance = way.chance, 0.0
        try:
            return self.live()
        finally:
            way.chance = chance

    def uploaded_kinds(self) -> set[str]:
        rows = self.connection.execute("SELECT key FROM page WHERE built > %s AND verdict = 'publish'", [self.version])
        return {key for (key,) in rows}


def on_s3(plain: WholeSite, way: Faulty) -> S3Site:
    """The same site with a bucket of its own behind this way."""
    site = S3Site(plain.connection, plain.database_url, plain.home)
    bucket_url = f"s3://autotrack/{uuid4().hex}?endpoint={way.url}&region=auto"
    site.settings = replace(plain.settings, bucket_url=bucket_url)
    return site


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with credentials(), s3_store() as address:
        yield address


@pytest.fixture
def way(store: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    """A way to the store on which nothing goes wrong yet, and no time between two attempts."""
    monkeypatch.setattr(s3_patience, "_BACKOFF", lambda state: 0.001)
    with faulty_before(store) as faulty:
        yield faulty


@pytest.fixture
def s3(site: WholeSite, way: Faulty) -> S3Site:
    return on_s3(site, way)
