"""Views of one entry: each is one verb of the library."""

from __future__ import annotations

from uuid import UUID

from domain.library import entry as library_entry
from domain.library import verbs as library
from dynamic.api import present
from dynamic.api.route import Ask, Said

SOURCE = "api"


def get_entry(ask: Ask, anime_id: UUID) -> Said:
    entry = present.entry(library_entry.find(ask.connection, ask.user.id, anime_id))
    return Said(entry, entry.version)


def put_entry(ask: Ask, anime_id: UUID) -> Said:
    if ask.if_version is not None:  # who names a version means an entry that there is
        return patch_entry(ask, anime_id)
    fields = present.fields(ask.body)
    return present.changed(library.track(ask.connection, ask.user.id, anime_id, ask.at, SOURCE, **fields))


def patch_entry(ask: Ask, anime_id: UUID) -> Said:
    fields = present.fields(ask.body)
    return present.changed(
        library.edit(ask.connection, ask.user.id, anime_id, fields, ask.at, SOURCE, if_version=ask.if_version)
    )


def delete_entry(ask: Ask, anime_id: UUID) -> Said:
    return present.changed(
        library.remove(ask.connection, ask.user.id, anime_id, ask.at, SOURCE, if_version=ask.if_version)
    )


def plus_one(ask: Ask, anime_id: UUID) -> Said:
    return present.changed(
        library.plus_one(
            ask.connection, ask.user.id, anime_id, ask.at, SOURCE, zone=ask.user.time_zone, if_version=ask.if_version
        )
    )


def put_progress(ask: Ask, anime_id: UUID) -> Said:
    return present.changed(
        library.watch_up_to(
            ask.connection, ask.user.id, anime_id, ask.body.progress, ask.at, SOURCE,
            exactly=True, if_version=ask.if_version,
        )
    )  # fmt: skip


def put_episode(ask: Ask, anime_id: UUID, number: int) -> Said:
    return present.changed(
        library.watch(
            ask.connection, ask.user.id, anime_id, number, ask.at, SOURCE, present.watched(ask.body),
            zone=ask.user.time_zone, kind=ask.query.kind, if_version=ask.if_version,
        )
    )  # fmt: skip


def delete_episode(ask: Ask, anime_id: UUID, number: int) -> Said:
    return present.changed(
        library.unwatch(
            ask.connection, ask.user.id, anime_id, number, ask.at, SOURCE,
            kind=ask.query.kind, if_version=ask.if_version,
        )
    )  # fmt: skip


def rewatch(ask: Ask, anime_id: UUID) -> Said:
    return present.changed(
        library.rewatch(ask.connection, ask.user.id, anime_id, ask.at, SOURCE, if_version=ask.if_version)
    )
