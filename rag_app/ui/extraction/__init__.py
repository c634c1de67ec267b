"""The table of fields of documents: which fields, the table while it fills, its downloads."""
