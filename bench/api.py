"""`python -m bench.api`: the API under gunicorn, beside the barest app of Flask and SQLAlchemy, in turns."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from statistics import median, quantiles
from typing import Any

from autotrack.embedded import servers
from bench import report
from bench.figures import Figures, Row
from bench.library import BARE
from bench.library_rows import READERS, fill, pairs
from bench.measure import Failed, cpu_of
from bench.work import Work, work
from domain import sessions
from ports.database import connect, engine
from ports.settings import PROJECT, to_environment

FANS, ASKED = 800, 400
"""Fans who take turns, so that none meets a limit; and requests of a round, one after the other."""
AT_ONCE, SECONDS = 4, 6.0
"""Connections, and for how long they ask."""
WRITE, READ, PAGE_MS = 2.5, 2.0, 120
RATE, P99_MS, READ_RATE = 400, 60, 800
AT = datetime(2026, 11, 1, tzinfo=UTC)
Ask = Callable[[], bytes]
"""Makes the next request."""


@dataclass(frozen=True)
class Server:
    """A gunicorn with two workers, and the roots of all processes that work for it."""

    port: int
    roots: Sequence[int]


class Line:
    """One connection that is kept, and does as little as a client can."""

    def __init__(self, server: Server) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> int:
        """Send, and read the answer to its end; returns how long its body was."""
        self.socket.sendall(request)
        head, _, body = self._until(b"", lambda got: b"\r\n\r\n" in got).partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise Failed(f"{request[:80]!r}: {head[:80]!r} {body[:300]!r}")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return len(self._until(body, lambda got: len(got) >= length))

    def _until(self, got: bytes, enough: Callable[[bytes], bool]) -> bytes:
        while not enough(got):
            more = self.socket.recv(65536)
            if not more:
                raise Failed("the server hung up")
            got += more
        return got


def measure(figures: Figures, place: Work, rounds: int) -> None:
    """One after the other in turns, then many at once; the median of the rounds counts."""
    with _served(place) as (ours, bare, asks):
        order = {"plus_one": ours, "bare upsert": bare, "states": ours, "bare select": bare, "page": ours}
        found: dict[str, list[tuple[float, float]]] = {}
        for number in range(rounds + 1):
            for name, server in order.items():
                cost = _each(server, asks[name], ASKED if name != "page" else 20)
                if number:
                    found.setdefault(name, []).append(cost)
        wall = {name: median(cost[0] for cost in costs) for name, costs in found.items()}
        cpu = {name: median(cost[1] for cost in costs) for name, costs in found.items()}
        figures.library += _ratios(wall, cpu) + _rates(ours, bare, asks)


def _ratios(wall: dict[str, float], cpu: dict[str, float]) -> list[Row]:
    rows = []
    for what, one, other, target in (
        ("+1 over HTTP ÷ the barest app", "plus_one", "bare upsert", WRITE),
        ("state over HTTP ÷ the barest app", "states", "bare select", READ),
    ):
        said = f"{wall[one] / wall[other]:.2f} ({1000 * wall[one]:.2f} ÷ {1000 * wall[other]:.2f} ms)"
        met = wall[one] <= target * wall[other]
        rows += [Row(what, said, f"≤ {target}", met), Row(f"{what}, by CPU", f"{cpu[one] / cpu[other]:.2f}", "", None)]
    page = 1000 * wall["page"]
    return [*rows, Row("the library page, of 2,000 entries", f"{page:.0f} ms", f"≤ {PAGE_MS} ms", page <= PAGE_MS)]


def _rates(ours: Server, bare: Server, asks: dict[str, Ask]) -> list[Row]:
    """As many as go, and how long each takes at half of that; the barest app at the same rate tells of the machine."""
    rows = []
    for what, name, other, aim in (
        ("+1", "plus_one", "bare upsert", RATE),
        ("state", "states", "bare select", READ_RATE),
    ):
        times, seconds = _at_once(ours, asks[name], 0)
        rate = len(times) / seconds
        p99, floor = (_slowest(server, asks[ask], rate / 2) for server, ask in ((ours, name), (bare, other)))
        rows.append(Row(f"{what} a second, {AT_ONCE} at once", f"{rate:,.0f}", f"≥ {aim}", rate >= aim))
        said = f"{p99:.0f} ms (the barest app: {floor:.0f})"
        rows.append(Row(f"{what} at half of that, the slowest of 100", said, f"≤ {P99_MS} ms", p99 <= P99_MS))
    return rows


def _slowest(server: Server, ask: Ask, rate: float) -> float:
    """Milliseconds that 99 of 100 stay below at this rate."""
    times, _ = _at_once(server, ask, rate)
    return 1000 * quantiles(times, n=100)[-1]


def _each(server: Server, ask: Ask, many: int) -> tuple[float, float]:
    """Seconds and seconds of CPU of one request, asked one after the other."""
    line, requests = Line(server), [ask() for _ in range(many)]
    cpu, start = cpu_of(server.roots), time.perf_counter()
    for request in requests:
        line.ask(request)
    taken = time.perf_counter() - start
    return taken / many, (cpu_of(server.roots) - cpu) / many


def _at_once(server: Server, ask: Ask, rate: float) -> tuple[list[float], float]:
    """How long each took, and all; so many a second, or as many as go. Waiting for a turn counts."""
    times: list[float] = []
    failed: list[Failed] = []
    lock, start = threading.Lock(), time.perf_counter()

    def client(number: int) -> None:
        line, turn = Line(server), start + number / rate if rate else 0.0
        try:
            while time.perf_counter() - start < SECONDS:
                with lock:
                    request = ask()
                time.sleep(max(0.0, turn - time.perf_counter()))
                began = turn or time.perf_counter()
                line.ask(request)
                times.append(time.perf_counter() - began)
                turn += AT_ONCE / rate if rate else 0.0
        except Failed as error:
            failed.append(error)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(AT_ONCE)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    if failed:
        raise failed[0]
    return times, time.perf_counter() - start


@contextmanager
def _served(place: Work) -> Iterator[tuple[Server, Server, dict[str, Ask]]]:
    place.autotrack("migrate")
    place.keep("empty")
    url = place.another("served", "empty")
    with closing(connect(url)) as connection:
        fill(connection, FANS)
        found = pairs(connection, 20 * FANS)
        secrets = {
            fan: sessions.begin(connection, fan, "bench", datetime.now(UTC))
            for fan in {fan for fan, _ in found} | {READERS[2_000]}
        }
    reader = READERS[2_000]
    BARE.create(engine(url))
    with ExitStack() as stack:
        settings = stack.enter_context(servers(replace(place.settings, database_url=url, redis_url="embedded:")))
        environment = to_environment(settings) | {"LOG_LEVEL": "warning"}
        ours, bare = (
            stack.enter_context(_gunicorn(app, environment, place)) for app in ("dynamic.wsgi:app", "bench.bare:app")
        )
        origin = settings.site_url
        turns = {name: cycle(found) for name in ("plus_one", "bare upsert", "states", "bare select")}

        def ask(name: str, make: Callable[[int, Any], bytes]) -> Ask:
            return lambda: make(*next(turns[name]))

        yield (
            ours,
            bare,
            {
                "plus_one": ask(
                    "plus_one", lambda fan, anime: _post(f"/api/v1/me/library/{anime}/plus-one", secrets[fan], origin)
                ),
                "bare upsert": ask("bare upsert", lambda fan, anime: _post(f"/{fan}/{anime}/plus-one", "", origin)),
                "states": ask("states", lambda fan, anime: _get(f"/api/v1/me/states?anime={anime}", secrets[fan])),
                "bare select": ask("bare select", lambda fan, anime: _get(f"/{fan}/{anime}", "")),
                "page": lambda: _get("/library", secrets[reader]),
            },
        )


def _post(path: str, secret: str, origin: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nCookie: session={secret}\r\nOrigin: {origin}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode()


def _get(path: str, secret: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: session={secret}\r\n\r\n".encode()


@contextmanager
def _gunicorn(app: str, environment: dict[str, str], place: Work) -> Iterator[Server]:
    """As `autotrack run` serves, two workers of four threads."""
    listener = socket.create_server(("127.0.0.1", 0))
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:autotrack.gunicorn_config",
        "--bind",
        f"fd://{listener.fileno()}",
    ]
    process = subprocess.Popen([*command, app], env=environment, cwd=PROJECT, pass_fds=[listener.fileno()])
    server = Server(listener.getsockname()[1], (process.pid, *place.servers))
    try:
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        listener.close()


if __name__ == "__main__":
    measured, started = Figures(), datetime.now(UTC)
    with work() as somewhere:
        measure(measured, somewhere, 5)
    taken = (datetime.now(UTC) - started) / timedelta(seconds=1)
    print(f"\n{report.library(measured)}\n\n{taken:.0f} s; load {os.getloadavg()[0]:.1f}")
