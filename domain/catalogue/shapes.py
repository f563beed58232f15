"""What a record of each feed must look like; keys that are not named here are ignored.

The release follows the published schema (anime-offline-database); bounds that the schema lacks keep out
what no table could hold.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

Title = Annotated[str, Meta(min_length=1, max_length=1000)]
Short = Annotated[str, Meta(max_length=300)]
Url = Annotated[str, Meta(max_length=2000)]
Count = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Episodes = Annotated[int, Meta(ge=0, le=100_000)]
Year = Annotated[int, Meta(ge=1907, le=2100)]
Score = Annotated[float, Meta(ge=0, le=10)]
Id = int | str | None


class Season(Struct):
    season: Literal["SPRING", "SUMMER", "FALL", "WINTER", "UNDEFINED"]
    year: Year | UnsetType = UNSET


class Duration(Struct):
    value: Annotated[int, Meta(ge=1, le=10_000_000)]
    unit: Literal["SECONDS"]


class Scores(Struct):
    arithmeticMean: Score | None = None


class ReleaseEntry(Struct):
    sources: Annotated[list[Url], Meta(min_length=1, max_length=1000)]
    title: Title
    type: Literal["TV", "MOVIE", "OVA", "ONA", "SPECIAL", "UNKNOWN"]
    episodes: Episodes
    status: Literal["FINISHED", "ONGOING", "UPCOMING", "UNKNOWN"]
    animeSeason: Season
    picture: Url
    thumbnail: Url
    synonyms: Annotated[list[Annotated[str, Meta(max_length=1000)]], Meta(max_length=2000)]
    studios: list[Short]
    producers: list[Short]
    relatedAnime: Annotated[list[Url], Meta(max_length=5000)]
    tags: list[Short]
    duration: Duration | UnsetType = UNSET
    score: Scores | None = None


class Broadcast(Struct):
    day: str | None = None
    time: str | None = None
    timezone: str | None = None


class ExtraScores(Struct):
    mal_members: Count | None = None
    mal_scored_by: Count | None = None


class RelationRow(Struct):
    mal_id: Count
    type: Short


class NextAiring(Struct):
    at: Annotated[int, Meta(ge=0, le=4_102_444_800)]
    episode: Annotated[int, Meta(ge=0, le=100_000)]


class EditionRow(Struct):
    of_mal_id: Count
    kind: Annotated[str, Meta(min_length=1, max_length=100)]
    label: Short | None = None


class ExtraEntry(Struct):
    source: Url
    anilist_id: Id = None
    ids: dict[str, Id] = field(default_factory=dict)
    title_romaji: Title | None = None
    title_english: Annotated[str, Meta(max_length=1000)] | None = None
    title_japanese: Annotated[str, Meta(max_length=1000)] | None = None
    titles_zh: dict[str, list[Annotated[str, Meta(max_length=1000)]]] = field(default_factory=dict)
    format_raw: Short | None = None
    source_material: Short | None = None
    start_date: Short | None = None
    end_date: Short | None = None
    broadcast: Broadcast | None = None
    age_rating: Short | None = None
    genres: list[Short] = field(default_factory=list)
    themes: list[Short] = field(default_factory=list)
    demographics: list[Short] = field(default_factory=list)
    studios: list[Short] = field(default_factory=list)
    members: Count | None = None
    score: ExtraScores | None = None
    relations: Annotated[list[RelationRow], Meta(max_length=5000)] = field(default_factory=list)
    next_airing: NextAiring | None = None
    edition: EditionRow | None = None
    synopsis: Annotated[str, Meta(max_length=50_000)] | None = None
    synopsis_from: Short | None = None


class EpisodeRow(Struct):
    n: int | str
    air: str | None = None
    len: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    en: Annotated[str, Meta(max_length=1000)] | None = None
    romaji: Annotated[str, Meta(max_length=1000)] | None = None
    ja: Annotated[str, Meta(max_length=1000)] | None = None


class EpisodesEntry(Struct):
    episodes: Annotated[list[EpisodeRow], Meta(max_length=100_000)]
    mal_id: Id = None
    anilist_id: Id = None


class OfferEntry(Struct):
    site: Annotated[str, Meta(min_length=1, max_length=100)]
    url: str
    mal_id: Id = None
    anilist_id: Id = None
    kind: Literal["subscription", "free", "rent", "buy", "unknown"] | None = None
    as_of: Short | None = None
    regions: Annotated[list[Short], Meta(max_length=300)] = field(default_factory=list)
    begin: Short | None = None
    label: Short | None = None
    defunct: Short | bool | None = None


class AdultEntry(Struct):
    mal_id: Id = None
    anilist_id: Id = None
