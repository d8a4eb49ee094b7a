"""What code written for Spotlight relies on: its names and arguments, and none of its faults."""
