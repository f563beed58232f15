"""A site under fire: writers that remember what was acknowledged, workers of every kind, and who kills them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from threading import Event, Thread

import psycopg

from autotrack.embedded import Running
from autotrack.server import Server
from ports.database import connect
from ports.errors import PortError
from ports.settings import PROJECT, Settings, to_environment

AWAY = (psycopg.OperationalError, PortError)
"""What a writer hears while PostgreSQL is away."""
VERBS = (("relay",), ("relay",), ("worker", "render"), ("worker", "render"), ("worker", "bulk"))
"""Two of those that must bear company."""


@dataclass
class Writer:
    """Edits one anime after the other; `acknowledged` is the last title that the database said it keeps, by slug."""

    database_url: str
    slugs: list[str]
    seed: int
    acknowledged: dict[str, str] = field(default_factory=dict)
    stop: Event = field(default_factory=Event)

    def start(self) -> Thread:
        thread = Thread(target=self._write, daemon=True)
        thread.start()
        return thread

    def _write(self) -> None:
        rng, number = Random(self.seed), 0
        while not self.stop.is_set():
            with suppress(*AWAY), connect(self.database_url) as connection:
                while not self.stop.is_set():
                    number += 1
                    slug, title = rng.choice(self.slugs), f"Title {self.seed} {number}"
                    connection.execute("UPDATE anime SET title_english = %s WHERE slug = %s", [title, slug])
                    self.acknowledged[slug] = title
                    time.sleep(rng.random() / 20)
            time.sleep(0.05)


class Fire:
    """The processes of a site, and the order in which they fall."""

    def __init__(
        self, together: Running, settings: Settings, seed: int, verbs: Sequence[tuple[str, ...]] = VERBS
    ) -> None:
        self.together, self.settings, self.rng, self.verbs = together, settings, Random(seed), verbs
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        self.kills = 0

    def keep(self) -> None:
        """Everything that fell is started again."""
        self.together.revive(lambda line: None)
        self.keep_processes()

    def keep_processes(self) -> None:
        """Relays and workers that ended are started again; servers that fell stay where they are."""
        for number, verb in enumerate(self.verbs):
            process = self.processes.get(number)
            if process is None or process.poll() is not None:
                self.processes[number] = self._start(verb)

    def kill_one(self) -> None:
        """kill -9 of a relay or a worker, and now and then of Valkey or PostgreSQL."""
        self.kills += 1
        if self.kills % 10 == 0:
            server = self.rng.choice(self.together.servers)
            with suppress(OSError, ValueError):
                os.kill(process_of(server), signal.SIGKILL)
            return
        process = self.processes[self.rng.randrange(len(self.verbs))]
        process.kill()
        process.wait()

    def end(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def _start(self, verb: tuple[str, ...]) -> subprocess.Popen[bytes]:
        log = (self.settings.home / f"{'-'.join(verb)}.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "autotrack", *verb],
                cwd=PROJECT, env=to_environment(self.settings), stdout=log, stderr=log,
            )  # fmt: skip


def process_of(server: Server) -> int:
    """The process id of a server. Raises OSError or ValueError where it has fallen."""
    return int(json.loads((server.directory / "keeper").read_text())["server"])


def eventually_clean(settings: Settings, seconds: float) -> str:
    """Wait until nothing is logged, dirty or to be purged; what is left otherwise."""
    end = time.monotonic() + seconds
    while True:
        with suppress(*AWAY), connect(settings.database_url) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM change_log), (SELECT count(*) FROM page WHERE built < wanted),"
                " (SELECT count(*) FROM orphan o WHERE kept_until = '-infinity'"
                "  AND NOT EXISTS (SELECT FROM page p WHERE p.path = o.path)), (SELECT count(*) FROM purge)"
            ).fetchone()
            if row == (0, 0, 0, 0):
                return ""
            if time.monotonic() > end:
                left = connection.execute("SELECT key, due_at, leased_until, error FROM page WHERE built < wanted")
                return f"{row}: {left.fetchmany(5)}"
        time.sleep(0.2)
