"""Roles: what an account may do beyond its own list."""

from __future__ import annotations

from datetime import timedelta

FAN, EDITOR, MODERATOR, ADMIN = "fan", "editor", "moderator", "admin"
ROLES = (FAN, EDITOR, MODERATOR, ADMIN)
STAFF = frozenset({EDITOR, MODERATOR, ADMIN})
"""Who must prove a second thing at sign-in, and is signed out sooner."""

MAY_ACT_AS = {
    FAN: frozenset({FAN}),
    EDITOR: frozenset({FAN, EDITOR}),
    MODERATOR: frozenset({FAN, MODERATOR}),
    ADMIN: frozenset(ROLES),
}
"""Role → the roles whose rights it includes."""

IDLE = {FAN: timedelta(days=30), **dict.fromkeys(STAFF, timedelta(hours=12))}
"""For how long one who does nothing stays signed in."""
LONGEST = {FAN: timedelta(days=90), **dict.fromkeys(STAFF, timedelta(hours=24))}
"""For how long anybody stays signed in."""
