"""Bringing the feeds' records into the catalogue: shape, identity, precedence, difference, writing, report.

feeds      which feeds there are and how a record shows whose it is
shapes     what a record of each feed must look like
providers  page addresses and the external ids in them
checks     the rules that a shape cannot express
said       what a record said, reduced to what we use
sheet      everything that the feeds said about one anime, and which feed wins for a field
identity   which of our anime a record speaks of
checking   a block of records checked and reduced to what they said: pure work, for any process
intake     a file's records sorted into rejected, unchanged and new
turns      per table, what an import changes
bringing   the order in which it is written, inside one transaction
"""
