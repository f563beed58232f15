"""Many writers of one anime: what logging its changes costs them, who wait for one another."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import closing

import psycopg

from autotrack.migrate import migrate
from bench.capture import ROUNDS, logging
from bench.work import Work, work

CLIENTS, SECONDS = 16, 4.0
_ANIME = "INSERT INTO anime (id, slug, title_romaji, format) VALUES (gen_random_uuid(), 'hot', 'Hot', 'tv')"
_EDIT = "UPDATE anime SET episode_seconds = %s WHERE slug = 'hot'"
_fork = multiprocessing.get_context("fork")


def hot(on_disk: bool) -> float:
    """The rate of their writes with logging to that without, in turns; each write is a transaction that lasts."""
    with work(on_disk) as place, closing(place.connect()) as connection:
        migrate(place.settings.database_url)
        connection.execute(_ANIME)
        writes = {True: 0, False: 0}
        for _ in range(ROUNDS):
            for logged in writes:
                with logging(connection, logged):
                    connection.execute("VACUUM FULL anime")
                    writes[logged] += _writes(place)
        return writes[True] / writes[False]


def _writes(place: Work) -> int:
    """How many writes all clients have made."""
    counted, end = _fork.Queue(), time.time() + SECONDS
    clients = [_fork.Process(target=_client, args=(place.settings.database_url, end, counted)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    total: int = sum(counted.get() for _ in clients)
    for client in clients:
        client.join()
    return total


def _client(database: str, end: float, counted: multiprocessing.Queue[int]) -> None:
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        writes = 0
        while time.time() < end:
            connection.execute(_EDIT, [60 + writes % 7])
            writes += 1
    counted.put(writes)
