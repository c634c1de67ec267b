"""What readers share: characters, hyphens, tables, front matter, blocks to one text."""
