"""Numbers about the site for Prometheus, at ``/metrics`` for those who have the token."""
