"""What was measured: costs by name, and the ratios of them that have a target."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.measure import Cost, mean


@dataclass(frozen=True)
class Row:
    """One figure that is no ratio of two costs, and what it should be; None where that says nothing."""

    what: str
    figure: str
    target: str
    met: bool | None


@dataclass
class Figures:
    """The costs of one run, round by round, and facts about what was compared."""

    rounds: dict[str, list[Cost]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    pictures: list[tuple[str, float, list[int]]] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    library: list[Row] = field(default_factory=list)

    @property
    def costs(self) -> dict[str, Cost]:
        """What each took on average: machines have slow minutes, and the best of two may be of different ones."""
        return {name: mean(costs) for name, costs in self.rounds.items()}

    def add(self, name: str, cost: Cost) -> None:
        """Take one round in, and say what it took."""
        print(f"  {name}: {cost.wall:.2f} s, CPU {cost.cpu:.2f} s, peak {mebibytes(cost)}", flush=True)
        self.rounds.setdefault(name, []).append(cost)


@dataclass(frozen=True)
class Line:
    """One line of the table: a quantity by wall and by CPU, and what it should be; None where it says nothing."""

    what: str
    wall: str
    cpu: str
    target: str = ""
    met: bool | None = None


BUILD, AGAIN, KEY = "full build", "second build, nothing to do", "one page by key"
HUGO, FLOOR = "Hugo, from the same rows", "writing the same bytes"
HUGO_READY, ELEVENTY = "Hugo, documents ready-made", "Eleventy, documents ready-made"
FIRST, SECOND = "first import", "second import"
COPY = "COPY with indexes and checks"
COPY_BARE = "COPY without indexes and checks"
UPLOAD, BARE = "20,000 uploads to S3", "a bare HTTP client, the same bytes"
RATIOS = (
    (BUILD, HUGO, 0.5),
    (BUILD, HUGO_READY, None),
    (BUILD, ELEVENTY, None),
    (BUILD, FLOOR, None),
    (AGAIN, BUILD, 0.05),
    (SECOND, FIRST, 0.5),
    (UPLOAD, BARE, 4),
)
RATES = ((COPY, 0.2), (COPY_BARE, None))
SECONDS, GIGABYTE = 0.5, 10**9
OURS = (BUILD, AGAIN, FIRST, SECOND)


def lines(figures: Figures) -> list[Line]:
    """The table, as far as its parts were measured."""
    costs = figures.costs
    found = [_ratio(costs, *ratio) for ratio in RATIOS if ratio[0] in costs and ratio[1] in costs]
    found += [_rate(costs, *rate) for rate in RATES if rate[0] in costs and FIRST in costs]
    if KEY in costs:
        cost = min(figures.rounds[KEY], key=lambda cost: cost.wall)  # no ratio: noise only ever adds
        found.append(
            Line(
                f"{KEY}, at best",
                f"{cost.wall:.2f} s",
                f"{cost.cpu:.2f} s",
                f"≤ {SECONDS} s of wall",
                cost.wall <= SECONDS,
            )
        )
    if peaks := [costs[name].peak for name in OURS if name in costs]:
        met = max(peaks) <= GIGABYTE
        found.append(Line("peak memory of builds and imports", f"{max(peaks) / GIGABYTE:.2f} GB", "", "≤ 1 GB", met))
    return found


def _ratio(costs: dict[str, Cost], one: str, other: str, target: float | None) -> Line:
    wall, cpu = costs[one].wall / costs[other].wall, costs[one].cpu / costs[other].cpu
    met = max(wall, cpu) <= target if target else None
    return Line(f"{one} ÷ {other}", f"{wall:.3f}", f"{cpu:.3f}", f"≤ {target}" if target else "", met)


def _rate(costs: dict[str, Cost], copy: str, target: float | None) -> Line:
    """The rate of the import in rates of COPY: the same rows, so the inverse of the times."""
    wall, cpu = costs[copy].wall / costs[FIRST].wall, costs[copy].cpu / costs[FIRST].cpu
    met = wall >= target if target else None
    return Line(
        f"rate of the {FIRST} ÷ {copy}", f"{wall:.3f}", f"{cpu:.3f}", f"≥ {target}, wall" if target else "", met
    )


def mebibytes(cost: Cost) -> str:
    """The peak, or nothing where memory was not looked at."""
    return f"{cost.peak / 2**20:,.0f} MiB" if cost.peak else "–"
