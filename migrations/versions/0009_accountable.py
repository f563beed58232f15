"""Pages say why they were built again and how large they are; what became of edited pages is kept; what was lost."""

from alembic import op

revision = "0009"
down_revision = "0008"

UP = """
ALTER TABLE page ADD COLUMN why text, ADD COLUMN size integer;
COMMENT ON COLUMN page.why IS 'What made it dirty last, in words';
COMMENT ON COLUMN page.size IS 'Bytes of what stands in the bucket; not known where a person said that it may shrink';

CREATE TABLE verdict_log (
    key text NOT NULL,
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    verdict text NOT NULL,
    why text,
    error text,
    PRIMARY KEY (key, version)
);
COMMENT ON TABLE verdict_log IS 'The last verdicts of pages that edits reached; bulk builds write nothing here';

CREATE TABLE loss (
    key text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE loss IS 'Pages that a build has lately removed or made much smaller, or was about to; too many stop everything';
"""

DOWN = """
DROP TABLE verdict_log, loss;
DELETE FROM site_state WHERE name = 'brake';
ALTER TABLE page DROP COLUMN why, DROP COLUMN size;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
