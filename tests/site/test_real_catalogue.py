"""The real catalogue: every row of every file is accounted for, and 45,000 pages come out without a fault."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
import pytest
from lxml import etree  # type: ignore[import-untyped]

from domain import paths
from jobs.impact import Impact, impact
from jobs.world import World
from ports import clock
from ports.settings import PROJECT, Settings, to_environment
from tests.site.memory import Watched, watch
from tests.site.page_checks import faults
from tests.site.published import HTML, Published
from tests.site.test_sitemaps import schema
from tests.site.whole import DRAWN_LATER

DATA = PROJECT.parent / "shared" / "data"
FILES = sorted([*DATA.glob("catalog/*.jsonl.gz"), *DATA.glob("streaming/*.jsonl.gz")])
MEMORY = 1 << 30
EVERY = 60
METADATA = re.compile(rb'\{"\$schema"').match
HREF = re.compile(rb' href="(/[^"#?]*)')
TITLE = re.compile(rb"<title>(.*?)</title>")
DESCRIPTION = re.compile(rb'<meta name="description" content="(.*?)">')
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),  # the first test makes the site
    pytest.mark.skipif(len(FILES) < 5, reason=f"no real catalogue in {DATA}"),
]


def test_every_record_of_every_file_has_exactly_one_outcome(real: Real) -> None:
    for file in FILES:
        read, *outcomes = real.table[file.name]
        assert read == sum(outcomes) == records(file), file.name


def test_every_anime_came_in_and_none_was_merged(real: Real) -> None:
    assert real.table["catalog-2026-07-02.jsonl.gz"] == [26280, 26280, 0, 0, 0, 0, 0, 0]
    assert real.rows("SELECT count(*) FROM anime") == [(26280,)]
    assert "ids that stand on several entries, dropped from identity: 31" in real.imported.out


def test_what_was_rejected_is_told_with_its_reason(real: Real) -> None:
    assert real.rejects.read_bytes().count(b'"reason"') == sum(row[-1] for row in real.table.values())


def test_importing_it_all_again_writes_nothing(real: Real) -> None:
    assert real.again.code == 0, real.again.err
    assert "Rows written: none." in real.again.out


def test_no_page_fails_and_a_second_build_does_nothing(real: Real) -> None:
    assert (real.built.code, real.built.err) == (0, "")
    assert real.rows("SELECT DISTINCT kind FROM page WHERE built < wanted OR error IS NOT NULL") == []
    assert real.rebuilt.out == "Site: nothing to do.\n"


def test_every_anime_that_is_not_for_adults_has_its_page(real: Real) -> None:
    slugs = {f"/anime/{slug}" for (slug,) in real.rows("SELECT slug FROM anime WHERE NOT adult")}
    assert slugs == {path for path in real.site.objects if path.count("/") == 2 and path.startswith("/anime/")}


def test_no_internal_link_is_broken(real: Real) -> None:
    led_to = {
        (path, href.decode()) for path, body in real.bodies.items() for href in set(HREF.findall(body)) - real.known
    }
    assert {(path, href) for path, href in led_to if not paths.is_dynamic(href)} == set()


def test_every_page_is_linked_from_another(real: Real) -> None:
    linked = {
        href.decode() for path, body in real.bodies.items() for href in HREF.findall(body) if href.decode() != path
    }
    assert set(real.bodies) - linked == set()


def test_no_two_pages_have_one_title_or_description(real: Real) -> None:
    for what in (TITLE, DESCRIPTION):
        counts = Counter(found[1].decode() for body in real.bodies.values() if (found := what.search(body)))
        assert {text: many for text, many in counts.items() if many > 1} == {}


def test_a_page_in_sixty_is_good(real: Real) -> None:
    """Words that look like a leak may be real titles here."""
    site, settings = real.site, real.settings
    pages = [site.parsed(path) for path in sorted(real.bodies)[::EVERY]]
    found = {page.path: faults(page, settings.site_url, settings.site_name) for page in pages}
    assert {
        path: wrong for path, all_ in found.items() if (wrong := [one for one in all_ if not one.endswith("leaked")])
    } == {}


def test_every_sitemap_is_valid_and_lists_what_may_be_found(real: Real) -> None:
    listed: Counter[str] = Counter()
    for path, stored in real.site.objects.items():
        if path.startswith("/sitemaps/"):
            root = etree.fromstring(stored.body)
            schema("sitemap").assertValid(root)
            locations = [element.text or "" for element in root.iter("{*}loc")]
            assert len(locations) <= 2000
            listed.update(location.removeprefix(real.settings.site_url) for location in locations)
    schema("siteindex").assertValid(etree.fromstring(real.site.objects["/sitemap.xml"].body))
    assert set(listed.values()) == {1}
    assert set(listed) == {path for path, body in real.bodies.items() if b'content="noindex' not in body}


def test_neither_import_nor_build_takes_more_than_a_gigabyte(real: Real) -> None:
    peaks = {name: getattr(real, name).peak for name in ("imported", "again", "built", "rebuilt")}
    assert max(peaks.values()) <= MEMORY, peaks


def test_a_synopsis_reaches_three_pages_at_most(real: Real) -> None:
    for slug in KNOWN:
        found = real.foresee("UPDATE anime SET synopsis = 'New.', synopsis_source = 'here' WHERE slug = %s", slug)
        written = [key.partition("/")[0] for key in found.written if key.partition("/")[0] not in DRAWN_LATER]
        assert sorted(written) == ["anime", "sitemap", "sitemap_index"]
        assert {key.partition("/")[0] for key in found.same} <= {"watch", "episodes", "cover", *DRAWN_LATER}


def test_a_title_reaches_the_pages_that_show_it(real: Real) -> None:
    for slug in KNOWN:
        [(title,)] = real.rows(f"SELECT coalesce(title_english, title_romaji) FROM anime WHERE slug = '{slug}'")
        found = real.foresee(f"UPDATE anime SET title_english = '{NEW}' WHERE slug = %s", slug)
        written = {key for key in found.written if key.partition("/")[0] not in FOLLOWING}
        links = [f'/{room}/{slug}"'.encode() for room in ("anime", "where-to-watch")]
        shown = {path for path, body in real.bodies.items() if any(link in body for link in links)}
        assert found.unknown == []
        paths = {path for key, path in real.rows("SELECT key, path FROM page") if key in written}
        assert sorted(paths - shown) == [], title


def test_a_move_to_another_season_reaches_both_and_no_other(real: Real) -> None:
    found = real.foresee("UPDATE anime SET season = 'summer', season_year = 1999 WHERE slug = %s", KNOWN[0])
    seasons = {key.split("/")[1] for key in found.written if key.startswith("season")} - {""}
    [(old,)] = real.rows(f"SELECT season || '-' || season_year FROM anime WHERE slug = '{KNOWN[0]}'")
    assert {name for name in seasons if "-" in name} == {old, "summer-1999"}


def test_an_offer_reaches_where_to_watch_and_the_anime_page(real: Real) -> None:
    found = real.foresee(
        "UPDATE offer SET url = url || '?new' WHERE anime_id = (SELECT id FROM anime WHERE slug = %s)", OFFERED
    )
    assert {key.partition("/")[0] for key in found.written} - {*FOLLOWING} == {"watch", "anime"}


def test_a_studio_rename_reaches_its_pages_and_its_anime(real: Real) -> None:
    found = real.foresee("UPDATE studio SET name = name || ' New' WHERE slug = %s", STUDIO)
    anime = {
        str(id)
        for (id,) in real.rows(
            "SELECT l.anime_id FROM anime_studio l JOIN studio s ON s.id = l.studio_id"
            f" JOIN anime a ON a.id = l.anime_id WHERE s.slug = '{STUDIO}' AND NOT a.adult"
        )
    }
    written = {key for key in found.written if key.partition("/")[0] in ("anime", "watch")}
    assert found.unknown == []
    assert {key.split("/")[1] for key in written} <= anime
    assert {key.partition("/")[2] for key in written if key.startswith("anime/")} == anime
    assert {key.partition("/")[0] for key in found.written} <= {
        "anime",
        "watch",
        "episodes",
        "studio",
        "studio_decade",
        *FOLLOWING,
    }


KNOWN = ("cowboy-bebop", "hunter-x-hunter", "one-piece")
OFFERED, STUDIO, NEW = "cowboy-bebop", "sunrise", "A title that no other anime has"
FOLLOWING = ("sitemap", "sitemap_index", "cover", "studios", *DRAWN_LATER)


@dataclass(frozen=True)
class Real:
    """What the commands said, and what they left."""

    settings: Settings
    rejects: Path
    imported: Watched
    again: Watched
    built: Watched
    rebuilt: Watched

    @cached_property
    def table(self) -> dict[str, list[int]]:
        """File → read, added, changed, unchanged, waiting, candidates, folded, rejected."""
        rows = [re.split(r"\s{2,}", line.strip()) for line in self.imported.out.splitlines()]
        return {
            row[0]: [int(cell.replace(",", "")) for cell in row[2:]]
            for row in rows
            if len(row) == 10 and row[0] != "file"
        }

    @cached_property
    def site(self) -> Published:
        return Published(self.settings)

    @cached_property
    def bodies(self) -> dict[str, bytes]:
        """Every HTML page that answers 200."""
        ordinary = {path: stored for path, stored in self.site.objects.items() if stored.head.status == 200}
        return {path: stored.body for path, stored in ordinary.items() if stored.head.content_type == HTML}

    @cached_property
    def known(self) -> set[bytes]:
        """Every address that answers 200."""
        return {path.encode() for path, stored in self.site.objects.items() if stored.head.status == 200}

    def foresee(self, edit: str, *values: object) -> Impact:
        """What an edit would do; it is not made."""
        with closing(World(self.settings)) as world:
            return impact(world.renderer(), lambda one: one.execute(edit, values))

    def rows(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.settings.database_url) as connection:
            return connection.execute(question).fetchall()


def records(file: Path) -> int:
    """Lines of the file, without a release's description of itself."""
    with gzip.open(file) as lines:
        return sum(not METADATA(line) for line in lines)


@pytest.fixture(scope="module")
def real(new_site: Callable[[], Settings], tmp_path_factory: pytest.TempPathFactory) -> Real:
    settings, rejects = new_site(), tmp_path_factory.mktemp("real") / "rejects.jsonl"
    environment = to_environment(settings)

    def run(*arguments: str) -> Watched:
        ended = watch(arguments, environment, settings.database_url)
        assert ended.code == 0, ended.err
        return ended

    files = [str(file) for file in FILES]
    imported = run("catalogue", "import", *files, "--rejects", str(rejects))
    day = str(clock.today())  # both builds are of one day, also where midnight lies between them
    build = ("site", "build", "--workers", "2", "--skip", "pictures", "--as-of", day)
    return Real(settings, rejects, imported, run("catalogue", "import", *files), run(*build), run(*build))
