"""Forms of the catalog's pages: browsing, and what a member writes."""
