"""The exports of other sites, one module each: rows of a file as `records`."""
