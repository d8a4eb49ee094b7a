"""Says in words what is wrong with an installation, and what to do."""
