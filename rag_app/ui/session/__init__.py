"""What all pages of one session share: its reader, its collection, its engine, its pages."""
