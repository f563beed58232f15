"""What mailed links do: prove an address, move to another one, set a new password."""

from __future__ import annotations

import secrets
from datetime import datetime

import psycopg
from psycopg.errors import UniqueViolation

from domain import accounts, mails, passwords, sessions, sign_in, tokens
from domain.accounts import Account
from domain.errors import Conflict, Invalid
from domain.passwords import Hasher
from domain.tokens import EMAIL, RESET, VERIFY, Token

ELSEWHERE = "This address belongs to another account by now."


def ask_for_reset(connection: psycopg.Connection, login: str, at: datetime) -> None:
    """Mail a link for a new password to whoever has this handle or address, if anybody; raises Throttled.

    One statement in either case: neither the answer nor its time tells who is here.
    """
    login = sign_in.spelt(login)
    sign_in.attempt(connection, "reset", login, at)
    connection.execute(
        f"WITH who AS (SELECT id, email FROM account {sign_in.whose(login)}),"
        " issued AS (INSERT INTO token (id, user_id, purpose, email, created_at, expires_at)"
        "   SELECT %(token)s, id, 'reset', email, %(at)s, %(until)s FROM who WHERE %(most)s > ("
        "     SELECT count(*) FROM token t WHERE t.user_id = who.id AND t.purpose = 'reset'"
        "     AND t.created_at > %(at)s - interval '1 hour') RETURNING user_id, email)"
        " INSERT INTO mail (user_id, kind, recipient, said, expires_at, due_at)"
        " SELECT user_id, 'reset', email, jsonb_build_object('token', encode(%(token)s, 'hex')), %(until)s, %(at)s"
        " FROM issued",
        {"login": login, "token": secrets.token_bytes(32), "at": at, "until": at + tokens.LIVES[RESET],
         "most": tokens.PER_HOUR},
    )  # fmt: skip


def reset(connection: psycopg.Connection, hasher: Hasher, id: bytes | None, password: str, at: datetime) -> Account:
    """Set a new password by a link, which proves the address too; signed out everywhere. Raises Invalid."""
    token = tokens.use(connection, id, at, RESET)
    account = _bound(connection, token)
    change_password(connection, hasher, account, password, at)
    sign_in.forgive_all(connection, account)
    if not account.verified:
        _prove(connection, token, at)
    return account


def change_password(
    connection: psycopg.Connection, hasher: Hasher, account: Account, password: str, at: datetime
) -> None:
    """Another password: signed out everywhere, no link works any more, and the owner is told. Raises Invalid."""
    own = (account.handle, account.display_name, account.email, account.email.partition("@")[0])
    sign_in.set_password(connection, account.id, hasher.hash(passwords.checked(hasher, password, own)))
    sessions.end_all(connection, account.id)
    tokens.forget(connection, account.id)
    mails.want(connection, account.id, "password_changed", account.email, at)


def ask_for_address(connection: psycopg.Connection, account: Account, email: str, at: datetime) -> str:
    """Mail a link to the address that somebody wants to move to, and word of it to the old one. Raises Invalid."""
    email = accounts.address(email)
    if email.lower() == account.email.lower() and account.verified:
        raise Invalid("email", "is your address already")
    if account.verified:
        mails.want(connection, account.id, "moving", account.email, at, to=email)
    if (owner := accounts.find_by_address(connection, email)) is not None:
        mails.want(connection, account.id, "claimed", email, at, owner=owner.handle)
    else:
        token = tokens.issue(connection, account.id, EMAIL, email, at)
        mails.want(connection, account.id, "email", email, at, token)
    return email


def prove(connection: psycopg.Connection, id: bytes | None, at: datetime) -> Account:
    """Take a link at its word: the address is its owner's, who moves to it if need be. Raises Invalid, Conflict."""
    token = tokens.use(connection, id, at, VERIFY, EMAIL)
    account = _bound(connection, token)
    _prove(connection, token, at)
    if token.purpose == EMAIL:
        tokens.forget(connection, account.id)
        if account.verified:
            mails.want(connection, account.id, "moved", account.email, at, to=token.email)
    return account


def _prove(connection: psycopg.Connection, token: Token, at: datetime) -> None:
    """Of two who prove one address in the same moment, the unique index lets one."""
    try:
        with connection.transaction():
            connection.execute(
                "UPDATE account SET email = %s, verified_at = %s WHERE id = %s", [token.email, at, token.user_id]
            )
    except UniqueViolation as error:
        raise Conflict(ELSEWHERE) from error


def _bound(connection: psycopg.Connection, token: Token) -> Account:
    """The account of a link; a link that was mailed to an address it has left is worth nothing."""
    account = accounts.of(connection, token.user_id)
    if token.purpose != EMAIL and account.email != token.email:
        raise Invalid(tokens.SPENT)
    return account
