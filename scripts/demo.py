"""The first minutes: ingest the sample documents, and answer three questions about them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ingest import RagError, ingest_paths
from ingest.cli import show
from ingest.progress import progress_for_terminal
from ingest.settings import load_settings
from rag_app import AnswerSettings, open_engine
from rag_app.cli.main import answer_lines

DATA = Path(__file__).resolve().parent.parent / "data"
QUESTIONS = (
    "What does error code E22 mean?",
    "How much annual leave do I get after five years of service?",
    "What does error code E52 mean?",  # there is none
)


def main() -> int:
    """Run the demonstration and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default="storage")
    store = parser.parse_args().store
    try:
        return demonstrate(store)
    except RagError as error:
        show(f"demo: {error}", file=sys.stderr)
        return error.exit_code


def demonstrate(store: str) -> int:
    """Ingest, ask, and say how to go on."""
    print("Reading the sample documents …", flush=True)
    report = ingest_paths([DATA / "documents"], store=store, progress=progress_for_terminal())
    counts = report.counts
    print(
        f"{counts['added'] + counts['updated']} documents read, {counts['unchanged']} unchanged, "
        f"{counts['failed']} failed, in {report.seconds:.1f} s."
    )
    # The demonstration is of quotes from the documents; an LLM is the user's next step.
    quotes = load_settings(AnswerSettings, openai_api_key="", openai_base_url="")
    with open_engine(store, answers=quotes) as engine:
        for question in QUESTIONS:
            show(f"\n── {question}\n")
            show(answer_lines(engine.ask(question)), flush=True)
    print(
        "\nNext:\n"
        "  make chat                                    ask in the browser\n"
        "  .venv/bin/rag-app ingest YOUR/FOLDER         read documents of your own\n"
        "  .venv/bin/rag-app ask 'your question'        ask in the terminal\n"
        "To let a model write the answers, set OPENAI_API_KEY (OpenAI) or OPENAI_BASE_URL\n"
        "(Ollama, llama.cpp, vLLM, …) and RAG_LLM_MODEL; README.md says more."
    )
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
