"""The table of contents of the API: every operation, what goes in, and what comes out."""

from __future__ import annotations

from dynamic.api import entries, lists, people, reviews, watches
from dynamic.api.bodies import (
    Changes,
    Dates,
    Edits,
    Fields,
    Filter,
    GuestList,
    Nothing,
    Of,
    Paged,
    Progress,
    Until,
    Viewing,
    Viewings,
    When,
    Which,
    Written,
    Wrong,
)
from dynamic.api.route import Route
from dynamic.api.shapes import (
    Bulk,
    Changed,
    Done,
    Entry,
    Feed,
    History,
    Me,
    Merged,
    OwnReview,
    Profile,
    Review,
    Rounds,
    Shelf,
    Someone,
    States,
    Watches,
)

ENTRY = "/me/library/<uuid:anime_id>"
EPISODE = f"{ENTRY}/episodes/<int:number>"
WATCH = f"{ENTRY}/watches/<int:watch>"
REVIEW = "/reviews/<int:review_id>"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/me", lists.get_me, "Who is signed in", {200: Me}),
    Route("GET", "/me/states", lists.get_states, "What to paint over pages of these anime", {200: States}, query=Of),
    Route("GET", "/me/library", lists.get_library, "A page of the library", {200: Shelf}, query=Filter),
    Route("GET", ENTRY, entries.get_entry, "An entry", {200: Entry}, conditional=True),
    Route(
        "PUT", ENTRY, entries.put_entry, "Track an anime; what is tracked already gets these fields",
        {200: Changed}, Fields, conditional=True,
    ),
    Route(
        "PATCH", ENTRY, entries.patch_entry, "Change fields of an entry", {200: Changed}, Fields, conditional=True,
    ),
    Route("DELETE", ENTRY, entries.delete_entry, "Take an anime off the list", {200: Changed}, conditional=True),
    Route(
        "POST", f"{ENTRY}/plus-one", entries.plus_one, "Watch the next episode", {200: Changed}, Nothing,
        conditional=True,
    ),
    Route(
        "PUT", f"{ENTRY}/progress", entries.put_progress, "Watched up to an episode, and none after it",
        {200: Changed}, Progress, conditional=True,
    ),
    Route(
        "PUT", EPISODE, entries.put_episode, "Watch an episode", {200: Changed}, Viewing, Which, conditional=True,
    ),
    Route(
        "DELETE", EPISODE, entries.delete_episode, "An episode was not watched", {200: Changed}, query=Which,
        conditional=True,
    ),
    Route(
        "POST", f"{ENTRY}/rewatches", entries.rewatch, "Begin to watch again", {200: Changed}, Nothing,
        conditional=True,
    ),
    Route(
        "GET", f"{ENTRY}/watches", watches.get_watches, "Every viewing of its episodes", {200: Watches},
        query=Viewings, conditional=True,
    ),
    Route("PATCH", WATCH, watches.patch_watch, "Say when a viewing was", {200: Changed}, When, conditional=True),
    Route("DELETE", WATCH, watches.delete_watch, "A viewing was none", {200: Changed}, conditional=True),
    Route(
        "GET", f"{ENTRY}/rounds", watches.get_rounds, "Each time that it was watched", {200: Rounds}, query=Paged,
        conditional=True,
    ),
    Route(
        "PATCH", f"{ENTRY}/rounds/<int:number>", watches.patch_round, "Say when a round was begun and ended",
        {200: Changed}, Dates, conditional=True,
    ),
    Route(
        "GET", f"{ENTRY}/history", watches.get_history, "Everything that was done to an entry", {200: History},
        query=Paged,
    ),
    Route(
        "POST", "/me/changes/<int:change_id>/undo", watches.undo, "Take a change back", {200: Changed}, Nothing,
    ),
    Route(
        "POST", "/me/changes/undo", watches.undo_all, "Take changes of several entries back together", {200: Bulk},
        Changes,
    ),
    Route("POST", "/me/library/bulk", lists.bulk, "The same change to many entries", {200: Bulk}, Edits),
    Route(
        "POST", "/me/guest-list", lists.merge_guest, "Take over what a browser kept before there was an account",
        {200: Merged}, GuestList,
    ),
    Route("GET", f"{ENTRY}/review", reviews.get_own_review, "One's own review", {200: OwnReview}),
    Route("PUT", f"{ENTRY}/review", reviews.put_review, "Write a review, or write it anew", {200: OwnReview}, Written),
    Route("DELETE", f"{ENTRY}/review", reviews.delete_review, "Take one's review back", {200: Done}),
    Route("GET", REVIEW, reviews.get_review, "Somebody's review", {200: Review}),
    Route("PUT", f"{REVIEW}/report", reviews.report_review, "Tell staff what is wrong with it", {200: Done}, Wrong),
    Route("GET", "/people/<handle>", people.get_profile, "What there is to be seen of somebody", {200: Profile}),
    Route(
        "PUT", "/me/following/<handle>", people.follow, "Follow somebody, or ask to", {200: Someone}, Nothing,
    ),
    Route("DELETE", "/me/following/<handle>", people.unfollow, "Follow somebody no more", {200: Done}),
    Route("PUT", "/me/muted/<handle>", people.mute, "See nothing of somebody in the activity", {200: Done}, Nothing),
    Route("DELETE", "/me/muted/<handle>", people.unmute, "See them again", {200: Done}),
    Route("PUT", "/me/blocked/<handle>", people.block, "Neither sees anything of the other", {200: Done}, Nothing),
    Route("DELETE", "/me/blocked/<handle>", people.unblock, "Block somebody no more", {200: Done}),
    Route("GET", "/me/feed", people.get_feed, "What those one follows did", {200: Feed}, query=Until),
)  # fmt: skip
"""Below `/api/v1`. Beside them stand `openapi.json` and `docs`, which are made of this table."""
