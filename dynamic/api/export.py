"""Everything that is held of whoever asks, for programs, and what it looks like."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, current_app, g
from flask_login import current_user

from domain.privacy.schema import schema
from dynamic.download import SCHEMA, download
from dynamic.login import signed_in
from ports import clock


@signed_in
def export() -> Response:
    """The same zip as from the settings."""
    return download(current_user.account, clock.now())


def export_schema() -> Response:
    """The JSON Schema of `autotrack.json` in it, which needs no account."""
    site: dict[str, Any] = current_app.extensions["site"]
    found = schema(g.connection, site["url"] + SCHEMA)
    return Response(orjson.dumps(found, option=orjson.OPT_INDENT_2), content_type="application/schema+json")
