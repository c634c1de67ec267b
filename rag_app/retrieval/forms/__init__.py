"""A question in the forms in which a collection has its words."""

from __future__ import annotations

from rag_app.retrieval.forms.compounds import in_its_parts
from rag_app.retrieval.forms.other_forms import code_in, in_its_forms, in_its_language

__all__ = ["code_in", "in_its_forms", "in_its_language", "in_its_parts"]
