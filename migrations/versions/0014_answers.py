"""Answers that were given to requests with a key, so that the same request sent twice counts once."""

from alembic import op

revision = "0014"
down_revision = "0013"

UP = """
CREATE TABLE answer (
    user_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
    request bytea NOT NULL CHECK (length(request) = 16),
    at timestamptz NOT NULL,
    status smallint,
    version integer,
    body bytea,
    PRIMARY KEY (user_id, key)
) WITH (fillfactor = 80);
CREATE INDEX answer_at ON answer USING brin (at);
COMMENT ON TABLE answer IS 'What was answered to each write that had an Idempotency-Key, for a day';
COMMENT ON COLUMN answer.request IS 'A hash of what was asked: another request may not have the same key';
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute("DROP TABLE answer")
