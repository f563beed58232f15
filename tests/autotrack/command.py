"""The command as its user meets it: started as a process, watched from outside, killed."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ports.settings import PROJECT

SOON = 30.0
"""Seconds for what takes one or two on a machine that does nothing else: here other tests run beside it."""
CHOSEN = ("DATABASE_URL", "REDIS_URL", "BUCKET_URL", "SITE_URL", "PG_BIN", "HOST", "PORT", "AUTOTRACK_HOME")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user who has chosen nothing but the home."""
    kept = {name: value for name, value in os.environ.items() if name not in CHOSEN}
    return kept | {"AUTOTRACK_HOME": str(home), "PYTHONPATH": str(PROJECT)} | more


def autotrack(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one verb to its end."""
    command = [sys.executable, "-m", "autotrack", *arguments]
    return subprocess.run(
        command, env=environment(home, **more), check=False, capture_output=True, text=True, timeout=120
    )


def python(code: str, *, home: Path, **more: str) -> subprocess.Popen[str]:
    """Start a process that uses the home; what it prints can be read line by line."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        env=environment(home, **more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def living(directory: Path) -> dict[int, str]:
    """Every living process that works for this directory, by its command or its environment: pid → command."""
    found, mark = {}, str(directory).encode()
    for process in Path("/proc").glob("[0-9]*"):
        pid = int(process.name)
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if command and pid != os.getpid() and (mark in command or mark in (process / "environ").read_bytes()):
                found[pid] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def gone(directory: Path, seconds: float = SOON) -> dict[int, str]:
    """What still lives after at most so many seconds; empty as soon as nothing does."""
    eventually(lambda: not living(directory), seconds)
    return living(directory)


def end_all(directory: Path) -> None:
    """End what a failed test left: only processes of its own directory."""
    for pid in living(directory):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def eventually(happened: Callable[[], object], seconds: float = SOON) -> bool:
    """Whether it happens in time."""
    end = time.monotonic() + seconds
    while not (now := happened()) and time.monotonic() < end:
        time.sleep(0.05)
    return bool(now)


def free_port() -> int:
    """A port that nobody uses, nor is given by chance meanwhile: systems give 0 and callers those from 32,768 on."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", 20_000 + secrets.randbelow(10_000)))
            return int(probe.getsockname()[1])


@dataclass
class Site:
    """A started `autotrack run` (or `make run`) with its address."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    began: float

    def answers(self) -> bool:
        """Whether anything answers a request."""
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=SOON).close()
        except urllib.error.HTTPError as error:
            error.close()
            return True
        except OSError:
            return False
        return True

    def get(self, path: str) -> Any:
        """The answer to a request."""
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=SOON)

    def ready(self, seconds: float = 180) -> float:
        """Wait until the address is printed; return how long that took from the start."""
        assert eventually(lambda: " is at http" in self.said() or self.process.poll() is not None, seconds), self.said()
        assert self.process.poll() is None, self.said()
        assert self.answers()
        return time.monotonic() - self.began

    def said(self) -> str:
        """All it has printed."""
        return self.log.read_text()

    def end(self, how: signal.Signals) -> int:
        """Send a signal and wait; return the exit code."""
        self.process.send_signal(how)
        return self.process.wait(90)


def hear() -> None:
    """Signals mean to a new process what they mean in a terminal, also where the tests run by `nohup` or `&`."""
    for each in (signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)


def start_run(home: Path, *, command: tuple[str, ...] = (), cwd: Path = PROJECT, port: int | None = None) -> Site:
    """Start the whole thing in a session of its own, as a terminal would."""
    port, log = port or free_port(), home.parent / f"said-{time.monotonic_ns()}"
    with log.open("w") as output:
        process = subprocess.Popen(
            command or (sys.executable, "-m", "autotrack", "run"), cwd=cwd, env=environment(home, PORT=str(port)),
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, text=True, start_new_session=True,
            preexec_fn=hear,
        )  # fmt: skip
    return Site(process, port, log, time.monotonic())
