"""How rows are kept, not what they say.

No statistics of columns that no question filters by: they are long, and ANALYZE spent most of its time on them.
Half of every block of the manifest stays free at first, so that a lease finds room beside its row and touches no index.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = {
    "anime": ("title_romaji", "title_english", "title_japanese", "synonyms", "synopsis", "external_ids", "edition"),
    "episode": ("title_english", "title_romaji", "title_japanese"),
    "offer": ("url", "label"),
    "feed_record": ("digest", "facts"),
    "similar_title": ("titles",),
}


def upgrade() -> None:
    _collect("0")
    op.execute("ALTER TABLE page SET (fillfactor = 50)")


def downgrade() -> None:
    op.execute("ALTER TABLE page RESET (fillfactor)")
    _collect("-1")


def _collect(target: str) -> None:
    for table, columns in COLUMNS.items():
        actions = ", ".join(f"ALTER COLUMN {column} SET STATISTICS {target}" for column in columns)
        op.execute(f"ALTER TABLE {table} {actions}")
