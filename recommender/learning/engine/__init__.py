"""The machinery of a fit: devices, threads, optimizers, the training loop, checkpoints on disk.

Imports nothing, so that a process that only serves never loads torch.
"""
