"""What all insights share: vectors as arrays, places in documents, progress, results that are
kept."""
