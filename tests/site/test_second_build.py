"""Law 9: a second build builds nothing; judged by the work it does, not by what it leaves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from jobs import render
from ports.bucket_directory import DirectoryBucket
from sitegen.build import Builder
from tests.factories import make_noise
from tests.site.whole import WholeSite, differences
from tests.site.world import make_world


def test_a_second_build_leases_loads_renders_and_uploads_nothing(site: WholeSite, work: Counter[str]) -> None:
    make_world(site.connection)
    site.build()
    assert min(work["page"], work["render"], work["put"], work["finish"]) > 0
    work.clear()

    report = site.build()

    assert (report.plan.total, report.verdicts, report.removed) == (0, Counter(), 0)
    assert work == Counter()


def test_a_second_build_writes_no_file(site: WholeSite) -> None:
    make_world(site.connection)
    site.build()
    before = {path: path.stat().st_mtime_ns for path in files(site)}

    site.build()

    assert {path: path.stat().st_mtime_ns for path in files(site)} == before


def test_an_empty_catalogue_has_a_site_too(site: WholeSite) -> None:
    site.build()

    assert {"index", "browse", "robots.txt", "sitemap.xml", "404", "season/fall-2026"} <= site.live().keys()
    assert differences(site.live(), site.clean()) == []
    assert site.settle() == {}


@pytest.mark.long
def test_an_emptied_bucket_is_filled_again_with_the_old_dates(site: WholeSite) -> None:
    make_noise(site.connection)
    site.build()
    before = site.live()
    for path in files(site):
        path.unlink()

    report = site.build()

    assert report.plan.lost == len(before)
    assert site.live() == before


@pytest.mark.long
def test_another_bucket_is_filled(site: WholeSite, tmp_path: Path) -> None:
    make_noise(site.connection)
    site.build()
    before = site.live()
    site.home = tmp_path
    site.__post_init__()

    site.build()

    assert site.live() == before
    assert site.settle() == {}


@pytest.mark.long
def test_everything_derived_is_made_again_from_the_facts(site: WholeSite) -> None:
    make_world(site.connection)
    site.build()
    before = site.live()
    for path in files(site):
        path.unlink()
    site.connection.execute("TRUNCATE page, orphan, site_state, similar_title")
    site.builds = 0  # the clock is no fact: with it, every date is the same

    site.build()

    assert differences(site.live(), before) == []


@pytest.mark.parametrize("workers", [2, pytest.param(3, marks=pytest.mark.long)])
def test_any_number_of_workers_gives_the_same_bytes(
    site: WholeSite, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.site.WORTH_A_PROCESS", 20)
    make_world(site.connection)

    report = site.build(workers=workers)

    assert report.failed == []
    assert differences(site.live(), site.clean()) == []
    assert site.settle(workers=workers) == {}


def files(site: WholeSite) -> list[Path]:
    return sorted(path for path in (site.home / "bucket").rglob("*") if path.is_file())


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What was done since: pages loaded, rendered, recorded and uploaded."""
    done: Counter[str] = Counter()

    def count(owner: object, name: str) -> None:
        act = getattr(owner, name)

        def counted(*arguments: object, **keywords: object) -> object:
            done[name] += 1
            return act(*arguments, **keywords)

        monkeypatch.setattr(owner, name, counted)

    count(Builder, "page")
    count(Builder, "render")
    count(DirectoryBucket, "put")
    count(render, "finish")
    return done
