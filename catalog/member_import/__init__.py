"""Ratings and watchlists that a member brings along from another site: `request` begins one.

A file is read and matched (`read`, `match`), looked at and decided upon (`preview`, `decide`),
applied (`apply`) and perhaps undone (`undo`), each step in one transaction; `worker` does what
takes time.
"""
