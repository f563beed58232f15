"""Links that were mailed: opening one changes nothing, for programs open links too; pressing its button does."""

from __future__ import annotations

import time

from flask import Blueprint, Response, g, request

from domain import accounts, recovery, tokens
from domain.errors import Invalid
from domain.tokens import EMAIL, LINK, RESET, VERIFY
from dynamic.forms import hasher, keys, typed
from dynamic.pages import page
from ports import clock

links = Blueprint("links", __name__)
ANSWERS_AFTER = 0.05
"""Seconds, several times what writing a letter down takes."""


@links.after_request
def tell_nobody(response: Response) -> Response:
    """The address of such a page is a secret."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@links.get("/verify")
def verify_form() -> Response:
    """Which address is to be proved, for which account, and a button."""
    token = tokens.look(g.connection, _id(), clock.now(), VERIFY, EMAIL)
    handle = accounts.of(g.connection, token.user_id).handle
    return page("verify.html", email=token.email, handle=handle, token=request.args["token"])


@links.post("/verify")
def verify() -> Response:
    """The address is its owner's."""
    recovery.prove(g.connection, _id(), clock.now())
    return page("done.html", title="Thank you", said="Your address is confirmed.", onward="/library")


@links.get("/reset")
def reset_form() -> Response:
    """Where to send a link for a new password."""
    return page("reset.html")


@links.post("/reset")
def reset() -> Response:
    """The same words after the same time, whether there is such an account or not."""
    until = time.monotonic() + ANSWERS_AFTER
    recovery.ask_for_reset(g.connection, typed("login"), clock.now())
    g.connection.commit()
    time.sleep(max(0.0, until - time.monotonic()))
    said = "If somebody here has this handle or address, a link is on its way to them. It works for half an hour."
    return page("done.html", title="Look at your mail", said=said, onward="/sign-in")


@links.get("/reset/new")
def new_password_form() -> Response:
    """A new password."""
    return _new_password()


@links.post("/reset/new")
def new_password() -> Response:
    """Set; signed out everywhere."""
    try:
        with g.connection.transaction():
            recovery.reset(g.connection, hasher(), _id(), typed("password"), clock.now())
    except Invalid as error:
        if not error.field:
            raise
        return _new_password(error)
    return page("done.html", title="Done", said="Your new password works from now on.", onward="/sign-in")


def _new_password(error: Invalid | None = None) -> Response:
    token = tokens.look(g.connection, _id(), clock.now(), RESET)
    handle = accounts.of(g.connection, token.user_id).handle
    signed = request.values["token"]
    return page("new_password.html", 422 if error else 200, token=signed, handle=handle, error=error)


def _id() -> bytes | None:
    """The id of the token in the link or the form, if we signed it."""
    return keys().read(LINK, request.values.get("token", ""))
