"""The steps of one ingestion."""
