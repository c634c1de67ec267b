"""Fields of many documents: one row a document, one citation a cell."""
