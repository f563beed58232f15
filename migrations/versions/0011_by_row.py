"""Updates are logged row by row: less waiting for who writes one row, and less work for many."""

from alembic import op

revision = "0011"
down_revision = "0010"

AWAY = """
DROP FUNCTION log_anime_update() CASCADE;
DROP FUNCTION log_relation_update() CASCADE;
DROP FUNCTION log_episode_update() CASCADE;
DROP FUNCTION log_studio_update() CASCADE;
DROP FUNCTION log_anime_studio_update() CASCADE;
DROP FUNCTION log_genre_update() CASCADE;
DROP FUNCTION log_anime_genre_update() CASCADE;
DROP FUNCTION log_season_update() CASCADE;
DROP FUNCTION log_platform_update() CASCADE;
DROP FUNCTION log_offer_update() CASCADE;
DROP FUNCTION log_similar_title_update() CASCADE;
DROP FUNCTION log_slug_history_update() CASCADE;
"""

UP = """
CREATE FUNCTION log_anime_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.slug IS DISTINCT FROM OLD.slug THEN 'slug' END, CASE WHEN NEW.title_romaji IS DISTINCT FROM OLD.title_romaji THEN 'title_romaji' END, CASE WHEN NEW.title_english IS DISTINCT FROM OLD.title_english THEN 'title_english' END, CASE WHEN NEW.title_japanese IS DISTINCT FROM OLD.title_japanese THEN 'title_japanese' END, CASE WHEN NEW.synonyms IS DISTINCT FROM OLD.synonyms THEN 'synonyms' END, CASE WHEN NEW.format IS DISTINCT FROM OLD.format THEN 'format' END, CASE WHEN NEW.status IS DISTINCT FROM OLD.status THEN 'status' END, CASE WHEN NEW.episode_count IS DISTINCT FROM OLD.episode_count THEN 'episode_count' END, CASE WHEN NEW.episode_seconds IS DISTINCT FROM OLD.episode_seconds THEN 'episode_seconds' END, CASE WHEN NEW.season IS DISTINCT FROM OLD.season THEN 'season' END, CASE WHEN NEW.season_year IS DISTINCT FROM OLD.season_year THEN 'season_year' END, CASE WHEN NEW.start_date IS DISTINCT FROM OLD.start_date THEN 'start_date' END, CASE WHEN NEW.start_precision IS DISTINCT FROM OLD.start_precision THEN 'start_precision' END, CASE WHEN NEW.end_date IS DISTINCT FROM OLD.end_date THEN 'end_date' END, CASE WHEN NEW.end_precision IS DISTINCT FROM OLD.end_precision THEN 'end_precision' END, CASE WHEN NEW.broadcast_weekday IS DISTINCT FROM OLD.broadcast_weekday THEN 'broadcast_weekday' END, CASE WHEN NEW.broadcast_time IS DISTINCT FROM OLD.broadcast_time THEN 'broadcast_time' END, CASE WHEN NEW.synopsis IS DISTINCT FROM OLD.synopsis THEN 'synopsis' END, CASE WHEN NEW.synopsis_source IS DISTINCT FROM OLD.synopsis_source THEN 'synopsis_source' END, CASE WHEN NEW.source_material IS DISTINCT FROM OLD.source_material THEN 'source_material' END, CASE WHEN NEW.score_band IS DISTINCT FROM OLD.score_band THEN 'score_band' END, CASE WHEN NEW.popularity_band IS DISTINCT FROM OLD.popularity_band THEN 'popularity_band' END, CASE WHEN NEW.external_ids IS DISTINCT FROM OLD.external_ids THEN 'external_ids' END, CASE WHEN NEW.edition IS DISTINCT FROM OLD.edition THEN 'edition' END, CASE WHEN NEW.primary_id IS DISTINCT FROM OLD.primary_id THEN 'primary_id' END, CASE WHEN NEW.cover IS DISTINCT FROM OLD.cover THEN 'cover' END, CASE WHEN NEW.adult IS DISTINCT FROM OLD.adult THEN 'adult' END], NULL);
BEGIN
    IF NEW.id <> OLD.id THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('anime', jsonb_build_object('id', OLD.id, 'adult', OLD.adult, 'season', OLD.season, 'season_year', OLD.season_year, 'format', OLD.format, 'status', OLD.status, 'primary_id', OLD.primary_id, 'popularity_band', OLD.popularity_band, 'slug', OLD.slug), NULL, NULL), ('anime', NULL, jsonb_build_object('id', NEW.id, 'adult', NEW.adult, 'season', NEW.season, 'season_year', NEW.season_year, 'format', NEW.format, 'status', NEW.status, 'primary_id', NEW.primary_id, 'popularity_band', NEW.popularity_band, 'slug', NEW.slug), NULL);
    ELSIF differing && '{adult,format,popularity_band,primary_id,season,season_year,slug,status}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('anime', jsonb_build_object('id', OLD.id, 'adult', OLD.adult, 'season', OLD.season, 'season_year', OLD.season_year, 'format', OLD.format, 'status', OLD.status, 'primary_id', OLD.primary_id, 'popularity_band', OLD.popularity_band, 'slug', OLD.slug), jsonb_build_object('id', NEW.id, 'adult', NEW.adult, 'season', NEW.season, 'season_year', NEW.season_year, 'format', NEW.format, 'status', NEW.status, 'primary_id', NEW.primary_id, 'popularity_band', NEW.popularity_band, 'slug', NEW.slug), differing);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('anime', NULL, jsonb_build_object('id', NEW.id, 'adult', NEW.adult, 'season', NEW.season, 'season_year', NEW.season_year, 'format', NEW.format, 'status', NEW.status, 'primary_id', NEW.primary_id, 'popularity_band', NEW.popularity_band, 'slug', NEW.slug), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON anime FOR EACH ROW EXECUTE FUNCTION log_anime_update();
CREATE FUNCTION log_relation_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.anime_id <> OLD.anime_id OR NEW.related_id <> OLD.related_id OR NEW.kind <> OLD.kind THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('relation', jsonb_build_object('anime_id', OLD.anime_id), NULL, NULL), ('relation', NULL, jsonb_build_object('anime_id', NEW.anime_id), NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON relation FOR EACH ROW EXECUTE FUNCTION log_relation_update();
CREATE FUNCTION log_episode_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.title_english IS DISTINCT FROM OLD.title_english THEN 'title_english' END, CASE WHEN NEW.title_romaji IS DISTINCT FROM OLD.title_romaji THEN 'title_romaji' END, CASE WHEN NEW.title_japanese IS DISTINCT FROM OLD.title_japanese THEN 'title_japanese' END, CASE WHEN NEW.airs_at IS DISTINCT FROM OLD.airs_at THEN 'airs_at' END, CASE WHEN NEW.airs_precision IS DISTINCT FROM OLD.airs_precision THEN 'airs_precision' END, CASE WHEN NEW.minutes IS DISTINCT FROM OLD.minutes THEN 'minutes' END], NULL);
BEGIN
    IF NEW.anime_id <> OLD.anime_id OR NEW.kind <> OLD.kind OR NEW.number <> OLD.number OR NEW.part <> OLD.part THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('episode', jsonb_build_object('anime_id', OLD.anime_id, 'page', CASE WHEN OLD.kind = 'regular' THEN greatest(1, (OLD.number + 99) / 100) END), NULL, NULL), ('episode', NULL, jsonb_build_object('anime_id', NEW.anime_id, 'page', CASE WHEN NEW.kind = 'regular' THEN greatest(1, (NEW.number + 99) / 100) END), NULL);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('episode', NULL, jsonb_build_object('anime_id', NEW.anime_id, 'page', CASE WHEN NEW.kind = 'regular' THEN greatest(1, (NEW.number + 99) / 100) END), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON episode FOR EACH ROW EXECUTE FUNCTION log_episode_update();
CREATE FUNCTION log_studio_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.slug IS DISTINCT FROM OLD.slug THEN 'slug' END, CASE WHEN NEW.name IS DISTINCT FROM OLD.name THEN 'name' END], NULL);
BEGIN
    IF NEW.id <> OLD.id THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('studio', jsonb_build_object('id', OLD.id), NULL, NULL), ('studio', NULL, jsonb_build_object('id', NEW.id), NULL);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('studio', NULL, jsonb_build_object('id', NEW.id), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON studio FOR EACH ROW EXECUTE FUNCTION log_studio_update();
CREATE FUNCTION log_anime_studio_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.anime_id <> OLD.anime_id OR NEW.studio_id <> OLD.studio_id THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('anime_studio', jsonb_build_object('anime_id', OLD.anime_id, 'studio_id', OLD.studio_id), NULL, NULL), ('anime_studio', NULL, jsonb_build_object('anime_id', NEW.anime_id, 'studio_id', NEW.studio_id), NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON anime_studio FOR EACH ROW EXECUTE FUNCTION log_anime_studio_update();
CREATE FUNCTION log_genre_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.slug IS DISTINCT FROM OLD.slug THEN 'slug' END, CASE WHEN NEW.name IS DISTINCT FROM OLD.name THEN 'name' END, CASE WHEN NEW.kind IS DISTINCT FROM OLD.kind THEN 'kind' END], NULL);
BEGIN
    IF NEW.id <> OLD.id THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('genre', jsonb_build_object('id', OLD.id), NULL, NULL), ('genre', NULL, jsonb_build_object('id', NEW.id), NULL);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('genre', NULL, jsonb_build_object('id', NEW.id), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON genre FOR EACH ROW EXECUTE FUNCTION log_genre_update();
CREATE FUNCTION log_anime_genre_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.anime_id <> OLD.anime_id OR NEW.genre_id <> OLD.genre_id THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('anime_genre', jsonb_build_object('anime_id', OLD.anime_id, 'genre_id', OLD.genre_id), NULL, NULL), ('anime_genre', NULL, jsonb_build_object('anime_id', NEW.anime_id, 'genre_id', NEW.genre_id), NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON anime_genre FOR EACH ROW EXECUTE FUNCTION log_anime_genre_update();
CREATE FUNCTION log_season_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name <> OLD.name THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('season', jsonb_build_object('id', OLD.name), NULL, NULL), ('season', NULL, jsonb_build_object('id', NEW.name), NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON season FOR EACH ROW EXECUTE FUNCTION log_season_update();
CREATE FUNCTION log_platform_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.slug IS DISTINCT FROM OLD.slug THEN 'slug' END, CASE WHEN NEW.name IS DISTINCT FROM OLD.name THEN 'name' END, CASE WHEN NEW.closed_on IS DISTINCT FROM OLD.closed_on THEN 'closed_on' END], NULL);
BEGIN
    IF NEW.id <> OLD.id THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('platform', jsonb_build_object('id', OLD.id), NULL, NULL), ('platform', NULL, jsonb_build_object('id', NEW.id), NULL);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('platform', NULL, jsonb_build_object('id', NEW.id), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON platform FOR EACH ROW EXECUTE FUNCTION log_platform_update();
CREATE FUNCTION log_offer_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.url IS DISTINCT FROM OLD.url THEN 'url' END, CASE WHEN NEW.label IS DISTINCT FROM OLD.label THEN 'label' END, CASE WHEN NEW.last_checked IS DISTINCT FROM OLD.last_checked THEN 'last_checked' END, CASE WHEN NEW.checked_precision IS DISTINCT FROM OLD.checked_precision THEN 'checked_precision' END, CASE WHEN NEW.ended_on IS DISTINCT FROM OLD.ended_on THEN 'ended_on' END], NULL);
BEGIN
    IF NEW.anime_id <> OLD.anime_id OR NEW.platform_id <> OLD.platform_id OR NEW.region <> OLD.region OR NEW.kind <> OLD.kind THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('offer', jsonb_build_object('anime_id', OLD.anime_id, 'platform_id', OLD.platform_id), NULL, NULL), ('offer', NULL, jsonb_build_object('anime_id', NEW.anime_id, 'platform_id', NEW.platform_id), NULL);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('offer', NULL, jsonb_build_object('anime_id', NEW.anime_id, 'platform_id', NEW.platform_id), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON offer FOR EACH ROW EXECUTE FUNCTION log_offer_update();
CREATE FUNCTION log_similar_title_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.titles IS DISTINCT FROM OLD.titles THEN 'titles' END], NULL);
BEGIN
    IF NEW.anime_id <> OLD.anime_id THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('similar_title', jsonb_build_object('anime_id', OLD.anime_id), NULL, NULL), ('similar_title', NULL, jsonb_build_object('anime_id', NEW.anime_id), NULL);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('similar_title', NULL, jsonb_build_object('anime_id', NEW.anime_id), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON similar_title FOR EACH ROW EXECUTE FUNCTION log_similar_title_update();
CREATE FUNCTION log_slug_history_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    differing text[] := array_remove(ARRAY[CASE WHEN NEW.target IS DISTINCT FROM OLD.target THEN 'target' END], NULL);
BEGIN
    IF NEW.room <> OLD.room OR NEW.slug <> OLD.slug THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('slug_history', jsonb_build_object('room', OLD.room, 'slug', OLD.slug), NULL, NULL), ('slug_history', NULL, jsonb_build_object('room', NEW.room, 'slug', NEW.slug), NULL);
    ELSIF differing <> '{}' THEN
        INSERT INTO change_log (source, old, new, columns) VALUES ('slug_history', NULL, jsonb_build_object('room', NEW.room, 'slug', NEW.slug), differing);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_update AFTER UPDATE ON slug_history FOR EACH ROW EXECUTE FUNCTION log_slug_history_update();
"""

DOWN = """
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
"""


def upgrade() -> None:
    op.execute(AWAY + UP)


def downgrade() -> None:
    op.execute(AWAY + DOWN)
