"""How films, covers, names and counts are drawn."""
