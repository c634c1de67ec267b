"""A fact is said once in a report, though sections know nothing of each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.embed.embedder import Embedder
from tests.rag_app.report.test_report import (
    OUTLINE,
    by_script,
    check_citations,
    run,
    store,
    well,
)

__all__ = ["store"]  # a fixture


def test_a_fact_is_said_once(store: Path, embedder: Embedder) -> None:
    def also_built(body: dict[str, Any]) -> str:
        if "turbines does" in body["messages"][-1]["content"].rpartition("Question: ")[2]:
            return f"{well(body)} {built(body)}"
        return built(body) if "ticket" in body["messages"][-1]["content"][-80:] else well(body)

    def built(body: dict[str, Any]) -> str:
        prompt = body["messages"][-1]["content"]
        number = prompt[: prompt.index("was built in 1871")].count("<passage number=")
        return f"The mill was built in 1871 by Ada Quill [{number}]."

    answer, *_ = run(store, embedder, by_script(OUTLINE, also_built))
    assert answer.text.count("1871") == 1 and "## Visiting" not in answer.text
    assert answer.text.endswith("The mill has two turbines of 40 kW. [2]")
    assert [answer.text[one.start : one.end] for one in answer.checks][-1].startswith(
        "The mill has"
    )
    assert "“Visiting” was left out: the sections before it say the same." in answer.notes
    check_citations(answer, store, embedder)
