"""`python -m bench.lighthouse`: how fast and well made Lighthouse finds pages of the sample; medians count."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

import click

from bench.tools import PLACE, Tools, tools
from ports.settings import inherited
from tests.browser.page_types import one_of_each
from tests.site.packaged import served

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
ATTEMPTS = 3
KINDS = ("home", "anime", "season", "watch", "studio", "genre")
PRESETS: dict[str, tuple[str, ...]] = {"mobile": (), "desktop": ("--preset=desktop",)}
"""Lighthouse's own: mobile is a slow telephone on slow 4G."""


@dataclass(frozen=True)
class Scores:
    """One page as Lighthouse sees it: four scores of 100, milliseconds, shift, bytes and requests."""

    performance: float
    accessibility: float
    best_practices: float
    seo: float
    fcp: float
    lcp: float
    tbt: float
    cls: float
    bytes: float
    requests: float


CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
AUDITS = (
    "first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift",
    "total-byte-weight",
)  # fmt: skip
"""Where the first nine figures stand in a report, in the order of `Scores`."""
AT_LEAST = {
    "mobile": {"performance": 98, "accessibility": 100, "best_practices": 100, "seo": 100},
    "desktop": {"performance": 100, "accessibility": 100, "best_practices": 100, "seo": 100},
}
AT_MOST: dict[str, dict[str, float]] = {"mobile": {"cls": 0, "lcp": 1500}, "desktop": {"cls": 0}}
COLUMNS: dict[str, Callable[[float], str]] = {
    "performance": "{:.0f}".format, "accessibility": "{:.0f}".format, "best_practices": "{:.0f}".format,
    "seo": "{:.0f}".format, "fcp": "{:,.0f} ms".format, "lcp": "{:,.0f} ms".format, "tbt": "{:,.0f} ms".format,
    "cls": "{:.4f}".format, "bytes": "{:,.0f}".format, "requests": "{:.0f}".format,
}  # fmt: skip


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Take the median of so many.")
@click.option("--only", type=click.Choice(KINDS), multiple=True, help="Look at this page only; may be repeated.")
def main(runs: int, only: Sequence[str]) -> None:
    """Serve the sample as `make run` does and measure; the exit code is 1 when a median misses its mark."""
    if not CHROMIUM.exists():
        raise click.ClickException(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    programs, missed = tools(), []
    click.echo(row("page", "preset", *(name.replace("_", " ") for name in COLUMNS)))
    with served() as site:
        paths = one_of_each(site)
        for kind in only or KINDS:
            for preset in PRESETS:
                found = middle([measured(programs, site.settings.site_url + paths[kind], preset) for _ in range(runs)])
                click.echo(row(kind, preset, *(write(getattr(found, name)) for name, write in COLUMNS.items())))
                missed += [f"{kind}, {preset}: {what}" for what in misses(found, preset)]
    for line in missed:
        click.echo(line, err=True)
    sys.exit(1 if missed else 0)


def measured(programs: Tools, address: str, preset: str) -> Scores:
    """One run of Lighthouse; raises ClickException where it fails again and again."""
    command = [
        programs.node, programs.lighthouse, address, *PRESETS[preset], "--quiet", "--output=json",
        f"--chrome-flags={FLAGS}", "--no-enable-error-reporting",
    ]  # fmt: skip
    env, said = inherited() | {"CHROME_PATH": str(CHROMIUM)}, ""
    for _ in range(ATTEMPTS):  # "Please run Lighthouse again", it says, when Chromium was slow to start
        done = subprocess.run([*map(str, command)], env=env, cwd=PLACE, capture_output=True, text=True)
        report = json.loads(done.stdout) if done.returncode == 0 else {}
        if report and not report.get("runtimeError"):
            return scores(report)
        said = done.stderr[-2000:] or str(report.get("runtimeError"))
    raise click.ClickException(f"Lighthouse failed on {address}: {said}")


def scores(report: dict[str, Any]) -> Scores:
    """What we read from a report of Lighthouse."""
    rated = [round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES]
    timed = [report["audits"][name]["numericValue"] for name in AUDITS]
    requests = len(report["audits"]["network-requests"]["details"]["items"])
    return Scores(*[*rated, *timed, requests])


def middle(runs: Sequence[Scores]) -> Scores:
    """The median of each figure by itself."""
    return Scores(*(median(getattr(run, field.name) for run in runs) for field in fields(Scores)))


def misses(found: Scores, preset: str) -> Iterator[str]:
    """What is below or above its mark."""
    for name, mark in AT_LEAST[preset].items():
        if getattr(found, name) < mark:
            yield f"{name.replace('_', ' ')} is {getattr(found, name):.0f}, below {mark}"
    for name, limit in AT_MOST[preset].items():
        if getattr(found, name) > limit:
            yield f"{name} is {COLUMNS[name](getattr(found, name))}, above {COLUMNS[name](limit)}"


def row(*cells: str) -> str:
    """One line of the table."""
    widths = [max(9, len(name)) for name in COLUMNS]
    figures = (f"{cell:>{width}}" for cell, width in zip(cells[2:], widths, strict=True))
    return f"{cells[0]:<8} {cells[1]:<8} {' '.join(figures)}"


if __name__ == "__main__":
    main(prog_name="python -m bench.lighthouse")
