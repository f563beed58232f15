"""Where it works: as a normal user, as root below a closed directory, with an inconvenient umask."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import psycopg
import pytest

from autotrack import place, postgres
from autotrack.embedded import servers
from autotrack.place import find_place
from autotrack.postgres import find_programs
from ports.settings import PROJECT, Settings, from_environment
from tests.autotrack.command import autotrack, end_all, environment, gone

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root can become another user")
ROOMS = ("autotrack", "domain", "dynamic", "jobs", "migrations", "ports", "sitegen", "templates", "sample")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A directory that nobody but root may enter, such as a root's home."""
    base = Path(tempfile.mkdtemp(prefix="autotrack-closed "))
    yield base
    left = gone(base)
    end_all(base)
    shutil.rmtree(base)
    assert left == {}


@pytest.mark.long
@needs_root
def test_root_below_a_closed_directory_works_elsewhere(
    closed: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "ELSEWHERE", home)
    home.mkdir()
    settings = from_environment({"AUTOTRACK_HOME": str(closed / "home")})
    for _ in range(2):
        with servers(settings, durable=False) as real, psycopg.connect(real.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            (directory,) = home.iterdir()
            assert not (closed / "home" / "servers").exists()
    assert find_place(closed / "home").directory == directory


@needs_root
@pytest.mark.long
def test_root_with_programs_below_a_closed_directory_uses_copies(
    closed: Path, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = find_programs(None)
    for part in original.parts:
        shutil.copytree(original.base / part, closed / part, symlinks=True)
    kept = replace(original, base=closed)
    monkeypatch.setattr(postgres, "find_programs", lambda chosen: kept)
    with servers(settings, redis=False, durable=False) as real, psycopg.connect(real.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    copies = list((home / "servers" / "programs").iterdir())
    assert len(copies) == 1


@pytest.mark.long
def test_those_who_make_a_home_at_the_same_moment_get_the_same_one(home: Path) -> None:
    at_once = Barrier(4)

    def made(chosen: Path) -> tuple[Path, int]:
        at_once.wait(60)
        place = find_place(chosen)
        return place.make(place.directory / "postgres"), chosen.stat().st_mode & 0o777

    with ThreadPoolExecutor(4) as together:
        for chosen in (home.parent / str(number) for number in range(25)):
            assert len(set(together.map(made, [chosen] * 4))) == 1
            assert [each.name for each in chosen.iterdir()] == ["servers"]


@pytest.mark.long
@needs_root
def test_a_strict_umask_shuts_nobody_out(settings: Settings) -> None:
    before = os.umask(0o077)
    try:
        with servers(settings, durable=False) as real, psycopg.connect(real.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        os.umask(before)


@pytest.mark.long
@needs_root
def test_data_keeps_its_owner_when_a_better_user_appears(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "UNPRIVILEGED", ("nobody",))
    with servers(settings, durable=False):
        pass
    monkeypatch.setattr(place, "UNPRIVILEGED", ("postgres", "nobody"))
    account = find_place(settings.home).account
    assert account and account.name == "nobody"


@pytest.mark.long
def test_a_normal_user_needs_nothing_from_root(home: Path) -> None:
    """The project copied to where that user may read, with a Python that the user may run."""
    python, user = usable_python(), pwd.getpwnam("nobody")
    project = home.parent / "the project"
    for room in ROOMS:
        if (PROJECT / room).exists():
            shutil.copytree(PROJECT / room, project / room, ignore=shutil.ignore_patterns("__pycache__"))
    packages = next(Path(sys.prefix).glob("lib/python*/site-packages"))
    if ROOT:
        for path in (project, *project.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if ROOT else {}
    own = environment(project / ".autotrack", PYTHONPATH=f"{project}:{packages}", HOME="/nonexistent")
    told = subprocess.run(
        [python, "-m", "autotrack", "migrate"],
        cwd=project,
        env=own,
        check=False,
        capture_output=True,
        text=True,
        **identity,
    )  # type: ignore[call-overload]
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("The database is at revision 0")
    if ROOT:  # root may lend a hand in the user's project, and shuts nobody out by it
        with servers(from_environment({"AUTOTRACK_HOME": str(project / ".autotrack")})) as real:
            assert real.redis_url.startswith("redis://")
        assert {path.owner() for path in (project / ".autotrack" / "servers").rglob("*")} == {"nobody"}


def usable_python() -> str:
    """A Python of our version that another user may run too."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [sys.executable, *(f"{directory}/{name}" for directory in ("/usr/bin", "/usr/local/bin"))]
    for candidate in candidates:
        account = place.Account("nobody", pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        if Path(candidate).exists() and (not ROOT or place.reaches(account, Path(candidate).resolve())):
            return candidate
    pytest.skip(f"no {name} that a normal user may run")


def test_files_of_another_user_are_one_clear_line(home: Path) -> None:
    home.mkdir()
    (home / "run.lock").mkdir()  # not even root can open a directory for writing
    told = autotrack("run", home=home)
    assert told.returncode == 1
    assert told.stderr.startswith("autotrack: ") and told.stderr.count("\n") == 1
