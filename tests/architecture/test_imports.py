"""Who may import whom: layers, no circles, and each library in one place."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.tree import FOLDERS, MODULES, PACKAGES, PRODUCT, edges, imports
from tests.conftest import REPOSITORY

# From the top down; a layer imports those below it. Names on one line import nothing of each other.
# A name in BASE can be imported by all, and imports only names in BASE.
LAYERS = {
    "ingest": """
        __main__
        cli
        maintenance
        pipeline
        run
        index
        store sources
        catalog
        tables
        embed
        load
        chunk
    """,
    "rag_app": """
        __main__
        cli
        ui server
        web
        tuning
        eval
        mcp
        insights
        report
        conversation replay opening
        auth
        engine
        integrations
        steps writing
        extraction finding
        parts
        comparison inventory summary tables
        answer explain remarks
        evidence
        questions
        grounding prompts
        fences clusters
        retrieval llm
        collection
    """,
}
BASE = set(
    "atomic_files errors records settings similarity paths private audit progress lifeline "
    "text tracing messages languages in_context".split()
)

# Where each library may be imported when a program runs: a folder, or a module.
MODELS = "ingest/embed rag_app/retrieval/cross_encoder.py rag_app/tuning/train.py"
LIBRARIES = {
    "streamlit": "rag_app/ui",
    "starlette uvicorn": "rag_app/ui rag_app/web rag_app/server rag_app/mcp",
    "opentelemetry": "ingest/tracing rag_app/tracing",
    "mcp mcp_types": "rag_app/mcp",
    "fastapi prometheus_client": "rag_app/server",
    "llama_index": "rag_app/integrations rag_app/records.py",  # Hit.to_node
    "chromadb": "ingest/index",
    "openai xllamacpp": "rag_app/llm",
    "torch sentence_transformers transformers onnx onnxruntime tokenizers safetensors": MODELS,
    "accelerate datasets": "rag_app/tuning",
    "pypdfium2 PIL pptx lxml selectolax charset_normalizer": "ingest/load",
    "openpyxl yaml": "ingest/load rag_app/extraction",
    "rapidocr cv2": "ingest/load/ocr",
    "olefile oxmsg": "ingest/load",
    "xlrd python_calamine": "ingest/load/sheets",
    "docutils pylatexenc": "ingest/load/markup",
    "docx": "ingest/load rag_app/conversation/word.py",
    "reportlab": "rag_app/conversation",
    "markdown_it": "ingest/load rag_app/ui/widgets/escape.py rag_app/conversation/written.py",
    "sentencex snowballstemmer pycld2": "ingest/text",
    "babel": "rag_app/grounding/language rag_app/messages ingest/load/sheets"
    " rag_app/ui/widgets/times.py",
    "text_to_num": "rag_app/grounding/language",
    "sqlite3": "ingest/catalog rag_app/conversation rag_app/tables/compute.py",
    "filelock": "ingest/store",
    "httpcore": "ingest/sources/web",
    "watchfiles": "ingest/maintenance",
    "pytrec_eval jinja2": "rag_app/eval",
    "sklearn": "rag_app/eval rag_app/insights rag_app/clusters",
    "umap openTSNE evoc fsrs": "rag_app/insights",
}
# The page asks the engine and ``ingest``; these stages are theirs. Data classes cross folders.
BEHIND_THE_API = """ingest.catalog ingest.chunk ingest.embed ingest.index rag_app.evidence
    rag_app.grounding rag_app.prompts rag_app.questions rag_app.retrieval""".split()
DATA_CLASSES = ("rag_app.retrieval.passage", "rag_app.grounding.markers")


def within(path: Path, places: str) -> bool:
    return any(path.is_relative_to(REPOSITORY / place) for place in places.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_downwards(package: str) -> None:
    lines = [line.split() for line in LAYERS[package].split("\n") if line.strip()]
    height = {name: -depth for depth, line in enumerate(lines) for name in line}
    units = {name: name.split(".")[1] for name in MODULES if name.startswith(f"{package}.")}
    wrong = [f"{unit} is in no layer" for unit in set(units.values()) - set(height) - BASE]
    wrong += [
        f"{importer} -> {imported}"
        for importer, imported in sorted(edges())
        if importer in units and imported in units
        if (upper := units[importer]) != (lower := units[imported])
        if lower not in BASE and (upper in BASE or height.get(upper, 0) <= height.get(lower, -99))
    ]
    assert not wrong, "\n".join(["upwards, or sideways:", *wrong])


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_circles(folder: str) -> None:
    """Neither between the modules of a folder nor between its sub-folders."""
    graph: dict[str, set[str]] = {}
    for edge in edges():
        if all(f"{name}.".startswith(f"{folder}.") for name in edge):
            importer, imported = (f"{name}.".split(".")[folder.count(".") + 1] for name in edge)
            if importer != imported:
                graph.setdefault(importer, set()).add(imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_ingest_never_imports_rag_app() -> None:
    wrong = [edge for edge in edges() if edge[0].startswith("ingest") and "rag_app" in edge[1]]
    assert not wrong


@pytest.mark.parametrize("libraries", LIBRARIES)
def test_a_library_has_one_place(libraries: str) -> None:
    wrong = [
        f"{path.relative_to(REPOSITORY)} imports {module}"
        for path in PRODUCT
        if not within(path, LIBRARIES[libraries])
        for module, _ in imports(path, typing=False)
        if module.split(".")[0] in libraries.split()
    ]
    assert not wrong, "\n".join(wrong)


def test_sql_stands_with_its_database() -> None:
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        for path in PRODUCT
        if not within(path, LIBRARIES["sqlite3"])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        if node.attr in ("execute", "executemany", "executescript")
    ]
    assert not wrong, "\n".join(["SQL outside of the catalog and the conversations:", *wrong])


def test_the_page_talks_to_the_public_api() -> None:
    wrong = [
        f"{importer} -> {imported}"
        for importer, imported in sorted(edges())
        if importer.startswith("rag_app.ui.") and imported not in DATA_CLASSES
        if any(f"{imported}.".startswith(f"{stage}.") for stage in BEHIND_THE_API)
    ]
    assert not wrong, "\n".join(wrong)
