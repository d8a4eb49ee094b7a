"""What to watch: from ratings to a live model version, and from a history to ranked films.

`learning` has the models; `runs`, `training`, `gate` and `versions` bring them live; `serving` and
`pages` show what they say.
"""
