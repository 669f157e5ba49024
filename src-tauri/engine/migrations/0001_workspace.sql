-- The workspace: everything is an exchange. `exchange` holds what the list shows and is kept slim; `wire` holds what
-- was on the wire; `chunk` holds bodies too large for `wire`.

CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    provider    TEXT,
    created_at  INTEGER NOT NULL
);

CREATE TABLE exchange (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    direction       INTEGER NOT NULL,   -- 0 push, 1 pull
    origin          INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,   -- microseconds since 1970 UTC
    duration        INTEGER,            -- microseconds
    method          TEXT NOT NULL,
    path            TEXT NOT NULL,
    url             TEXT,               -- NULL if it is the path
    source_id       INTEGER REFERENCES source(id),
    event_type      TEXT,
    status          INTEGER,
    request_size    INTEGER NOT NULL,
    response_size   INTEGER NOT NULL,
    failure         INTEGER,
    parent          INTEGER,
    request_id      INTEGER,
    marks           INTEGER NOT NULL,   -- a bit a mark
    forward_status  INTEGER,            -- of the newest replay or forward of this push
    forward_failure INTEGER
);
CREATE INDEX exchange_by_source ON exchange (source_id);
CREATE INDEX exchange_by_event ON exchange (event_type) WHERE event_type IS NOT NULL;
CREATE INDEX exchange_by_class ON exchange (status / 100);
CREATE INDEX exchange_by_method ON exchange (method COLLATE NOCASE) WHERE method <> 'POST';
CREATE INDEX exchange_pulls ON exchange (id) WHERE direction = 1;
CREATE INDEX exchange_failed ON exchange (id)
    WHERE failure IS NOT NULL OR status >= 400 OR forward_status >= 400 OR forward_failure IS NOT NULL;
CREATE INDEX exchange_children ON exchange (parent) WHERE parent IS NOT NULL;
CREATE INDEX exchange_answers ON exchange (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE wire (
    id                INTEGER PRIMARY KEY,
    request_head      BLOB NOT NULL,
    request_framing   BLOB,
    request_body      BLOB,             -- NULL if it is in chunks
    request_key       INTEGER,
    response_head     BLOB,             -- NULL if there was no answer
    response_framing  BLOB,
    response_body     BLOB,
    response_key      INTEGER,
    peer              TEXT,
    timing            TEXT,             -- JSON
    failure           TEXT              -- JSON
);

-- A body in pieces of 256 KiB. `spool` names the bodies that no exchange has yet.
CREATE TABLE chunk (
    key    INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    bytes  BLOB NOT NULL,
    PRIMARY KEY (key, seq)
) WITHOUT ROWID;
CREATE TABLE spool (
    key         INTEGER PRIMARY KEY,
    started_at  INTEGER NOT NULL
);

-- Words of everything, without positions; filled in the background up to `meta.indexed`.
CREATE VIRTUAL TABLE search USING fts5 (
    text, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE meta (
    name   TEXT PRIMARY KEY,
    value  INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('indexed', 0);

CREATE TABLE node (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    parent      INTEGER REFERENCES node(id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,          -- collection, folder, request
    name        TEXT NOT NULL,
    position    REAL NOT NULL,
    definition  TEXT                    -- JSON; requests only
);
CREATE INDEX node_children ON node (parent, position);

CREATE TABLE draft (
    key         TEXT PRIMARY KEY,
    position    INTEGER NOT NULL,
    content     TEXT NOT NULL           -- JSON
) WITHOUT ROWID;

CREATE TABLE setting (
    name   TEXT PRIMARY KEY,
    value  TEXT NOT NULL                -- JSON
) WITHOUT ROWID;
