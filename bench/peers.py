"""The peers: Hugo and Eleventy rendering our documents with our templates, translated; and writing alone, the floor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import measure
from bench.export import Exported
from bench.measure import Cost, Failed
from bench.tools import HERE, Tools
from bench.work import Work
from ports.settings import PROJECT, inherited

HUGO = {"GOGC": "400"}
"""Less garbage collection is what makes Hugo fastest."""
ELEVENTY = {"NODE_ENV": "production", "NODE_OPTIONS": "--max-old-space-size=8000"}
TOLERANCE = 0.02


@dataclass(frozen=True)
class Peers:
    """The peers, ready to run as often as asked over the same documents."""

    work: Work
    tools: Tools
    ours: Exported
    tables: Path

    def hugo(self) -> Cost:
        """One build of all pages from the rows of the tables: templates join, group, sort, label and word."""
        return self._hugo("hugo_rows", self.tables)

    def hugo_ready(self) -> Cost:
        """One build of all pages from our finished documents: templates only fill in."""
        return self._hugo("hugo", self.ours.folder)

    def _hugo(self, name: str, data: Path) -> Cost:
        site = self._site("hugo_both", name)
        (site / "data").symlink_to(data)
        with (site / "hugo.toml").open("a") as file:
            file.write(
                f"\n[params]\nurl = {json.dumps(self.ours.site.url)}\nname = {json.dumps(self.ours.site.name)}\n"
            )
        command = [str(self.tools.hugo), "--quiet", "--noBuildLock", "--cacheDir", str(site / "cache")]
        cost = measure.run(command, inherited() | HUGO, site)
        return self._checked(name, cost, site / "public")

    def eleventy(self) -> Cost:
        """One build of all pages from our finished documents, read by a data file."""
        site = self._site("eleventy")
        told = {
            "DOCUMENTS": str(self.ours.folder),
            "OUTPUT": "public",
            "URL": self.ours.site.url,
            "NAME": self.ours.site.name,
        }
        env = inherited() | ELEVENTY | {f"BENCH_{name}": value for name, value in told.items()}
        cost = measure.run([str(self.tools.node), str(self.tools.eleventy), "--quiet"], env, site)
        return self._checked("Eleventy", cost, site / "public")

    def floor(self) -> Cost:
        """Writing our own bytes from the memory of two processes into new files; rendering nothing."""
        target = self.work.folder / "floor"
        command = [sys.executable, "-m", "bench.floor", str(self.work.bucket), str(target)]
        done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE)
        shutil.rmtree(target)
        return Cost(**json.loads(done.stdout))

    def _site(self, *parts: str) -> Path:
        """A folder of its own, put together from these of ours; the last names it."""
        site = self.work.folder / parts[-1]
        shutil.rmtree(site, ignore_errors=True)
        for part in parts:
            shutil.copytree(HERE / part, site, dirs_exist_ok=True)
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
