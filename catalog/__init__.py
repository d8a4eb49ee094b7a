"""The facts: movies, links, ratings, lists, diaries; `services` writes, `queries` reads."""
