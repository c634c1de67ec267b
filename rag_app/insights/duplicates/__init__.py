"""Documents and passages that say the same: copies, edited copies, versions, boilerplate."""
