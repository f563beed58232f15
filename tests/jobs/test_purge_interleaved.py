"""Uploads, readers and purgers in any order, purgers killed anywhere: in the end no reader gets an older answer."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain import purges
from domain.lease import BULK, EDITS
from tests.site.cached import Cache, SteppedPurger, begin_behind, purge_to_the_end, time_passes

PATHS = ["/ä", *(f"/{number}" for number in range(15))]
ACTS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(PATHS)),
    st.tuples(st.just("put"), st.sampled_from(PATHS)),
    st.tuples(st.just("record"), st.sampled_from([EDITS, BULK])),
    st.tuples(st.just("visit"), st.none()),
    st.tuples(st.just("arrive"), st.none()),
    *[st.tuples(st.just("purge"), st.integers(0, 1))] * 6,
    st.tuples(st.just("kill"), st.integers(0, 1)),
    st.tuples(st.just("time passes"), st.none()),
)


class Scene:
    """A bucket of numbers, uploads that are not recorded yet, a cache, and two purgers."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.bucket, self.unrecorded = dict[str, int](), list[str]()
        self.cache = Cache(self.bucket.get)
        self.purgers = [SteppedPurger(connection, self.cache) for _ in range(2)]
        self.acts: dict[str, Callable[..., None]] = {
            "put": self.put, "record": self.record, "visit": self.visit,
            "arrive": lambda _: self.cache.arrive(), "purge": lambda number: self.purgers[number].step(),
            "kill": lambda number: self.purgers[number].kill(),
            "time passes": lambda _: time_passes(connection, self.cache),
        }  # fmt: skip

    def put(self, path: str) -> None:
        self.bucket[path] = self.bucket.get(path, 0) + 1
        self.unrecorded.append(path)

    def visit(self, _: None) -> None:
        for path in PATHS:
            self.cache.visit(path)

    def record(self, lane: int) -> None:
        purges.want(self.connection, self.unrecorded, lane)
        self.unrecorded.clear()

    def end(self) -> None:
        self.record(EDITS)
        purge_to_the_end(self.connection, self.cache)


@settings(
    max_examples=30, deadline=None, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(ACTS, min_size=40, max_size=80), many=st.sampled_from([1, 1000, 1000]))
def test_in_the_end_the_cache_holds_nothing_but_what_the_bucket_holds(
    connection: psycopg.Connection, steps: list[tuple[str, object]], many: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        connection.execute("TRUNCATE purge")
        begin_behind(connection, patched)
        patched.setattr(purges, "MANY", many)
        scene = Scene(connection)
        for name, argument in steps:
            scene.acts[name](argument)
        scene.end()
        assert scene.cache.stale() == []


def test_an_answer_that_was_on_its_way_during_the_purge_is_purged_too(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_behind(connection, monkeypatch)
    scene = Scene(connection)
    scene.put("/a")
    scene.cache.visit("/a")
    scene.put("/a")
    scene.record(EDITS)
    for _ in range(3):
        scene.purgers[0].step()
    scene.cache.arrive()
    assert scene.cache.stale() == ["/a"]

    scene.end()

    assert scene.cache.stale() == []
