"""Since when a change waits for its page, so that the time from a change to its page can be told."""

from alembic import op

revision = "0008"
down_revision = "0007"

UP = """
ALTER TABLE change_log ALTER COLUMN at SET DEFAULT clock_timestamp();
ALTER TABLE page ADD COLUMN wanted_at timestamptz;
COMMENT ON COLUMN page.wanted_at IS 'When the oldest change was logged that the page does not show yet; none in bulk';
CREATE INDEX page_wanted_at ON page (wanted_at) WHERE built < wanted AND wanted_at IS NOT NULL;
"""

DOWN = """
DROP INDEX page_wanted_at;
ALTER TABLE page DROP COLUMN wanted_at;
ALTER TABLE change_log ALTER COLUMN at SET DEFAULT now();
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
