"""Snapshot, fit, evaluate, gate, publish: ``recommender.training.pipeline.train`` does it all."""
