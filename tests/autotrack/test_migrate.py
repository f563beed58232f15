"""`autotrack migrate`: up, down, twice, together, and at once when there is nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from autotrack.embedded import servers
from autotrack.errors import Failure
from autotrack.migrate import MIGRATIONS, current, downgrade, migrate, newest
from ports.settings import Settings
from tests.autotrack.command import autotrack, python


def test_up_down_and_up_again(settings: Settings) -> None:
    with servers(settings, redis=False, durable=False) as real:
        assert current(real.database_url) is None
        migrate(real.database_url)
        assert current(real.database_url) == newest()
        downgrade(real.database_url, "base")
        assert current(real.database_url) is None
        migrate(real.database_url)
        assert current(real.database_url) == newest()


def test_a_revision_that_nobody_wrote_is_one_clear_failure(settings: Settings) -> None:
    with servers(settings, redis=False, durable=False) as real, pytest.raises(Failure, match=r"cannot migrate: .*nine"):
        migrate(real.database_url, "nine")


def test_nothing_to_do_costs_no_import_of_alembic(home: Path) -> None:
    assert autotrack("migrate", home=home).returncode == 0
    code = (
        "import sys; from autotrack.cli import main; main(['migrate'], standalone_mode=False);"
        "print([name for name in ('alembic', 'sqlalchemy') if name in sys.modules])"
    )
    again = python(code, home=home)
    told, _ = again.communicate(timeout=180)
    assert told.splitlines() == [f"The database is at revision {newest()}.", "[]"]


@pytest.mark.long
def test_two_that_start_together_both_succeed(home: Path) -> None:
    both = [python("from autotrack.cli import main; main(['migrate'])", home=home) for _ in range(2)]
    assert [one.communicate(timeout=180)[0] for one in both] == [f"The database is at revision {newest()}.\n"] * 2
    assert [one.returncode for one in both] == [0, 0]


def test_the_newest_revision_is_read_without_running_anything(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('revision = "1"\ndown_revision = None\n')
    (tmp_path / "b.py").write_text("revision: str = '2'\ndown_revision: str | None = '1'\n")
    assert newest(tmp_path) == "2"
    (tmp_path / "c.py").write_text("revision = '3'\ndown_revision = '1'\n")
    assert newest(tmp_path) is None
    (tmp_path / "d.py").write_text("revision = '4'\ndown_revision = ('2', '3')\n")
    assert newest(tmp_path) == "4"


def test_it_agrees_with_alembic() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == newest()
