"""Work spread over processes: in order, a few blocks ahead, and never longer than the one who asked for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from jobs import catalogue
from jobs.spread import AHEAD, spread
from ports.settings import PROJECT
from tests.domain.feeds import Feeds, contents, episodes, extra, offer, release

PROGRAM = """
import os, time
from jobs.spread import spread
with spread(2, os.open(os.devnull, os.O_RDONLY)) as over_processes:
    print(*(pid for _, pid in over_processes(os.getpgid, [0])), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def private() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_results_come_in_the_order_of_the_work(private: int) -> None:
    with spread(2, private) as over_processes:
        assert list(over_processes(abs, range(-50, 0))) == [(number, -number) for number in range(-50, 0)]


def test_only_a_few_blocks_are_taken_ahead_of_the_results(private: int) -> None:
    taken = iter(range(1000))
    with spread(2, private) as over_processes:
        next(iter(over_processes(abs, taken)))
        assert next(taken) == AHEAD


def test_what_goes_wrong_there_is_raised_here(private: int) -> None:
    with spread(2, private) as over_processes, pytest.raises(TypeError):
        list(over_processes(abs, ["a"]))


def test_nobody_is_left_when_the_process_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    deadline = time.monotonic() + 5
    while _alive(process.pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


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
