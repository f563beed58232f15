"""A fan's library: what is tracked, watched and said of it. Watches are the truth; all else follows from them.

verbs      what a fan does with an entry: track, edit, watch, plus one, rewatch, remove, many at once
changes    every change of a library: its history, and undoing one of them
watches    putting right when single viewings and rounds were
viewings   which viewings and rounds there are
guest      a list that a visitor kept before there was an account is taken over
recount    whole libraries derived again
shelf      entries filtered, sorted and cut into pages
entry      reading an entry: what the library says of it
rules      how the watches of an anime, and what a fan says of it, make its state
derived    what follows from watches: progress, status, dates, rewatches
fields     what a fan may say, field by field
dates      days known to the day, month or year, and moments local to somebody
rows       the rows as they lie in the tables
undone     what was before a change
diff       what differs between two states of an entry
ledger     reading and locking before a change
write      writing what changed, in one statement
"""
