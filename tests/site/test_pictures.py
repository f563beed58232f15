"""Pictures: drawn from what they show, named by it, and drawn again only when that changes."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from dynamic.app import create_app
from tests.factories import edit, make_anime, make_noise, make_studio, update
from tests.site.whole import WholeSite, differences


def test_every_picture_that_a_page_names_is_there_once_all_are_drawn(drawn: WholeSite) -> None:
    live = drawn.live()
    named = {
        path.decode()[1:]
        for key, (_, body) in live.items()
        for path in re.findall(rb"/(?:covers|posters|share|static)/[\w/.~%-]+", body)
        if not key.startswith(("covers/", "static/", "share/", "posters/"))
    }

    assert {path.split("/")[0] for path in named} == {"covers", "posters", "share", "static"}
    assert named <= set(live)


def test_a_synopsis_draws_nothing(drawn: WholeSite, film: UUID) -> None:
    edit(drawn.connection, film, synopsis="New.", synopsis_source="here")

    drawn.build()

    assert pictures(drawn) == set()


def test_a_title_draws_the_cover_the_poster_and_the_share_images_that_show_it(drawn: WholeSite, film: UUID) -> None:
    edit(drawn.connection, film, title_english="Renamed")

    drawn.build()

    shown = {re.sub(r"\.[0-9a-f]{10}\.", ".", path) for path in pictures(drawn)}
    assert shown == {
        "/covers/film.svg", "/posters/film.jpg", "/share/anime/film.jpg", "/share/season/spring-2020.jpg",
        "/share/studio/studio.jpg",
    }  # fmt: skip
    assert differences(drawn.live(), drawn.clean()) == []


def test_a_studio_s_name_draws_its_own_image_and_those_of_its_anime(drawn: WholeSite) -> None:
    update(drawn.connection, "studio", {"slug": "studio"}, {"name": "Otherwise"})

    drawn.build()

    shown = {re.sub(r"\.[0-9a-f]{10}\.", ".", path) for path in pictures(drawn)}
    assert shown == {"/share/anime/film.jpg", "/share/anime/series.jpg", "/share/studio/studio.jpg"}


def test_share_images_are_drawn_after_the_pages_most_popular_first(site: WholeSite) -> None:
    for slug, popularity in (("little", 10), ("much", 1_000_000), ("some", 20_000)):
        make_anime(site.connection, slug, popularity=popularity)
    site.skip = ()
    site.build(workers=1)

    rows = site.connection.execute(
        "SELECT path, turn FROM page WHERE kind = 'share_anime' ORDER BY turn, key"
    ).fetchall()
    assert [path.split("/")[3].partition(".")[0] for path, _ in rows] == ["much", "some", "little"]
    phases = site.connection.execute("SELECT kind FROM page GROUP BY kind ORDER BY max(built_at), kind").fetchall()
    assert {kind for (kind,) in phases} >= {"share_anime", "anime", "cover"}


def test_until_it_is_drawn_a_picture_is_answered_by_the_generic_one_for_a_short_time(site: WholeSite) -> None:
    make_anime(site.connection, "film", format="movie")
    site.build()
    client = create_app(site.settings).test_client()
    page = site.live()["anime/film"][1].decode()
    for named, generic in (
        (r"/share/anime/film\.[0-9a-f]{10}\.jpg", "/share/site.jpg"),
        (r"/posters/film\.\w+\.jpg", "/posters/site.jpg"),
    ):
        [address] = set(re.findall(named, page))
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.data == client.get(generic).data

    site.skip = ()
    site.build()

    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.data != client.get(generic).data
    assert client.get("/share/anime/film.jpg").status_code == 404


def test_an_anime_with_a_picture_of_its_own_on_this_site_has_no_drawn_cover(site: WholeSite) -> None:
    make_anime(site.connection, "own", cover="/uploads/own.jpg")
    make_anime(site.connection, "elsewhere", cover="https://pictures.example/other.jpg")
    make_anime(site.connection, "sly", cover="//pictures.example/other.jpg")
    site.build()

    covers = {path.split("/")[2].partition(".")[0] for path in site.paths_of("cover")}
    assert covers == {"elsewhere", "sly"}
    assert b'src="/uploads/own.jpg"' in site.live()["anime/own"][1]
    assert all(b"pictures.example" not in body for _, body in site.live().values())


def pictures(site: WholeSite) -> set[str]:
    return {path for path in site.uploaded() if path.startswith(("/covers/", "/posters/", "/share/"))}


@pytest.fixture
def film(site: WholeSite) -> UUID:
    return make_anime(site.connection, "film", title_english="Film", format="movie")


@pytest.fixture
def drawn(site: WholeSite, film: UUID) -> WholeSite:
    """A built site, all pictures drawn."""
    series = make_anime(site.connection, "series", title_english="Series")
    make_studio(site.connection, "Studio", film, series)
    make_noise(site.connection)
    site.skip = ()
    site.build()
    return site
