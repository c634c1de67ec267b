"""Plans of questions by rules: the operation by a question's phrases, columns and rows by the names
and cells that a table has."""
