"""What the vectors of a collection know, measured on public sets with labels."""
