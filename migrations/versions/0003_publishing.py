"""The change log with its triggers, and the manifest of pages."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
CREATE TABLE season (
    name text PRIMARY KEY,
    season text NOT NULL CHECK (season IN ('winter', 'spring', 'summer', 'fall')),
    year integer NOT NULL,
    CHECK (name = season || '-' || year)
);
COMMENT ON TABLE season IS 'Every season that ever had an anime; a season that was emptied keeps its page';
INSERT INTO season SELECT DISTINCT season || '-' || season_year, season, season_year FROM anime WHERE season IS NOT NULL;
CREATE FUNCTION keep_season() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO season SELECT DISTINCT n.season || '-' || n.season_year, n.season, n.season_year FROM new_rows n
    WHERE n.season IS NOT NULL
      AND NOT EXISTS (SELECT FROM season s WHERE s.season = n.season AND s.year = n.season_year)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_season_written AFTER INSERT ON anime REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_season();
CREATE TRIGGER keep_season_changed AFTER UPDATE ON anime REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_season();

CREATE TABLE change_log (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    source text NOT NULL,
    old jsonb,
    new jsonb,
    columns text[]
);
COMMENT ON TABLE change_log IS 'Append only; claimed by delete, never read by id order (late commits have early ids)';

CREATE SEQUENCE page_version;
CREATE TABLE page (
    key text PRIMARY KEY,
    kind text NOT NULL,
    wanted bigint NOT NULL,
    built bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    verdict text CHECK (verdict IN ('publish', 'unchanged', 'fresh', 'gone', 'failed')),
    path text,
    document_hash bytea,
    artifact_hash bytea,
    recipe bytea,
    tags bigint[] NOT NULL DEFAULT '{}',
    expires_on date,
    indexable boolean NOT NULL DEFAULT false,
    shard integer,
    changed_at timestamptz,
    built_at timestamptz,
    error text,
    lease uuid,
    leased_until timestamptz
) WITH (fillfactor = 70);
CREATE INDEX page_due ON page (kind, key) WHERE built < wanted;
CREATE INDEX page_kind ON page (kind);
CREATE INDEX page_tags ON page USING gin (tags);
CREATE INDEX page_path ON page (path) WHERE path IS NOT NULL;
CREATE INDEX page_expiry ON page (expires_on) WHERE expires_on IS NOT NULL;
CREATE INDEX page_shard ON page (shard) WHERE indexable;
COMMENT ON TABLE page IS 'The manifest: dirty when built < wanted; a row whose verdict is gone remembers what could revive it';

CREATE TABLE orphan (
    path text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE orphan IS 'Paths that a page has left; deleted from the bucket unless another page stands there';

CREATE TABLE site_state (
    name text PRIMARY KEY,
    value text NOT NULL
);
"""

TRIGGERS = """
CREATE FUNCTION log_anime_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime', NULL::jsonb, jsonb_build_object('id', n.id, 'adult', n.adult, 'season', n.season, 'season_year', n.season_year, 'format', n.format, 'status', n.status, 'primary_id', n.primary_id, 'popularity_band', n.popularity_band, 'slug', n.slug), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON anime REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_insert();
CREATE FUNCTION log_anime_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime', jsonb_build_object('id', o.id, 'adult', o.adult, 'season', o.season, 'season_year', o.season_year, 'format', o.format, 'status', o.status, 'primary_id', o.primary_id, 'popularity_band', o.popularity_band, 'slug', o.slug), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON anime REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_delete();
CREATE FUNCTION log_anime_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'anime', CASE WHEN o.id IS NULL THEN NULL ELSE jsonb_build_object('id', o.id, 'adult', o.adult, 'season', o.season, 'season_year', o.season_year, 'format', o.format, 'status', o.status, 'primary_id', o.primary_id, 'popularity_band', o.popularity_band, 'slug', o.slug) END, CASE WHEN n.id IS NULL THEN NULL ELSE jsonb_build_object('id', n.id, 'adult', n.adult, 'season', n.season, 'season_year', n.season_year, 'format', n.format, 'status', n.status, 'primary_id', n.primary_id, 'popularity_band', n.popularity_band, 'slug', n.slug) END,
            CASE WHEN n.id IS NULL OR o.id IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('slug', n.slug IS DISTINCT FROM o.slug), ('title_romaji', n.title_romaji IS DISTINCT FROM o.title_romaji), ('title_english', n.title_english IS DISTINCT FROM o.title_english), ('title_japanese', n.title_japanese IS DISTINCT FROM o.title_japanese), ('synonyms', n.synonyms IS DISTINCT FROM o.synonyms), ('format', n.format IS DISTINCT FROM o.format), ('status', n.status IS DISTINCT FROM o.status), ('episode_count', n.episode_count IS DISTINCT FROM o.episode_count), ('episode_seconds', n.episode_seconds IS DISTINCT FROM o.episode_seconds), ('season', n.season IS DISTINCT FROM o.season), ('season_year', n.season_year IS DISTINCT FROM o.season_year), ('start_date', n.start_date IS DISTINCT FROM o.start_date), ('start_precision', n.start_precision IS DISTINCT FROM o.start_precision), ('end_date', n.end_date IS DISTINCT FROM o.end_date), ('end_precision', n.end_precision IS DISTINCT FROM o.end_precision), ('broadcast_weekday', n.broadcast_weekday IS DISTINCT FROM o.broadcast_weekday), ('broadcast_time', n.broadcast_time IS DISTINCT FROM o.broadcast_time), ('synopsis', n.synopsis IS DISTINCT FROM o.synopsis), ('synopsis_source', n.synopsis_source IS DISTINCT FROM o.synopsis_source), ('source_material', n.source_material IS DISTINCT FROM o.source_material), ('score_band', n.score_band IS DISTINCT FROM o.score_band), ('popularity_band', n.popularity_band IS DISTINCT FROM o.popularity_band), ('external_ids', n.external_ids IS DISTINCT FROM o.external_ids), ('edition', n.edition IS DISTINCT FROM o.edition), ('primary_id', n.primary_id IS DISTINCT FROM o.primary_id), ('cover', n.cover IS DISTINCT FROM o.cover), ('adult', n.adult IS DISTINCT FROM o.adult)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON anime REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_update();
CREATE FUNCTION log_anime_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime', jsonb_build_object('id', o.id, 'adult', o.adult, 'season', o.season, 'season_year', o.season_year, 'format', o.format, 'status', o.status, 'primary_id', o.primary_id, 'popularity_band', o.popularity_band, 'slug', o.slug), NULL::jsonb, NULL::text[] FROM anime o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON anime FOR EACH STATEMENT EXECUTE FUNCTION log_anime_truncate();

CREATE FUNCTION log_relation_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'relation', NULL::jsonb, jsonb_build_object('anime_id', n.anime_id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON relation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_relation_insert();
CREATE FUNCTION log_relation_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'relation', jsonb_build_object('anime_id', o.anime_id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON relation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_relation_delete();
CREATE FUNCTION log_relation_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'relation', CASE WHEN o.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', o.anime_id) END, CASE WHEN n.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', n.anime_id) END,
            CASE WHEN n.anime_id IS NULL OR o.anime_id IS NULL THEN NULL ELSE NULL::text[] END
        FROM old_rows o FULL JOIN new_rows n ON n.anime_id = o.anime_id AND n.related_id = o.related_id AND n.kind = o.kind
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON relation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_relation_update();
CREATE FUNCTION log_relation_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'relation', jsonb_build_object('anime_id', o.anime_id), NULL::jsonb, NULL::text[] FROM relation o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON relation FOR EACH STATEMENT EXECUTE FUNCTION log_relation_truncate();

CREATE FUNCTION log_episode_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'episode', NULL::jsonb, jsonb_build_object('anime_id', n.anime_id, 'page', CASE WHEN n.kind = 'regular' THEN greatest(1, (n.number + 99) / 100) END), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON episode REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_episode_insert();
CREATE FUNCTION log_episode_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'episode', jsonb_build_object('anime_id', o.anime_id, 'page', CASE WHEN o.kind = 'regular' THEN greatest(1, (o.number + 99) / 100) END), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON episode REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_episode_delete();
CREATE FUNCTION log_episode_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'episode', CASE WHEN o.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', o.anime_id, 'page', CASE WHEN o.kind = 'regular' THEN greatest(1, (o.number + 99) / 100) END) END, CASE WHEN n.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', n.anime_id, 'page', CASE WHEN n.kind = 'regular' THEN greatest(1, (n.number + 99) / 100) END) END,
            CASE WHEN n.anime_id IS NULL OR o.anime_id IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('title_english', n.title_english IS DISTINCT FROM o.title_english), ('title_romaji', n.title_romaji IS DISTINCT FROM o.title_romaji), ('title_japanese', n.title_japanese IS DISTINCT FROM o.title_japanese), ('airs_at', n.airs_at IS DISTINCT FROM o.airs_at), ('airs_precision', n.airs_precision IS DISTINCT FROM o.airs_precision), ('minutes', n.minutes IS DISTINCT FROM o.minutes)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.anime_id = o.anime_id AND n.kind = o.kind AND n.number = o.number AND n.part = o.part
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON episode REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_episode_update();
CREATE FUNCTION log_episode_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'episode', jsonb_build_object('anime_id', o.anime_id, 'page', CASE WHEN o.kind = 'regular' THEN greatest(1, (o.number + 99) / 100) END), NULL::jsonb, NULL::text[] FROM episode o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON episode FOR EACH STATEMENT EXECUTE FUNCTION log_episode_truncate();

CREATE FUNCTION log_studio_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'studio', NULL::jsonb, jsonb_build_object('id', n.id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON studio REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_studio_insert();
CREATE FUNCTION log_studio_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'studio', jsonb_build_object('id', o.id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON studio REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_studio_delete();
CREATE FUNCTION log_studio_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'studio', CASE WHEN o.id IS NULL THEN NULL ELSE jsonb_build_object('id', o.id) END, CASE WHEN n.id IS NULL THEN NULL ELSE jsonb_build_object('id', n.id) END,
            CASE WHEN n.id IS NULL OR o.id IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('slug', n.slug IS DISTINCT FROM o.slug), ('name', n.name IS DISTINCT FROM o.name)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON studio REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_studio_update();
CREATE FUNCTION log_studio_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'studio', jsonb_build_object('id', o.id), NULL::jsonb, NULL::text[] FROM studio o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON studio FOR EACH STATEMENT EXECUTE FUNCTION log_studio_truncate();

CREATE FUNCTION log_anime_studio_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime_studio', NULL::jsonb, jsonb_build_object('anime_id', n.anime_id, 'studio_id', n.studio_id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON anime_studio REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_studio_insert();
CREATE FUNCTION log_anime_studio_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime_studio', jsonb_build_object('anime_id', o.anime_id, 'studio_id', o.studio_id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON anime_studio REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_studio_delete();
CREATE FUNCTION log_anime_studio_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'anime_studio', CASE WHEN o.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', o.anime_id, 'studio_id', o.studio_id) END, CASE WHEN n.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', n.anime_id, 'studio_id', n.studio_id) END,
            CASE WHEN n.anime_id IS NULL OR o.anime_id IS NULL THEN NULL ELSE NULL::text[] END
        FROM old_rows o FULL JOIN new_rows n ON n.anime_id = o.anime_id AND n.studio_id = o.studio_id
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON anime_studio REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_studio_update();
CREATE FUNCTION log_anime_studio_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime_studio', jsonb_build_object('anime_id', o.anime_id, 'studio_id', o.studio_id), NULL::jsonb, NULL::text[] FROM anime_studio o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON anime_studio FOR EACH STATEMENT EXECUTE FUNCTION log_anime_studio_truncate();

CREATE FUNCTION log_genre_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'genre', NULL::jsonb, jsonb_build_object('id', n.id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON genre REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_genre_insert();
CREATE FUNCTION log_genre_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'genre', jsonb_build_object('id', o.id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON genre REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_genre_delete();
CREATE FUNCTION log_genre_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'genre', CASE WHEN o.id IS NULL THEN NULL ELSE jsonb_build_object('id', o.id) END, CASE WHEN n.id IS NULL THEN NULL ELSE jsonb_build_object('id', n.id) END,
            CASE WHEN n.id IS NULL OR o.id IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('slug', n.slug IS DISTINCT FROM o.slug), ('name', n.name IS DISTINCT FROM o.name), ('kind', n.kind IS DISTINCT FROM o.kind)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON genre REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_genre_update();
CREATE FUNCTION log_genre_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'genre', jsonb_build_object('id', o.id), NULL::jsonb, NULL::text[] FROM genre o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON genre FOR EACH STATEMENT EXECUTE FUNCTION log_genre_truncate();

CREATE FUNCTION log_anime_genre_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime_genre', NULL::jsonb, jsonb_build_object('anime_id', n.anime_id, 'genre_id', n.genre_id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON anime_genre REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_genre_insert();
CREATE FUNCTION log_anime_genre_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime_genre', jsonb_build_object('anime_id', o.anime_id, 'genre_id', o.genre_id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON anime_genre REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_genre_delete();
CREATE FUNCTION log_anime_genre_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'anime_genre', CASE WHEN o.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', o.anime_id, 'genre_id', o.genre_id) END, CASE WHEN n.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', n.anime_id, 'genre_id', n.genre_id) END,
            CASE WHEN n.anime_id IS NULL OR o.anime_id IS NULL THEN NULL ELSE NULL::text[] END
        FROM old_rows o FULL JOIN new_rows n ON n.anime_id = o.anime_id AND n.genre_id = o.genre_id
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON anime_genre REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_anime_genre_update();
CREATE FUNCTION log_anime_genre_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'anime_genre', jsonb_build_object('anime_id', o.anime_id, 'genre_id', o.genre_id), NULL::jsonb, NULL::text[] FROM anime_genre o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON anime_genre FOR EACH STATEMENT EXECUTE FUNCTION log_anime_genre_truncate();

CREATE FUNCTION log_season_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'season', NULL::jsonb, jsonb_build_object('id', n.name), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON season REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_season_insert();
CREATE FUNCTION log_season_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'season', jsonb_build_object('id', o.name), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON season REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_season_delete();
CREATE FUNCTION log_season_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'season', CASE WHEN o.name IS NULL THEN NULL ELSE jsonb_build_object('id', o.name) END, CASE WHEN n.name IS NULL THEN NULL ELSE jsonb_build_object('id', n.name) END,
            CASE WHEN n.name IS NULL OR o.name IS NULL THEN NULL ELSE NULL::text[] END
        FROM old_rows o FULL JOIN new_rows n ON n.name = o.name
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON season REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_season_update();
CREATE FUNCTION log_season_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'season', jsonb_build_object('id', o.name), NULL::jsonb, NULL::text[] FROM season o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON season FOR EACH STATEMENT EXECUTE FUNCTION log_season_truncate();

CREATE FUNCTION log_platform_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'platform', NULL::jsonb, jsonb_build_object('id', n.id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON platform REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_platform_insert();
CREATE FUNCTION log_platform_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'platform', jsonb_build_object('id', o.id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON platform REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_platform_delete();
CREATE FUNCTION log_platform_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'platform', CASE WHEN o.id IS NULL THEN NULL ELSE jsonb_build_object('id', o.id) END, CASE WHEN n.id IS NULL THEN NULL ELSE jsonb_build_object('id', n.id) END,
            CASE WHEN n.id IS NULL OR o.id IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('slug', n.slug IS DISTINCT FROM o.slug), ('name', n.name IS DISTINCT FROM o.name), ('closed_on', n.closed_on IS DISTINCT FROM o.closed_on)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON platform REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_platform_update();
CREATE FUNCTION log_platform_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'platform', jsonb_build_object('id', o.id), NULL::jsonb, NULL::text[] FROM platform o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON platform FOR EACH STATEMENT EXECUTE FUNCTION log_platform_truncate();

CREATE FUNCTION log_offer_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'offer', NULL::jsonb, jsonb_build_object('anime_id', n.anime_id, 'platform_id', n.platform_id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON offer REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_offer_insert();
CREATE FUNCTION log_offer_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'offer', jsonb_build_object('anime_id', o.anime_id, 'platform_id', o.platform_id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON offer REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_offer_delete();
CREATE FUNCTION log_offer_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'offer', CASE WHEN o.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', o.anime_id, 'platform_id', o.platform_id) END, CASE WHEN n.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', n.anime_id, 'platform_id', n.platform_id) END,
            CASE WHEN n.anime_id IS NULL OR o.anime_id IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('url', n.url IS DISTINCT FROM o.url), ('label', n.label IS DISTINCT FROM o.label), ('last_checked', n.last_checked IS DISTINCT FROM o.last_checked), ('checked_precision', n.checked_precision IS DISTINCT FROM o.checked_precision), ('ended_on', n.ended_on IS DISTINCT FROM o.ended_on)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.anime_id = o.anime_id AND n.platform_id = o.platform_id AND n.region = o.region AND n.kind = o.kind
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON offer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_offer_update();
CREATE FUNCTION log_offer_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'offer', jsonb_build_object('anime_id', o.anime_id, 'platform_id', o.platform_id), NULL::jsonb, NULL::text[] FROM offer o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON offer FOR EACH STATEMENT EXECUTE FUNCTION log_offer_truncate();

CREATE FUNCTION log_similar_title_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'similar_title', NULL::jsonb, jsonb_build_object('anime_id', n.anime_id), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON similar_title REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_similar_title_insert();
CREATE FUNCTION log_similar_title_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'similar_title', jsonb_build_object('anime_id', o.anime_id), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON similar_title REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_similar_title_delete();
CREATE FUNCTION log_similar_title_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'similar_title', CASE WHEN o.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', o.anime_id) END, CASE WHEN n.anime_id IS NULL THEN NULL ELSE jsonb_build_object('anime_id', n.anime_id) END,
            CASE WHEN n.anime_id IS NULL OR o.anime_id IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('titles', n.titles IS DISTINCT FROM o.titles)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.anime_id = o.anime_id
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON similar_title REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_similar_title_update();
CREATE FUNCTION log_similar_title_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'similar_title', jsonb_build_object('anime_id', o.anime_id), NULL::jsonb, NULL::text[] FROM similar_title o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON similar_title FOR EACH STATEMENT EXECUTE FUNCTION log_similar_title_truncate();

CREATE FUNCTION log_slug_history_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'slug_history', NULL::jsonb, jsonb_build_object('room', n.room, 'slug', n.slug), NULL::text[] FROM new_rows n;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON slug_history REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_slug_history_insert();
CREATE FUNCTION log_slug_history_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'slug_history', jsonb_build_object('room', o.room, 'slug', o.slug), NULL::jsonb, NULL::text[] FROM old_rows o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_delete AFTER DELETE ON slug_history REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_slug_history_delete();
CREATE FUNCTION log_slug_history_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT * FROM (
        SELECT 'slug_history', CASE WHEN o.room IS NULL THEN NULL ELSE jsonb_build_object('room', o.room, 'slug', o.slug) END, CASE WHEN n.room IS NULL THEN NULL ELSE jsonb_build_object('room', n.room, 'slug', n.slug) END,
            CASE WHEN n.room IS NULL OR o.room IS NULL THEN NULL ELSE (SELECT array_agg(c.name) FROM (VALUES ('target', n.target IS DISTINCT FROM o.target)) c (name, differs) WHERE c.differs) END
        FROM old_rows o FULL JOIN new_rows n ON n.room = o.room AND n.slug = o.slug
    ) u (source, old, new, columns)
    WHERE u.columns IS NOT NULL OR u.old IS NULL OR u.new IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON slug_history REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_slug_history_update();
CREATE FUNCTION log_slug_history_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (source, old, new, columns)
    SELECT DISTINCT 'slug_history', jsonb_build_object('room', o.room, 'slug', o.slug), NULL::jsonb, NULL::text[] FROM slug_history o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON slug_history FOR EACH STATEMENT EXECUTE FUNCTION log_slug_history_truncate();
"""

DOWN = """
DROP FUNCTION keep_season CASCADE;
DROP TABLE site_state, orphan, page, change_log, season CASCADE;
DROP SEQUENCE page_version;
"""
TRACKED = (
    "anime",
    "relation",
    "episode",
    "studio",
    "anime_studio",
    "genre",
    "anime_genre",
    "season",
    "platform",
    "offer",
    "similar_title",
    "slug_history",
)


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(TRIGGERS)


def downgrade() -> None:
    for table in TRACKED:
        for act in ("insert", "delete", "update", "truncate"):
            op.execute(f"DROP FUNCTION log_{table}_{act} CASCADE")
    op.execute(DOWN)
