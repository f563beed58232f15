"""Reckoning: what the outcomes of a batch mean beyond their verdicts: losses, changes that were missed, addresses."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from domain import brake
from domain.built import Built
from domain.lease import Due
from domain.manifest import AUDIT
from ports.errors import Unavailable
from sitegen.build import Outcome

log = structlog.get_logger()


def losses(due: Sequence[Due], outcomes: Sequence[Outcome]) -> list[str]:
    """The keys of the pages that would go, or lose much, by data: another recipe may make of a page what it likes."""
    return [
        page.key
        for page, outcome in zip(due, outcomes, strict=True)
        if page.size is not None and page.recipe == outcome.built.recipe and _shrinks(page, page.size, outcome)
    ]


def _shrinks(page: Due, size: int, outcome: Outcome) -> bool:
    if outcome.built.verdict == "gone":
        return page.path is not None
    return outcome.artifact is not None and len(outcome.artifact.body) < size * brake.SHRUNK


def tell_missed(due: Sequence[Due], built: Sequence[Built]) -> None:
    """What the audit finds to say something else than when it was built: a change that nobody noticed, now healed."""
    verdicts = {page.key: page for page in built if page.verdict == "publish" or (page.verdict == "gone")}
    missed = [
        page.key
        for page in due
        if page.why == AUDIT
        and page.key in verdicts
        and page.recipe == verdicts[page.key].recipe
        and page.artifact_hash is not None
    ]
    if missed:
        log.warning("a change was missed until the audit", pages=len(missed), such_as=missed[:5])


def touched(outcomes: Sequence[Outcome], built: Sequence[Built]) -> list[str]:
    """Where something was put, or may have been, whether or not the lease was still ours."""
    return [
        outcome.artifact.path
        for outcome, page in zip(outcomes, built, strict=True)
        if outcome.artifact and (page.verdict == "publish" or page.lost)
    ]


def raise_if_all_is_lost(built: Sequence[Built]) -> None:
    """One page that cannot be uploaded waits and is tried again; where none can, there is no point in going on."""
    lost = [page for page in built if page.lost]
    if lost and not any(page.verdict == "publish" for page in built):
        raise Unavailable(lost[0].error or "the bucket does not answer")
