"""The directory of a collection: its paths, its write lock, its name."""
