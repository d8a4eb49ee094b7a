"""The recommender's pages and htmx fragments: thin, one file per page."""
