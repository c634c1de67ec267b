"""Reading a document: part by part, as pictures of its pages where it has any, with words found."""
