"""Web workers that are killed while fans press +1: what was acknowledged is there, and what was not counts once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from autotrack.processes import wait_until
from domain import sessions
from domain.library.entry import find
from ports.settings import PROJECT, from_environment, to_environment
from tests.domain.fans import make_account
from tests.factories import make_anime

pytestmark = pytest.mark.long

FANS, KILLS, PRESSES = 16, 6, 40
"""Fans who press, how often all workers are killed, and how many presses are acknowledged between two kills."""


def test_what_was_acknowledged_is_there_whoever_was_killed(web: Web, connection: psycopg.Connection) -> None:
    anime = make_anime(connection, episode_count=None)
    fans = [Fan(web, make_account(connection), anime, connection) for _ in range(FANS)]
    for fan in fans:
        fan.start()
    killed = set[int]()
    for kill in range(1, KILLS + 1):
        assert wait_until(lambda many=PRESSES * kill: pressed(fans) >= many, 180)  # type: ignore[misc]
        assert wait_until(lambda: sum(fan.in_hand for fan in fans) > 2, 60)
        killed |= web.kill_workers()
    for fan in fans:
        fan.stop()

    assert len(killed) == 2 * KILLS
    assert sum(fan.lost for fan in fans) > 0, "no kill hit a request"
    for fan in fans:
        # the one act that was still in hand may have been done; every other one is there exactly once
        assert 0 <= find(connection, fan.account, anime).progress - fan.acknowledged <= fan.in_hand
    totals = connection.execute("SELECT user_id, count(*), count(DISTINCT number) FROM watch GROUP BY 1").fetchall()
    assert all(many == different for _, many, different in totals)


def pressed(fans: list[Fan]) -> int:
    return sum(fan.acknowledged for fan in fans)


@dataclass
class Fan:
    """Presses +1 as fast as it goes, and presses again with the same key where no answer came, as islands do."""

    web: Web
    account: int
    anime: UUID
    connection: psycopg.Connection
    acknowledged: int = 0
    lost: int = 0
    in_hand: int = 0
    wrong: list[str] = field(default_factory=list)

    def start(self) -> None:
        self._secret = sessions.begin(self.connection, self.account, "test", datetime.now(UTC))
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._press)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        assert self.wrong == []

    def _press(self) -> None:
        while not self._stopped.is_set() and not self.wrong:
            key, self.in_hand = uuid.uuid4().hex, 1
            while not self._once(key):
                if self._stopped.is_set() or self.wrong:
                    return
            self.acknowledged, self.in_hand = self.acknowledged + 1, 0
            self._stopped.wait(0.25)  # 300 a minute are allowed

    def _once(self, key: str) -> bool:
        """Whether it was acknowledged."""
        line = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=60)
        headers = {
            "Cookie": f"session={self._secret}", "Content-Type": "application/json", "Idempotency-Key": key,
            "Sec-Fetch-Site": "same-origin",
        }  # fmt: skip
        try:
            line.request("POST", f"/api/v1/me/library/{self.anime}/plus-one", "{}", headers)
            answer = line.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.lost += 1
            return False
        finally:
            line.close()
        if answer.status == 429:  # a Redis that is slow for a moment is counted without, and less is allowed
            self._stopped.wait(1)
            return False
        if answer.status == 200:
            return bool(json.loads(body)["entry"]["progress"] == self.acknowledged + 1) or self._complain(body)
        return self._complain(body)

    def _complain(self, body: bytes) -> bool:
        self.wrong.append(f"after {self.acknowledged}: {body.decode(errors='replace')}")
        return False


@dataclass
class Web:
    """A gunicorn with two workers, as `autotrack run` has it."""

    process: subprocess.Popen[bytes]
    port: int

    def kill_workers(self) -> set[int]:
        """Both of them; returns who they were."""
        assert wait_until(lambda: len(_children(self.process.pid)) == 2, 90)
        pids = {int(pid) for pid in _children(self.process.pid)}
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return pids


@pytest.fixture
def web(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Web]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = from_environment(
        {"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": redis_url, "PORT": str(port)}
    )
    command = [sys.executable, "-m", "gunicorn", "-c", "python:autotrack.gunicorn_config"]
    with subprocess.Popen(
        [*command, "--bind", f"fd://{listener.fileno()}"],
        env=to_environment(settings), cwd=PROJECT, pass_fds=[listener.fileno()],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        web = Web(process, port)
        assert wait_until(lambda: len(_children(process.pid)) == 2, 90)
        yield web
        process.terminate()
        process.wait(60)
    listener.close()


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
