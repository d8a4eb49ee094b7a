"""The site's model of the next item: `model.SequenceBlendModel`, served by `scorer`.

Imports nothing, so that a process that only serves never loads torch.
"""
