"""Fetching once what a member watched on a Jellyfin or Plex server, by the server's own API."""
