"""The figures of change: to live on catalogues of three sizes, many at once, and what logging costs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace

from bench import live
from bench.capture import Capture, capture
from bench.course import Course
from bench.figures import HUGO, Figures, Row
from bench.hot import CLIENTS, hot
from bench.live import Times
from bench.watch import percentile

SIZES = ((2_600, 1), (None, 1), (None, 4))
"""Anime taken of the release, None for all, and how often it is taken."""
OWN, P99, LISTS, SITEMAPS, FLAT = 0.3, 1.0, 3.0, 60.0, 1.3
MANY, ADDED, HOT, CLAIMED, RELAYED = 0.5, 25.0, 0.8, 50_000, 10_000


@dataclass(frozen=True)
class Size:
    """A catalogue of so many anime: seconds that edits took, and the rate of many at once in rates of its build."""

    anime: int
    times: Times
    many: float

    def at(self, what: str, share: float) -> float:
        """The seconds that a share of what was awaited did not exceed."""
        return percentile(self.times[what], share)


def changes(course: Course) -> None:
    """Measure it all; the catalogue as it is comes last, so that what logging costs is measured on it."""
    sizes = [_size(replace(course, anime=anime, copies=copies)) for anime, copies in SIZES if not course.anime]
    sizes = sizes or [_size(course)]
    course.work.bring_back("loaded")
    cost = capture(course.work)
    course.figures.changes = [*_live(sizes), *_capture(cost), *_hot(), *_hugo(course.figures, sizes)]


def _size(course: Course) -> Size:
    course.work.bring_back("empty")
    course.load()
    build = course.build_all()
    with closing(course.work.connect()) as connection:
        anime, pages = connection.execute("SELECT (SELECT count(*) FROM anime), count(*) FROM page").fetchall()[0]
    times = live.single_edits(course.work)
    changed, seconds = live.many_at_once(course.work)
    size = Size(anime, times, changed / seconds / (pages / build.wall))
    print(f"  {anime:,} anime: own page {size.at('own page', 0.5):.3f} s, many at once {size.many:.2f}", flush=True)
    return size


def _live(sizes: list[Size]) -> list[Row]:
    """The targets are those of the catalogue as it is, and that the median does not grow with it."""
    real = sizes[len(sizes) // 2]
    rows = [
        _row(sizes, "own page and its purge, median", "own page", 0.5, OWN),
        _row(sizes, "own page and its purge, 99 of 100", "own page", 0.99, P99),
        _row(sizes, "a list that shows it, 99 of 100", "list", 0.99, LISTS),
        _row(sizes, "its line in the sitemap, 99 of 100", "sitemap", 0.99, SITEMAPS),
    ]
    medians = [size.at("own page", 0.5) for size in sizes]
    grown = max(medians) / medians[0]
    rows.append(Row("largest median ÷ that of the smallest catalogue", f"{grown:.2f}", f"≤ {FLAT}", grown <= FLAT))
    many = f"{real.many:.2f}"
    rows.append(Row("10,000 anime at once ÷ rate of a full build", many, f"≥ {MANY}", real.many >= MANY))
    return rows


def _row(sizes: list[Size], name: str, what: str, share: float, target: float) -> Row:
    real = sizes[len(sizes) // 2].at(what, share)
    said = ", ".join(f"{size.at(what, share):.2f} s ({size.anime:,})" for size in sizes)
    return Row(name, said, f"≤ {target:g} s", real <= target)


def _capture(cost: Capture) -> list[Row]:
    return [
        Row("logging, CPU for a row of many", f"{cost.in_bulk:.0f} µs", f"≤ {ADDED:.0f} µs", cost.in_bulk <= ADDED),
        Row("logging, CPU for a row alone", f"{cost.alone:.0f} µs", "", None),
        Row("changes claimed a second", f"{cost.claimed:,.0f}", f"≥ {CLAIMED:,}", cost.claimed >= CLAIMED),
        Row(
            "changes relayed a second, ten to an anime", f"{cost.relayed:,.0f}", f"≥ {RELAYED:,}",
            cost.relayed >= RELAYED,
        ),
        Row("changes relayed a second, each to another anime", f"{cost.scattered:,.0f}", "", None),
    ]  # fmt: skip


def _hot() -> list[Row]:
    """A disk that keeps its word is what production writes to; in memory nothing but the logging is waited for."""
    kept, name = hot(on_disk=True), f"{CLIENTS} writers of one anime, with ÷ without logging"
    return [
        Row(name, f"{kept:.2f}", f"≥ {HOT}", kept >= HOT),
        Row("… in memory", f"{hot(on_disk=False):.2f}", "", None),
    ]


def _hugo(figures: Figures, sizes: list[Size]) -> list[Row]:
    """Hugo builds everything anew."""
    if HUGO not in figures.rounds:
        return []
    ratio = figures.costs[HUGO].wall / sizes[len(sizes) // 2].at("own page", 0.5)
    return [Row("Hugo's build of all pages ÷ our edit", f"{ratio:,.0f}", "", None)]
