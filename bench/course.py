"""The course of a run: which commands are measured, on what, in which order; peers take turns with us in each round."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from bench import figures as f
from bench import imports, rows
from bench.copies import copied
from bench.export import export
from bench.figures import Figures
from bench.measure import Cost
from bench.peers import Peers
from bench.tools import tools
from bench.work import Work
from jobs.site import Build
from sitegen.site import PAGE_TYPES

AS_OF = date(2026, 7, 2)
"""The day of the release in shared/data: the pages of a run do not depend on the day of the run."""
PICTURES = [word for kind in PAGE_TYPES if not kind.template for word in ("--skip", kind.kind)]
"""Left out of the builds that are measured: no peer draws pictures, or puts assets where their bytes say."""
KEYS = 5
_PAGE = "SELECT slug FROM anime WHERE NOT adult ORDER BY slug <> 'cowboy-bebop', slug LIMIT 1"


@dataclass
class Course:
    """One run over one work folder."""

    work: Work
    data: Path
    rounds: int
    anime: int | None = None
    copies: int = 1
    figures: Figures = field(default_factory=Figures)

    @cached_property
    def files(self) -> list[str]:
        """What is imported: the release, extra facts, episodes, adult ids, offers; and copies that make it larger."""
        files = [*sorted(self.data.glob("catalog/*.jsonl.gz")), *sorted(self.data.glob("streaming/*.jsonl.gz"))]
        (release,) = self.data.glob("catalog/catalog-2*.jsonl.gz")
        files += [copied(release, number, self.work.folder) for number in range(1, self.copies)]
        if self.anime is None:
            return [*map(str, files)]
        few = self.work.folder / "few.jsonl"
        with gzip.open(release, "rb") as source, few.open("wb") as target:
            target.writelines(islice(source, self.anime + 1))  # its first line says what the file is
        return [str(few), *(str(file) for file in files if file != release)]

    def prepare(self) -> None:
        """Databases to come back to: with tables only, and with the catalogue in them."""
        self.work.autotrack("migrate")
        self.work.keep("empty")

    def imports(self) -> None:
        """First import, COPY of its rows, second import."""
        for _ in range(self.rounds):
            self.work.bring_back("empty")
            self.figures.add(f.FIRST, self._import())
            self.work.keep("loaded")
            self.figures.add(f.SECOND, self._import())
            for name, cost in imports.copies(self.work).items():
                self.figures.add(name, cost)
        self.figures.facts["rows"] = f"{imports.rows(self.work):,}"

    def load(self) -> None:
        """The catalogue for those who do not measure its import."""
        self._import()
        self.work.keep("loaded")

    def build_all(self) -> Cost:
        """A full build of what is loaded."""
        self.work.bring_back("loaded")
        return self._build("--workers", "2")

    def builds(self, *, peers: bool = True, again: bool = True) -> None:
        """Full build, the peers beside it, and the small builds after it."""
        for number in range(self.rounds):
            self.figures.add(f.BUILD, self.build_all())
            if peers:
                self._peers(number)
            if again:
                self._again()

    @cached_property
    def peers(self) -> Peers:
        """The peers with the rows and the documents of the first build."""
        settings, found = self.work.settings, tools()
        site = Build(settings, AS_OF, datetime.now(UTC)).builder().site
        ours = export(settings.database_url, site, AS_OF, self.work.folder / "documents")
        self.figures.facts |= {"pages": f"{ours.pages:,}", "bytes": f"{ours.bytes:,}", **found.versions()}
        tables = rows.export(settings.database_url, ours, AS_OF, self.work.folder / "tables")
        return Peers(self.work, found, ours, tables)

    def _peers(self, number: int) -> None:
        peers = self.peers
        turns: dict[str, Callable[[], Cost]] = {
            f.HUGO: peers.hugo,
            f.HUGO_READY: peers.hugo_ready,
            f.FLOOR: peers.floor,
        }
        if not number:
            turns[f.ELEVENTY] = peers.eleventy  # has no target: once is enough
        for name, turn in turns.items():
            self.figures.add(name, turn())

    def _again(self) -> None:
        self.figures.add(f.AGAIN, self._build())
        for _ in range(KEYS):
            slug = self._edit()
            self.figures.add(f.KEY, self._build("--key", f"anime/{slug}"))

    def _edit(self) -> str:
        """Change the synopsis of one anime, so that its page has to be published."""
        with closing(self.work.connect()) as connection:
            (slug,) = connection.execute(_PAGE).fetchone() or ("",)
            connection.execute("UPDATE anime SET synopsis = coalesce(synopsis, '') || ' More.' WHERE slug = %s", [slug])
        return str(slug)

    def _import(self) -> Cost:
        return self.work.autotrack("catalogue", "import", "--quiet", *self.files)

    def _build(self, *words: str) -> Cost:
        return self.work.autotrack("site", "build", "--quiet", "--as-of", AS_OF.isoformat(), *PICTURES, *words)
