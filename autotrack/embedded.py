"""The embedded servers: joined when they run, started when they do not, stopped by the last one to leave.

Beside the data of each server lie three lock files. `users` is held, shared, by everybody who uses the server;
`start` by the one who is starting or stopping it; `keeper` by the process that keeps it running (keeper.py).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autotrack import keeper, locks
from autotrack.errors import ServerFailed
from autotrack.place import Place, find_place
from autotrack.postgres import Postgres
from autotrack.processes import end_leftover, free_port, reap, wait_until
from autotrack.server import Server
from autotrack.valkey import Valkey
from ports.settings import Settings, inherited

EMBEDDED = "embedded:"
ATTEMPTS = 3
START, STOP = 120.0, 40.0
"""Seconds to wait for a server: recovery after a crash takes time, and so does a last checkpoint."""
LOOK = 20.0
"""Seconds to wait for those who look whether a server has a keeper: it takes no time, unless they are stopped in it."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Running:
    """Settings with real addresses, and the embedded servers behind them."""

    settings: Settings
    servers: tuple[Server, ...]

    def revive(self, tell: Tell) -> None:
        """Start a server that has ended again, where its clients know it. Raises ServerFailed where that is no use."""
        for server in self.servers:
            if not locks.held(server.directory / "keeper"):
                _revive(server)
                tell(f"{server.title} had ended and was started again; see {server.directory / 'log'}")


@contextmanager
def servers(settings: Settings, *, redis: bool = True, durable: bool = True) -> Iterator[Settings]:
    """Settings whose `embedded:` addresses are real ones for as long as the block lasts."""
    with running(settings, redis=redis, durable=durable) as together:
        yield together.settings


@contextmanager
def running(
    settings: Settings, *, redis: bool = True, durable: bool = True, tell: Tell = lambda line: None
) -> Iterator[Running]:
    """Like `servers`, for one who wants to see them start and to know when one falls."""
    with ExitStack() as stack:
        used: list[Server] = []
        if settings.database_url == EMBEDDED:
            used.append(Postgres(_find_place(settings, tell), settings.pg_bin, durable))
            settings = replace(settings, database_url=stack.enter_context(use(used[-1], tell)))
        if redis and settings.redis_url == EMBEDDED:
            used.append(Valkey(used[0].place if used else _find_place(settings, tell), durable))
            settings = replace(settings, redis_url=stack.enter_context(use(used[-1], tell)))
        yield Running(settings, tuple(used))


def _find_place(settings: Settings, tell: Tell) -> Place:
    place = find_place(settings.home)
    if settings.home not in place.directory.parents and place.account:
        tell(f"{settings.home} is closed to the user {place.account.name}; the servers' data is in {place.directory}")
    return place


@contextmanager
def use(server: Server, tell: Tell) -> Iterator[str]:
    """The address of the server while the block lasts; the last one to leave stops it."""
    server.place.make(server.directory)
    users = locks.open_lock(server.directory / "users")
    locks.share(users)
    try:
        with locks.alone(server.directory / "start"):
            port = _port_of(server) or _start(server, tell)
        yield server.url(port)
    finally:
        _leave(server, users)


def _port_of(server: Server) -> int | None:
    """The port of the server that runs; it may have been started by somebody who died while waiting for it.

    None without one, or where it is seen to end: a keeper that is being killed holds its lock a moment longer.
    """
    keeper = server.directory / "keeper"
    if not wait_until(lambda: not locks.held(keeper) or _answers(server), START):
        raise ServerFailed(f"{server.title} runs but does not answer; see {server.directory / 'log'}")
    return _state(server)["port"] if locks.held(keeper) else None


def _answers(server: Server) -> bool:
    state = _state(server)
    return bool(state) and server.answers(state["port"])


def _start(server: Server, tell: Tell) -> int:
    began = time.monotonic()
    left = _state(server)
    if left:
        end_leftover(left["server"], str(server.directory))
    for attempt in range(ATTEMPTS):  # a port that was free a moment ago may be taken by now
        # who used it before it fell knows it by its old port
        port = left["port"] if left and not attempt else free_port()
        if _spawn(server, port):
            tell(f"{server.title} ready ({time.monotonic() - began:.1f} s)")
            return port
    raise ServerFailed(f"{server.title} does not start: {_last_words(server)} (see {server.directory / 'log'})")


def _revive(server: Server) -> None:
    with locks.alone(server.directory / "start"):
        left = _state(server)
        if not left or locks.held(server.directory / "keeper"):
            return
        end_leftover(left["server"], str(server.directory))
        if not _spawn(server, left["port"]):
            raise ServerFailed(f"{server.title} has ended: {_last_words(server)} (see {server.directory / 'log'})")


def _spawn(server: Server, port: int) -> bool:
    """Start a keeper which starts the server; False when the server ended instead of answering."""
    command, account, file = (server.prepare(port), server.place.account, server.directory / "keeper")
    uid, gid = (account.uid, account.gid) if account else (None, None)
    users, data = server.directory / "users", server.directory / "data"
    lock = locks.open_lock(file)
    if not wait_until(lambda: locks.take(lock), LOOK):  # others look at it now and then
        raise ServerFailed(f"{server.title} is being started by another process; try again")
    os.ftruncate(lock, 0)
    pid = _hand_over(lock, server.directory / "log", keeper.Order(command, str(data), str(users), port, uid, gid))
    wait_until(lambda: server.answers(port) or not locks.held(file), START)
    if server.answers(port) and locks.held(file):
        return True
    if locks.held(file):
        raise ServerFailed(f"{server.title} does not answer after {START:.0f} s; see {server.directory / 'log'}")
    reap(pid)
    return False


def _hand_over(lock: int, log: Path, order: keeper.Order) -> int:
    """Start the keeper; the lock goes with the open file, so there is no moment at which nobody holds it."""
    output = locks.open_lock(log, os.O_APPEND)
    actions: list[tuple[int | str, ...]] = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    actions += [(os.POSIX_SPAWN_DUP2, own, its) for own, its in ((output, 1), (output, 2), (lock, keeper.LOCKED))]
    program = [sys.executable, "-I", "-S", keeper.__file__, json.dumps(asdict(order))]
    # posix_spawn, because nothing here waits for the keeper: it may outlive this process.
    pid = os.posix_spawn(sys.executable, program, inherited(), file_actions=actions, setsid=True)
    os.close(lock)
    os.close(output)
    return pid


def _leave(server: Server, users: int) -> None:
    """Stop the server if nobody else uses it. The keeper would do so too, but nobody could wait for it."""
    with locks.alone(server.directory / "start"):
        state = _state(server)
        if locks.take(users) and state and locks.held(server.directory / "keeper"):
            with suppress(ProcessLookupError):
                os.kill(state["keeper"], signal.SIGTERM)
            wait_until(lambda: not locks.held(server.directory / "keeper"), STOP)
            reap(state["keeper"])
        locks.free(users)


def _state(server: Server) -> dict[str, int]:
    """What the keeper wrote down: its pid, the server's, the port; empty before it has."""
    with suppress(OSError, ValueError):
        written = json.loads((server.directory / "keeper").read_text())
        return {name: int(written[name]) for name in ("keeper", "server", "port")}
    return {}


def _last_words(server: Server) -> str:
    lines = [line for line in _tail(server.directory / "log") if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def _tail(file: Path) -> list[str]:
    with suppress(OSError):
        return file.read_text(errors="replace").splitlines()[-20:]
    return []
