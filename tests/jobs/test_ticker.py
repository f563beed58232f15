"""The ticker and the drains: any committed change reaches the bucket by itself, also where nobody else works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from structlog.testing import capture_logs

from domain import dead_letter, lease, manifest
from domain.lease import BULK, EDITS
from domain.manifest import Order
from jobs.deadline import OutOfTime
from jobs.drain import drain
from jobs.render import Renderer
from jobs.roster import RENDER
from jobs.ticker import OVERDUE, Ticker
from jobs.world import World
from ports.database import connect
from ports.errors import Unavailable
from sitegen.site import BY_KIND
from tests.autotrack.command import eventually
from tests.factories import edit, make_anime, make_noise, make_studio
from tests.site.whole import WholeSite, differences

NO_REDIS = "redis://127.0.0.1:9/0"
A_WHILE = 600.0
"""Seconds that no slow machine uses up."""


def test_an_edit_by_anybody_is_relayed_and_built(site: WholeSite, ticker: Ticker) -> None:
    anime = make_anime(site.connection, "bebop", title_english="Old.")
    settle(ticker)
    edit(site.connection, anime, title_english="Space.")

    assert ticker.tick()
    drain(ticker.world, (EDITS,))

    assert b"Space." in site.live()["anime/bebop"][1]
    assert not ticker.tick()


def test_what_edits_reach_is_built_before_the_bulk(site: WholeSite, ticker: Ticker) -> None:
    one, _ = make_anime(site.connection, "one"), make_anime(site.connection, "two")
    settle(ticker)
    manifest.want_all(site.connection)
    edit(site.connection, one, title_english="New.")
    ticker.tick()

    drain(ticker.world, (EDITS,))

    assert b"New." in site.live()["anime/one"][1]
    assert any(key.startswith("anime/") for key in site.dirty())


def test_who_waits_for_the_next_edit_leaves_lists_to_others_for_a_moment(site: WholeSite, ticker: Ticker) -> None:
    anime = make_anime(site.connection, "bebop")
    make_studio(site.connection, "Sunrise", anime)
    settle(ticker)
    manifest.want(site.connection, [f"anime/{anime}"], Order({}, first=True))
    manifest.want(site.connection, ["studio/sunrise"], Order({}))

    assert drain(ticker.world, (EDITS,), left=A_WHILE).total() == 1
    assert site.dirty() == ["studio/sunrise"]

    site.connection.execute(
        "UPDATE page SET due_at = due_at - make_interval(secs => %s) WHERE built < wanted", [A_WHILE]
    )
    assert drain(ticker.world, (EDITS,), left=A_WHILE).total() == 1


def test_what_is_edited_waits_for_the_batch_at_hand_and_for_nothing_else(
    site: WholeSite, ticker: Ticker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.drain.SMALL", 1)
    anime = [make_anime(site.connection, f"title-{number}") for number in range(4)]
    studio = make_studio(site.connection, "Sunrise", make_anime(site.connection, "another"))
    settle(ticker)
    manifest.want(site.connection, [f"anime/{one}" for one in anime])
    left: list[set[str]] = []  # after each batch

    def look() -> bool:
        if not left:
            site.connection.execute("UPDATE studio SET name = 'Sunset' WHERE id = %s", [studio])
            ticker.tick()
        if (dirty := set(site.dirty())) not in left:
            left.append(dirty)
        return False

    drain(ticker.world, (EDITS,), look)

    assert f"studio/{studio}" in left[0] - left[1]
    assert [len({f"anime/{one}" for one in anime} & dirty) for dirty in (left[0], left[1], left[-1])] == [3, 3, 0]


def test_the_ticker_plans_for_itself_when_nothing_was_ever_built(site: WholeSite, ticker: Ticker) -> None:
    make_noise(site.connection)

    settle(ticker)

    site.as_of, site.skip = ticker.world.renderer().as_of, ()
    assert differences(site.live(), site.clean()) == []


def test_where_nobody_can_be_woken_the_ticker_builds_what_is_overdue(site: WholeSite, ticker: Ticker) -> None:
    anime = make_anime(site.connection, "bebop")
    settle(ticker)
    edit(site.connection, anime, title_english="Space.")
    with capture_logs() as said:
        ticker.tick()
        assert b"Space." not in site.live()["anime/bebop"][1]
        site.connection.execute("UPDATE page SET due_at = due_at - %s * interval '1 second'", [OVERDUE[EDITS] + 1])
        ticker._looked = 0
        ticker.tick()

    assert b"Space." in site.live()["anime/bebop"][1]
    assert {line["event"] for line in said} == {"nobody can be woken", "built what nobody else built"}


def test_while_somebody_builds_the_bulk_the_ticker_leaves_it_to_them(site: WholeSite, ticker: Ticker) -> None:
    make_noise(site.connection)
    ticker._plan()
    number, held = lease.take(site.connection, BULK, "anime", 1)
    site.connection.execute("UPDATE page SET due_at = due_at - %s * interval '1 second'", [OVERDUE[BULK] + 1])

    ticker._see_to(BULK)
    assert site.live() == {}

    lease.give_back(site.connection, number, [page.key for page in held])
    ticker._seen.clear()
    ticker._see_to(BULK)
    assert site.live() != {}


def test_pages_of_a_worker_that_was_never_heard_of_again_are_free_when_its_lease_ends(
    site: WholeSite, ticker: Ticker
) -> None:
    anime = make_anime(site.connection, "bebop")
    settle(ticker)
    edit(site.connection, anime, title_english="Space.")
    ticker.tick()
    lease.take(site.connection, EDITS, "anime", 10, patient=True)

    assert "anime" not in drain_kinds(ticker)
    site.connection.execute("UPDATE page SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL")
    drain(ticker.world, (EDITS,))

    assert b"Space." in site.live()["anime/bebop"][1]


def test_a_drain_ends_between_two_batches_when_told_to(site: WholeSite, ticker: Ticker) -> None:
    make_noise(site.connection)
    ticker._plan()
    told: list[bool] = []

    def stop() -> bool:
        told.append(True)
        return True

    verdicts = drain(ticker.world, (BULK,), stop)

    assert verdicts.total() > 0
    assert site.dirty() != []


def test_a_drain_ends_when_its_time_is_up(site: WholeSite, ticker: Ticker) -> None:
    make_noise(site.connection)
    ticker._plan()

    drain(ticker.world, (BULK,), budget=0)

    assert site.dirty() != []


def test_a_lost_connection_is_replaced(site: WholeSite, ticker: Ticker) -> None:
    make_anime(site.connection, "bebop")
    settle(ticker)
    lost = ticker.world.connection
    site.connection.execute("SELECT pg_terminate_backend(%s)", [lost.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        ticker.tick()

    ticker.tick()

    assert ticker.world.connection is not lost


def test_a_bucket_that_is_away_costs_time_and_nothing_else(
    site: WholeSite, ticker: Ticker, monkeypatch: pytest.MonkeyPatch
) -> None:
    anime = make_anime(site.connection, "bebop")
    settle(ticker)
    edit(site.connection, anime, title_english="Space.")
    ticker.tick()

    def away(*_: object, **__: object) -> str:
        raise Unavailable("the bucket does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(type(ticker.world.bucket), "put", away)
        with pytest.raises(Unavailable):
            drain(ticker.world, (EDITS,))
    assert drain(ticker.world, (EDITS,))["failed"] == 0, "not before its time"
    site.connection.execute("UPDATE page SET due_at = now()")
    drain(ticker.world, (EDITS,))

    assert b"Space." in site.live()["anime/bebop"][1]


def test_a_dead_letter_stays_one_until_its_code_changes(site: WholeSite, ticker: Ticker) -> None:
    anime = make_anime(site.connection, "bebop")
    settle(ticker)
    edit(site.connection, anime, title_english="Space.")
    ticker.tick()
    builder = ticker.world.builder
    recipe = builder.recipe(BY_KIND["anime"])
    site.connection.execute(
        "UPDATE page SET failed = wanted, attempts = 8, due_at = 'infinity', built_at = now(), tried = %s"
        " WHERE kind = 'anime'",
        [recipe],
    )

    ticker._plan()  # as another relay does that begins
    assert len(dead_letter.listed(site.connection)) == 1
    builder._recipes["anime"] = b"mended"
    ticker._plan()

    assert dead_letter.listed(site.connection) == []
    drain(ticker.world, (EDITS, BULK))
    assert b"Space." in site.live()["anime/bebop"][1]


def test_a_page_that_never_ends_holds_the_ticker_for_no_longer_than_a_worker(
    site: WholeSite, ticker: Ticker, monkeypatch: pytest.MonkeyPatch
) -> None:
    anime = make_anime(site.connection, "bebop")
    settle(ticker)
    edit(site.connection, anime, title_english="Space.")
    ticker.tick()
    site.connection.execute("UPDATE page SET due_at = due_at - %s * interval '1 second'", [OVERDUE[EDITS] + 1])
    monkeypatch.setattr("jobs.ticker.RENDER", replace(RENDER, seconds=2))
    with monkeypatch.context() as broken, pytest.raises(OutOfTime):
        broken.setattr(Renderer, "_page", lambda *_: time.sleep(30))
        ticker._see_to(EDITS)

    site.connection.execute("UPDATE page SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL")
    drain(ticker.world, (EDITS,))
    assert b"Space." in site.live()["anime/bebop"][1]


def drain_kinds(ticker: Ticker) -> set[str]:
    before = ticker.world.connection.execute("SELECT max(built_at) FROM page").fetchone()
    drain(ticker.world, (EDITS,))
    rows = ticker.world.connection.execute("SELECT DISTINCT kind FROM page WHERE built_at > %s", before)
    return {kind for (kind,) in rows}


def settle(ticker: Ticker) -> None:
    """Tick and build until nothing is due any more, now or later."""
    end = time.monotonic() + 300
    while (
        ticker.tick() or ticker.world.connection.execute("SELECT 1 FROM page WHERE built < wanted LIMIT 1").fetchone()
    ):
        ticker.world.connection.execute("UPDATE page SET due_at = now() WHERE built < wanted AND due_at > now()")
        drain(ticker.world, (EDITS, BULK))
        assert time.monotonic() < end
    ticker._reviewed = 0
    ticker.tick()


@pytest.fixture
def ticker(site: WholeSite, database_url: str) -> Iterator[Ticker]:
    """A ticker without a Redis, over the site's database and bucket."""
    world = World(replace(site.settings, database_url=database_url, redis_url=NO_REDIS))
    yield Ticker(world)
    world.close()
    with connect(database_url) as connection:
        held = (
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert eventually(
            lambda: connection.execute(held).fetchone() == (0,)
        )  # PostgreSQL hears of an end a moment later
