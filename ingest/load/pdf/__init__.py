"""The reader of PDF: words, columns, tables, running headers, and pages as pictures."""
