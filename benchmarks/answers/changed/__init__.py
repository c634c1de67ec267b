"""Wrong answers, made from right ones by rules for a language; each changes one thing.

They are written without the rules that are measured with them (``rag_app.grounding``), so that both
do not share their blind spots.
"""
