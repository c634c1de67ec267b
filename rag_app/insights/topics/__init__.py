"""Topics: what the passages of a collection are about, without being told how many there are."""
