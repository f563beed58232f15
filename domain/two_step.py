"""The second step: a code of six digits from an app that knows a secret, beside the password."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

import psycopg
import pyotp
from pyotp.utils import strings_equal

from domain import sign_in
from domain.accounts import Account
from domain.keys import Keys

PURPOSE, STEP = "two-step", 30
DRIFT = (0, -1, 1)
"""Steps by which a clock may be wrong."""


def new_seed() -> bytes:
    return secrets.token_bytes(20)


def secret(keys: Keys, seed: bytes) -> str:
    """What an app is told, in base 32."""
    return _secrets(keys, seed)[0]


def address(keys: Keys, seed: bytes, account: Account, site: str) -> str:
    """The same as an address that apps read from a picture."""
    return pyotp.TOTP(secret(keys, seed)).provisioning_uri(name=account.handle, issuer_name=site)


def begin(connection: psycopg.Connection, keys: Keys, account: Account, seed: bytes, code: str, at: datetime) -> bool:
    """Ask for a code from now on, if this one shows that the app knows the secret; says whether it does."""
    step = _step(_secrets(keys, seed)[:1], code, at)
    if step is not None:
        connection.execute("UPDATE account SET totp_seed = %s, totp_step = %s WHERE id = %s", [seed, step, account.id])
    return step is not None


def check(connection: psycopg.Connection, keys: Keys, account: Account, code: str, at: datetime) -> bool:
    """Whether the code is right, and was not used before; a wrong one is noted: commit it. Raises Throttled."""
    subject = sign_in.attempt(connection, "code", str(account.id), at)
    row = connection.execute("SELECT totp_seed FROM account WHERE id = %s", [account.id]).fetchone()
    step = _step(_secrets(keys, bytes(row[0])), code, at) if row and row[0] is not None else None
    if step is None:
        return False
    taken = connection.execute(
        "UPDATE account SET totp_step = %s WHERE id = %s AND totp_step < %s", [step, account.id, step]
    )
    if taken.rowcount == 0:
        return False
    sign_in.forgive(connection, subject)
    return True


def end(connection: psycopg.Connection, user_id: int) -> None:
    """Ask for no code any more; of staff, for a new beginning at the next sign-in."""
    connection.execute("UPDATE account SET totp_seed = NULL, totp_step = 0 WHERE id = %s", [user_id])


def _secrets(keys: Keys, seed: bytes) -> list[str]:
    """One for each key: 160 bits in base 32."""
    return [base64.b32encode(key[:20]).decode() for key in keys.derived(PURPOSE, seed)]


def _step(among: Iterable[str], code: str, at: datetime) -> int | None:
    """The step of which this is the code, by any of the secrets."""
    code, now = "".join(code.split()), int(at.timestamp()) // STEP
    if not (code.isascii() and code.isdecimal() and len(code) == 6):
        return None
    right = [now + off for one in among for off in DRIFT if strings_equal(pyotp.HOTP(one).at(now + off), code)]
    return max(right, default=None)
