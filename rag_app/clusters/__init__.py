"""Vectors that stand near each other: nearest neighbours, clusters, and the words of each."""
