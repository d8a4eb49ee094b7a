"""A transformer that joins the counted members where there is enough to learn from.

Imports nothing, so that a process that only serves never loads torch.
"""
