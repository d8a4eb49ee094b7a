"""The machinery of a fit: devices, optimizers, the training loop, checkpoints on disk.

Imports nothing, so that a process that only serves never loads torch.
"""
