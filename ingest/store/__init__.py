"""The directory of a collection: its files, its lock, its name."""
