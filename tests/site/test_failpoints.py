"""Failpoints: a process is killed (`kill -9`) at every step from the change to the removed object, and all ends well.

The steps are functions of ours; in the process that is to die each is followed, or preceded, by the end. No code of
the product knows of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain import changes, lease, manifest, orphans, overlap
from jobs import relay as relaying
from jobs import render, sweep
from jobs.relay import relay_all
from jobs.render import Queue, Renderer
from jobs.uploads import Uploads
from ports.bucket_directory import DirectoryBucket
from ports.database import connect
from sitegen.site import PAGE_TYPES
from tests.site.test_live_equals_clean import site_of
from tests.site.whole import BEGAN, Live, WarmBuild, WholeSite, differences

BATCHES = {kind.kind: kind.batch for kind in PAGE_TYPES if kind.template or kind.kind == "cover"}
BEFORE, AFTER = "before", "after"
Step = tuple[str, Any, str, int]
STEPS: dict[str, Step] = {
    # when, whose, which function, at which of its calls
    "the relay has claimed changes": (AFTER, changes, "claim", 1),
    "the relay has told renderers": (AFTER, overlap, "begin_relay", 1),
    "the relay has marked pages and not committed": (AFTER, manifest, "want", 1),
    "the relay has committed": (AFTER, relaying, "relay", 1),
    "pages are leased": (AFTER, lease, "take", 1),
    "pages are read and rendered": (AFTER, Renderer, "_build", 1),
    "addresses are claimed": (AFTER, Renderer, "_claim", 1),
    "an object is about to be put": (BEFORE, DirectoryBucket, "put", 1),
    "the first object is put": (AFTER, DirectoryBucket, "put", 1),
    "some objects are put": (AFTER, DirectoryBucket, "put", 5),
    "all objects of a batch are put": (AFTER, Uploads, "upload", 1),
    "all objects of a later batch are put": (AFTER, Uploads, "upload", 4),
    "results are recorded and not committed": (AFTER, render, "finish", 1),
    "sitemaps are wanted and not committed": (AFTER, Renderer, "_want_sitemaps", 1),
    "a batch is committed": (AFTER, Renderer, "_batch", 1),
    "a later batch is committed": (AFTER, Renderer, "_batch", 3),
    "orphans are locked": (AFTER, orphans, "removable", 1),
    "an object is about to be deleted": (BEFORE, DirectoryBucket, "delete", 1),
    "objects are deleted and not forgotten": (AFTER, DirectoryBucket, "delete", 1),
    "orphans are forgotten and not committed": (AFTER, orphans, "forget", 1),
    "orphans are forgotten": (AFTER, sweep, "_sweep_some", 1),
}
FEW = ("some objects are put", "objects are deleted and not forgotten")
_fork = multiprocessing.get_context("fork")


@pytest.mark.parametrize("step", FEW)
def test_who_is_killed_at_this_step_leaves_it_to_another(scene: Scene, step: str) -> None:
    scene.play(STEPS[step])


@pytest.mark.long
@pytest.mark.parametrize("step", sorted(STEPS.keys() - set(FEW)))
def test_who_is_killed_at_any_step_leaves_it_to_another(scene: Scene, step: str) -> None:
    scene.play(STEPS[step])


class Scene:
    """The same catalogue, edits and moments for every step, so that one clean build is the end of all."""

    def __init__(self, world: str, server: str, tmp_path: Path) -> None:
        self.world, self.server, self.tmp_path = world, server, tmp_path
        self._clean: Live | None = None

    def play(self, step: Step) -> None:
        with site_of(self.world, self.server, self.tmp_path) as site:
            site.build()
            edit(site)
            dying = _fork.Process(target=die_at, args=(site.database_url, site, *step))
            dying.start()
            dying.join(180)
            assert dying.exitcode == -signal.SIGKILL
            go_on(site)
            live = site.live()
            self._clean = self._clean or site.clean()
            assert differences(live, self._clean) == []
            assert site.paths() == sorted(live)
            left = site.connection.execute("SELECT path FROM orphan WHERE kept_until = '-infinity'").fetchall()
            assert left == []


def edit(site: WholeSite) -> None:
    """A title that lists show, a new address, an anime that goes and one that is no more to be shown."""
    slugs = [
        slug for (slug,) in site.connection.execute("SELECT slug FROM anime WHERE NOT adult ORDER BY slug LIMIT 4")
    ]
    for change, slug in zip(
        ("SET title_english = 'Renamed'", "SET slug = 'moved'", "SET adult = true", "SET season_year = 1999"),
        slugs, strict=True,
    ):  # fmt: skip
        site.connection.execute(f"UPDATE anime {change} WHERE slug = %s", [slug])
    site.connection.execute("DELETE FROM genre WHERE id = (SELECT min(id) FROM genre)")


def die_at(url: str, site: WholeSite, when: str, owner: Any, name: str, call: int) -> None:
    """Relay, build and sweep as a worker of its own, and end at this step as if the power had gone."""
    setattr(owner, name, dying(getattr(owner, name), when, call))
    with connect(url) as connection:
        work(site, connection)


def dying(step: Callable[..., Any], when: str, call: int) -> Callable[..., Any]:
    calls = 0

    def last(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and when == BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        result = step(*arguments, **named)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return last


def go_on(site: WholeSite) -> None:
    """Another worker; time passes, so that leases end and what waited is due."""
    while True:
        site.connection.execute("UPDATE page SET leased_until = now() WHERE leased_until IS NOT NULL")
        work(site, site.connection)
        if not site.dirty():
            return


def work(site: WholeSite, connection: Any) -> None:
    while relaying.relay(connection, refreshed=True):
        pass
    relay_all(connection)
    connection.execute("UPDATE page SET due_at = now() WHERE built < wanted")
    builder = WarmBuild(site.settings, site.as_of, BEGAN).builder()
    Renderer(connection, site.bucket, builder, site.as_of, BEGAN).drain(Queue(BATCHES, patient=True))
    sweep.sweep(connection, site.bucket, BEGAN, yes=True)


@pytest.fixture(scope="module")
def scenes() -> dict[str, Scene]:
    return {}


@pytest.fixture
def scene(scenes: dict[str, Scene], world: str, server: str, tmp_path: Path) -> Scene:
    return scenes.setdefault("one", Scene(world, server, tmp_path))
