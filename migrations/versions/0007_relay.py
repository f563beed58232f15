"""What regeneration by many processes at once needs: leases that fence, tags touched meanwhile, what is due when."""

from alembic import op

revision = "0007"
down_revision = "0006"

UP = """
ALTER TABLE page
    DROP COLUMN lease,
    ADD COLUMN lease bigint,
    ADD COLUMN etag text,
    ADD COLUMN tried bytea,
    ADD COLUMN lane smallint NOT NULL DEFAULT 1,
    ADD COLUMN due_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN attempts smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN page.lease IS 'Number of the last lease, of which a later one is higher; objects carry it as their version';
COMMENT ON COLUMN page.etag IS 'By which the bucket knows the object that stands at the path';
COMMENT ON COLUMN page.tried IS 'The recipe with which the page failed: another one is a reason to try again';
COMMENT ON COLUMN page.lane IS '0 edits, 1 bulk: edits overtake';
COMMENT ON COLUMN page.due_at IS 'Workers leave it alone until then: lists wait a moment for more changes, failed pages longer';
DROP INDEX page_due;
CREATE INDEX page_due ON page (lane, kind, turn, key) WHERE built < wanted;
CREATE INDEX page_failed ON page (key) WHERE failed > 0;

CREATE VIEW dead_letter AS
    SELECT 'page ' || key AS name, attempts::integer, coalesce(error, '') AS error, built_at AS at
    FROM page WHERE failed > 0 AND built < wanted AND due_at = 'infinity';
COMMENT ON VIEW dead_letter IS 'Work that failed so often that it waits for somebody to look';

CREATE TABLE touch (
    version bigint NOT NULL,
    tag bigint NOT NULL,
    PRIMARY KEY (version, tag)
);
COMMENT ON TABLE touch IS 'Tags touched while pages were being rendered: who read one of them too early renders again';

CREATE TABLE schedule (
    name text PRIMARY KEY,
    next_at timestamptz NOT NULL,
    leased_until timestamptz,
    done_at timestamptz
);
COMMENT ON TABLE schedule IS 'What is to be done every so often, once, whoever is there to do it';

ALTER TABLE orphan ADD COLUMN version bigint NOT NULL DEFAULT 0;

INSERT INTO site_state SELECT 'kinds', string_agg(DISTINCT kind, ' ') FROM page HAVING count(*) > 0;
"""

DOWN = """
ALTER TABLE orphan DROP COLUMN version;
DROP TABLE touch, schedule;
DROP VIEW dead_letter;
DELETE FROM site_state WHERE name = 'kinds';
DROP INDEX page_failed;
DROP INDEX page_due;
ALTER TABLE page DROP COLUMN lease, DROP COLUMN etag, DROP COLUMN tried, DROP COLUMN lane, DROP COLUMN due_at, DROP COLUMN attempts;
ALTER TABLE page ADD COLUMN lease uuid;
CREATE INDEX page_due ON page (kind, turn, key) WHERE built < wanted;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
