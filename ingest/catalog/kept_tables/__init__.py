"""Tables of documents in the catalog: where each stands in its text, what its columns are, and the
words by which a question finds it. The cells stay in the text, which is the truth about them."""
