"""What a user does next, from the past. Imports nothing, so that serving never loads torch."""
