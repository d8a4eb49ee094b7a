"""What a user does next, from what that user did. Imports nothing, so that serving is torch-free."""
