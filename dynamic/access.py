"""Access: one line in the log for each request; who asked, and for what in a query, is nobody's business."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()
HEADER = "X-Request-Id"
LONGEST = 300
"""Characters of a path that are written down."""
_CAPABILITY = re.compile(r"^/(media|erased)/.*")
"""Who knows the rest of such a path is shown what it leads to."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def install(app: Flask) -> None:
    """Before anything else that runs after a request, so that it is the last and sees what is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.began, g.request_id = time.monotonic(), given if _ID.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    took = round((time.monotonic() - g.began) * 1000, 1)
    write = log.debug if request.path.startswith("/health/") else log.info
    path = _CAPABILITY.sub(r"/\1/…", request.path[:LONGEST])
    write("request", method=request.method, path=path, status=response.status_code, ms=took)
    return response
