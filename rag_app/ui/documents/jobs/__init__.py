"""Jobs that change a collection from the page: uploads, samples, deletions; and their queue."""
