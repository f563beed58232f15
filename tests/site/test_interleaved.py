"""Law 8 with many hands: edits, relays and workers in any order, paused or killed anywhere, and all ends well.

Nothing here waits: a worker stands still at each of its steps until the test lets it go on, and leases end when the
test says so. What is true in the end: the live site equals a clean build, the manifest equals the bucket, and who
reads by way of a cache that keeps everything until it is purged reads what stands in the bucket.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import brake, paths
from jobs.relay import relay, relay_all
from jobs.render import Queue, Renderer
from jobs.sweep import sweep
from ports.database import connect
from sitegen.site import PAGE_TYPES
from tests.site.cached import Cache, SteppedPurger, begin_behind, purge_to_the_end, time_passes
from tests.site.edit_kinds import EDITS
from tests.site.edits import Nothing
from tests.site.stepped import Worker
from tests.site.test_live_equals_clean import PHASES, QUIET, site_of
from tests.site.whole import BEGAN, WarmBuild, WholeSite, differences

pytestmark = pytest.mark.early
WORKERS = 3
KINDS = [
    [kind.kind for kind in PAGE_TYPES if kind.template],
    ["anime", "watch", "redirect", "redirect_watch", "studio", "season"],
]
"""What a worker takes on: everything, or what edits reach first, so that there is less to wait for."""
Step = tuple[str, int]
ACTS = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 10**6)),
    st.tuples(st.just("relay"), st.sampled_from([1, 3, 1000])),
    st.tuples(st.just("step"), st.integers(0, 10**6)),
    st.tuples(st.just("step"), st.integers(0, 10**6)),
    st.tuples(st.just("kill"), st.integers(0, WORKERS - 1)),
    st.tuples(st.just("leases end"), st.just(0)),
    st.tuples(st.just("sweep"), st.just(0)),
    st.tuples(st.just("visit"), st.integers(0, 10**6)),
    st.tuples(st.just("purge"), st.integers(0, 3)),
)


@settings(max_examples=1, deadline=None, suppress_health_check=QUIET, phases=PHASES, derandomize=True, database=None)
@given(steps=st.lists(ACTS, min_size=15, max_size=40))
def test_whoever_is_paused_or_killed_the_site_ends_as_a_clean_build(
    world: str, server: str, tmp_path: Path, steps: list[Step]
) -> None:
    walk(world, server, tmp_path, steps)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("part", range(4))  # shared out over the workers
@settings(max_examples=5, deadline=None, suppress_health_check=QUIET, phases=PHASES, database=None)
@given(steps=st.lists(ACTS, min_size=40, max_size=90))
def test_the_same_for_long(world: str, server: str, tmp_path: Path, part: int, steps: list[Step]) -> None:
    walk(world, server, tmp_path, steps)


def test_a_paused_worker_never_puts_an_older_page_over_a_newer_one(world: str, server: str, tmp_path: Path) -> None:
    with site_of(world, server, tmp_path) as site:
        site.build()
        [(slug,)] = site.connection.execute("SELECT min(slug) FROM anime WHERE NOT adult").fetchall()
        anime = f"UPDATE anime SET title_english = %s WHERE slug = '{slug}'"
        site.connection.execute(anime, ["Older"])
        relay_all(site.connection)
        paused = Worker(site, ["anime"])
        paused.step(3)  # it has read the older title, and is about to upload it
        site.connection.execute(anime, ["Newer"])
        leases_end(site)
        relay_all(site.connection)
        other = Worker(site, ["anime"])
        other.step(1000)
        assert pages_with(site, "Newer") and not pages_with(site, "Older")

        paused.step(1)  # the upload
        assert not pages_with(site, "Older")
        paused.step(20)
        paused.kill()

        assert pages_with(site, "Newer") and not pages_with(site, "Older")
        end(site, [])


def test_what_is_read_for_the_first_time_while_it_changes_is_read_again(
    world: str, server: str, tmp_path: Path
) -> None:
    with site_of(world, server, tmp_path) as site:
        site.build()
        [(one,), (other,)] = site.connection.execute(
            "SELECT id FROM anime WHERE NOT adult AND format <> 'movie' ORDER BY slug LIMIT 2"
        ).fetchall()
        site.connection.execute("INSERT INTO relation VALUES (%s, %s, 'sequel') ON CONFLICT DO NOTHING", [one, other])
        relay_all(site.connection)
        worker = Worker(site, ["anime"])
        worker.step(2)  # it has read the title of the other
        site.connection.execute("UPDATE anime SET title_english = 'Renamed' WHERE id = %s", [other])
        relay_all(site.connection)

        worker.step(1000)
        end(site, [])


def walk(world: str, server: str, tmp_path: Path, steps: list[Step]) -> None:
    with site_of(world, server, tmp_path) as site, pytest.MonkeyPatch.context() as patched:
        begin_behind(site.connection, patched)
        site.build()
        cache = Cache(lambda path: site.bucket.get(paths.key_of(path)))
        purger = SteppedPurger(site.connection, cache)
        read_all(site, cache)
        purge_to_the_end(site.connection, cache)
        workers = [Worker(site, KINDS[number % 2]) for number in range(WORKERS)]
        for name, number in steps:
            read_or_purge(site, cache, purger, name, number)
            act(site, workers, name, number)
        end(site, workers)
        purge_to_the_end(site.connection, cache)
        assert cache.stale() == []


def read_or_purge(site: WholeSite, cache: Cache, purger: SteppedPurger, name: str, number: int) -> None:
    """What readers and the purger do; only readers' answers and purges that failed wait for time to pass."""
    if name == "visit":
        read_all(site, cache, Random(number))
        if number % 2:
            cache.arrive()
    elif name == "purge":
        (purger.step, purger.step, purger.kill, lambda: time_passes(site.connection, cache))[number]()


def read_all(site: WholeSite, cache: Cache, rng: Random | None = None) -> None:
    """Every address that there is, or was, or a third of them."""
    rows = site.connection.execute("SELECT path FROM page WHERE path IS NOT NULL UNION SELECT path FROM orphan")
    for path in sorted({path for (path,) in rows} | cache.held.keys()):
        if rng is None or rng.random() < 0.3:
            cache.visit(path)


def act(site: WholeSite, workers: list[Worker], name: str, number: int) -> None:
    if name == "edit":
        with suppress(psycopg.errors.IntegrityError, Nothing), site.connection.transaction():
            EDITS[sorted(EDITS)[number % len(EDITS)]](site.connection, Random(number))
    elif name == "relay":
        relay(site.connection, number)
    elif name == "step":
        workers[number % WORKERS].step((1, 2, 5, 60)[number // WORKERS % 4])
    elif name == "leases end":
        leases_end(site)
    elif name == "sweep":
        sweep(site.connection, site.bucket, BEGAN, yes=True)
    if name == "kill" or workers[number % WORKERS].ended:
        workers[number % WORKERS].kill()
        workers[number % WORKERS] = Worker(site, KINDS[number % 2])


def end(site: WholeSite, workers: list[Worker]) -> None:
    """Half of the workers go on to their ends, the others die; then one alone does what is left."""
    for number, worker in enumerate(workers):
        worker.step(10_000) if number % 2 else worker.kill()
    while relay_all(site.connection) or site.dirty():
        leases_end(site)
        with connect(site.database_url) as connection:
            builder = WarmBuild(site.settings, site.as_of, BEGAN).builder()
            renderer = Renderer(connection, site.bucket, builder, site.as_of, BEGAN)
            renderer.drain(Queue({kind.kind: kind.batch for kind in PAGE_TYPES if kind.template}, patient=True))
            renderer.drain(Queue({kind.kind: 1000 for kind in PAGE_TYPES if kind.kind == "cover"}, patient=True))
    sweep(site.connection, site.bucket, BEGAN, yes=True)
    live = site.live()
    assert differences(live, site.clean()) == []
    assert site.paths() == sorted(live)


def leases_end(site: WholeSite) -> None:
    """And whoever put the brake on is told that it is right so."""
    brake.release(site.connection)
    site.connection.execute("UPDATE page SET leased_until = now() - interval '1 s' WHERE leased_until IS NOT NULL")
    site.connection.execute("UPDATE page SET due_at = now() WHERE built < wanted")


def pages_with(site: WholeSite, title: str) -> list[str]:
    return [key for key, (_, body) in site.live().items() if key.startswith("anime/") and title.encode() in body]
