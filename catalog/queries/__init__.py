"""What pages read: one function or QuerySet method per question."""
