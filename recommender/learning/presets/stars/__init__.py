"""The site's model of stars: `model.BayesianFactorizationModel`, served by `scorer`.

Imports nothing, so that a process that only serves never loads torch.
"""
