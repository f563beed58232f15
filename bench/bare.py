"""The least that somebody writes in an afternoon: Flask and SQLAlchemy, one table, no account, no history, no rules."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bench.library import BARE
from ports.database import engine
from ports.settings import from_environment

app = Flask(__name__)
database = engine(from_environment().database_url)


@app.post("/<int:user_id>/<uuid:anime_id>/plus-one")
def plus_one(user_id: int, anime_id: UUID) -> ResponseReturnValue:
    """Count an episode."""
    with Session(database) as session:
        row = insert(BARE).values(user_id=user_id, anime_id=anime_id, progress=1, updated_at=datetime.now(UTC))
        more = {"progress": BARE.c.progress + 1, "updated_at": row.excluded.updated_at}
        done = row.on_conflict_do_update(index_elements=["user_id", "anime_id"], set_=more).returning(BARE.c.progress)
        progress = session.execute(done).scalar_one()
        session.commit()
    return jsonify(progress=progress)


@app.get("/<int:user_id>/<uuid:anime_id>")
def state(user_id: int, anime_id: UUID) -> ResponseReturnValue:
    """How many episodes were counted."""
    with Session(database) as session:
        found = session.execute(
            select(BARE).where(BARE.c.user_id == user_id, BARE.c.anime_id == anime_id)
        ).one_or_none()
    return jsonify(progress=found.progress if found else 0)
