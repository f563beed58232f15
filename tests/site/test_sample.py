"""The packaged catalogue: it comes in whole, says what the site promises, and makes a site without a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from autotrack.catalogue import SAMPLE
from domain.catalogue.report import Report
from domain.seasons import season_of
from jobs.catalogue import import_files
from ports.database import connect
from ports.settings import Settings
from tests.site.published import AS_OF, Published, publish
from tests.site.site_checks import broken_addresses, clicks_from_home, faulty_pages, said_twice, unreachable

FILES = sorted(SAMPLE.glob("*.jsonl"))
pytestmark = pytest.mark.skipif(not FILES, reason=f"no catalogue in {SAMPLE}")


def test_every_record_comes_in(sample: Sample) -> None:
    for file in sample.report.files:
        assert (file.rejects, file.candidates, file.notes, dict(file.shared)) == ([], [], [], {}), file.file
        assert (file.read, file.outcomes["waiting"]) == (file.outcomes.total(), 0), file.file


def test_coming_again_it_changes_no_row(sample: Sample) -> None:
    with connect(sample.site.settings.database_url) as connection:
        assert import_files(connection, FILES).rows == {}


@pytest.mark.parametrize(
    ("least", "question"),
    [
        (120, "SELECT count(*) FROM anime WHERE NOT adult"),
        (120, "SELECT count(*) FROM anime WHERE synopsis IS NOT NULL"),
        (100, "SELECT count(*) FROM anime WHERE title_japanese IS NOT NULL AND title_english IS NOT NULL"),
        (120, "SELECT count(DISTINCT anime_id) FROM anime_studio"),
        (120, "SELECT count(DISTINCT anime_id) FROM anime_genre"),
        (5, "SELECT count(DISTINCT season_year) FROM anime WHERE season_year BETWEEN 2022 AND 2026"),
        (3, "SELECT count(*) FROM anime WHERE status = 'airing'"),
        (20, "SELECT count(DISTINCT anime_id) FROM episode"),
        (20, "SELECT count(*) FROM relation"),
        (2, "SELECT count(*) FROM anime WHERE edition IS NOT NULL AND primary_id IS NOT NULL"),
        (3, "SELECT count(DISTINCT region) FROM offer WHERE region <> ''"),
    ],
)
def test_it_holds_enough_of_everything(sample: Sample, least: int, question: str) -> None:
    with connect(sample.site.settings.database_url) as connection:
        ((many,),) = connection.execute(question).fetchall()
    assert many >= least


def test_every_page_is_good(sample: Sample) -> None:
    assert faulty_pages(sample.site) == {}
    assert said_twice(sample.site) == {}


def test_every_page_is_reached_and_every_address_leads_somewhere(sample: Sample) -> None:
    assert broken_addresses(sample.site) == set()
    assert unreachable(sample.site) == set()
    assert max(clicks_from_home(sample.site).values()) <= 5


def test_lists_begin_with_what_many_look_for(sample: Sample) -> None:
    shown = sample.site.text("/").partition('id="best"')[2]
    first = [href for href in re.findall('<a href="(/anime/[^"]+)"', shown)][:12]
    with connect(sample.site.settings.database_url) as connection:
        rows = connection.execute("SELECT '/anime/' || slug FROM anime WHERE popularity >= 1000000").fetchall()
    assert len(first) == 12
    assert set(first) == {path for (path,) in rows}


def test_the_current_season_is_never_empty(sample: Sample) -> None:
    for day in (AS_OF, date(2027, 2, 1), date(2028, 8, 1)):
        now = publish(sample.site.settings, day)
        assert "/anime/" in now.text(f"/season/{season_of(day)}"), day
        assert "/anime/" in now.text("/")


@dataclass(frozen=True)
class Sample:
    report: Report
    site: Published


@pytest.fixture(scope="module")
def sample(new_site: Callable[[], Settings]) -> Sample:
    settings = new_site()
    with connect(settings.database_url) as connection:
        report = import_files(connection, FILES)
    site = publish(settings)
    assert site.pages  # read before a test builds for another day
    return Sample(report, site)
