"""The edge to LlamaIndex: hits as nodes, the engine as retriever and query engine.

So its evaluators, tracing and agents work on this project's answers unchanged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.vector_stores import FilterCondition, FilterOperator, MetadataFilters

from ingest.errors import UsageError
from rag_app.records import Answer, Hit

# Their operators that our filters have too (``ingest.catalog.filters``).
OPERATORS = {
    FilterOperator.EQ: "$eq",
    FilterOperator.NE: "$ne",
    FilterOperator.GT: "$gt",
    FilterOperator.GTE: "$gte",
    FilterOperator.LT: "$lt",
    FilterOperator.LTE: "$lte",
    FilterOperator.IN: "$in",
    FilterOperator.NIN: "$nin",
}
CONDITIONS = {FilterCondition.AND: "$and", FilterCondition.OR: "$or", None: "$and"}
Where: TypeAlias = Mapping[str, Any] | MetadataFilters | None


def where_of(filters: Where) -> Mapping[str, Any] | None:
    """A filter of LlamaIndex as ours. Raises UsageError for what ours cannot say."""
    if not isinstance(filters, MetadataFilters):
        return filters
    if filters.condition not in CONDITIONS:
        raise UsageError(f"A filter cannot have the condition {filters.condition}")
    parts: list[Mapping[str, Any]] = []
    for one in filters.filters:
        if isinstance(one, MetadataFilters):
            part = where_of(one)
            parts += [] if part is None else [part]
        elif one.operator in OPERATORS:
            parts.append({one.key: {OPERATORS[one.operator]: one.value}})
        else:
            known = ", ".join(operator.value for operator in OPERATORS)
            raise UsageError(f"A filter has no operator {one.operator.value}; it has: {known}")
    if len(parts) < 2:
        return parts[0] if parts else None
    return {CONDITIONS[filters.condition]: parts}


class EngineRetriever(BaseRetriever):
    """``engine.search`` as a retriever."""

    def __init__(self, search: Callable[..., list[Hit]], k: int = 10, where: Where = None) -> None:
        super().__init__()
        self._search = search
        self._k = k
        self._where = where_of(where)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._search(query_bundle.query_str, self._k, self._where)
        return [hit.to_node() for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def nodes_of(answer: Answer) -> list[NodeWithScore]:
    """The passages that an answer was made from."""
    return [hit.to_node() for hit in answer.hits]


def metadata_of(answer: Answer) -> dict[str, Any]:
    """What else is known of an answer: ``refused``, ``model``, ``notes``, and the ``citations`` as
    dictionaries."""
    return {
        "refused": answer.refused,
        "model": answer.model,
        "notes": list(answer.notes),
        "citations": [asdict(citation) for citation in answer.citations],
    }


class EngineQueryEngine(BaseQueryEngine):
    """``engine.ask`` as a query engine. The response has the ``nodes_of`` the answer, and its
    ``metadata_of``."""

    def __init__(self, ask: Callable[..., Answer], where: Where = None) -> None:
        super().__init__(callback_manager=None)
        self._ask = ask
        self._where = where_of(where)

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self._ask(query_bundle.query_str, where=self._where)
        return Response(answer.text, nodes_of(answer), metadata_of(answer))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}
