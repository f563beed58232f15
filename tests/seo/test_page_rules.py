"""Each rule over a page is content with a good one and sees its fault: otherwise it proves nothing."""

from __future__ import annotations

import pytest

from tests.seo.page import Page
from tests.seo.rules import PAGE_RULES, PageRule
from tests.seo.small_site import FILES, GOOD, PATH, page
from tests.site.published import SITE_URL

NOISE = "".join(f"{n * n * 7919 % 1_000_003:x}" for n in range(9000)).encode()
"""Text that compresses badly."""
FAULTS = (
    ("language", '<html lang="en">', "<html>"),
    ("language", 'lang="en"', 'lang="English please"'),
    ("language", '<link rel="icon"', '<link rel="alternate" hreflang="de" href="/de"><link rel="icon"'),
    ("title", "Space Drifters (1998): episodes and where to watch", "Drifters"),
    ("title", "<title>Space", "<title>The Long, Long Story of the Very Many Space"),
    ("title", "</title>", "</title><title>Another title here</title>"),
    ("description", "A crew of four drifts from moon to moon: 26", "26"),
    ("description", "in your country today", "in your country today" + " and tomorrow" * 5),
    ("description", '<meta name="description"', '<meta name="abstract"'),
    ("canonical", 'rel="canonical" href="https://anime.example', 'rel="canonical" href="'),
    ("canonical", 'drifters">\n<meta property="og:site', 'drifters?a=1">\n<meta property="og:site'),
    ("canonical", '<link rel="icon"', '<link rel="canonical" href="https://anime.example/"><link rel="icon"'),
    ("canonical", 'og:url" content="https', 'og:url" content="http'),
    ("open_graph", 'content="video.tv_show"', 'content=""'),
    ("open_graph", '<meta property="og:image:alt" content="Space Drifters: 26 episodes">', ""),
    ("open_graph", 'content="630"', 'content="628"'),
    ("open_graph", "summary_large_image", "summary"),
    ("open_graph", 'site_name" content="Anime Example"', 'site_name" content="Another"'),
    ("share_image", "space-drifters.png", "space-drifters.webp"),
    ("share_image", 'content="https://anime.example/share', 'content="https://cdn.example/share'),
    ("share_image", 'content="https://anime.example/share', 'content="/share'),
    ("robots", 'content="max-image-preview:large"', 'content="index"'),
    ("robots", 'content="max-image-preview:large"', 'content="noindex"'),
    ("robots", 'content="max-image-preview:large"', 'content="max-image-preview:large,nofollow"'),
    ("robots", '<meta name="robots" content="max-image-preview:large">', ""),
    ("viewport", "initial-scale=1", "initial-scale=1, maximum-scale=1"),
    ("viewport", '<meta name="viewport" content="width=device-width, initial-scale=1">', ""),
    ("outline", "<h1>Space Drifters</h1>", ""),
    ("outline", "<h1>Space Drifters</h1>", "<h1>Space Drifters</h1><h1>Again</h1>"),
    ("outline", '<h2 id="similar">Similar</h2>', '<h4 id="similar">Similar</h4>'),
    ("outline", "Similar</h2>", "</h2>"),
    ("images", 'alt="" width="160"', 'width="160"'),
    ("images", 'height="240"', ""),
    ("images", 'width="160"', 'width="10em"'),
    ("image_order", 'loading="lazy"', 'fetchpriority="high"'),
    ("image_order", 'fetchpriority="high"', 'fetchpriority="high" loading="lazy"'),
    ("own_sources", 'src="/static/cover.avif" srcset', 'src="https://cdn.example/cover.avif" srcset'),
    ("own_sources", "/static/cover-2.avif 640w", "//cdn.example/cover.avif 640w"),
    ("own_sources", 'href="/static/site.css"', 'href="https://fonts.example/site.css"'),
    ("own_sources", 'src="/static/islands.js"', 'src="https://cdn.example/islands.js"'),
    ("ids", '<main id="main">', '<main id="similar">'),
    ("ids", 'aria-labelledby="similar"', 'aria-labelledby="alike"'),
    ("ids", '<a href="/browse">Browse', '<a href="#nowhere">Browse'),
    ("links", '<a href="/browse">Browse', "<a>Browse"),
    ("links", '<a href="/browse">Browse', '<a href="javascript:go()">Browse'),
    ("links", '<a href="/browse">Browse', '<a href="browse">Browse'),
    ("links", "https://watch.example", "http://watch.example"),
    ("links", 'alt="Anime Example"', 'alt=""'),
    ("outgoing_links", 'rel="nofollow noopener"', 'rel="noopener"'),
    ("outgoing_links", ' rel="nofollow noopener"', ""),
    ("strict_content", "<h1>", '<h1 style="color: red">'),
    ("strict_content", "<h1>", '<h1 onclick="go()">'),
    ("strict_content", "</head>", "<style>h1 { color: red }</style></head>"),
    ("strict_content", "</body>", "<script>go()</script></body>"),
    ("scripts", 'type="module" src', "src"),
    ("scripts", 'type="module" src="/static/islands.js"', 'src="/static/theme-too.js"'),
    ("scripts", 'type="module" src', 'type="module" async="" src'),
    ("leaks", "<p>8.4 from", "<p>None, 8.4 from"),
    ("leaks", '<a href="/browse">', '<a href="/browse" title="{{ title }}">'),
    ("leaks", 'href="/anime/moon-crew"', 'href="/anime/None"'),
    ("leaks", '26 episodes">', 'undefined episodes">'),
    ("structured_data", '"genre": "Drama",', '"genre": "Drama"'),
    ("structured_data", '"genre": "Drama"', '"genre": null'),
    ("structured_data", '"genre": "Drama"', '"colour": "red"'),
    ("structured_data", '"1998-04-03"', '"3 April 1998"'),
    ("structured_data", '"@type": "ItemList"', '"@type": "Shelf"'),
    ("structured_data", '"@context": "https://schema.org", "@type": "TV', '"@type": "TV'),
    ("structured_data", '"numberOfEpisodes": 26', '"numberOfEpisodes": 0'),
    ("structured_data", '"bestRating": 10', '"bestRating": 5'),
    ("structured_addresses", '"item": "https://anime.example/browse"', '"item": "/browse"'),
    ("structured_addresses", "https://anime.example/studio", "https://studio.example/studio"),
    ("structured_addresses", "https://anime.example/posters", "https://cdn.example/posters"),
    ("breadcrumbs", "BreadcrumbList", "BreadcrumbTrail"),
    ("breadcrumbs", '"position": 3', '"position": 4'),
    ("breadcrumbs", '"item": "https://anime.example/"', '"item": "https://anime.example/anime"'),
    ("breadcrumbs", 'Drifters", "item": "https://anime.example/anime/space', 'x", "item": "https://anime.example/anime'),
    ("works", '"TVSeries"', '"CreativeWork"'),
    ("works", '"image": "https://anime.example/posters/space-drifters.jpg",', ""),
    ("works", "drifters.jpg", "drifters.avif"),
    ("works", '"url": "https://anime.example/anime/space', '"url": "https://anime.example/anime'),
    ("ratings", "8.4 from 1,204 readers", "Liked by 1,204 readers"),
    ("ratings", "8.4 from 1,204 readers", "8.4"),
    ("ratings", '"ratingCount": 1204', '"ratingCount": 9'),
    ("item_lists", '"position": 2, "name": "Null', '"position": 3, "name": "Null'),
    ("item_lists", "https://anime.example/anime/null-gravity", "https://anime.example/anime/moon-crew"),
    ("item_lists", '"url": "https://anime.example/anime/null', '"url": "https://other.example/anime/null'),
    ("item_lists", '"name": "Moon Crew"', '"name": "Crew of the Moon"'),
    ("weight", "8.4 from", f"{NOISE.decode()} 8.4 from"),
)  # fmt: skip
FILE_FAULTS = (
    ("weight", "/static/site.css", NOISE),
    ("weight", "/static/text.woff2", b"x" * 40_000),
    ("weight_of_scripts", "/static/islands.js", NOISE),
    ("weight_of_scripts", "/static/more.js", NOISE),
)


@pytest.mark.parametrize("rule", PAGE_RULES, ids=lambda rule: rule.__name__)
def test_a_good_page_breaks_no_rule(rule: PageRule) -> None:
    assert list(rule(page())) == []


@pytest.mark.parametrize(("name", "was", "becomes"), FAULTS)
def test_a_fault_in_a_page_is_seen(name: str, was: str, becomes: str) -> None:
    assert was in GOOD
    assert said(name, page(GOOD.replace(was, becomes, 1)))


@pytest.mark.parametrize(("name", "path", "body"), FILE_FAULTS, ids=lambda one: str(one)[:30])
def test_a_fault_in_a_file_is_seen(name: str, path: str, body: bytes) -> None:
    assert said(name, page(files=FILES | {path: body}))


def test_every_rule_has_a_fault_that_it_sees() -> None:
    assert {rule.__name__ for rule in PAGE_RULES} == {fault[0] for fault in (*FAULTS, *FILE_FAULTS)}


def test_every_rule_says_in_one_line_what_it_demands() -> None:
    for rule in PAGE_RULES:
        assert rule.__doc__ and "\n" not in rule.__doc__, rule


def test_a_page_that_search_engines_shall_not_list_says_so_and_lets_them_go_on() -> None:
    hidden = GOOD.replace("max-image-preview:large", "noindex,follow")
    assert said("robots", page(hidden)) == []


def test_a_title_may_hold_a_word_that_looks_like_a_mistake() -> None:
    for known in ("And Then There Were None. 8.4 from", "1 None-None Gekijou 8.4 from"):
        assert said("leaks", page(GOOD.replace("8.4 from", known))) == []
    assert said("leaks", page(GOOD.replace("8.4 from", "1 None-None 8.4 from"))) != []


def test_home_needs_no_breadcrumbs_and_no_work() -> None:
    home = GOOD.replace(PATH, "/").replace("BreadcrumbList", "x").replace("TVSeries", "x")
    assert said("breadcrumbs", page(home, "/", "home")) == []
    assert said("works", page(home, "/", "home")) == []


def test_the_site_itself_may_be_named_by_its_bare_address() -> None:
    assert page().own(SITE_URL) == "/"
    assert page().own(f"{SITE_URL}.evil/x") is None
    assert page().own("//evil.example/x") is None
    assert page().own(f"{SITE_URL}/x?a=1#b") == "/x"


def said(name: str, faulty: Page) -> list[str]:
    (rule,) = [rule for rule in PAGE_RULES if rule.__name__ == name]
    return list(rule(faulty))
