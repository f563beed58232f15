"""Views of what an entry is made of: its viewings, its rounds, and its history."""

from __future__ import annotations

from uuid import UUID

from domain.library import changes as library_changes
from domain.library import viewings, watches
from dynamic.api import present
from dynamic.api.entries import SOURCE
from dynamic.api.route import Ask, Said
from dynamic.api.shapes import Bulk
from dynamic.paging import before


def get_watches(ask: Ask, anime_id: UUID) -> Said:
    wanted = ask.query
    found = viewings.viewings(
        ask.connection, ask.user.id, anime_id, wanted.limit + 1, before(wanted.after), wanted.episode, wanted.kind
    )
    return present.watches(found, wanted.limit)


def patch_watch(ask: Ask, anime_id: UUID, watch: int) -> Said:
    return present.changed(
        watches.redate(
            ask.connection, ask.user.id, anime_id, watch, present.moved(ask.body), ask.at, SOURCE,
            zone=ask.user.time_zone, if_version=ask.if_version,
        )
    )  # fmt: skip


def delete_watch(ask: Ask, anime_id: UUID, watch: int) -> Said:
    return present.changed(
        watches.forget(ask.connection, ask.user.id, anime_id, watch, ask.at, SOURCE, if_version=ask.if_version)
    )


def get_rounds(ask: Ask, anime_id: UUID) -> Said:
    found = viewings.rounds(ask.connection, ask.user.id, anime_id, ask.at)
    return present.rounds(found, before(ask.query.after), ask.query.limit)


def patch_round(ask: Ask, anime_id: UUID, number: int) -> Said:
    dates = present.fields(ask.body)
    return present.changed(
        watches.date_round(
            ask.connection, ask.user.id, anime_id, number, dates, ask.at, SOURCE, if_version=ask.if_version
        )
    )


def get_history(ask: Ask, anime_id: UUID) -> Said:
    wanted = ask.query
    found = library_changes.history(ask.connection, ask.user.id, anime_id, wanted.limit + 1, before(wanted.after))
    return Said(present.history(found, wanted.limit))


def undo(ask: Ask, change_id: int) -> Said:
    return present.changed(library_changes.undo(ask.connection, ask.user.id, change_id, ask.at, SOURCE))


def undo_all(ask: Ask) -> Said:
    done = library_changes.undo_all(ask.connection, ask.user.id, ask.body.changes, ask.at, SOURCE)
    return Said(Bulk([present.told(one) for one in done]))
