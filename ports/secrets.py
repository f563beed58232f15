"""Secrets and names: what nobody may read in a log or an error, and how it is taken out of whatever is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

HIDDEN = "***"
SHORTEST = 4
"""Characters from which on a secret is looked for by its value: `a` stands in every word."""
_VARIABLE = re.compile(r"(?i)(?:KEY|KEY_ID|TOKEN|SECRET|PASSWORD|PASSWD)$")
_IN_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s/:@?#'\"]*:)(?P<secret>[^\s@'\"]+)(?=@)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?i)(?P<before>\b[a-z_-]*(?:password|passwd|secret|token|api[_-]?key|authorization)\b['\"]?\s*[=:]\s*['\"]?"
    r"(?:bearer\s+|basic\s+)?)(?P<secret>[^\s'\",;&)}]+)"
)
_ADDRESS = re.compile(r"(?<!//)(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
"""Of e-mail. What stands so after `//` is a name in the address of a server."""
_HANDLE = re.compile(r"(?<![\w*.+%-])@\w{3,}")
_VALUES = re.compile(r"(Key \(.*?\)=|Failing row contains )\(.*\)")
"""How PostgreSQL tells which row an error is about."""
_known: set[str] = set()


def keep(secrets: Iterable[str]) -> None:
    """Let none of these be said by this process from now on, neither as they are nor as a URL spells them."""
    for secret in secrets:
        _known.update(form for form in (secret, unquote(secret)) if len(form) >= SHORTEST)


def hide(text: str) -> str:
    """The text without what is a secret by its value, its place in a URL, or the name before it.

    A value counts where it stands alone: who chose `postgres` for a password still reads of PostgreSQL.
    """
    if _known:
        longest_first = "|".join(re.escape(secret) for secret in sorted(_known, key=len, reverse=True))
        text = re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", HIDDEN, text)
    text = _IN_URL.sub(rf"\g<before>{HIDDEN}", text)
    return _NAMED.sub(rf"\g<before>{HIDDEN}", text)


def nameless(text: str) -> str:
    """The text without e-mail addresses, handles, and values of rows; for lines that are kept."""
    return _VALUES.sub(r"\g<1>(…)", _ADDRESS.sub("…@…", _HANDLE.sub("@…", text)))


def found_in(variables: Mapping[str, str]) -> frozenset[str]:
    """What is a secret among variables: by the name of the variable, or as the password of an address."""
    named = {value for name, value in variables.items() if value and _VARIABLE.search(name)}
    return frozenset(named.union(*(passwords_in(value) for value in variables.values())))


def passwords_in(text: str) -> set[str]:
    """The passwords of the addresses in a text."""
    return {match["secret"] for match in _IN_URL.finditer(text)}
