"""What is read from Lighthouse's report, and what misses its mark."""

from __future__ import annotations

from dataclasses import replace

from bench.lighthouse import COLUMNS, Scores, middle, misses, row, scores

GOOD = Scores(99, 100, 100, 100, 900, 1400, 20, 0, 60_000, 9)
REPORT = {
    "categories": {
        "performance": {"score": 0.985}, "accessibility": {"score": 1}, "best-practices": {"score": None},
        "seo": {"score": 0.92},
    },
    "audits": {
        "first-contentful-paint": {"numericValue": 901.5}, "largest-contentful-paint": {"numericValue": 1400},
        "total-blocking-time": {"numericValue": 0}, "cumulative-layout-shift": {"numericValue": 0.013},
        "total-byte-weight": {"numericValue": 60_000}, "network-requests": {"details": {"items": [{}, {}, {}]}},
    },
}  # fmt: skip


def test_the_report_is_read_in_full() -> None:
    assert scores(REPORT) == Scores(98, 100, 0, 92, 901.5, 1400, 0, 0.013, 60_000, 3)


def test_the_median_of_each_figure_counts() -> None:
    slow, shifting = replace(GOOD, performance=60, lcp=9000), replace(GOOD, cls=0.5)
    assert middle([slow, GOOD, shifting]) == GOOD


def test_a_good_page_misses_nothing_on_the_phone_and_performance_on_the_desktop() -> None:
    assert list(misses(GOOD, "mobile")) == []
    assert list(misses(GOOD, "desktop")) == ["performance is 99, below 100"]


def test_every_mark_can_be_missed() -> None:
    poor = Scores(97, 99, 99, 99, 900, 1501, 20, 0.001, 60_000, 9)
    assert [said.split(" is ")[0] for said in misses(poor, "mobile")] == [
        "performance", "accessibility", "best practices", "seo", "cls", "lcp",
    ]  # fmt: skip


def test_the_table_has_a_cell_for_every_figure() -> None:
    cells = [write(getattr(GOOD, name)) for name, write in COLUMNS.items()]
    assert row("home", "mobile", *cells).split()[:6] == ["home", "mobile", "99", "100", "100", "100"]
    assert len(row("home", "mobile", *cells)) == len(row("page", "preset", *COLUMNS))
