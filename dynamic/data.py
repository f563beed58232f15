"""One's own data: what is held, a download of it, deleting the account, and the receipt of that."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain.errors import Invalid
from domain.privacy import erasing, leaving
from domain.privacy.held import PEOPLE
from domain.sign_in import is_password
from dynamic.download import download
from dynamic.forms import hasher, keys, typed
from dynamic.login import leave, signed_in
from dynamic.pages import page
from ports import clock

data = Blueprint("data", __name__)
NOT_YOURS = Invalid("current", "is not right")
NOT_TYPED = Invalid("handle", "must be your handle, as it is written above")


@data.get("/settings/data")
@signed_in
def held() -> Response:
    """What is held, and what can be done about it."""
    theirs = [table for table in PEOPLE.values() if any(name.theirs for name in table.names.values())]
    return page("data.html", held=[(table.called, table.why) for table in reversed(theirs)])


@data.post("/settings/data")
@signed_in
def send() -> Response:
    """Everything, as a zip."""
    return download(current_user.account, clock.now())


@data.get("/settings/delete")
@signed_in
def delete_form() -> Response:
    """What will go and what may stay, and what proves that it is meant."""
    return _delete()


@data.post("/settings/delete")
@signed_in
def delete() -> AnyResponse:
    """Signed out everywhere at once, and on to the receipt."""
    account = current_user.account
    if not is_password(g.connection, hasher(), account, typed("current"), clock.now()):
        return _delete(NOT_YOURS)
    if typed("handle").strip().removeprefix("@") != account.handle:
        return _delete(NOT_TYPED)
    number = leaving.leave(g.connection, keys(), account, typed("reviews") == "kept", clock.now())
    return leave(redirect(f"/erased/{number}", 303))


@data.get("/erased/<string(length=32):number>")
def receipt(number: str) -> Response:
    """How far it is, and in the end what was removed and what is still somewhere until when."""
    number = number.lower() if set(number.lower()) <= set("0123456789abcdef") else "0" * 32
    found = erasing.receipt(g.connection, number)
    response = page("erased.html", receipt=found, counts=erasing.told(found.counts, PEOPLE))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _delete(error: Invalid | None = None) -> Response:
    keeps = request.form.get("reviews") == "kept"
    return page("delete.html", 422 if error else 200, error=error, typed=typed("handle"), keeps=keeps)
