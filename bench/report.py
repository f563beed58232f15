"""The report of a run: a table on the terminal, and docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.figures import Figures, lines, mebibytes
from bench.work import Work
from ports.settings import PROJECT

TEMPLATE = Path(__file__).with_name("benchmarks.md")
DOCUMENT = PROJECT / "docs" / "benchmarks.md"
WORDS = {True: "met", False: "**missed**", None: ""}


def table(figures: Figures) -> str:
    """The ratios, as Markdown that reads well on a terminal too."""
    rows = [("what", "by wall", "by CPU", "target", "")]
    rows += [(line.what, line.wall, line.cpu, line.target, WORDS[line.met]) for line in lines(figures)]
    return _markdown(rows)


def costs(figures: Figures) -> str:
    """The measured times themselves; they hold for the machine of the run only."""
    rows = [("what", "wall s", "CPU s", "of it PostgreSQL", "peak memory")]
    rows += [
        (name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.servers:.2f}", mebibytes(cost))
        for name, cost in figures.costs.items()
    ]
    return _markdown(rows)


def changes(figures: Figures) -> str:
    """How long a change takes to be live, and what it costs to notice it."""
    rows = [("what", "measured", "target", "")]
    rows += [(row.what, row.figure, row.target, WORDS[row.met]) for row in figures.changes]
    return _markdown(rows)


def library(figures: Figures) -> str:
    """What the verbs of the library take, beside bare statements and with many rows."""
    rows = [("what", "measured", "target", "")]
    rows += [(row.what, row.figure, row.target, WORDS[row.met]) for row in figures.library]
    return _markdown(rows)


def pictures(figures: Figures) -> str:
    """How fast covers, posters and share images are drawn."""
    rows = [("drawn", "a second", "median size", "largest")]
    rows += [
        (name, f"{rate:,.0f}", f"{sizes[len(sizes) // 2]:,} B", f"{sizes[-1]:,} B")
        for name, rate, sizes in figures.pictures
    ]
    return _markdown(rows)


def write(figures: Figures, work: Work, rounds: int) -> Path:
    """Write docs/benchmarks.md anew from the template beside this module."""
    facts = figures.facts | {"rounds": str(rounds), "table": table(figures), "costs": costs(figures)}
    facts |= {"pictures": pictures(figures), "changes": changes(figures), "library": library(figures)}
    facts |= {"date": datetime.now(UTC).date().isoformat(), "machine": machine(), "place": work.kind}
    facts |= {"python": platform.python_version(), "jinja": version("jinja2"), "postgres": _postgres(work)}
    DOCUMENT.write_text(TEMPLATE.read_text().format_map(facts))
    return DOCUMENT


def machine() -> str:
    """Cores, model and memory of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    load = os.getloadavg()[0]
    return f"{len(os.sched_getaffinity(0))} cores ({model}), {memory:.0f} GiB; load at the end {load:.1f}"


def _postgres(work: Work) -> str:
    with closing(work.connect()) as connection:
        return str(connection.info.parameter_status("server_version"))


def _markdown(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = tuple("-" * width for width in widths)
    padded = [
        [cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in (rows[0], rule, *rows[1:])
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)
