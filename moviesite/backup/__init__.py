"""Back-ups of the whole site: database, uploads, trained models, the secret key, in one file."""
