"""The second step of signing in, and switching it on and off."""

from __future__ import annotations

import segno
from flask import Blueprint, Response, current_app, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import two_step as steps
from domain.accounts import Account
from domain.sign_in import is_password
from dynamic import came_for
from dynamic.forms import hasher, keys, typed
from dynamic.login import begun, enter, signed_in
from dynamic.pages import page
from dynamic.tracking import track_for
from ports import clock

two_step = Blueprint("two_step", __name__)
SEED = "seed"
WRONG = "That code is not right, or was used already. Please wait for the next one."
NOT_YOURS = "That is not your password."


@two_step.get("/sign-in/code")
def code_form() -> AnyResponse:
    """After the password: the code, or where none can be asked for yet, what the app is to know."""
    session = begun()
    return redirect(came_for.SIGN_IN, 303) if session is None else _ask(session.account)


@two_step.post("/sign-in/code")
def code() -> AnyResponse:
    """Signed in, in a session of its own."""
    session = begun()
    if session is None:
        return redirect(came_for.SIGN_IN, 303)
    account = session.account
    right = (
        steps.check(g.connection, keys(), account, typed("code"), clock.now()) if account.two_step else _begin(account)
    )
    if not right:
        return _ask(account, WRONG)
    track_for(g.connection, account.id, request.form, clock.now())
    return enter(redirect(came_for.onward(request.form), 303), account)


@two_step.get("/settings/two-step")
@signed_in
def settings() -> Response:
    """Switch it on, or off."""
    return _settings(current_user.account)


@two_step.post("/settings/two-step")
@signed_in
def change() -> AnyResponse:
    """On by a code, off by the password; staff cannot do without."""
    account = current_user.account
    if not is_password(g.connection, hasher(), account, typed("password"), clock.now()):
        return _settings(account, NOT_YOURS)
    if account.two_step:
        steps.end(g.connection, account.id)
    elif not _begin(account):
        return _settings(account, WRONG)
    return redirect("/settings/two-step", 303)


def _begin(account: Account) -> bool:
    """The seed went to the reader and comes back, signed for this account."""
    signed = keys().read(f"{SEED}:{account.id}", typed(SEED))
    return signed is not None and steps.begin(g.connection, keys(), account, signed, typed("code"), clock.now())


def _ask(account: Account, wrong: str = "") -> Response:
    kept = came_for.kept(request.values) | {"guest": ""}
    told = {} if account.two_step else _told(account)
    return page("code.html", 422 if wrong else 200, wrong=wrong, kept=kept, told=told)


def _settings(account: Account, wrong: str = "") -> Response:
    told = {} if account.two_step else _told(account)
    return page("two_step.html", 422 if wrong else 200, wrong=wrong, told=told, is_staff=account.is_staff)


def _told(account: Account) -> dict[str, str]:
    """What an app is to know: as text, as an address, and as a picture of it; and the seed, to be sent back."""
    seed = steps.new_seed()
    site = current_app.extensions["site"]["name"]
    address = steps.address(keys(), seed, account, site)
    secret = steps.secret(keys(), seed)
    return {
        "seed": keys().sign(f"{SEED}:{account.id}", seed),
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "address": address,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff"),
    }
