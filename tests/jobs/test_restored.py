"""A restore: the database is older than the bucket, and the live site becomes what the restored data says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from domain import epoch
from jobs.plan import MARK
from jobs.restored import restored
from ports.database import connect
from tests.conftest import fresh_database, fresh_site
from tests.factories import edit, make_anime, make_noise
from tests.site.whole import BEGAN, WholeSite, differences

NAMED = "SELECT id FROM anime WHERE slug = %s"


@pytest.mark.long
def test_after_a_restore_the_live_site_is_what_the_restored_data_says(restores: list[WholeSite]) -> None:
    for site in restores:  # the second is made from the same backup, after the first was edited and published
        found = restored(site.connection, site.bucket, BEGAN)
        assert (found.wrong > 0, found.strays > 0) == (True, True)

        report = site.build()

        assert report.failed == []
        live = site.live()
        assert b"Kept" in live["anime/kept"][1] and "anime/later" not in live and "anime/moved" not in live
        assert differences(live, site.clean()) == []
        assert site.paths() == sorted(live)
        assert site.settle() == {}
        publish_more(site)


@pytest.mark.long
def test_unless_somebody_says_so_uploads_are_refused_as_older(restores: list[WholeSite]) -> None:
    site = restores[0]
    edit(site.connection, anime(site, "kept"), title_english="Newest")

    assert any("later" in cause for _, cause in site.build().failed)


@pytest.mark.long
def test_saying_it_twice_begins_two_epochs_and_does_no_harm(restores: list[WholeSite]) -> None:
    site = restores[0]
    for times in (1, 2):
        restored(site.connection, site.bucket, BEGAN)
        mark = site.bucket.look(MARK)
        assert mark and mark.head.version == times << epoch.BITS
    site.build()

    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_without_its_mark_the_bucket_is_asked_object_by_object(restores: list[WholeSite]) -> None:
    site = restores[0]
    restored(site.connection, site.bucket, BEGAN)
    site.build()
    publish_more(site)
    site.bucket.delete([MARK])

    site = restores[1]
    restored(site.connection, site.bucket, BEGAN)
    row = site.connection.execute("SELECT last_value >> %s FROM page_version", [epoch.BITS]).fetchone()
    assert row == (2,)
    assert site.build().failed == []
    assert differences(site.live(), site.clean()) == []


def publish_more(site: WholeSite) -> None:
    """Edits of several kinds, live before anybody thinks of a restore."""
    make_anime(site.connection, "later")
    edit(site.connection, anime(site, "kept"), title_english="Edited")
    edit(site.connection, anime(site, "removed"), adult=True)
    edit(site.connection, anime(site, "before"), slug="moved")
    for number in range(40):
        edit(site.connection, anime(site, "kept"), synopsis=f"Number {number}.", synopsis_source="here")
        if number % 20 == 0:
            site.build()


def anime(site: WholeSite, slug: str) -> object:
    [(id,)] = site.connection.execute(NAMED, [slug]).fetchall()
    return id


@pytest.fixture
def restores(server: str, tmp_path: Path) -> Iterator[list[WholeSite]]:
    """Two restores of one backup, in front of the bucket that was published to after it."""
    with ExitStack() as stack:
        url = stack.enter_context(contextmanager(fresh_database)(server))
        with connect(url) as connection:
            site = stack.enter_context(contextmanager(fresh_site)(connection, url, tmp_path))
            for slug in ("kept", "removed", "before"):
                make_anime(connection, slug)
            make_noise(connection)
            site.build()
        name = url.rpartition("/")[2]
        backups = [stack.enter_context(contextmanager(fresh_database)(server, name)) for _ in range(2)]
        site.connection = stack.enter_context(connect(url))
        publish_more(site)
        sites = [WholeSite(stack.enter_context(connect(backup)), backup, site.home) for backup in backups]
        for number, each in enumerate(sites, 1):
            each.builds = 10 * number
        yield sites
