"""The page "Explore": topics, the map, and what does not belong."""
