"""People: who may see what of whom, who follows, blocks and mutes whom, and what they see of one another.

sight      who may see what of whom: the one place that decides it
others     finding somebody else, as far as one may know that they are there
sharing    what an account says of itself, and who may see it
following  follow, block, mute
profile    what there is to be seen of somebody
feed       what those one follows have watched
"""
