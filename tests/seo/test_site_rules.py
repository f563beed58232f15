"""Each rule over a site is content with a good one and sees its fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.seo.site_rules import SITE_RULES, SiteRule, clicks_from_home
from tests.seo.small_site import FILES, PATH, picture, shown, site
from tests.seo.survey import Survey
from tests.site.published import SITE_URL

SHARD, ROBOTS, SHARE = "/sitemaps/1.xml", "/robots.txt", "/share/anime/space-drifters.png"


def test_a_good_site_breaks_no_rule() -> None:
    good = site()
    assert [(rule.__name__, list(rule(good))) for rule in SITE_RULES if list(rule(good))] == []


def written(path: str, was: str, becomes: str) -> Survey:
    """The good site with another text in one of its files."""
    good = site()
    body = good.text(path).replace(was, becomes, 1).encode()
    assert body != good.read(path)
    return replace(good, read=lambda asked: body if asked == path else good.read(asked))


def answering(path: str, status: int) -> Survey:
    """The good site, where this path has another status."""
    good = site()
    return replace(good, statuses={**good.statuses, path: status}, ask=lambda asked: status if asked == path else 404)


def drawn(path: str, body: bytes) -> Survey:
    """The good site and a film, where this picture is drawn."""
    film = replace(shown("/anime/film", "/"), posters=("/posters/film.jpg",))
    good = site(film=film)
    return replace(good, read=lambda asked: body if asked == path else good.read(asked), ask=lambda asked: 200)


FAULTS = (
    ("titles_are_unique", site(crew=shown("/anime/moon-crew", title="Title of /"))),
    ("descriptions_are_unique", site(crew=shown("/anime/moon-crew", description="On /"))),
    ("sitemap", written(SHARD, f"{SITE_URL}/browse<", f"{SITE_URL}/browsing<")),
    ("sitemap", written(SHARD, f"{SITE_URL}/browse<", f"{SITE_URL}/<")),
    ("sitemap", written(SHARD, "/browse<", "/anime/thin<")),
    ("sitemap", written("/sitemap.xml", SHARD, "/sitemaps/2.xml")),
    ("hidden_pages", written(SHARD, "/browse<", "/anime/thin<")),
    ("lastmod", written(SHARD, "T06:00:00Z", "T23:00:00Z")),
    ("lastmod", written(SHARD, "T06:00:00Z", " at noon")),
    ("lastmod", written(SHARD, "T06:00:00Z", "T23:00:00")),
    ("links_resolve", site(thin=shown("/anime/thin", "/browse", "/genre/no-such", noindex=True))),
    ("links_resolve", answering("/anime/moon-crew", 301)),
    ("reachable", site(browse=shown("/browse", "/"))),
    ("reachable", site(
        home=shown("/", "/1"), one=shown("/1", "/2"), two=shown("/2", "/3"), three=shown("/3", "/4"),
        four=shown("/4", "/browse"),
    )),
    ("unknown_addresses", answering("/anime/no-such-anime-7f3a", 200)),
    ("short_lists", replace(site(), thin={"lists": frozenset({"/browse"})})),
    ("bare_anime", replace(site(), thin={"anime": frozenset({PATH})})),
    ("undated_offers", replace(site(), thin={"offers": frozenset({PATH})})),
    ("told_pages", replace(site(), thin={})),
    ("share_images", answering(SHARE, 404)),
    ("share_images", drawn(SHARE, picture(1200, 600))),
    ("share_images", drawn(SHARE, b"GIF")),
    ("share_images", drawn(SHARE, picture(1200, 630) + b" " * 1_000_000)),
    ("share_images", drawn("/posters/film.jpg", picture(1200, 630))),
    ("robots_txt", written(ROBOTS, "sitemap.xml", "map.xml")),
    ("robots_txt", written(ROBOTS, "Allow: /\nDisallow: /api/", "Disallow: /anime/")),
    ("robots_txt", written(ROBOTS, "User-agent: *", "User-agent: Googlebot\nDisallow: /\n\nUser-agent: *")),
    *(("files_exist", answering(path, 404)) for path in sorted(set(FILES) - {"/static/more.js"})),
)  # fmt: skip


@pytest.mark.parametrize(("name", "faulty"), FAULTS, ids=[name for name, _ in FAULTS])
def test_a_fault_in_a_site_is_seen(name: str, faulty: Survey) -> None:
    assert list(named(name)(faulty))


def test_every_rule_has_a_fault_that_it_sees_and_says_what_it_demands() -> None:
    assert {rule.__name__ for rule in SITE_RULES} == {name for name, _ in FAULTS}
    assert all(rule.__doc__ and "\n" not in rule.__doc__ for rule in SITE_RULES)


def test_share_images_and_posters_may_come_later() -> None:
    assert "/share/anime/space-drifters.png" in site().pages[PATH].files
    assert list(named("files_exist")(site())) == []


def test_a_picture_of_its_shape_is_good() -> None:
    for path, body in ((SHARE, picture(1200, 630)), ("/posters/film.jpg", picture(600, 900))):
        assert list(named("share_images")(drawn(path, body))) == []


def test_a_hidden_page_may_be_thin() -> None:
    assert list(named("bare_anime")(replace(site(), thin={"anime": frozenset({"/anime/thin"})}))) == []


def test_clicks_are_counted_along_the_shortest_way() -> None:
    assert clicks_from_home(site()) == {
        "/": 0, "/browse": 1, PATH: 2, "/anime/thin": 2, "/anime/moon-crew": 3, "/anime/null-gravity": 3,
    }  # fmt: skip


def named(name: str) -> SiteRule:
    (rule,) = [rule for rule in SITE_RULES if rule.__name__ == name]
    return rule
