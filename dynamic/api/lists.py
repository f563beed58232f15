"""Views of who is signed in, and of many entries at once."""

from __future__ import annotations

from domain.library import entry as library_entry
from domain.library import guest as library_guest
from domain.library import shelf as library_shelf
from domain.library import verbs as library
from dynamic.api import present
from dynamic.api.entries import SOURCE
from dynamic.api.route import Ask, Said
from dynamic.api.shapes import Bulk, Me, Merged, States


def get_me(ask: Ask) -> Said:
    user, scale = ask.user, present.scale(ask.user.scale)
    shown = present.choices(scale)
    return Said(Me(present.account_of(user), user.handle, user.verified, user.role, user.time_zone, scale, shown))


def get_states(ask: Ask) -> Said:
    found = library_entry.states(ask.connection, ask.user.id, ask.query.anime) if ask.query.anime else []
    scale = present.scale(ask.user.scale)
    shown = present.choices(scale)
    return Said(States(present.account_of(ask.user), scale, shown, [present.state(one) for one in found]))


def get_library(ask: Ask) -> Said:
    wanted = ask.query
    query = library_shelf.Query(
        status=wanted.status, words=wanted.q, format=wanted.format, year=wanted.year, tags=wanted.tag,
        airing=wanted.airing, score_min=wanted.score_min, score_max=wanted.score_max, favourite=wanted.favourite,
        sort=wanted.sort,
    )  # fmt: skip
    after = library_shelf.Cursor.read(wanted.after) if wanted.after else None
    return Said(present.shelf(library_shelf.shelf(ask.connection, ask.user.id, query, after, wanted.limit)))


def merge_guest(ask: Ask) -> Said:
    guest = [
        library_guest.GuestEntry(one.anime, one.status, one.progress, one.score, one.at) for one in ask.body.entries
    ]
    merged = library_guest.merge_guest(ask.connection, ask.user.id, guest, ask.at)
    return Said(Merged(len(merged.changed), merged.unknown))


def bulk(ask: Ask) -> Said:
    changes = present.fields(ask.body.changes)
    done = library.bulk(ask.connection, ask.user.id, ask.body.anime, changes, ask.at, SOURCE)
    return Said(Bulk([present.told(one) for one in done]))
