"""What is measured: documents, a store of many chunks, a folder of many files."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speed import synthetic
from ingest import ingest_paths
from ingest.catalog.contents import EmbeddedContent
from ingest.catalog.fingerprint import fingerprint_of
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.embed.embedder import Embedder
from ingest.index import process as index_process
from ingest.records import Chunk, DocumentEntry, FileState, LoadedDocument
from ingest.settings import IndexSettings
from ingest.store.directory import Store

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = REPOSITORY / "data" / "documents"
# What all programs read as they are installed.
SUFFIXES = (".pdf", ".md", ".txt")
COLLECTION = "default"
# The sample documents answer it, also among ten thousand other chunks.
QUESTION = "In which order do I take the wires off when I swap the battery of a station?"


def documents(northwind: Path | None, folder: Path) -> str:
    """Copy the documents to be ingested into a folder, and say which they are."""
    source = northwind / "pdfs" if northwind else DOCUMENTS
    files = [path for path in sorted(source.rglob("*")) if path.suffix in SUFFIXES]
    folder.mkdir(parents=True)
    for path in files:
        shutil.copy(path, folder / path.name)
    size = sum(path.stat().st_size for path in files)
    name = "the PDFs of Northwind" if northwind else "of the sample documents PDF, Markdown, text"
    return f"{name}: {len(files)} files, {size / 1e6:.1f} MB"


@dataclass(frozen=True, slots=True)
class Chunks:
    """A store of so many chunks, and the same texts and vectors as files for other programs."""

    store: Path
    texts: Path
    vectors: Path


def many_chunks(count: int, folder: Path) -> Chunks:
    """The sample documents, so that a question has an answer, among synthetic chunks."""
    made = Chunks(folder / "store", folder / "texts.json", folder / "vectors.npy")
    ingest_paths([DOCUMENTS], store=made.store)
    store = Store(made.store, COLLECTION)
    for _ in synthetic.fill(store, count):
        pass
    synthetic.refresh(store)
    texts: list[str] = []
    matrices = []
    with Catalog(store.catalog_path).reading() as view:
        for ids, vectors in view.vectors():
            chunks = view.chunks(ids)
            texts += [chunks[id_].text for id_ in ids]
            matrices.append(vectors)
    made.texts.write_text(json.dumps(texts), encoding="utf-8")
    np.save(made.vectors, np.vstack(matrices))
    return made


def many_files(count: int, folder: Path) -> tuple[Path, Path]:
    """A tree of files of one line, and a store that holds them, without embedding them."""
    tree, store = folder / "tree", Store(folder / "store", COLLECTION)
    store.create()
    vectors, _ = synthetic.Generator().vectors(count)
    stored: list[tuple[DocumentEntry, EmbeddedContent | int]] = []
    for number in range(count):
        path = tree / f"folder{number % 100:02}" / f"file{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = f"The file {number} says that the mast is {number} metres high.\n"
        path.write_text(text, encoding="utf-8")
        name = path.relative_to(tree).as_posix()
        content = EmbeddedContent(
            digest=f"{hashlib.sha256(text.encode()).hexdigest()}:text",
            document=LoadedDocument("text", text, ()),
            chunks=[Chunk(0, len(text), None, (), "")],
            sentences=[((0, len(text)),)],
            vectors=vectors[number : number + 1],
            note=None,
        )
        stored.append((DocumentEntry(name, str(path), str(tree), FileState.of(path)), content))
    with store.write_lock(10), CatalogWriter(store.catalog_path) as catalog:
        catalog.put_all(stored)
        settings = IndexSettings(store=store.root, collection=COLLECTION)
        catalog.set_fingerprint(fingerprint_of(settings, Embedder()))
        index_process.refresh(store, catalog)
    return tree, store.root


def text_bytes(store: Path) -> int:
    """How long the text of all documents of a store is, in UTF-8."""
    with Catalog(Store(store, COLLECTION).catalog_path).reading() as view:
        texts = (view.document_text(document.name) for document in view.documents())
        return sum(len(text.encode()) for text in texts if text)


def disk_bytes(folder: Path) -> int:
    """How many bytes all files under a folder have."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
