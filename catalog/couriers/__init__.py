"""Carries notices out of the site: the daily mail, addresses of Apprise, and who has news."""
