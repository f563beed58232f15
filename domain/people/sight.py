"""Sight: who may see what of whom. Every list, count, feed, picture and page of what is others' asks here.

Pieces of SQL over an account `a`, an entry `e` and a review `r`. `%(viewer)s` is who looks, None for a visitor; pages
that are the same for all show what everybody sees.
"""

from __future__ import annotations

VISIBILITIES = ("public", "followers", "private")

EVERYBODY = "(a.verified_at IS NOT NULL AND a.visibility = 'public')"
"""Everybody may see what this account shares."""
_APART = """
EXISTS (SELECT FROM block b WHERE b.user_id = %(viewer)s::bigint AND b.blocked_id = a.id
    OR b.user_id = a.id AND b.blocked_id = %(viewer)s::bigint)
"""
_FOLLOWED = """
EXISTS (SELECT FROM follow f
    WHERE f.user_id = %(viewer)s::bigint AND f.followed_id = a.id AND f.accepted_at IS NOT NULL)
"""
_OWN = "coalesce(a.id = %(viewer)s::bigint, false)"
FOUND = f"(a.verified_at IS NOT NULL AND (a.visibility <> 'private' OR {_OWN}) AND NOT {_APART})"
"""The viewer may know that this account is there: its handle, name and picture. For others there is nobody."""
PERSON = (
    "(a.verified_at IS NOT NULL AND"
    f" (a.visibility = 'public' OR {_OWN} OR a.visibility = 'followers' AND {_FOLLOWED}) AND NOT {_APART})"
)
"""The viewer may see what this account shares."""
ENTRY = "NOT e.private"
"""Of what an account shares, this entry is part; a private one is nowhere, not even in its owner's own profile."""
REVIEW = "(r.state = 'shown' AND NOT r.private AND r.deleted_at IS NULL)"
"""Of what an account shares, this review is part."""
COUNTED = f"(a.verified_at IS NOT NULL AND a.visibility <> 'private' AND {ENTRY})"
"""This entry counts, without a name, among those of all fans."""
