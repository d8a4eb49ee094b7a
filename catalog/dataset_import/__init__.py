"""A dataset's films and ratings into PostgreSQL, by COPY and set statements: `import_dataset`."""

from catalog.dataset_import.load import import_dataset

__all__ = ["import_dataset"]
