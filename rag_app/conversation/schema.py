"""The tables of conversations, version by version."""

from __future__ import annotations

# What each version of the schema adds to the one before it.
VERSIONS = (
    """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL,
    shown TEXT                            -- the last exchange of the branch that is shown
) WITHOUT ROWID;
CREATE INDEX conversations_by_change ON conversations (changed);
CREATE TABLE exchanges (
    number INTEGER PRIMARY KEY,           -- the order in which they were asked
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    content TEXT NOT NULL,                -- JSON of conversation.records.Exchange, without feedback
    words TEXT NOT NULL,                  -- question and answer, as searches see them
    feedback TEXT                         -- JSON of conversation.records.Feedback
);
CREATE INDEX exchanges_by_conversation ON exchanges (conversation);
""",
    """
ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT '';
CREATE INDEX conversations_by_owner ON conversations (owner, changed);
""",
)
WITH_OWNERS = 2  # the version that brought them; before, all conversations were nobody's
NOBODY = ""
