"""Parts of a list: they have pages of their own, or none, because of what the whole list is."""

from __future__ import annotations

import pytest

from sitegen.pages import studio
from tests.factories import link_studio, make_anime, make_studio
from tests.site.whole import WholeSite, differences


def test_a_season_of_one_format_that_gains_another_is_filtered_by_both(site: WholeSite) -> None:
    make_anime(site.connection, "one"), make_anime(site.connection, "two")
    site.build()
    assert "season/spring-2020/tv" not in site.live()

    make_anime(site.connection, "film", format="movie")
    site.build()

    assert {"season/spring-2020/tv", "season/spring-2020/movie/a-z"} <= set(site.live())
    assert differences(site.live(), site.clean()) == []


def test_a_studio_whose_list_grows_long_is_cut_into_all_its_decades(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "WHOLE", 2)
    old, new = make_anime(site.connection, "old", season_year=1985), make_anime(site.connection, "new")
    sunrise = make_studio(site.connection, "Sunrise", old, new)
    site.build()
    assert "studio/sunrise/1980s" not in site.live()

    link_studio(site.connection, make_anime(site.connection, "newest", season=None, season_year=None), sunrise)
    site.build()

    assert {f"studio/sunrise/{decade}" for decade in ("1980s", "2020s", "undated")} <= set(site.live())
    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_a_title_that_is_for_adults_no_more_lengthens_its_lists(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "WHOLE", 2)
    shown = [make_anime(site.connection, f"title-{year}", season_year=year) for year in (1985, 2020)]
    hidden = make_anime(site.connection, "hidden", format="movie", adult=True)
    make_studio(site.connection, "Sunrise", *shown, hidden)
    site.build()

    site.connection.execute("UPDATE anime SET adult = false")
    site.build()

    assert {"studio/sunrise/1980s", "season/spring-2020/tv"} <= set(site.live())
    assert differences(site.live(), site.clean()) == []
