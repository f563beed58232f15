"""Keys of the directory bucket as names that every file system can keep."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote

# No encoded key contains "@", so names with it are ours: the directory of keys without a slash, names that stand
# for an overlong one, files that are still being written, and the lock of a directory.
ROOT, HASHED, TEMPORARY, LOCK = "@", "@h-", "@t-", "@lock"
_LONGEST = 255
# Upper case is escaped because some file systems do not tell it from lower case.
_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_~.")
_ESCAPED = tuple(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in range(256))
_PLAIN = bytes(sorted(_SAFE))
# Windows opens a device by these, whatever the extension.
_DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))])


def place(key: str) -> tuple[str, str]:
    """Directory and file of a key; no two keys share a place, also where case does not count."""
    first, slash, rest = key.partition("/")
    return (name(first), name(rest)) if slash else (ROOT, name(first))


def is_hashed(directory: str, file: str) -> bool:
    """Whether the key cannot be read from its place, and must stand inside the file."""
    return directory.startswith(HASHED) or file.startswith(HASHED)


def key_at(directory: str, file: str) -> str:
    """The key whose place this is, unless it is hashed."""
    return unquote(file) if directory == ROOT else f"{unquote(directory)}/{unquote(file)}"


def name(text: str) -> str:
    """One segment, or all segments but the first, as one name."""
    escaped = _escape(text)
    return escaped if len(escaped) <= _LONGEST else HASHED + hashlib.sha256(text.encode()).hexdigest()


def _escape(text: str) -> str:
    encoded = text.encode("utf-8", "replace")
    escaped = "".join([_ESCAPED[byte] for byte in encoded]) if encoded.translate(None, _PLAIN) else text
    if escaped.endswith("."):  # Windows would drop it
        escaped = escaped[:-1] + "%2E"
    if escaped.startswith(".") or escaped.partition(".")[0] in _DEVICES:
        escaped = f"%{ord(escaped[0]):02X}{escaped[1:]}"
    return escaped
