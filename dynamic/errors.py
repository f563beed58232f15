"""Every failure becomes a short answer, once, in this place: JSON for programs, a page for readers of the app, and
one line of text for all else; nothing internal is ever shown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
import psycopg
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from domain import errors as domain
from dynamic import pages, transaction
from ports.errors import Throttled, Unavailable

_RETRY_SECONDS = 10
PROBLEM = "application/problem+json"
STATUS = {
    domain.NotFound: 404,
    domain.Invalid: 422,
    domain.Stale: 412,
    domain.Conflict: 409,
    domain.Forbidden: 403,
    domain.Throttled: 429,
}
"""The most particular first."""
TITLES = {
    403: "Not allowed", 409: "That did not work", 412: "Too late", 413: "Too large", 422: "That did not work",
    429: "Too often",
}  # fmt: skip
"""What a page is called that says no, where the words of HTTP are for programs."""
AWAY = "This page is not available just now. Please try again shortly."


def install(app: Flask) -> None:
    """Unknown exceptions arrive as a 500 HTTPException; Flask has logged them with their trace by then."""
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(domain.DomainError, _explain)
    app.register_error_handler(Unavailable, _ask_to_come_back)
    app.register_error_handler(psycopg.OperationalError, _ask_to_come_back)


def refused(status: int, reason: str, field: str = "", retry_after: int = 0, **more: Any) -> Response:
    """An answer that says no: problem+json under /api/, elsewhere a page. It does not undo anything by itself."""
    if request.path.startswith("/api/"):
        response = problem(status, reason, field, **more)
    elif request.blueprint in transaction.WITHOUT:
        response = plain(reason, status)
    else:
        title = TITLES.get(status, HTTPStatus(status).phrase)
        response = pages.page("error.html", status, title=title, reason=_sentence(reason, field))
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _sentence(reason: str, field: str) -> str:
    """With the field that it is about, where it is about one."""
    return f"{field.replace('_', ' ').capitalize()} {reason.removesuffix('.')}." if field else reason


def problem(status: int, reason: str, field: str = "", **more: Any) -> Response:
    """As RFC 9457 has it; `field` names what of the input it is about."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": reason} | more
    if field:
        said["field"] = field
    response = Response(orjson.dumps(said), status, content_type=PROBLEM)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refuse(error: HTTPException) -> Response:
    transaction.failed()
    # The headers that belong to the status (Allow, Retry-After) are kept, the HTML is not.
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    status = error.code or 500
    if request.blueprint in transaction.WITHOUT and not request.path.startswith("/api/"):
        return plain(f"{status} {error.name}", status, headers)
    response = refused(status, SAID.get(status, f"{error.name}."), retry_after=g.get("retry_after", 0))
    response.headers.extend(headers)
    return response


SAID = {
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
    413: "That is too large.",
    415: "Send JSON: Content-Type: application/json.",
    429: "That was too often. Please try again a little later.",
    500: "Something went wrong on our side. It was noted.",
}


def _explain(error: domain.DomainError) -> Response:
    transaction.failed()
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    field = getattr(error, "field", "")
    reason = getattr(error, "reason", "") or str(error)
    return refused(status, reason, field, getattr(error, "retry_after", 0))


def _ask_to_come_back(error: Exception) -> Response:
    transaction.failed()
    current_app.logger.error("%s", error)
    seconds = round(error.after) if isinstance(error, Throttled) else _RETRY_SECONDS
    if request.path.startswith("/api/"):
        return refused(503, AWAY, retry_after=seconds)
    return plain(AWAY, 503, [("Retry-After", str(seconds))])


def plain(line: str, status: int, headers: list[tuple[str, str]] | None = None) -> Response:
    """One line of text that no cache keeps."""
    response = Response(f"{line}\n", status, headers or [], content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
