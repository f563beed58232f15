"""`make`: it explains itself, says what a machine lacks, and sets up from nothing in any directory."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ports.settings import PROJECT
from tests.autotrack.command import environment, living

MAKEFILE = (PROJECT / "Makefile").read_text()


def make(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in environment(cwd / "home").items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=cwd, env=plain, check=False, capture_output=True, text=True, timeout=550
    )


def test_help_comes_by_itself_and_lists_every_target() -> None:
    told = make()
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    assert told.returncode == 0
    assert set(re.findall(r"^  make ([a-z-]+)  +\S", told.stdout, re.MULTILINE)) == targets
    assert {"help", "run", "test", "test-long", "lint", "types", "sure", "lock", "bench", "clean"} <= targets


def test_an_old_python_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    lay_out(tmp_path / "a project")
    told = make("run", f"PYTHON={old}", cwd=tmp_path / "a project")
    assert told.returncode == 2
    assert "Python 3.11 or newer is needed" in told.stderr


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n')
    bare.chmod(0o755)
    lay_out(tmp_path / "a project")
    told = make("run", f"PYTHON={bare}", cwd=tmp_path / "a project")
    assert told.returncode == 2
    assert "apt install python3-venv" in told.stderr


@pytest.mark.long
def test_the_environment_is_set_up_from_nothing_in_a_path_with_spaces(home: Path) -> None:
    project = home.parent / "a project"
    lay_out(project)
    made = make(".venv/.ok", cwd=project)
    assert made.returncode == 0, made.stderr
    told = subprocess.run(
        [project / ".venv/bin/autotrack", "--version"], cwd="/", check=False, capture_output=True, text=True
    )
    assert told.stdout.startswith("autotrack 0."), told.stderr
    assert make("-q", ".venv/.ok", cwd=project).returncode == 0
    assert living(project) == {}


def lay_out(project: Path) -> None:
    """What the setup needs of the project, in another place."""
    project.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "README.md", "requirements.lock", "requirements.bootstrap.lock"):
        shutil.copy(PROJECT / name, project / name)
    for room in ("autotrack", "domain", "dynamic", "jobs", "ports", "sitegen"):
        shutil.copytree(PROJECT / room, project / room, ignore=shutil.ignore_patterns("__pycache__"))
