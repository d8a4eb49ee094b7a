"""The Movie Database (TMDB) over HTTP: `client` asks, `films` and `lists` read the answers.

Nothing here knows a table. Its terms bind what is made of the answers: see docs/data.md.
"""
