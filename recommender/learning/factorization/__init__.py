"""Users and items as vectors. Imports nothing, so that serving never loads torch."""
