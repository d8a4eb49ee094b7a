"""Ratings and watchlists that a member brings along from another site.

A file is read and matched (`reading`, `matching`), looked at and decided upon (`previewing`,
`choosing`), applied (`applying`) and perhaps undone (`undoing`). A worker does what takes time
(`working`), each step in one transaction; `asking` is how pages have it begin.
"""
