"""The highest episode that was watched in a round, beside how many were: what comes next follows from it."""

from alembic import op

revision = "0015"
down_revision = "0014"

UP = """
ALTER TABLE entry ADD COLUMN furthest integer NOT NULL DEFAULT 0 CHECK (furthest >= 0);
COMMENT ON COLUMN entry.furthest IS 'Derived: the highest regular episode that was watched in the round `cycle`';
UPDATE entry e SET furthest = seen.furthest FROM (
    SELECT user_id, anime_id, cycle, max(number) AS furthest FROM watch WHERE kind = 'regular' GROUP BY 1, 2, 3
) seen WHERE (seen.user_id, seen.anime_id, seen.cycle) = (e.user_id, e.anime_id, e.cycle);
"""

DOWN = "ALTER TABLE entry DROP COLUMN furthest;"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
