"""Keeps one embedded server alive exactly as long as somebody uses it; a script of its own, standard library only.

Whoever uses the server holds a shared lock on `users`, which the kernel takes back when that process dies,
however it dies. Once nobody holds it, the keeper stops the server and ends. If the keeper itself is killed,
the kernel stops the server (Linux). No process has to be trusted to clean up after itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

LOCKED = 3
"""The descriptor on which the keeper inherits its locked `keeper` file."""
LOOK = 0.25
"""Seconds between two looks at who still uses the server."""
PATIENT, HURRIED = 30.0, 2.5
"""Seconds for an orderly stop: when asked for, and when the last user has vanished."""


@dataclass(frozen=True)
class Order:
    """What to run, as whom, and where its users hold their lock."""

    command: list[str]
    directory: str
    users: str
    port: int
    uid: int | None
    gid: int | None


def die_with_parent(by: signal.Signals) -> None:
    """Ask the kernel to send `by` to this process when its parent ends; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(by), 0, 0, 0)  # PR_SET_PDEATHSIG


def child_of(parent: int, by: signal.Signals) -> Callable[[], None]:
    """What a new process does before its program: tie its life to `parent`, which may already be gone."""

    def tie() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the parent may have put signals off
        die_with_parent(by)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def main() -> None:
    """Run the order given as JSON on the command line until nobody needs it."""
    order = Order(**json.loads(sys.argv[1]))
    os.closerange(LOCKED + 1, 1024)  # whatever else the starting shell left open
    woken = _wake_on_signals()
    server = _start(order)
    _write_state({"keeper": os.getpid(), "server": server.pid, **asdict(order)})
    _stop(server, _until_unneeded(server, order, woken))


def _wake_on_signals() -> int:
    """Turn signals into bytes on a pipe, so that one select waits for everything."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(each, lambda *_: None)
    return reader


def _start(order: Order) -> subprocess.Popen[bytes]:
    # C is the one locale that exists everywhere; the cluster brings its own. The rest of the
    # environment stays out: PG* variables of the operator's shell must not reach the server.
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
    groups: list[int] | None = None if order.uid is None else []
    return subprocess.Popen(
        order.command, cwd=order.directory, env=environment, user=order.uid, group=order.gid, extra_groups=groups,
        start_new_session=True, preexec_fn=child_of(os.getpid(), signal.SIGINT), restore_signals=True,
    )  # fmt: skip


def _write_state(state: dict[str, object]) -> None:
    os.ftruncate(LOCKED, 0)
    os.pwrite(LOCKED, json.dumps(state).encode(), 0)


def _until_unneeded(server: subprocess.Popen[bytes], order: Order, woken: int) -> float:
    """Wait until asked to stop, or unused, or the server has ended; return the seconds it may take to stop."""
    with open(order.users, "rb") as users:
        while server.poll() is None:
            select.select([woken], [], [], LOOK)
            with contextlib.suppress(BlockingIOError):
                if {signal.SIGTERM, signal.SIGINT} & set(os.read(woken, 64)):
                    return PATIENT
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.dup(users.fileno())  # held until the keeper ends: newcomers wait for that
                return HURRIED
    return 0


def _stop(server: subprocess.Popen[bytes], patience: float) -> None:
    """Orderly first (PostgreSQL writes its checkpoint), then at once, then by force."""
    for how, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 1.5), (signal.SIGKILL, 5.0)):
        if server.poll() is not None:
            return
        server.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)


if __name__ == "__main__":
    main()
