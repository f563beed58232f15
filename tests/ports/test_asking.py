"""Asking: every question has its answer or its error in time, and one that hangs is not asked twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest

from ports.asking import Panel
from tests.autotrack.command import eventually


def test_one_that_hangs_takes_no_answer_from_the_others(hanging: Callable[[], object]) -> None:
    def fails() -> object:
        raise OSError("no route")

    panel: Panel[object] = Panel({"hangs": hanging, "well": lambda: 1, "fails": fails}, 0.3, fresh=60)
    assert eventually(lambda: all(panel.ask()[name].ended.is_set() for name in ("well", "fails")))
    answers = panel.ask()

    assert (answers["well"].value, answers["well"].error) == (1, None)
    assert not answers["hangs"].ended.is_set()
    assert str(answers["fails"].error) == "no route"


def test_one_that_hangs_is_not_asked_again_beside_itself(hanging: Callable[[], object]) -> None:
    asked: list[int] = []
    panel: Panel[object] = Panel({"hangs": lambda: (asked.append(1), hanging())}, 0.05)

    for _ in range(5):
        panel.ask()

    assert eventually(lambda: asked) and len(asked) == 1


def test_a_fresh_answer_is_given_again() -> None:
    asked: list[int] = []
    panel: Panel[object] = Panel({"well": lambda: asked.append(1)}, 1, fresh=60)
    panel.ask()
    panel.ask()

    assert len(asked) == 1


@pytest.fixture
def hanging() -> Iterator[Callable[[], object]]:
    until = Event()
    yield until.wait
    until.set()
