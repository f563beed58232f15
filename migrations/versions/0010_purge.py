"""Which addresses of the CDN are behind the bucket."""

from alembic import op

revision = "0010"
down_revision = "0009"

UP = """
CREATE TABLE purge (
    path text PRIMARY KEY,
    version bigint NOT NULL,
    lane smallint NOT NULL,
    again boolean NOT NULL DEFAULT false,
    wanted_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX purge_due ON purge (lane, due_at);
COMMENT ON TABLE purge IS 'Addresses of which the CDN may hold what the bucket no longer does; empty without a CDN';
COMMENT ON COLUMN purge.path IS '* is every address';
COMMENT ON COLUMN purge.version IS 'Of the last upload: a purge of an earlier one does not count';
COMMENT ON COLUMN purge.again IS 'It was purged once, and is to be once more';
COMMENT ON COLUMN purge.due_at IS 'Left alone until then: somebody is at it, or it failed, or it is not yet time to purge again';
"""

DOWN = """
DROP TABLE purge;
DELETE FROM site_state WHERE name = 'cdn';
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
