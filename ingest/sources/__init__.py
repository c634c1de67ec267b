"""Finding the files to ingest, and the metadata beside them."""
