"""Who is asking: from a cookie to an account, on every request that wants to know."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, g, redirect, request
from flask.sessions import SecureCookieSession, SessionInterface
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import sessions
from domain.accounts import Account
from domain.errors import Forbidden
from domain.roles import LONGEST, MAY_ACT_AS
from domain.sessions import Session
from dynamic import agents
from dynamic.came_for import sign_in_address
from dynamic.cookies import SESSION, SIGNED, drop, read, write
from dynamic.errors import refused
from ports import clock

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


class Visitor:
    """The account that asks, as Flask-Login wants it."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, session: Session) -> None:
        account = session.account
        self.session, self.account = session, account
        self.id, self.handle, self.name, self.email = account.id, account.handle, account.name, account.email
        self.scale, self.time_zone, self.role = account.scale, account.time_zone, account.role
        self.verified, self.avatar = account.verified, account.avatar

    def get_id(self) -> str:
        return str(self.id)

    def may_act_as(self, role: str) -> bool:
        """Whether the rights of this role are among one's own."""
        return role in MAY_ACT_AS[self.role]


class _Nothing(SessionInterface):
    """Flask keeps nothing in a cookie of its own: sessions are rows."""

    def open_session(self, app: Flask, request: object) -> SecureCookieSession:
        return SecureCookieSession()

    def save_session(self, app: Flask, session: object, response: object) -> None:
        """Nothing is kept."""


def install(app: Flask) -> None:
    """`current_user` is a Visitor, or nobody."""
    manager = LoginManager()
    manager.session_protection = None
    manager.anonymous_user = AnonymousUserMixin
    manager.request_loader(lambda request: _visitor())
    manager.init_app(app)
    app.session_interface = _Nothing()
    app.config["REMEMBER_COOKIE_NAME"] = "\n"  # no cookie is called that


def begun() -> Session | None:
    """The session of the cookie, also where the second step is still to come."""
    if "session" not in g:
        secret = read(SESSION)
        known = "connection" in g and secret
        g.session = sessions.find(g.connection, secret, clock.now()) if known else None
    found: Session | None = g.session
    return found


def _visitor() -> Visitor | None:
    session = begun()
    return Visitor(session) if session and session.complete else None


def enter(response: AnyResponse, account: Account, complete: bool = True) -> AnyResponse:
    """Sign in, in a session of its own: the one before, if any, is over."""
    leave(response)
    agent = agents.told(request.headers.get("User-Agent", ""))
    secret = sessions.begin(g.connection, account.id, agent, clock.now(), complete)
    longest = int(LONGEST[account.role].total_seconds())
    write(response, SESSION, secret, longest)
    if complete:
        write(response, SIGNED, "1", longest)
    return response


def leave(response: AnyResponse) -> AnyResponse:
    """Sign out here."""
    if session := begun():
        sessions.end(g.connection, session.id, session.account.id)
    g.session = None
    drop(response, SESSION)
    drop(response, SIGNED)
    return response


def signed_in(view: View[P]) -> View[P]:
    """Let nobody pass who is not signed in: 401 under /api/, elsewhere a way to sign in and come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_user.is_authenticated:
            return view(*args, **kwargs)
        if request.path.startswith("/api/"):
            return refused(401, "Sign in first.")
        came_for = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(sign_in_address(came_for), 303)

    return guarded


def acting_as(role: str) -> Callable[[View[P]], View[P]]:
    """Let nobody pass who has not the rights of this role."""

    def guarding(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not current_user.may_act_as(role):
                raise Forbidden("This is for others.")
            return view(*args, **kwargs)

        return signed_in(guarded)

    return guarding


def tidy(response: Response) -> Response:
    """A cookie that no session answers to any more is forgotten, and with it the word that somebody is signed in."""
    if "session" in g and g.session is None and read(SESSION) and not _sets(response, SESSION):
        drop(response, SESSION)
        drop(response, SIGNED)
    return response


def _sets(response: Response, name: str) -> bool:
    return any(name in cookie.partition("=")[0] for cookie in response.headers.getlist("Set-Cookie"))
