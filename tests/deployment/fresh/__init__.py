"""The site on a fresh machine: installed, served and looked after as docs/operating.md says."""
