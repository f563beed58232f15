"""The crew of a build: what becomes of it when the bucket goes away."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from jobs.crew import Tally, drain_together
from jobs.render import Queue
from ports.errors import Unavailable

OURS = os.getpid()


class Helpless:
    """A renderer that meets an outage, but for the process of the test itself."""

    connection = nullcontext()

    def drain(self, queue: Queue, done: Callable[..., bool]) -> None:
        if os.getpid() != OURS:
            raise Unavailable("the bucket is away")


def test_a_helper_that_meets_an_outage_ends_without_a_stack_trace(capfd: pytest.CaptureFixture[str]) -> None:
    make: Any = Helpless

    assert drain_together(make, Queue({}), 1, Tally(lambda done: None)) is False

    assert capfd.readouterr().err == ""
