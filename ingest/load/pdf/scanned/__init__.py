"""Pages of PDFs that are pictures, and pictures on pages: what OCR reads of them, as fragments."""
