"""What no page could show is refused: dates without an end, 24 o'clock, titles of blanks, seasons lost under their anime."""

from alembic import op

revision = "0005"
down_revision = "0004"

CHECKS = {
    (
        "anime",
        "dates",
    ): "start_date BETWEEN '1800-01-01' AND '2200-12-31' AND end_date BETWEEN '1800-01-01' AND '2200-12-31'",
    ("anime", "broadcast"): "broadcast_time < '24:00'",
    ("anime", "titles"): r"title_romaji ~ '\S' AND title_english ~ '\S'",
    ("episode", "airs"): "airs_at BETWEEN '1800-01-01Z' AND '2200-12-31Z'",
    ("offer", "dates"): "first_seen BETWEEN '1800-01-01' AND '2200-12-31' AND last_checked BETWEEN '1800-01-01' AND"
    " '2200-12-31' AND ended_on BETWEEN '1800-01-01' AND '2200-12-31'",
    ("platform", "dates"): "closed_on BETWEEN '1800-01-01' AND '2200-12-31'",
}
"""A check that knows nothing (of a NULL) holds."""

KEEP = """
UPDATE anime SET title_english = NULL WHERE title_english !~ '\\S';
CREATE FUNCTION keep_season_of_anime() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO season SELECT DISTINCT a.season || '-' || a.season_year, a.season, a.season_year FROM anime a
    WHERE a.season IS NOT NULL
      AND NOT EXISTS (SELECT FROM season s WHERE s.season = a.season AND s.year = a.season_year)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_season_of_anime AFTER DELETE OR TRUNCATE ON season
    FOR EACH STATEMENT EXECUTE FUNCTION keep_season_of_anime();
"""


def upgrade() -> None:
    op.execute(KEEP)
    for (table, name), check in CHECKS.items():
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_shown CHECK ({check})")


def downgrade() -> None:
    for table, name in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{name}_shown")
    op.execute("DROP TRIGGER keep_season_of_anime ON season; DROP FUNCTION keep_season_of_anime()")
