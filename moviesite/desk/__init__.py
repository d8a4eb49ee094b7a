"""The editor's desk: Django's admin with a front page of its own, in the site's look."""
