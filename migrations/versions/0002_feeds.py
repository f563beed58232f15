"""What the feeds said: one row per feed and subject, so that the order of files never matters."""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = """
CREATE TABLE feed_record (
    feed text NOT NULL CHECK (feed IN ('release', 'extra', 'episodes', 'offers', 'adult')),
    subject text NOT NULL,
    anime_id uuid REFERENCES anime ON DELETE CASCADE,
    digest bytea NOT NULL,
    facts jsonb NOT NULL,
    PRIMARY KEY (feed, subject)
);
CREATE INDEX feed_record_anime ON feed_record (anime_id);
COMMENT ON TABLE feed_record IS
    'The last thing that each feed said about a subject; without anime_id it waits for its anime';
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute("DROP TABLE feed_record")
