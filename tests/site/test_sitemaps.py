"""Sitemaps list every page that may be found and no other, say honestly when each changed, and are valid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]

from ports.database import connect
from ports.settings import Settings
from tests.factories import edit, make_anime, make_episodes, make_offer, make_platform, make_studio
from tests.site.everything import add_anime
from tests.site.published import AS_OF, AT, SITE_URL, Published, publish
from tests.site.whole import WholeSite

SCHEMAS = Path(__file__).parent / "schemas"
LONGEST = 2000
LATER = AT + timedelta(days=1)


def test_each_sitemap_and_their_index_are_valid(everything: Published) -> None:
    for path in maps(everything):
        schema("sitemap").assertValid(parsed(everything, path))
    schema("siteindex").assertValid(parsed(everything, "/sitemap.xml"))


def test_the_schemas_refuse_what_the_protocol_forbids(everything: Published) -> None:
    good = everything.objects[maps(everything)[0]].body.decode()
    for was, becomes in (
        ("<lastmod>", "<lastmod>x"), ("https://", "/"), ("<loc>", "<name/><loc>"),
        ("</lastmod>", "</lastmod><priority>2</priority>"), ("<urlset", "<urlset x='1'"),
        ("schemas/sitemap/0.9", "schemas/sitemap/0.8"), ("Z<", "<"),
    ):  # fmt: skip
        assert not schema("sitemap").validate(etree.fromstring(good.replace(was, becomes, 1).encode())), becomes
    twice = good.replace("</urlset>", good[good.index("<url>") : good.index("</url>") + 6] + "</urlset>")
    assert not schema("sitemap").validate(etree.fromstring(twice.encode()))


def test_every_indexable_page_is_in_exactly_one_sitemap_and_no_other_page_is(everything: Published) -> None:
    listed = Counter(path for shard in maps(everything) for path in entries(everything, shard))
    assert set(listed.values()) == {1}
    assert set(listed) == {path for path, page in everything.pages.items() if not page.noindex}


def test_addresses_are_the_canonical_ones(everything: Published) -> None:
    for shard in maps(everything):
        for path in entries(everything, shard):
            assert everything.page(path).link("canonical") == [SITE_URL + path]


def test_the_index_lists_exactly_the_sitemaps_there_are(everything: Published) -> None:
    assert set(entries(everything, "/sitemap.xml")) == set(maps(everything))


def test_robots_txt_names_the_index_and_closes_only_what_is_for_one_reader(everything: Published) -> None:
    lines = everything.text("/robots.txt").splitlines()
    assert f"Sitemap: {SITE_URL}/sitemap.xml" in lines
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    assert closed
    assert not [path for path in everything.objects for start in closed if path.startswith(start)]


def test_any_one_of_synopsis_episode_special_offer_and_studio_makes_an_anime_worth_finding(site: WholeSite) -> None:
    made = {slug: make_anime(site.connection, slug) for slug in ("bare", "told", "aired", "special", "offered", "made")}
    edit(site.connection, made["told"], synopsis="Once.", synopsis_source="us")
    make_episodes(site.connection, made["aired"], 1)
    make_episodes(site.connection, made["special"], 1, kind="special")
    make_offer(site.connection, made["offered"], make_platform(site.connection, "Streamer"))
    make_studio(site.connection, "Studio", made["made"])
    site.build()

    found = {path for (path,) in site.connection.execute("SELECT path FROM page WHERE kind = 'anime' AND indexable")}
    assert found == {f"/anime/{slug}" for slug in made if slug != "bare"}


def test_lastmod_is_when_the_content_changed_and_not_when_it_was_built(new_site: Callable[[], Settings]) -> None:
    settings = new_site()
    with connect(settings.database_url) as connection:
        first = add_anime(connection, 1, "first", synopsis="Old.", synopsis_source="us")
        add_anime(connection, 2, "second", synopsis="Still.", synopsis_source="us")
        publish(settings)
        connection.execute("UPDATE anime SET synopsis = 'New.' WHERE id = %s", [first])
        now = publish(settings, AS_OF, LATER)
    changed = {path: at for shard in maps(now) for path, at in entries(now, shard).items()}
    assert (changed["/anime/first"], changed["/anime/second"]) == (LATER, AT)
    assert [path for path, at in changed.items() if at == LATER] == ["/anime/first"]
    assert set(entries(now, "/sitemap.xml").values()) == {LATER}


@pytest.mark.long
def test_many_pages_are_cut_into_sitemaps_that_stay_short(new_site: Callable[[], Settings]) -> None:
    settings = new_site()
    with connect(settings.database_url) as connection:
        connection.execute(
            "INSERT INTO anime (id, slug, title_romaji, synopsis, synopsis_source)"
            " SELECT gen_random_uuid(), 'a-' || n, 'A ' || n, 'S', 'us' FROM generate_series(1, 5000) n"
        )
    now = publish(settings)
    sizes = [len(entries(now, shard)) for shard in maps(now)]
    assert len(sizes) >= 3
    assert max(sizes) <= LONGEST
    assert sum(sizes) == len(now.indexable())
    assert set(entries(now, "/sitemap.xml")) == set(maps(now))


def maps(site: Published) -> list[str]:
    return [path for path in site.objects if path.startswith("/sitemaps/")]


def parsed(site: Published, path: str) -> etree._Element:
    assert site.objects[path].head.content_type == "application/xml; charset=utf-8"
    return etree.fromstring(site.objects[path].body)


def entries(site: Published, path: str) -> dict[str, datetime]:
    """Path → lastmod; none lies after the build."""
    found = {}
    for entry in parsed(site, path):
        location, changed = (child.text or "" for child in entry)
        found[location.removeprefix(SITE_URL)] = datetime.fromisoformat(changed)
    assert len(found) == len(parsed(site, path))
    assert max(found.values()) <= LATER.astimezone(UTC)
    return found


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=SCHEMAS / f"{name}.xsd")
