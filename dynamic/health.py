"""Health: whether this process lives, and whether it can answer readers, for load balancers and supervisors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import structlog
from flask import Blueprint, Response, current_app, jsonify

from ports.asking import Answer, Panel
from ports.bucket import Bucket
from ports.database import BRIEF, connect
from ports.queue import ping
from ports.settings import Settings

health = Blueprint("health", __name__, url_prefix="/health")
log = structlog.get_logger()

NEEDED = ("postgresql", "bucket")
"""Without these a process is not ready; without the others pages are served all the same."""
SECONDS, FRESH = 3.0, 1.0
"""How long the world has to answer, and how long its answer holds, so that asking often costs nothing."""


def panel(settings: Settings, bucket: Bucket) -> Panel[object]:
    """What readiness asks of the world."""
    questions: Mapping[str, Callable[[], object]] = {
        "postgresql": lambda: _select_1(settings.database_url),
        "bucket": lambda: bucket.look("index"),
        "redis": lambda: ping(settings.redis_url),
    }
    return Panel(questions, SECONDS, FRESH)


@health.get("/live", provide_automatic_options=False)
def live() -> Response:
    """This process answers; nothing else is asked."""
    return _uncached(jsonify(status="live"))


@health.get("/ready", provide_automatic_options=False)
def ready() -> Response:
    """Whether what is needed answers, and by name what does not; why it does not is for the log."""
    answers = cast("Panel[object]", current_app.extensions["health"]).ask()
    states = {name: _state(name, answer) for name, answer in answers.items()}
    is_ready = all(states[name] == "ok" for name in NEEDED)
    response = jsonify({"status": "ready" if is_ready else "not ready", **states})
    if not is_ready:
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return _uncached(response)


def _state(name: str, answer: Answer[object]) -> str:
    if answer.ended.is_set() and answer.error is None:
        return "ok"
    log.warning("not answering", port=name, error=str(answer.error or f"no answer within {SECONDS:.0f} s"))
    return "down"


def _select_1(url: str) -> None:
    with connect(url, BRIEF) as connection:
        connection.execute("SELECT 1")


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
