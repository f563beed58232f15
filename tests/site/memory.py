"""How much memory a command takes: of its own processes and of the database's that work for it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

PROC = Path("/proc")
PAUSE = 0.2


@dataclass(frozen=True)
class Watched:
    """A command that has ended: what it said, how long it took, and its greatest memory in bytes."""

    code: int
    out: str
    err: str
    seconds: float
    peak: int


def watch(arguments: Sequence[str], environment: dict[str, str], database_url: str) -> Watched:
    """Run `autotrack ARGUMENTS` and look at it several times a second."""
    began, peak = time.monotonic(), 0
    process = subprocess.Popen(
        [sys.executable, "-m", "autotrack", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    said = ["", ""]
    reader = threading.Thread(target=lambda: said.__setitem__(slice(None), process.communicate()), daemon=True)
    reader.start()
    with psycopg.connect(database_url, autocommit=True) as connection:
        while reader.is_alive():
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            peak = max(peak, proportional({*family(process.pid), *(pid for (pid,) in rows)}))
            reader.join(PAUSE)
    out, err = said
    return Watched(process.returncode, out, err, time.monotonic() - began, peak)


def family(pid: int) -> Iterable[int]:
    """A process and everything that it started."""
    yield pid
    with suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def proportional(pids: Iterable[int]) -> int:
    """Bytes of these processes together; what several share counts once."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                total += int(line.split()[1]) * 1024 if line.startswith("Pss:") else 0
    return total
