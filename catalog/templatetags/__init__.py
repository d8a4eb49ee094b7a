"""Template tags of films and charts: `films`, `charts`."""
