"""The queue wakes as many workers as are of use, and no more than there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import rq
from rq.serializers import JSONSerializer

from autotrack.embedded import servers
from ports.queue import Wakes, open_redis
from ports.settings import from_environment


@pytest.mark.long
def test_as_many_are_woken_as_listen_and_are_of_use(redis_url: str) -> None:
    wakes, redis = Wakes(redis_url), open_redis(redis_url)
    queue = rq.Queue("bulk", connection=redis, serializer=JSONSerializer)
    assert [wakes.wake("bulk", "jobs.worker.bulk", 60, workers=9) for _ in range(2)] == [1, 0], "nobody listens yet"

    workers = [rq.SimpleWorker([queue], connection=redis, name=f"worker-{number}") for number in range(3)]
    for worker in workers:
        worker.register_birth()

    assert wakes.wake("bulk", "jobs.worker.bulk", 60) == 0, "one call waits, and one is enough"
    assert wakes.wake("bulk", "jobs.worker.bulk", 60, workers=2) == 1
    assert wakes.wake("bulk", "jobs.worker.bulk", 60, workers=9) == 1
    assert queue.count == 3
    redis.close()


@pytest.fixture
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("queue")
    with servers(from_environment({"AUTOTRACK_HOME": str(home), "DATABASE_URL": "postgresql://nowhere"})) as settings:
        yield settings.redis_url
