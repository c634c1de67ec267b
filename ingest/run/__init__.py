"""One run of ingestion: finding changes, embedding, storing, receipts."""
