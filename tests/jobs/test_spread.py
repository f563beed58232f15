"""Work spread over processes: in order, a few blocks ahead, and never longer than the one who asked for it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from jobs import catalogue
from jobs.spread import WorkerLost, spread
from ports.settings import PROJECT
from tests.autotrack.command import eventually
from tests.domain.feeds import Feeds, contents, episodes, extra, offer, release

PROGRAM = """
import os, time
from jobs.spread import spread
with spread(2, os.open(os.devnull, os.O_RDONLY)) as over_processes:
    print(*(pid for _, pid in over_processes(os.getpgid, [0])), flush=True)
    time.sleep(60)
"""

ENDLESS = """
import itertools, os, sys
from jobs.spread import spread
try:
    print("begun", flush=True)
    for _ in range(1000):
        with spread(2, os.open(os.devnull, os.O_RDONLY)) as over_processes:
            for _ in over_processes(bytes, (b"x" * 100_000 for _ in range(300))):
                pass
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture
def private() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_results_come_in_the_order_of_the_work(private: int) -> None:
    with spread(2, private) as over_processes:
        assert list(over_processes(abs, range(-50, 0))) == [(number, -number) for number in range(-50, 0)]


def test_only_one_block_for_each_worker_is_taken_ahead_of_the_results(private: int) -> None:
    taken = iter(range(1000))
    with spread(2, private) as over_processes:
        next(over_processes(abs, taken))
        assert next(taken) == 3


def test_blocks_and_results_larger_than_a_pipe_pass(private: int) -> None:
    blocks = [bytes([number]) * 5_000_000 for number in range(9)]
    with spread(2, private) as over_processes:
        assert list(over_processes(bytes, blocks)) == [(block, block) for block in blocks]


def test_what_goes_wrong_there_is_raised_here(private: int) -> None:
    with spread(2, private) as over_processes, pytest.raises(TypeError):
        list(over_processes(abs, ["a"]))


def test_a_worker_that_is_killed_is_told_of(private: int) -> None:
    with spread(2, private) as over_processes:
        results = over_processes(os.getpgid, [0] * 9)
        next(results)
        for worker in multiprocessing.active_children():
            worker.kill()
        with pytest.raises(WorkerLost, match="nothing was changed"):
            list(results)


@pytest.mark.parametrize("after", [0, 0.01, 0.02, 0.05, 0.1, 0.2])
def test_ctrl_c_at_any_moment_ends_all_of_them_quietly(after: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr.read() == b""
    assert eventually(lambda: not _alive(process.pid))


def test_nobody_is_left_when_the_process_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    assert eventually(lambda: not _alive(process.pid))


def test_an_import_checked_by_several_processes_is_the_same(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[list[Any]] = [
        [release(number, f"Title {number}", studios=[f"Studio {number % 7}"]) for number in range(1, 900)]
        + ["not JSON"],
        [extra(number, synopsis=f"About {number} \\ \u2028") for number in range(1, 900)],
        [episodes(number, {"n": 1, "en": "Begin"}) for number in range(1, 900)],
        [offer(number) for number in range(1, 900)],
    ]
    one = feeds.bring(*groups)
    expected = contents(feeds.connection)
    feeds.connection.execute("TRUNCATE anime, studio, genre, platform, feed_record, slug_history CASCADE")
    monkeypatch.setattr(catalogue, "WORTH_PROCESSES", 0)
    several = feeds.bring(*groups)
    assert contents(feeds.connection) == expected
    assert [file.outcomes for file in several.files] == [file.outcomes for file in one.files]
    assert [(reject.line, reject.reason) for reject in several.files[0].rejects] == [
        (reject.line, reject.reason) for reject in one.files[0].rejects
    ]
    assert several.files[0].outcomes["rejected"] == 1


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
