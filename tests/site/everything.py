"""A catalogue with a row of every kind, and the extremes: the least, the most and the longest that a page can hold."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests.site.published import insert

SYNOPSIS = "A crew of four drifts from moon to moon.\n\nNobody waits for them at home."
LONGEST = "That Time I Was Reborn as the Second Cousin of the Demon King’s Accountant and Nobody Told Me " * 4
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 6
EXTERNAL = {"mal": ["1"], "anilist": ["2"], "kitsu": ["3"], "anidb": ["4"], "ann": ["5"], "livechart": ["6"]}
REGIONS = ("", "US", "CA", "GB", "IE", "DE", "FR", "JP", "KR", "BR", "MX", "AU", "XK")
RELATIONS = (
    "prequel", "parent", "full_story", "sequel", "side_story", "summary", "spin_off", "alternative", "adaptation",
    "character", "other",
)  # fmt: skip


def uuid(number: int) -> UUID:
    return UUID(int=number)


def add_anime(connection: psycopg.Connection, number: int, slug: str, **columns: object) -> UUID:
    """One anime; without more columns it has nothing but a title and an address."""
    shown = {"title_romaji": slug.replace("-", " ").title()} | columns
    insert(connection, "anime", id=uuid(number), slug=slug, **shown)
    return uuid(number)


def fill(connection: psycopg.Connection) -> None:
    """Write the whole catalogue."""
    _taxonomy(connection)
    _complete_anime(connection)
    _other_anime(connection)
    _long_runners(connection)
    _crowds(connection)
    _offers(connection)
    _readers(connection)
    _moves(connection)


def _taxonomy(connection: psycopg.Connection) -> None:
    for id, name in enumerate(
        ("Bones", "Sunrise", "8bit", "Studio of One", "Studio of Nine Hundred", "Gone Studio"), 1
    ):
        insert(connection, "studio", id=id, slug=name.lower().replace(" ", "-"), name=name, identity=name.lower())
    for id, kind in enumerate(("genre", "genre", "theme", "demographic"), 1):
        insert(connection, "genre", id=id, slug=f"{kind}-{id}", name=f"{kind.title()} {id}", kind=kind)


def _complete_anime(connection: psycopg.Connection) -> None:
    """Nothing left out."""
    main = add_anime(
        connection, 1, "space-drifters", title_romaji="Uchū no Hyōryūsha", title_english="Space Drifters",
        title_japanese="宇宙の漂流者", synonyms=["Drifters in Space", "宇宙の漂流者 TV"], format="tv",
        status="finished", episode_count=26, episode_seconds=1440, season="spring", season_year=1998,
        start_date=date(1998, 4, 3), start_precision="day", end_date=date(1999, 4, 1), end_precision="month",
        broadcast_weekday=5, broadcast_time="18:00", synopsis=SYNOPSIS, synopsis_source="written for this site",
        source_material="original", feed_score=8.7, feed_votes=1000, popularity=100000,
        external_ids=Jsonb(EXTERNAL), cover="c.jpg",
    )  # fmt: skip
    for studio in (1, 2):
        insert(connection, "anime_studio", anime_id=main, studio_id=studio, credited_as="x")
    for genre in (1, 2, 3, 4):
        insert(connection, "anime_genre", anime_id=main, genre_id=genre)
    for number, kind in enumerate(("regular", "regular", "special", "opening", "trailer"), 1):
        insert(
            connection, "episode", anime_id=main, kind=kind, number=number, title_english=f"Part {number}",
            title_japanese="第一話", airs_at=f"1998-04-0{number} 09:00+00", airs_precision="minute", minutes=24,
        )  # fmt: skip
    for number, kind in enumerate(("recap_film", "compilation", "directors_cut", "film_version", "unheard_of"), 10):
        edition = Jsonb({"kind": kind} | ({"label": "The 4K print"} if number == 10 else {}))
        add_anime(
            connection, number, f"drifters-{kind.replace('_', '-')}", format="movie", edition=edition, primary_id=main
        )


def _other_anime(connection: psycopg.Connection) -> None:
    add_anime(connection, 20, "nothing-but-a-title")
    add_anime(connection, 21, "x")
    add_anime(connection, 22, "long-title", title_romaji=LONGEST.strip(), title_english=f"The {LONGEST}".strip())
    add_anime(connection, 23, "long-word", title_romaji=WORD, synonyms=[f"Synonym {n}" for n in range(100)])
    add_anime(connection, 24, "7-samurai", title_japanese="七人の侍", season_year=2020, season="fall", format="ova")
    add_anime(
        connection, 25, "every-script", title_english="مغامرات 😀 القط", title_romaji="Bōken",
        title_japanese="冒険😀第１話", synonyms=["הרפתקה", "👩‍👩‍👧‍👦", "การผจญภัย"],
        synopsis="نص من اليمين إلى اليسار. 猫の話。🐈‍⬛", synopsis_source="هنا",
    )  # fmt: skip
    for number, (status, form) in enumerate((("airing", "tv"), ("upcoming", "ona"), ("unknown", "special")), 30):
        add_anime(
            connection, number, f"now-{status}", status=status, format=form, season="fall", season_year=2026,
            start_date=date(2026, 11, 22 if number == 30 else 29), start_precision="day", broadcast_weekday=7,
            broadcast_time="23:30" if number == 30 else None,
        )  # fmt: skip
    insert(
        connection, "episode", anime_id=uuid(30), kind="regular", number=9, airs_at="2099-11-29 14:30+00",
        airs_precision="minute",
    )  # fmt: skip
    add_anime(
        connection, 33, "still-airing", status="airing", format="tv", season="summer", season_year=2026,
        broadcast_weekday=1, broadcast_time="01:05",
    )  # fmt: skip
    add_anime(connection, 34, "next-winter", status="upcoming", season="winter", season_year=2027)
    add_anime(connection, 35, "some-year", status="upcoming", start_date=date(2027, 1, 1), start_precision="year")
    secret = add_anime(connection, 36, "adults-only", adult=True, season="winter", season_year=1980)
    insert(connection, "relation", anime_id=uuid(1), related_id=secret, kind="sequel")
    insert(connection, "anime_studio", anime_id=secret, studio_id=6, credited_as="x")
    for number, (ending, form) in enumerate((("", "tv"), ("-2011", "tv"), ("-2011-movie", "movie")), 40):
        add_anime(connection, number, f"namesake{ending}", title_romaji="Namesake", format=form, season_year=2011)


def _long_runners(connection: psycopg.Connection) -> None:
    """1,168 numbered episodes; one with an episode 0; one whose numbers begin late; one with a gap of hundreds."""
    rows = "INSERT INTO episode (anime_id, kind, number, title_english, airs_at, airs_precision)"
    day = "timestamptz '2000-01-01 00:00+00' + n * interval '7 days', 'day'"
    for number, slug, *spans in (
        (50, "endless", (1, 1168)),
        (51, "from-zero", (0, 60)),
        (52, "late", (205, 330)),
        (53, "gaps", (1, 30), (501, 530)),
    ):
        add_anime(connection, number, slug, status="airing", format="tv")
        for first, last in spans:
            connection.execute(
                f"{rows} SELECT %s, 'regular', n, 'Day ' || n, {day} FROM generate_series(%s::int, %s) n",
                [uuid(number), first, last],
            )


def _crowds(connection: psycopg.Connection) -> None:
    """A studio with 900 anime, 200 of them in one season; one anime with 30 relations."""
    connection.execute(
        "INSERT INTO anime (id, slug, title_romaji, format, season, season_year, popularity) SELECT"
        " lpad(to_hex(1000 + n), 32, '0')::uuid, 'crowd-' || n, 'Crowd ' || n, 'tv', 'winter',"
        " CASE WHEN n < 200 THEN 2024 ELSE 1950 + n % 60 END, n * n FROM generate_series(0, 899) n"
    )
    crowd = "FROM anime WHERE slug LIKE 'crowd-%'"
    connection.execute(f"INSERT INTO anime_studio SELECT id, 5, 'x' {crowd}")
    connection.execute(f"INSERT INTO anime_genre SELECT id, 1 {crowd}")
    insert(connection, "anime_studio", anime_id=uuid(20), studio_id=4, credited_as="x")
    for number in range(30):
        kind = RELATIONS[number % len(RELATIONS)]
        insert(connection, "relation", anime_id=uuid(24), related_id=uuid(1000 + number), kind=kind)


def _offers(connection: psycopg.Connection) -> None:
    for id, (name, closed) in enumerate((("Streamer", None), ("Rental", None), ("Closed", "2020-01-01")), 1):
        insert(connection, "platform", id=id, slug=name.lower(), name=name, closed_on=closed)
    for region in REGIONS:
        _offer(
            connection,
            1,
            1,
            region,
            "subscription",
            label=f"Dub {region}",
            last_checked="2026-11-01",
            checked_precision="day",
        )
        _offer(connection, 1, 2, region, "rent", ended_on="2027-01-01")
        _offer(connection, 1, 3, region, "buy")
    _offer(connection, 20, 3, "US", "free")
    _offer(connection, 21, 1, "JP", "free", last_checked="2021-01-01", checked_precision="year")
    _offer(connection, 24, 1, "US", "unknown", ended_on="2025-05-05")
    _offer(connection, 36, 1, "US", "free")


def _offer(
    connection: psycopg.Connection, anime: int, platform: int, region: str, kind: str, **columns: object
) -> None:
    insert(
        connection, "offer", anime_id=uuid(anime), platform_id=platform, region=region, kind=kind,
        url=f"https://watch.example/{anime}?a=1&b={platform}", **columns,
    )  # fmt: skip


def _readers(connection: psycopg.Connection) -> None:
    """Reviews of every kind, more than a page shows, and figures of our own."""
    at = "2026-11-01 20:00+00"
    texts = {
        "short": "Fine.", "long": f"**Long**, and *told at length*: {LONGEST * 9}", "word": WORD,
        "list": "> Quoted\n\n- one\n- two **three**\n\nمغامرات القط 😀", "spoiler": "They drift on.",
        "gone": "Was here.", "hidden": "Nobody sees this one.",
    }  # fmt: skip
    for id, (name, text) in enumerate(texts.items(), 1):
        visibility = "private" if name == "hidden" else "public"
        insert(
            connection, "account", id=id, handle=f"reader_{name}", email=f"{name}@readers.example", password="none",
            created_at=at, verified_at=at, visibility=visibility,
        )  # fmt: skip
        insert(
            connection, "review", user_id=None if name == "gone" else id, anime_id=uuid(1), body=text, state="shown",
            spoiler=name == "spoiler", reached=id if id % 2 else None, created_at=at, updated_at=at,
            published_at=f"2026-11-{id:02} 20:00+00",
        )  # fmt: skip
    connection.execute("SELECT setval(pg_get_serial_sequence('account', 'id'), 100)")
    insert(connection, "reception", anime_id=uuid(1), score=84, votes=1200, fans=3400)
    insert(connection, "reception", anime_id=uuid(24), fans=12)


def _moves(connection: psycopg.Connection) -> None:
    """Addresses that were left, of things that stay and of things that are gone."""
    connection.execute("UPDATE anime SET slug = 'drifters-of-space' WHERE id = %s", [uuid(1)])
    connection.execute("UPDATE anime SET slug = 'just-a-title' WHERE id = %s", [uuid(20)])
    connection.execute("UPDATE anime SET slug = 'long' WHERE id = %s", [uuid(22)])
    connection.execute("UPDATE studio SET slug = 'bones-inc' WHERE id = 1")
    connection.execute("UPDATE genre SET slug = 'space-opera' WHERE id = 3")
    add_anime(connection, 60, "was-here")
    connection.execute("DELETE FROM anime WHERE id = %s", [uuid(60)])
    connection.execute("UPDATE anime SET slug = 'adults' WHERE id = %s", [uuid(36)])
