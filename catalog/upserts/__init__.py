"""From the staging tables into the catalog: one statement a table, changing only what differs."""
