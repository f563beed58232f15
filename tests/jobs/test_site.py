"""A build as its operator meets it: narrowed, guarded, with pages that fail, and what became of old addresses."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from domain import tags
from domain.errors import Conflict, NotFound
from jobs.explain import _NAMES, explain
from jobs.site import dry_plan
from ports.errors import Unavailable
from sitegen.page import Document
from sitegen.reader import Reader
from sitegen.site import BY_KIND
from tests.factories import edit, make_anime, make_noise, make_studio
from tests.site.whole import BEGAN, WarmBuild, WholeSite, differences
from tests.site.world import make_world


def test_a_page_that_fails_is_named_with_its_cause_and_the_others_are_built(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = make_anime(site.connection, "bad")
    make_anime(site.connection, "good")
    break_page(monkeypatch, bad)

    report = site.build()

    [(key, cause)] = report.failed
    assert key == f"anime/{bad}"
    assert cause.startswith("ZeroDivisionError: no number (test_site.py:")
    assert "anime/good" in site.live()
    assert "anime/bad" not in site.live()
    assert site.dirty() == [f"anime/{bad}"]


def test_a_page_that_failed_is_tried_again_and_what_stood_there_stays_until_then(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = make_anime(site.connection, "bad")
    site.build()
    before = site.live()["anime/bad"]
    edit(site.connection, bad, title_english="Better")
    with monkeypatch.context() as patch:
        break_page(patch, bad)
        assert len(site.build().failed) == 1
        assert site.live()["anime/bad"] == before

    report = site.build()

    assert report.failed == []
    assert b"Better" in site.live()["anime/bad"][1]
    assert differences(site.live(), site.clean()) == []


def test_an_address_that_failed_to_move_and_came_back_holds_its_page(site: WholeSite) -> None:
    """A redirect was built over a page that was not yet rebuilt, then the page kept its address after all."""
    anime = make_anime(site.connection, "stays")
    site.build()
    edit(site.connection, anime, slug="goes")
    site.build(kinds=["redirect"])
    assert site.live()["anime/stays"][0].status == 301
    edit(site.connection, anime, slug="stays")

    site.build()

    assert site.live()["anime/stays"][0].status == 200
    assert differences(site.live(), site.clean()) == []


def test_only_builds_that_kind_and_leaves_the_rest_dirty(site: WholeSite) -> None:
    anime = make_anime(site.connection, "one")
    site.build()
    edit(site.connection, anime, title_english="Two")

    assert site.settle(kinds=["season"]) == {"season": ["publish"]}

    assert f"anime/{anime}" in site.dirty()
    assert differences(site.live(), site.clean()) != []
    site.build()
    assert differences(site.live(), site.clean()) == []


@pytest.mark.parametrize("name", ["anime/one", "/anime/one", "the key"])
def test_a_page_is_built_by_its_key_or_its_path(site: WholeSite, name: str) -> None:
    anime = make_anime(site.connection, "one")
    site.build()
    edit(site.connection, anime, title_english="Two")

    assert site.settle(keys=[f"anime/{anime}" if name == "the key" else name]) == {"anime": ["publish"]}

    assert "season/spring-2020" in site.dirty()


def test_a_page_that_nobody_knows_is_an_error(site: WholeSite) -> None:
    with pytest.raises(NotFound, match="anime/unheard"):
        site.build(keys=["/anime/unheard"])


def test_a_build_that_would_remove_much_stops_until_told(site: WholeSite) -> None:
    for number in range(60):
        make_anime(site.connection, f"title-{number}", season_year=2000)
    site.build()
    before = site.live()
    site.connection.execute("DELETE FROM anime WHERE slug LIKE 'title-%'")

    with pytest.raises(Conflict, match=r"this would remove \d+ of \d+ live pages"):
        site.build()
    assert site.live() == before

    site.build(yes=True)
    assert site.live()["anime/title-7"][0].status == 410


def test_a_few_removed_pages_alarm_nobody(site: WholeSite) -> None:
    make_noise(site.connection)
    site.build()
    site.connection.execute("DELETE FROM studio")

    site.build()

    assert "studio/noise-studio" in site.live()
    assert site.live()["studio/noise-studio"][0].status == 410


def test_a_plan_says_what_a_build_would_do_and_does_nothing(site: WholeSite) -> None:
    anime = make_anime(site.connection, "one")
    site.build()
    edit(site.connection, anime, synopsis="Short.", synopsis_source="here")

    for _ in range(2):
        planned = dry_plan(WarmBuild(site.settings, site.as_of, BEGAN))
        assert (planned.changes, planned.due["anime"]) == (1, 1)

    assert site.dirty() == []


def test_a_page_is_explained_by_what_it_was_built_from(site: WholeSite) -> None:
    anime = make_anime(site.connection, "one")
    make_studio(site.connection, "Sunrise", anime)
    site.build()

    text = "\n".join(explain(site.connection, "/anime/one"))

    assert f"anime/{anime} at /anime/one" in text
    assert "publish" in text
    assert "studio sunrise" in text
    assert "gone from the catalogue" not in text


def test_everything_that_a_page_was_built_from_has_a_name(site: WholeSite) -> None:
    make_world(site.connection)
    site.build()
    names = {tags.number(tag) for tag, _ in site.connection.execute(_NAMES)}
    read = site.connection.execute("SELECT kind, unnest(tags) FROM page WHERE path IS NOT NULL").fetchall()

    assert {kind for kind, number in read if number not in names} == set()


def test_a_value_that_cannot_be_read_fails_its_page_and_no_other_of_the_batch(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = make_anime(site.connection, "bad")
    for number in range(9):
        make_anime(site.connection, f"good-{number}")
    break_page(monkeypatch, bad, psycopg.DataError("can't parse time '24:00:00'"))

    report = site.build()

    assert [key for key, _ in report.failed] == [f"anime/{bad}"]
    assert {f"anime/good-{number}" for number in range(9)} <= set(site.live())


def test_an_object_that_cannot_be_written_fails_its_page_and_no_other(site: WholeSite) -> None:
    bad = make_anime(site.connection, "bad")
    make_anime(site.connection, "good")
    (site.home / "bucket" / "anime" / "bad").mkdir(parents=True)

    report = site.build()

    [(key, cause)] = report.failed
    assert (key, "anime/bad" in cause) == (f"anime/{bad}", True)
    assert "anime/good" in site.live()


def test_a_bucket_that_cannot_be_written_to_leaves_the_manifest_as_it_was(site: WholeSite) -> None:
    make_noise(site.connection)
    site.build()
    right = site.settings
    site.settings = replace(right, bucket_url="file:/proc/nothing")
    with pytest.raises(Unavailable):
        site.build()
    site.settings = right

    assert site.settle() == {}


def test_what_an_earlier_build_left_is_told_as_a_reason(site: WholeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.skip = ()
    with monkeypatch.context() as patch:
        break_page(patch, make_anime(site.connection, "bad"))
        site.build()

    planned = dry_plan(WarmBuild(site.settings, site.as_of, BEGAN))

    assert (planned.left, dict(planned.due)) == (1, {"anime": 1})


def test_a_page_asked_for_by_key_is_uploaded_again_where_the_bucket_has_lost_it(site: WholeSite) -> None:
    make_anime(site.connection, "lost")
    site.build()
    before = site.live()
    site.bucket.delete(["anime/lost"])

    report = site.build(keys=["/anime/lost"])

    assert report.verdicts == {"publish": 1}
    assert site.live() == before


def break_page(monkeypatch: pytest.MonkeyPatch, bad: UUID, error: Exception = ZeroDivisionError("no number")) -> None:
    """Let one anime's page fail while it is loaded."""
    kind = BY_KIND["anime"]

    def load(read: Reader, id: str) -> Document | None:
        document = kind.load(read, id)
        if id == str(bad):
            raise error
        return document

    monkeypatch.setattr("jobs.render.BY_KIND", {**BY_KIND, "anime": replace(kind, load=load)})
