"""The catalog's pages: thin, one file per subject."""
