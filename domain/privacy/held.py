"""Everything that is held: each column of each table, who may read it, and what becomes of it when a fan leaves.

A column that is not here fails a test (`tests/domain/privacy/test_held.py`). Downloads (`parts.py`), their schema and
the erasing of accounts (`rows.py`) are made of this table, so that what is added here is downloaded and erased.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.privacy.classes import Name, Rule, Table

OWNER: Mapping[str, Name] = {"user_id": Name()}
DATES = "started started_precision started_said finished finished_precision finished_said"

PEOPLE: Mapping[str, Table] = {
    "follow": Table(
        "people you follow, and who follow you", "what you see of one another; until one of you ends it",
        names={"user_id": Name(), "followed_id": Name()},
        personal="asked_at accepted_at", derived="user_id followed_id",
    ),
    "block": Table(
        "people you block", "neither sees anything of the other; until you end it",
        names={"user_id": Name(), "blocked_id": Name(theirs=False)}, personal="at", derived="user_id blocked_id",
    ),
    "mute": Table(
        "people you mute", "they are not in your activity; until you end it",
        names={"user_id": Name(), "muted_id": Name(theirs=False)}, personal="at", derived="user_id muted_id",
    ),
    "report": Table(
        "reviews you reported", "for staff to settle; as long as there is the review",
        names={"user_id": Name(Rule.ANONYMISED)}, personal="reason note at", derived="id user_id review_id settled_at",
        becomes={"note": "''"}, kept=dict.fromkeys(("reason", "at"), "the review is still to be judged"),
    ),
    "review": Table(
        "your reviews", "to be read by others; until you remove them, and 30 days",
        names={"user_id": Name(Rule.CHOSEN)}, personal="private state deleted_at",
        public="anime_id body spoiler reached published_at created_at updated_at", derived="id user_id",
        kept=dict.fromkeys(
            ("anime_id", "body", "spoiler", "reached", "published_at", "created_at", "updated_at", "private", "state",
             "deleted_at"), "they chose that it stays, without its author",
        ),
        goes="state <> 'shown' OR private OR deleted_at IS NOT NULL",
    ),
    "staff_act": Table(
        "what you did as staff", "the record of what was done to what others wrote; for good",
        names={"user_id": Name(Rule.REPOINTED)},
        personal="at role verb subject reason before after", derived="id user_id",
        kept=dict.fromkeys(
            ("at", "role", "verb", "subject", "reason", "before", "after"), "it was done, by nobody any more",
        ),
    ),
    "watch": Table(
        "episodes watched", "your list; for as long as you keep it", names=OWNER,
        personal="anime_id number kind cycle watched_at watched_on precision source", derived="user_id id",
    ),
    "cycle": Table(
        "rewatches", "your list; for as long as you keep it", names=OWNER,
        personal=f"anime_id number completed {DATES}", derived="user_id",
    ),
    "library_change": Table(
        "changes of your list", "so that each of them can be undone; for as long as you keep the list", names=OWNER,
        personal="anime_id at source verb explained before after", derived="user_id id undoes undone_by",
    ),
    "entry": Table(
        "titles on your list", "your list; for as long as you keep it", names=OWNER,
        personal=f"anime_id said said_at score notes tags private favourite priority {DATES} added_at updated_at",
        derived="user_id said_after cycle last_watch status progress furthest rewatches last_rewatched_at version",
    ),
    "answer": Table(
        "answers to your devices", "so that what is sent twice counts once; for a day", names=OWNER,
        secret="key request body", derived="user_id at status version",
    ),
    "session": Table(
        "places where you are signed in", "to know you again; 90 days at most, and less if you stay away",
        names=OWNER, personal="agent created_at seen_at", secret="id", derived="user_id complete",
    ),
    "token": Table(
        "links that were mailed to you", "until they are used or too old, and a day", names=OWNER,
        personal="purpose email created_at expires_at", secret="id", derived="user_id",
    ),
    "mail": Table(
        "letters on their way to you", "until they are sent; a day at most", names=OWNER,
        personal="kind recipient", secret="said", derived="user_id id expires_at attempts due_at",
    ),
    "handle_history": Table(
        "handles you had", "links to them lead on for 30 days, and nobody else gets them for 180", names=OWNER,
        public="handle", personal="freed_at", derived="user_id",
    ),
    "sign_in_failure": Table(
        "names that were tried in vain", "to slow down who guesses; a day after the last try",
        secret="subject", derived="failures last_at until",
        by="removed when they leave, by the hashes of all their names",
    ),
    "handle_blocked": Table(
        "handles of people who left", "so that nobody takes them for somebody else; 180 days",
        secret="blind", derived="freed_at",
        by="kept for 180 days: a hash by a key that is not in the database names nobody",
        kept=dict.fromkeys(("blind", "freed_at"), "nobody is to be taken for who left"),
    ),
    "erasure": Table(
        "what becomes of an account that is erased", "the receipt; until 30 days after the last backup is gone",
        names={"user_id": Name(Rule.ANONYMISED, theirs=False)},
        secret="receipt", derived="id user_id reviews joined_at files shown wanted_at done counts attempts due_at error"
        " finished_at backups_until rows_gone_at",
        becomes={"files": "'{}'", "shown": "'{}'", "joined_at": "NULL"},
        kept=dict.fromkeys(
            ("id", "receipt", "reviews", "wanted_at", "done", "counts", "attempts", "due_at", "error", "finished_at",
             "backups_until", "rows_gone_at"), "the receipt; it names nobody",
        ),
    ),
    "account": Table(
        "your account", "as long as you have one", names={"id": Name()},
        public="handle display_name avatar bio",
        personal="email verified_at role scale time_zone visibility created_at",
        secret="password totp_seed totp_step", derived="id",
        becomes={
            "handle": "'gone_' || left(replace(gen_random_uuid()::text, '-', ''), 14)", "display_name": "''",
            "avatar": "NULL", "email": "''", "verified_at": "NULL", "role": "'fan'", "scale": "'10'",
            "time_zone": "'UTC'", "password": "'none'", "totp_seed": "NULL", "totp_step": "0",
            "bio": "''", "visibility": "'private'",
        },
    ),
}  # fmt: skip
"""What is about people, in the order in which rows go: first what points at others."""

CATALOGUE, MANIFEST, WORK = "the catalogue", "the pages", "the work to be done"
FACTS, PAGES, TODO = "facts about anime, from public sources", "what stands where", "until it is done"

NOBODY: Mapping[str, Table] = {
    "anime": Table(
        CATALOGUE, FACTS,
        public="id slug title_romaji title_english title_japanese synonyms format status episode_count"
        " episode_seconds season season_year start_date start_precision end_date end_precision broadcast_weekday"
        " broadcast_time synopsis synopsis_source source_material feed_score feed_votes popularity external_ids edition"
        " primary_id cover adult created_at updated_at",
        derived="score_band popularity_band",
    ),
    "relation": Table(CATALOGUE, FACTS, public="anime_id related_id kind"),
    "episode": Table(
        CATALOGUE, FACTS,
        public="anime_id kind number part title_english title_romaji title_japanese airs_at airs_precision minutes",
    ),
    "studio": Table(CATALOGUE, FACTS, public="id slug name identity"),
    "anime_studio": Table(CATALOGUE, FACTS, public="anime_id studio_id credited_as"),
    "genre": Table(CATALOGUE, FACTS, public="id slug name kind"),
    "anime_genre": Table(CATALOGUE, FACTS, public="anime_id genre_id"),
    "season": Table(CATALOGUE, FACTS, public="name season year"),
    "platform": Table(CATALOGUE, FACTS, public="id slug name closed_on"),
    "offer": Table(
        CATALOGUE, FACTS,
        public="anime_id platform_id region kind url label first_seen last_checked checked_precision ended_on",
    ),
    "reception": Table(
        CATALOGUE, "what fans make of each anime, from so many that it tells of nobody",
        derived="anime_id score votes fans", recomputed="score votes fans",
    ),
    "similar_title": Table(CATALOGUE, FACTS, derived="anime_id titles"),
    "slug_history": Table(CATALOGUE, FACTS, public="room slug target"),
    "feed_record": Table(CATALOGUE, FACTS, public="feed subject anime_id facts", derived="digest"),
    "page": Table(
        MANIFEST, PAGES,
        derived="key kind wanted built failed verdict path document_hash artifact_hash recipe tags expires_on indexable"
        " shard changed_at built_at error leased_until turn lease etag tried lane due_at attempts wanted_at why size",
    ),
    "orphan": Table(MANIFEST, PAGES, derived="path since kept_until version"),
    "purge": Table(MANIFEST, PAGES, derived="path version lane again wanted_at due_at"),
    "touch": Table(MANIFEST, PAGES, derived="version tag"),
    "verdict_log": Table(MANIFEST, PAGES, derived="key version at verdict why error"),
    "loss": Table(MANIFEST, PAGES, derived="key at"),
    "change_log": Table(WORK, TODO, derived="id at source old new columns"),
    "schedule": Table(WORK, TODO, derived="name next_at leased_until done_at"),
    "site_state": Table(WORK, "what the site remembers of itself", derived="name value"),
    "alembic_version": Table(WORK, "the version of the schema", derived="version_num"),
}  # fmt: skip
"""What is about anime, pages and the machinery; it names nobody."""

HELD: Mapping[str, Table] = {**PEOPLE, **NOBODY}
