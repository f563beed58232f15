"""Handles that nobody may have: our own addresses and roles, and names that would be believed."""

from __future__ import annotations

_ADDRESSES = """
about about_the_data account accounts activity add admin airing alerts all analytics anime api app apps archive assets
auth authorize avatar avatars ban banner billing blog board bookmarks bot bots browse bulk cache calendar callback card
cards cart catalog catalogue category cdn changelog changes chart charts chat checkout client code collection
collections comment comments community compare completed confirm connect contact cookie cookies copyright cover covers
create css custom dashboard data delete demo desk dev developer developers diary digest directory discover discuss dmca
docs documentation domain download downloads drafts dropped edit editor editors email embed entry episode episodes
erased error errors event events everyone example explore export faq favicon favorite favorites favourite favourites
feed feedback feeds file files filter find following follow follower followers forgot forum forums friend friends genre
genres gift graphql group groups guest guide guides handle health help here hidden history home host hosting hot html
icon icons image images img import imports inbox index info insights install integrations invite invites invoice island
islands item items javascript job jobs join json key keys label language legal library license licence like likes link
links list lists live local locale login logout log_in log_out logo mail maintenance manage manga manifest map media
member members membership merge message messages meta metrics mobile modal moderate module monitor movie movies music
mute my name names network new news newsletter next nobody none notes notification notifications now null oauth offer
offers offline og online open openapi openid order orders origin page pages partner partners password passwords paused
pay payment payments people ping planning platform platforms play player plugin plugins plus policy popular popup post
poster posters posts preferences premium press preview pricing print privacy private product products profile profiles
progress project public purchase push query queue random rate rating ratings read ready recap recaps recent recommend
recommendations redirect refresh register registration release releases remove report reports request requests reset
resource rest review reviews revoke rewatching robots root route rss rules sample save schedule scrobble scrobbles
script scripts search season seasons secret secure security select self send series server service services session
sessions set settings setup share shares shelf shop shows sign_in sign_out sign_up signin signout signup similar site
sitemap sitemaps sites social source spam special specials spoiler sql stage staging star stars start static statistics
stats status store stream streams studio studios style styles stylesheet subscribe subscription suggest suggestions
support survey sync system tag tags taste team teams template templates term terms test tests text theme themes ticket
timeline title titles today token tokens tool tools top tos tour track tracking traffic translate trending trial tv
two_step undefined undo unfollow unsubscribe update updates upgrade upload uploads url usage user username users
validate verify version video videos view views void vote votes watch watched watching watchlist web webhook webhooks
webmaster week welcome well_known where_to_watch widget widgets wiki write www xml year years you your zone
"""
_BELIEVED = """
abuse administrator administrators anidb anilist anonymous autotrack autotrack_anime billing_team bug bugs ceo cfo
coo copyright_agent crunchyroll cto customer_service deleted deleted_user everybody founder funimation hidive hostmaster
internal it kitsu letterboxd mal mailer_daemon marketing master mod moderator moderators mods myanimelist netflix
no_reply noc noreply no_one nobody_else official official_account operator operations owner owners payments_team
plex postmaster press_team privacy_team root_user sales security_team shikimori simkl somebody someone staff
staff_team superuser support_team sudo sysadmin sysop tech the_team trakt trust trust_and_safety usenet user_support
uucp verified verified_account webteam
"""

RESERVED = frozenset(f"{_ADDRESSES} {_BELIEVED}".split())
"""In small letters; with a hyphen in the address, an underscore here."""
