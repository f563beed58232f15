"""Reviews: what fans write of an anime, and who sees to it that it may stand.

markup      what a review says, as plain data: it never is HTML
verbs       writing a review, taking it back, reading it
moderation  the first ones wait for staff; reports; approving and hiding
"""
