"""Public datasets, and synthetic ones (`synthetic.generate_sequential`), as `Interactions`."""
