"""The step from one release to the next: all of it, or back to what was there."""
