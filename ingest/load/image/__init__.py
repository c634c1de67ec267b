"""The reader of pictures: by OCR, as pages without text."""
