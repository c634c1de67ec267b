"""Two texts compared sentence by sentence, and sums of meanings."""
