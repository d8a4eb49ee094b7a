"""Health of the site: what it leans on, whether that is there, and what to do where it is not."""
