"""The models say what the migrations made, and an import needs none of them."""

from __future__ import annotations

import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import domain.anime
import domain.availability
import domain.taxonomy
from domain.base import Base
from domain.catalogue import platforms
from ports.database import engine

MODULES = (domain.anime, domain.taxonomy, domain.availability)


def test_models_and_migrated_schema_agree(database_url: str) -> None:
    ours = set(Base.metadata.tables)
    assert ours >= {
        "anime",
        "relation",
        "episode",
        "studio",
        "anime_studio",
        "genre",
        "anime_genre",
        "platform",
        "offer",
    }

    def relevant(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        # Tables of other rooms have their own models; indexes are the migrations' affair.
        return kind != "index" and not (kind == "table" and reflected and name not in ours)

    database = engine(database_url)
    with database.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": relevant,
                "compare_type": True,
                "compare_server_default": False,
            },
        )
        assert compare_metadata(context, Base.metadata) == []
    database.dispose()


def test_an_import_costs_no_sqlalchemy() -> None:
    program = "import sys, jobs.catalogue; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_every_closed_platform_has_its_date() -> None:
    closed = {platform.name: platform.closed_on for platform in platforms.PLATFORMS.values() if platform.closed_on}
    assert closed == {
        "VRV": "2023-09-30",
        "Funimation": "2024-04-30",
        "AnimeLab": "2021-12-31",
        "Wakanim": "2023-11-30",
        "Daisuki": "2017-10-31",
    }
