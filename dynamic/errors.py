"""Every failure becomes a short plain-text answer, once, in this place; nothing internal is ever shown."""

from __future__ import annotations

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from ports.errors import Unavailable

_RETRY_SECONDS = "10"


def install(app: Flask) -> None:
    """Unknown exceptions arrive as a 500 HTTPException; Flask has logged them with their trace by then."""
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(Unavailable, _ask_to_come_back)


def _refuse(error: HTTPException) -> Response:
    # The headers that belong to the status (Allow, Retry-After) are kept, the HTML is not.
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    return plain(f"{error.code} {error.name}", error.code or 500, headers)


def _ask_to_come_back(error: Unavailable) -> Response:
    current_app.logger.error("%s", error)
    return plain(
        "This page is not available just now. Please try again shortly.", 503, [("Retry-After", _RETRY_SECONDS)]
    )


def plain(line: str, status: int, headers: list[tuple[str, str]] | None = None) -> Response:
    """One line of text that no cache keeps."""
    response = Response(f"{line}\n", status, headers or [], content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
