"""Matrix factorization: each user and each item as a vector (`explicit`, `implicit`, `als`).

Imports nothing, so that a process that only serves never loads torch.
"""
