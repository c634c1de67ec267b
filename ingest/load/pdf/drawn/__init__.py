"""Lines that are drawn on a PDF page, and the grids of tables that they make."""
