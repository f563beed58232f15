"""Joining, signing in and signing out."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import accounts
from domain.accounts import Account, Newcomer
from domain.errors import Invalid
from domain.sign_in import sign_in as check
from dynamic import came_for
from dynamic.forms import hasher, keys, typed
from dynamic.login import enter, leave, signed_in
from dynamic.pages import page
from dynamic.tracking import track_for
from ports import clock

auth = Blueprint("auth", __name__)
WRONG = "That handle or address and that password do not belong together."


@auth.get("/join")
def join_form() -> AnyResponse:
    """The form; who is signed in goes on to what they came for."""
    return _join_page() if not current_user.is_authenticated else _already_here()


@auth.post("/join")
def join() -> AnyResponse:
    """A new account, signed in at once."""
    newcomer = Newcomer(typed("handle"), typed("email"), typed("password"), typed("display_name"))
    try:
        with g.connection.transaction():
            account = accounts.join(g.connection, keys(), hasher(), newcomer, clock.now())
    except Invalid as error:
        return _join_page(error)
    return _onward(account)


@auth.get("/sign-in")
def sign_in_form() -> AnyResponse:
    """The form; who is signed in goes on to what they came for."""
    return _sign_in_page() if not current_user.is_authenticated else _already_here()


@auth.post("/sign-in")
def sign_in() -> AnyResponse:
    """On to what they came for; staff, and who wants it so, on to the second step."""
    account = check(g.connection, hasher(), typed("login"), typed("password"), clock.now())
    if account is None:
        return _sign_in_page(WRONG)
    if account.two_step or account.is_staff:
        kept = came_for.query(came_for.kept(request.form))
        return enter(redirect(f"/sign-in/code{kept}", 303), account, complete=False)
    return _onward(account)


@auth.get("/sign-out")
def sign_out_form() -> Response:
    """A button: following a link signs nobody out."""
    return page("sign_out.html")


@auth.post("/sign-out")
def sign_out() -> AnyResponse:
    """Signed out on this device."""
    return leave(redirect("/", 303))


@auth.post("/join/track")
@signed_in
def track() -> AnyResponse:
    """What somebody came for who was signed in all along."""
    track_for(g.connection, current_user.id, request.form, clock.now())
    return redirect(came_for.onward(request.form), 303)


def _already_here() -> AnyResponse:
    """Following a link tracks nothing: there is a button to press."""
    kept = came_for.kept(request.args)
    return page("onward.html", kept=kept) if kept["track"] else redirect(came_for.onward(request.args), 303)


def _onward(account: Account) -> AnyResponse:
    """Signed in, with what they came for tracked, on the page that they came from."""
    track_for(g.connection, account.id, request.form, clock.now())
    return enter(redirect(came_for.onward(request.form), 303), account)


def _join_page(error: Invalid | None = None) -> Response:
    typed_in = {name: typed(name) for name in ("handle", "display_name", "email")}
    kept = came_for.kept(request.form if request.method == "POST" else request.args)
    return page("join.html", 422 if error else 200, error=error, typed=typed_in, kept=kept)


def _sign_in_page(wrong: str = "") -> Response:
    kept = came_for.kept(request.form if request.method == "POST" else request.args)
    return page("sign_in.html", 422 if wrong else 200, wrong=wrong, login=typed("login"), kept=kept)
