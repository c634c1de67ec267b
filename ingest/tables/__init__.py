"""Tables as what they are: columns with types and units, rows with their place in the text."""
