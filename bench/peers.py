"""The peers: Hugo from the rows, Hugo and Eleventy from our documents by our own templates; and writing alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import measure
from bench.export import Exported
from bench.measure import Cost, Failed
from bench.tools import HERE, Tools
from bench.translate import for_eleventy, for_hugo
from bench.work import Work
from ports.settings import PROJECT, inherited
from sitegen.site import PAGE_TYPES

HUGO = {"GOGC": "400"}
"""Less garbage collection is what makes Hugo fastest."""
ELEVENTY = {"NODE_ENV": "production", "NODE_OPTIONS": "--max-old-space-size=8000"}
TOLERANCE = 0.02
TEMPLATES = sorted({kind.template for kind in PAGE_TYPES if kind.template})
ROWLESS = ("site/manifest.webmanifest", "site/robots.txt", "site/sitemap.xml", "site/sitemap_index.xml")
"""Templates that say nothing of rows: when a page changed, which a sitemap tells, only our manifest knows."""


@dataclass(frozen=True)
class Peers:
    """The peers, ready to run as often as asked over the same documents."""

    work: Work
    tools: Tools
    ours: Exported
    tables: Path

    def hugo(self) -> Cost:
        """One build of all pages from the rows of the tables: templates join, group, sort, label and word."""
        return self._hugo("hugo_rows", self.tables, ROWLESS)

    def hugo_ready(self) -> Cost:
        """One build of all pages from our finished documents: templates only fill in."""
        return self._hugo("hugo", self.ours.folder, TEMPLATES)

    def _hugo(self, name: str, data: Path, templates: Sequence[str]) -> Cost:
        site = self._site(name)
        (site / "data").symlink_to(data)
        for template in templates:
            layout = site / "layouts" / Path(template).stem / "page.html"
            layout.parent.mkdir(parents=True)
            layout.write_text(for_hugo(template, self.ours.site))
        with (site / "hugo.toml").open("a") as file:
            file.writelines(f"{key} = {json.dumps(value)}\n" for key, value in asdict(self.ours.site).items())
        command = [str(self.tools.hugo), "--quiet", "--noBuildLock", "--cacheDir", str(site / "cache")]
        cost = measure.run(command, inherited() | HUGO, site)
        return self._checked(name, cost, site / "public")

    def eleventy(self) -> Cost:
        """One build of all pages from our finished documents, read by a data file."""
        site = self._site("eleventy")
        (site / "templates.js").write_text(for_eleventy(TEMPLATES, self.ours.site))
        env = inherited() | ELEVENTY | {"BENCH_DOCUMENTS": str(self.ours.folder), "BENCH_OUTPUT": "public"}
        cost = measure.run([str(self.tools.node), str(self.tools.eleventy), "--quiet"], env, site)
        return self._checked("Eleventy", cost, site / "public")

    def floor(self) -> Cost:
        """Writing our own bytes from the memory of two processes into new files; rendering nothing."""
        target = self.work.folder / "floor"
        command = [sys.executable, "-m", "bench.floor", str(self.work.bucket), str(target)]
        done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE)
        shutil.rmtree(target)
        return Cost(**json.loads(done.stdout))

    def _site(self, name: str) -> Path:
        """A folder of its own with what this peer needs."""
        site = self.work.folder / name
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(HERE / name, site)
        return site

    def _checked(self, name: str, cost: Cost, output: Path) -> Cost:
        """The cost, if the peer did as much work as we: as many pages, and as many bytes within two per cent."""
        pages, size = census(output)
        ours = self.ours
        print(f"  {name}: {pages:,} pages, {size:,} bytes; ours {ours.pages:,} pages, {ours.bytes:,} bytes")
        if pages != ours.pages or abs(size - ours.bytes) > ours.bytes * TOLERANCE:
            raise Failed(f"{name} did not render the same pages; its templates in bench/ must follow ours")
        shutil.rmtree(output)
        return cost


def census(folder: Path) -> tuple[int, int]:
    """How many files lie below a folder, and how many bytes are in them."""
    sizes = [os.path.getsize(Path(at) / name) for at, _, names in os.walk(folder) for name in names]
    return len(sizes), sum(sizes)
