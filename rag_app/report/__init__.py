"""Reports: a topic in sections, each written from what is found for it, with numbered sources."""
