"""Hostile texts the whole way: from a feed's file through an import and a build to the answer of the origin."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain import paths
from domain.catalogue.report import Report
from domain.slugs import LONGEST, free_slug, slug_of
from dynamic.app import create_app
from jobs.catalogue import import_files
from ports.database import connect
from ports.settings import Settings
from tests.domain.feeds import episodes, extra, offer, release, write
from tests.site.hostile_texts import BLANK, TEXTS, UNTIDY
from tests.site.markup import unbalanced
from tests.site.published import Published, publish

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
"""What has no place in a page: an import leaves it out, and a title of nothing else is blank."""
ALL = tuple(text for text in (*TEXTS, *UNTIDY) if UNSEEN.sub("", text))
NOTHING = (*BLANK, *(text for text in TEXTS if not UNSEEN.sub("", text)))


def test_every_title_comes_in_and_every_blank_one_is_rejected(brought: Brought) -> None:
    file = brought.report.files[0]
    assert dict(file.outcomes) == {"added": len(ALL), "rejected": len(NOTHING)}
    assert {reject.line for reject in file.rejects} == set(range(len(ALL) + 1, len(ALL) + len(NOTHING) + 1))
    assert all(reject.reason for reject in file.rejects)
    assert [other.outcomes["rejected"] for other in brought.report.files[1:]] == [0, 0, 0]


def test_a_slug_is_readable_ascii_or_the_fallback(brought: Brought) -> None:
    slugs = [slug for slug, _ in brought.rows]
    assert [slug for slug in slugs if not SLUG.fullmatch(slug) or len(slug) > LONGEST] == []
    assert len(set(slugs)) == len(ALL)
    for slug, title in brought.rows:
        assert slug.startswith(slug_of(title)[:40] or "anime-"), (slug, title)


def test_a_slug_is_readable_whatever_the_name() -> None:
    taken: set[str] = set()
    for text in (*ALL, *ALL, *NOTHING):
        slug = free_slug([text], ["2020"], "anime-1", taken)
        assert SLUG.fullmatch(slug) and len(slug) <= LONGEST, text
        taken.add(slug)
    assert len(taken) == 2 * len(ALL) + len(NOTHING)


def test_titles_stand_on_one_line_and_otherwise_as_the_feed_wrote_them(brought: Brought) -> None:
    expected = {" ".join(UNSEEN.sub("", text).replace("`", "'").split()) for text in ALL}
    assert {title for _, title in brought.rows} == expected
    for slug, title in brought.rows:
        found = HEADING.search(brought.site.text(f"/anime/{slug}"))
        assert found is not None
        assert html.unescape(found[1]) == title


def test_every_page_is_whole_and_served(brought: Brought) -> None:
    client = create_app(brought.site.settings).test_client()
    for path, page in brought.site.pages.items():
        assert unbalanced(page.text) == [], path
        assert client.get(path).data == page.text.encode(), path
    assert len(brought.site.pages) > 3 * len(ALL)


def test_every_link_between_those_pages_leads_somewhere(brought: Brought) -> None:
    links = {href for page in brought.site.pages.values() for href in page.hrefs if href.startswith("/")}
    assert {href for href in links if not paths.is_dynamic(urlsplit(href).path)} <= set(brought.site.objects)


@dataclass(frozen=True)
class Brought:
    """What the import said, (slug, title) of what came in, and the site that was built from it."""

    report: Report
    rows: list[tuple[str, str]]
    site: Published


@pytest.fixture(scope="module")
def brought(new_site: Callable[[], Settings], tmp_path_factory: pytest.TempPathFactory) -> Brought:
    settings, folder = new_site(), tmp_path_factory.mktemp("feeds")
    with connect(settings.database_url) as connection:
        report = import_files(connection, feeds(folder))
        rows = connection.execute(
            "SELECT slug, coalesce(title_english, title_romaji) FROM anime ORDER BY slug"
        ).fetchall()
    return Brought(report, rows, publish(settings))


def feeds(folder: Path) -> list[Path]:
    """One anime for every text, which stands in every field of every feed."""
    numbered = list(enumerate(ALL, 1))
    named = [(number, text[:90]) for number, text in numbered]
    groups: dict[str, list[dict[str, Any]]] = {
        "release": [
            *(
                release(n, text, synonyms=[f"{text} (synonym)"], studios=[text[:300]], tags=[text[:300]])
                for n, text in numbered
            ),
            *(release(9000 + n) | {"title": text} for n, text in enumerate(NOTHING)),
        ],
        "extra": [
            extra(
                n,
                title_japanese=f"日本語 {text}",
                synopsis=f"{text}\n\n{text}",
                synopsis_from="mal",
                genres=[text[:300]],
            )
            for n, text in numbered
        ],
        "episodes": [
            episodes(n, {"n": 1, "en": text, "ja": f"{text} ja"}, {"n": "S1", "en": text}) for n, text in numbered
        ],
        "streaming": [
            offer(n, text if re.search(r"\w", text) else "Site", label=text[:300], regions=["US"]) for n, text in named
        ],
    }
    return [write(folder / f"{name}.jsonl", records) for name, records in groups.items()]
