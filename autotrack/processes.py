"""Processes and ports of this machine: who still lives, which port is free, ending what a crash left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STEP = 0.01


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off the signals that end us: who is interrupted while starting a child has one that nobody knows of."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def wait_until(happened: Callable[[], bool], seconds: float) -> bool:
    """Look every few milliseconds; False when the time is over."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(STEP)
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def reap(pid: int) -> None:
    """Take the exit status of a child that has ended; nothing happens when it is not ours."""
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def end_child(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask a child to end, and after so many seconds end it with all that it started, its session's processes."""
    for how, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 2.0)):
        if process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def end_leftover(pid: int, marker: str) -> None:
    """End a server that outlived its keeper. A pid may be another program's by now: `marker` is in its command."""
    for how, seconds in ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
        if marker not in command_of(pid):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        if wait_until(lambda: marker not in command_of(pid), seconds):
            return


def command_of(pid: int) -> str:
    """The command line of a living process; empty when it has ended or is a zombie that nobody reaped."""
    if sys.platform == "linux":
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    listing = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return listing.stdout
