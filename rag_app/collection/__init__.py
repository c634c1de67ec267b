"""What a collection holds, as a reader sees it: documents, texts, pages, dates."""
