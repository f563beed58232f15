"""Where a benchmark works: a folder in memory where there is room, our servers in it, and our command."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from autotrack.embedded import running
from bench import measure
from ports.database import connect
from ports.settings import PROJECT, Settings, from_environment, to_environment

MEMORY, DISK = Path("/dev/shm"), Path("/var/tmp")
ROOM = 6 << 30
"""Bytes that the largest moment takes: the database thrice, and the pages of us and of a peer."""
DATABASE = "autotrack"


@dataclass(frozen=True)
class Work:
    """The folder, the settings of our command in it, the process ids of the servers, and what it lies on."""

    folder: Path
    settings: Settings
    servers: tuple[int, ...]
    kind: str

    @property
    def bucket(self) -> Path:
        return self.settings.home / "bucket"

    def autotrack(self, *words: str) -> measure.Cost:
        """Run our command as an operator does; it joins the servers that run."""
        command = [sys.executable, "-m", "autotrack", *words]
        embedded = replace(self.settings, database_url="embedded:")
        return measure.run(command, to_environment(embedded), PROJECT, self.servers)

    def connect(self) -> psycopg.Connection:
        return connect(self.settings.database_url)

    def keep(self, name: str) -> None:
        """Remember the database as it is now, vacuumed, under this name."""
        with closing(self.connect()) as connection:
            connection.execute("VACUUM (ANALYZE)")
        self._copy(DATABASE, name)

    def bring_back(self, name: str) -> None:
        """Let the database be what it was when this name was given; the bucket is emptied."""
        self._copy(name, DATABASE)
        shutil.rmtree(self.bucket, ignore_errors=True)

    def another(self, name: str, of: str) -> str:
        """The address of one more database, which begins as what was kept under a name."""
        self._copy(of, name)
        return f"{self.settings.database_url.rpartition('/')[0]}/{name}"

    def _copy(self, source: str, target: str) -> None:
        with closing(connect(self.settings.database_url.rpartition("/")[0] + "/postgres")) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(target)))
            connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(target), Identifier(source)))
            connection.execute("CHECKPOINT")


@contextmanager
def work(on_disk: bool = False) -> Iterator[Work]:
    """A new folder with a PostgreSQL of its own, durable as in production; all of it is gone afterwards."""
    in_memory = not on_disk and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="autotrack-bench-", dir=MEMORY if in_memory else DISK) as name:
        os.chmod(name, 0o755)  # as root, PostgreSQL runs as somebody else
        home = Path(name) / "home"
        plain = {"HOME": os.environ.get("HOME", "/"), "AUTOTRACK_HOME": str(home)}
        with running(from_environment(plain), redis=False) as together:
            keepers = [json.loads((server.directory / "keeper").read_text())["server"] for server in together.servers]
            kind = "memory file system" if in_memory else "disk"
            yield Work(Path(name), together.settings, tuple(keepers), kind)
