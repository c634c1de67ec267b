"""What the vectors of a collection know: topics, a map, what does not belong, and more.

One folder for each. Each has a function that takes a ``Collection`` and gives a data class with a
``Basis`` (what it was made of), ``rows()`` for a table and ``text()`` for a terminal; its command
in ``rag_app/cli/insights``, its place on the page in ``rag_app/ui/explore``.
"""
