"""A site of an earlier version, and what becomes of it when it is migrated."""
