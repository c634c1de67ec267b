"""The schema of the catalog, and its migrations from version to version."""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

from ingest.catalog.tables import check_tables, wrong_values
from ingest.errors import StoreEmpty, StoreError

# What each version of the schema adds to the one before it. A catalog of an earlier one is brought
# up to date when it is opened to be written.
VERSIONS = (
    """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', '0');
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,          -- SHA-256 of the bytes, and the format they were read as
    kind TEXT NOT NULL,
    title TEXT,
    text TEXT NOT NULL,
    blocks TEXT NOT NULL,                 -- JSON list of [kind, start, end, level]
    page_starts TEXT NOT NULL,            -- JSON list; empty where the format has no pages
    note TEXT,                            -- what its receipts say, such as pages without text
    metadata TEXT NOT NULL                -- JSON object
);
CREATE TABLE documents (
    name TEXT PRIMARY KEY,
    content INTEGER NOT NULL REFERENCES contents (id),
    source TEXT NOT NULL UNIQUE,          -- absolute path of the file
    root TEXT NOT NULL,                   -- the folder that the name is relative to
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    ingested TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_by_content ON documents (content);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    content INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    page INTEGER,
    headings TEXT NOT NULL,               -- JSON list
    text TEXT NOT NULL,
    sentences BLOB NOT NULL,              -- int32 pairs: start, end
    vector BLOB NOT NULL,                 -- float32, little endian
    generation INTEGER NOT NULL           -- the one that brought it
);
CREATE INDEX chunks_by_content ON chunks (content, start);
CREATE INDEX chunks_by_generation ON chunks (generation);
CREATE TABLE removed (generation INTEGER NOT NULL, chunk TEXT NOT NULL);
CREATE INDEX removed_by_generation ON removed (generation);
CREATE TABLE receipts (
    source TEXT PRIMARY KEY,              -- absolute path of the file
    path TEXT NOT NULL,
    status TEXT NOT NULL,
    chunks INTEGER NOT NULL,
    pages INTEGER,
    reason TEXT
) WITHOUT ROWID;
""",
    """
ALTER TABLE receipts ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipts ADD COLUMN same_as TEXT;
DROP TABLE removed
""",
    # A text is written and read on its own: a large one in pieces, and metadata without it.
    """
CREATE TABLE texts (
    content INTEGER PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE,
    utf8 BLOB NOT NULL
);
INSERT INTO texts SELECT id, CAST(text AS BLOB) FROM contents;
ALTER TABLE contents ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;
UPDATE contents SET characters = length(text);
ALTER TABLE contents DROP COLUMN text
""",
    # The words of all chunks (ingest.catalog.postings). Arrays are little endian.
    """
CREATE TABLE chunk_words (
    chunk INTEGER PRIMARY KEY,            -- chunks.number, of those that are in no block yet
    length INTEGER NOT NULL,
    begins INTEGER NOT NULL,              -- whether a section begins with it
    words BLOB NOT NULL,                  -- uint32, in order
    counts BLOB NOT NULL                  -- uint8
);
CREATE TABLE word_blocks (
    block INTEGER PRIMARY KEY,
    chunks INTEGER NOT NULL,              -- how many there were when it was written
    lengths BLOB NOT NULL,                -- uint16; 0 where a chunk is gone
    begins BLOB NOT NULL                  -- uint8
);
CREATE TABLE postings (
    block INTEGER NOT NULL,
    word INTEGER NOT NULL,
    chunks BLOB NOT NULL,                 -- uint16, in order: places in the block
    counts BLOB NOT NULL,                 -- uint8
    PRIMARY KEY (block, word)
) WITHOUT ROWID
""",
    # What filters ask for: the language of each text, what sidecars say of a document, and all
    # values of all its fields, one in each row. Of texts that are there, the language is found now.
    """
ALTER TABLE contents ADD COLUMN language TEXT;
UPDATE contents SET language = language_of(
    (SELECT substr(utf8, 1, 400000) FROM texts WHERE content = contents.id));
ALTER TABLE documents ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
CREATE TABLE fields (
    document TEXT NOT NULL REFERENCES documents (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,                   -- text, number or boolean
    value NOT NULL                        -- as it is: the column has no type
);
CREATE INDEX fields_by_name ON fields (name, kind, value, document);
CREATE INDEX fields_by_document ON fields (document);
WITH entries (document, name, type, value) AS (
    SELECT documents.name, entry.key, entry.type, entry.value
    FROM documents JOIN contents ON contents.id = documents.content
    JOIN json_each(contents.metadata) AS entry
), items (document, name, type, value) AS (
    SELECT document, name, type, value FROM entries UNION ALL
    SELECT document, name, item.type, item.value FROM entries
    JOIN json_each(CASE entries.type WHEN 'array' THEN entries.value ELSE '[]' END) AS item
)
INSERT INTO fields
    SELECT document, name, CASE type WHEN 'text' THEN 'text' WHEN 'integer' THEN 'number'
        WHEN 'real' THEN 'number' ELSE 'boolean' END, value
    FROM items WHERE type IN ('text', 'integer', 'real', 'true', 'false')
        AND name NOT IN ('document', 'documents', 'folder', 'type', 'kind', 'page', 'title',
            'heading', 'headings', 'modified', 'language')
        AND name NOT LIKE '$%'
""",
    # Postings in the order in which questions read them: all of a word side by side.
    """
ALTER TABLE postings RENAME TO postings_by_block;
CREATE TABLE postings (
    word INTEGER NOT NULL,
    block INTEGER NOT NULL,
    chunks BLOB NOT NULL,                 -- uint16, in order: places in the block
    counts BLOB NOT NULL,                 -- uint8
    PRIMARY KEY (word, block)
) WITHOUT ROWID;
INSERT INTO postings SELECT word, block, chunks, counts FROM postings_by_block ORDER BY word, block;
DROP TABLE postings_by_block
""",
    # Where the words of scanned pages stand, which only OCR could tell again.
    """
CREATE TABLE scans (
    content INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    page INTEGER NOT NULL,                -- from 1
    words TEXT NOT NULL,                  -- JSON list of [word, left, top, right, bottom]
    PRIMARY KEY (content, page)
) WITHOUT ROWID
""",
    # Tables, by their place in the texts, and the words by which a question finds them.
    """
CREATE TABLE tables (
    content INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,              -- from 0, in the order of the text
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    caption TEXT NOT NULL,
    columns TEXT NOT NULL,                -- JSON list of objects: name, kind, unit, units
    PRIMARY KEY (content, number)
) WITHOUT ROWID;
CREATE TABLE table_words (
    word INTEGER NOT NULL,
    content INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (word, content, number),
    FOREIGN KEY (content, number) REFERENCES tables (content, number) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX table_words_by_table ON table_words (content, number)
""",
)
SCHEMA_VERSION = len(VERSIONS)
# The key of what tells a catalog from one that was in its place, with other numbers for its chunks.
INCARNATION = "incarnation"
# Numbers of chunks are places in arrays of 32 bits.
_MOST = 2**31 - 1
_BLOCKS = _MOST // 16_384  # ingest.catalog.postings.BLOCK


def _no_json(column: str, kind: str, wrong: str) -> str:
    """The condition that a column has no JSON of a kind, or some entry of it is ``wrong``."""
    return (
        f"CASE WHEN json_valid({column}) THEN json_type({column}) <> '{kind}'"
        f" OR EXISTS (SELECT 1 FROM json_each({column}) AS entry WHERE {wrong}) ELSE 1 END"
    )


# By table, what none of its rows is like, beside the types of its columns.
NEVER = {
    "meta": f"""CASE key WHEN 'generation' THEN value GLOB '*[^0-9]*' OR length(value) > 18
        WHEN 'fingerprint' THEN {_no_json("value", "object", "0")}
        WHEN 'last_run' THEN {_no_json("value", "object", "0")}
        WHEN 'folders' THEN {_no_json("value", "array", "entry.type <> 'text'")}
        WHEN 'sources' THEN {_no_json("value", "array", "entry.type <> 'text'")} ELSE 0 END""",
    "contents": f"""{_no_json("blocks", "array", "json_array_length(entry.value) <> 4")}
        OR {_no_json("page_starts", "array", "entry.type <> 'integer'")}
        OR {_no_json("metadata", "object", "0")}
        OR id NOT IN (SELECT content FROM texts)""",
    "texts": "0",
    "scans": f"""page NOT BETWEEN 1 AND {_MOST}
        OR {_no_json("words", "array", "json_array_length(entry.value) <> 5")}""",
    "tables": f"""number NOT BETWEEN 0 AND {_MOST} OR start NOT BETWEEN 0 AND "end"
        OR "end" > {_MOST} OR rows NOT BETWEEN 0 AND {_MOST}
        OR {_no_json("columns", "array", "entry.type <> 'object'")}""",
    "table_words": f"word NOT BETWEEN 0 AND {2**32}",
    "documents": f"{_no_json('metadata', 'object', '0')} OR instr(name || source, char(0))",
    "chunks": f"""number NOT BETWEEN 0 AND {_MOST} OR page NOT BETWEEN 0 AND {_MOST}
        OR start NOT BETWEEN 0 AND "end" OR "end" > {_MOST} OR generation NOT BETWEEN 0 AND 1e18
        OR length(sentences) % 8 OR length(vector) % 4 OR length(vector) = 0
        OR length(vector) <> (SELECT length(vector) FROM chunks LIMIT 1)
        OR length(vector) <> 4 * (SELECT json_extract(value, '$.dimension') FROM meta
            WHERE key = 'fingerprint')
        OR {_no_json("headings", "array", "entry.type <> 'text'")}""",
    "receipts": "0",
    "chunk_words": f"""chunk NOT BETWEEN 0 AND {_MOST} OR length NOT BETWEEN 0 AND 65535
        OR begins NOT IN (0, 1) OR length(words) <> 4 * length(counts)""",
    "word_blocks": f"""block NOT BETWEEN 0 AND {_BLOCKS}
        OR length(begins) NOT BETWEEN 1 AND 16384 OR length(lengths) <> 2 * length(begins)""",
    "postings": f"block NOT BETWEEN 0 AND {_BLOCKS} OR length(chunks) <> 2 * length(counts)",
    "fields": """CASE kind WHEN 'text' THEN typeof(value) <> 'text'
        WHEN 'number' THEN typeof(value) NOT IN ('integer', 'real')
        WHEN 'boolean' THEN value NOT IN (0, 1) ELSE 1 END""",
}
WITH_WORDS = 4  # the version that brought the words, which SQL alone cannot fill in
WITH_TABLES = 8  # the one that brought tables, which are told again from the texts


def set_incarnation(connection: sqlite3.Connection) -> None:
    """Give a catalog a new id, by which it differs from any that was in its place."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (INCARNATION, uuid.uuid4().hex))


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreEmpty for a catalog without tables, StoreError for one of another
    version, or whose tables are not ours."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version == 0:
        raise StoreEmpty("Nothing has been ingested yet; run: rag-app ingest PATH")
    if version < SCHEMA_VERSION:
        raise StoreError(
            f"The catalog {path} was written by an earlier version of rag-app; bring it up to "
            "date, without embedding anything: rag-app doctor --fix"
        )
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"The catalog {path} has version {version}, this program reads {SCHEMA_VERSION}; "
            "use the version of rag-app that wrote it, or ingest into a new store"
        )
    check_tables(connection, path, VERSIONS, version)


def values_problem(connection: sqlite3.Connection) -> str | None:
    """What is wrong with the values of a catalog of this version, in words; None if nothing is,
    or if it is of another version. Reads every row."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    try:
        return wrong_values(connection, NEVER) if version == SCHEMA_VERSION else None
    except sqlite3.DatabaseError as error:
        return str(error)
