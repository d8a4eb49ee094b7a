"""Sequence models: which item comes next (`implicit.ImplicitSequenceModel`).

Imports nothing, so that a process that only serves never loads torch.
"""
