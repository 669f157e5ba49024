-- How sources answer, and what decided the answers that were not the plain one.

CREATE TABLE source_rules (
    source_id  INTEGER PRIMARY KEY REFERENCES source(id) ON DELETE CASCADE,
    content    TEXT NOT NULL,           -- JSON: what is in force
    draft      TEXT,                    -- JSON: what was typed since and can't be in force yet
    resets     INTEGER NOT NULL         -- a change of it starts the sequences again
);

CREATE TABLE answered (
    id       INTEGER PRIMARY KEY REFERENCES exchange(id) ON DELETE CASCADE,
    content  TEXT NOT NULL              -- JSON
);
