"""The blueprint of the API: every route of the table is served the same way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, g, request
from flask.globals import request_ctx
from flask_login import current_user
from werkzeug.exceptions import MethodNotAllowed

from domain import answers
from domain.answers import Answer
from domain.errors import Invalid, NotFound, Stale
from domain.library import entry as library_entry
from dynamic import transaction
from dynamic.api import docs, export, present
from dynamic.api.route import Ask, Route, Said
from dynamic.api.routes import ROUTES
from dynamic.errors import problem, refused
from ports import clock

api = Blueprint("api", __name__, url_prefix="/api")

JSON = "application/json"
ACCOUNT = "Autotrack-Account"
"""Of whom a page believes that it writes: between loading it and pressing, another may have signed in."""
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_TAG = re.compile(r'(?:W/)?"(\d{1,9})(?:-\d{1,9})?"')
"""The version of an entry, and perhaps how many episodes the catalogue counts."""


def serve(route: Route) -> Callable[..., Response]:
    """The view of Flask for a route: parse, one verb, answer."""

    def answer(**path: Any) -> Response:
        user = current_user._get_current_object()
        if not user.is_authenticated:
            return refused(401, "Sign in first.")
        if request.headers.get(ACCOUNT, own := present.account_of(user)) != own:
            return refused(409, "Somebody else is signed in here by now. Load the page again.")
        ask = Ask(g.connection, user, clock.now(), _body(route), _query(route), _if_version(route))
        key = request.headers.get("Idempotency-Key")
        if not route.writes or key is None:
            said: Said = route.view(ask, **path)
            return _respond(route, _packed(said), said.total)
        return _respond(route, _once(route, ask, path, key))

    return answer


def _once(route: Route, ask: Ask, path: dict[str, Any], key: str) -> Answer:
    """The same request with the same key is done once, and answered the same every time."""
    asked = hashlib.blake2b(f"{request.method} {request.path}\n".encode() + request.get_data(), digest_size=16)
    if given := answers.claim(ask.connection, ask.user.id, key, asked.digest(), ask.at):
        return given
    said = _packed(route.view(ask, **path))
    answers.keep(ask.connection, ask.user.id, key, said)
    return said


def _packed(said: Said) -> Answer:
    return Answer(said.status, said.version, msgspec.json.encode(said.value))


def _respond(route: Route, said: Answer, total: int | None = None) -> Response:
    response = Response(said.body, said.status, content_type=JSON)
    if said.version is not None:
        response.set_etag(f"{said.version}" if total is None else f"{said.version}-{total}")
        if not route.writes:
            response.make_conditional(request)
    return response


def _body(route: Route) -> Any:
    if route.body is None:
        return None
    return _checked(lambda: msgspec.json.decode(request.get_data() or b"{}", type=route.body))


def _query(route: Route) -> Any:
    """Parameters of the address; those that may stand several times are lists."""
    if route.query is None:
        return None
    many = {field.name for field in msgspec.structs.fields(route.query) if "list" in str(field.type)}
    given = {name: values if name in many else values[-1] for name, values in request.args.lists()}
    return _checked(lambda: msgspec.convert(given, route.query, strict=False))


def _checked(parse: Callable[[], Any]) -> Any:
    """What was parsed. Raises Invalid with the field to blame."""
    try:
        return parse()
    except msgspec.ValidationError as error:
        raise _blamed(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("body", f"is not JSON: {error}") from error
    except RecursionError as error:
        raise Invalid("body", "is nested too deeply") from error


def _blamed(said: str) -> Invalid:
    """From `Expected …, got … - at `$.score`` to the field and the reason."""
    reason, _, place = said.partition(" - at `$")
    unknown = _UNKNOWN.fullmatch(reason)
    field = ".".join(filter(None, [place.rstrip("`").lstrip("."), unknown[1] if unknown else ""]))
    return Invalid(field or "body", "is not known here" if unknown else reason[:1].lower() + reason[1:])


def _if_version(route: Route) -> int | None:
    """The version that `If-Match` names; `*` is any."""
    given = request.headers.get("If-Match", "*").strip()
    if not route.conditional or not route.writes or given == "*":
        return None
    found = _TAG.fullmatch(given)
    if found is None:
        raise Invalid("If-Match", "must be the ETag of an entry")
    return int(found[1])


@api.route("/", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False)
@api.route("/<path:path>", methods=METHODS, provide_automatic_options=False)
def nowhere(path: str) -> Response:
    """An address below /api that nothing answers, or not by this method: never a page from the bucket."""
    if allowed := [method for method in METHODS if _answered(method)]:
        raise MethodNotAllowed(allowed)
    abort(404)


def _answered(method: str) -> bool:
    assert request_ctx.url_adapter is not None
    rule, _ = request_ctx.url_adapter.match(method=method, return_rule=True)
    return bool(rule.endpoint != "api.nowhere")


@api.errorhandler(Stale)
def stale(error: Stale) -> Response:
    """Somebody else was faster: the answer says what there is now, so that nothing has to be asked again."""
    transaction.failed()
    names = request.view_args or {}
    try:
        entry = present.entry(library_entry.find(g.connection, current_user.id, names["anime_id"]))
    except NotFound:
        entry = None
    return problem(412, str(error), entry=msgspec.to_builtins(entry))


api.add_url_rule("/v1/openapi.json", "openapi", docs.openapi, provide_automatic_options=False)
api.add_url_rule("/v1/docs", "docs", docs.read, provide_automatic_options=False)
api.add_url_rule("/v1/export.schema.json", "export_schema", export.export_schema, provide_automatic_options=False)
api.add_url_rule("/v1/me/export", "export", export.export, provide_automatic_options=False)
for _route in ROUTES:
    api.add_url_rule(
        f"/v1{_route.path}", _route.name, serve(_route), methods=[_route.method], provide_automatic_options=False
    )
