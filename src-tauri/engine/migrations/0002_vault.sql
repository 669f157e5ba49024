-- Secrets, sealed; what is set for a source; what is found out about a push after it is stored.

-- The vault: one row once there is one. Its key is never in this file; `wrapped` is the key sealed by a passphrase.
CREATE TABLE vault (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    id          TEXT NOT NULL,
    place       TEXT NOT NULL,          -- keyStore, keyFile, passphrase
    key_file    TEXT,
    salt        BLOB,
    memory      INTEGER,                -- KiB
    passes      INTEGER,
    wrapped     BLOB,
    verifier    BLOB NOT NULL,          -- a known text, sealed
    made_at     INTEGER NOT NULL
);

-- Secrets that belong to no source: a tunnel's.
CREATE TABLE vault_item (
    name    TEXT PRIMARY KEY,
    sealed  BLOB NOT NULL
) WITHOUT ROWID;

ALTER TABLE source ADD COLUMN chosen_provider TEXT;     -- by the user; NULL: as recognised
ALTER TABLE source ADD COLUMN url TEXT;                 -- where the service was told to send
ALTER TABLE source ADD COLUMN tolerance INTEGER;        -- seconds; NULL: the provider's own
ALTER TABLE source ADD COLUMN handshakes INTEGER NOT NULL DEFAULT 1;

CREATE TABLE source_secret (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,      -- never used twice: what is sealed is bound to it
    source_id   INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,
    label       TEXT NOT NULL,
    sealed      BLOB NOT NULL,
    added_at    INTEGER NOT NULL,
    learnt      INTEGER NOT NULL DEFAULT 0              -- 1: the service gave it in a handshake
);
CREATE INDEX source_secrets ON source_secret (source_id);

-- What followed from a push: NULL until it was looked at.
ALTER TABLE exchange ADD COLUMN verdict INTEGER;
CREATE INDEX exchange_by_verdict ON exchange (verdict, id) WHERE verdict IS NOT NULL;
CREATE TABLE identity (
    id           INTEGER PRIMARY KEY REFERENCES exchange(id) ON DELETE CASCADE,
    event_id     TEXT,
    delivery_id  TEXT,
    attempt      INTEGER
);
CREATE INDEX identity_by_event ON identity (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX identity_by_delivery ON identity (delivery_id) WHERE delivery_id IS NOT NULL;
INSERT INTO meta VALUES ('followed', 0);
