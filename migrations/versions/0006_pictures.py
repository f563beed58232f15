"""Pages have a turn, most popular first; what is replaced at an address that names its content stays for a while."""

from alembic import op

revision = "0006"
down_revision = "0005"

UP = """
ALTER TABLE page ADD COLUMN turn smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN page.turn IS 'Within a kind a lower turn is built first: the popularity band of its anime, negated';
DROP INDEX page_due;
CREATE INDEX page_due ON page (kind, turn, key) WHERE built < wanted;
DROP INDEX page_kind;
CREATE INDEX page_kind ON page (kind, recipe);
ALTER TABLE orphan ADD COLUMN kept_until timestamptz NOT NULL DEFAULT '-infinity';
COMMENT ON COLUMN orphan.kept_until IS 'Pages of before, in caches and open windows, still ask for what stood here';
"""

DOWN = """
ALTER TABLE orphan DROP COLUMN kept_until;
DROP INDEX page_kind;
CREATE INDEX page_kind ON page (kind);
DROP INDEX page_due;
ALTER TABLE page DROP COLUMN turn;
CREATE INDEX page_due ON page (kind, key) WHERE built < wanted;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
