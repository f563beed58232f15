"""Settings: what an account says of itself, and how it is kept safe."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import available_timezones

from flask import Blueprint, Response, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import accounts, avatars, recovery, sessions
from domain.errors import Invalid
from domain.sign_in import is_password
from dynamic import media
from dynamic.forms import hasher, keys, typed
from dynamic.login import enter, leave, signed_in
from dynamic.pages import page
from ports import clock, pictures
from ports.errors import Refused

account = Blueprint("account", __name__, url_prefix="/settings")
NOT_YOURS = Invalid("current", "is not right")
SCALES = {
    "10": "10 points", "10.5": "10 points with halves", "5": "Five stars", "100": "100 points", "3": "Three faces",
}  # fmt: skip
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")) + ["UTC"]


@account.get("")
@signed_in
def settings() -> Response:
    """Everything at a glance."""
    return _settings()


@account.post("")
@signed_in
def describe() -> AnyResponse:
    """Name, scale and time zone."""
    return _tried(
        lambda: accounts.describe(
            g.connection, current_user.id, typed("display_name"), typed("scale"), typed("time_zone")
        ),
        _settings,
        "/settings",
    )


@account.post("/avatar")
@signed_in
def avatar() -> AnyResponse:
    """Another picture, or none."""
    sent = request.files.get("picture")
    if "remove" in request.form:
        return _shown(None)
    try:
        drawn = pictures.square(sent.read() if sent else b"")
    except Refused as error:
        return _settings(Invalid("picture", str(error)))
    return _shown(media.store(drawn))


def _shown(key: str | None) -> AnyResponse:
    """The picture before is removed once it is sure that nobody shows it."""
    if before := avatars.choose(g.connection, current_user.id, key):
        g.connection.commit()
        media.uploads().delete([before])
    return redirect("/settings", 303)


@account.get("/handle")
@signed_in
def handle_form() -> Response:
    return _handle()


@account.post("/handle")
@signed_in
def handle() -> AnyResponse:
    """Another handle."""
    return _tried(
        lambda: accounts.rename(g.connection, keys(), current_user.account, typed("handle"), clock.now()),
        _handle,
        "/settings",
    )


@account.get("/email")
@signed_in
def email_form() -> Response:
    return _email()


@account.post("/email")
@signed_in
def email() -> AnyResponse:
    """A link goes to the new address; until it is used the old one counts."""
    if not _knows_password():
        return _email(NOT_YOURS)
    return _tried(
        lambda: recovery.ask_for_address(g.connection, current_user.account, typed("email"), clock.now()),
        _email,
        "/settings/email?sent",
    )


@account.post("/verify-again")
@signed_in
def verify_again() -> AnyResponse:
    """The same link once more."""
    if not current_user.verified:
        accounts.welcome(g.connection, current_user.account, clock.now())
    return redirect("/settings/email?sent", 303)


@account.get("/password")
@signed_in
def password_form() -> Response:
    return _password()


@account.post("/password")
@signed_in
def password() -> AnyResponse:
    """Another password: everybody else who is signed in is signed out."""
    if not _knows_password():
        return _password(NOT_YOURS)
    owner = current_user.account
    done = _tried(
        lambda: recovery.change_password(g.connection, hasher(), owner, typed("password"), clock.now()),
        _password,
        "/settings/password?done",
    )
    return enter(done, owner) if done.status_code == 303 else done


@account.get("/sessions")
@signed_in
def places() -> Response:
    """Where one is signed in."""
    found = sessions.listed(g.connection, current_user.account, clock.now())
    return page("sessions.html", sessions=found, here=current_user.session.id)


@account.post("/sessions")
@signed_in
def sign_out_there() -> AnyResponse:
    """Of one place, or of all of them."""
    if typed("session") == "all":
        sessions.end_all(g.connection, current_user.id)
        return leave(redirect("/sign-in", 303))
    try:
        sessions.end(g.connection, bytes.fromhex(typed("session")), current_user.id)
    except ValueError as error:
        raise Invalid("There is no such session.") from error
    return redirect("/settings/sessions", 303)


def _tried(change: Callable[[], object], form: Callable[[Invalid], Response], onward: str) -> AnyResponse:
    """On to another page, or the form again with what is wrong; then nothing of the change stays."""
    try:
        with g.connection.transaction():
            change()
    except Invalid as error:
        return form(error)
    return redirect(onward, 303)


def _knows_password() -> bool:
    """Whoever changes what an account is kept by must show again that it is theirs."""
    return is_password(g.connection, hasher(), current_user.account, typed("current"), clock.now())


def _settings(error: Invalid | None = None) -> Response:
    owner = current_user.account
    said = {name: request.form.get(name, getattr(owner, name)) for name in ("display_name", "scale", "time_zone")}
    return page("settings.html", _status(error), error=error, typed=said, scales=SCALES, zones=ZONES)


def _handle(error: Invalid | None = None) -> Response:
    return page("handle.html", _status(error), error=error, typed=typed("handle"))


def _email(error: Invalid | None = None) -> Response:
    return page("email.html", _status(error), error=error, typed=typed("email"), sent="sent" in request.args)


def _password(error: Invalid | None = None) -> Response:
    return page("password.html", _status(error), error=error, done="done" in request.args)


def _status(error: Invalid | None) -> int:
    return 422 if error else 200
