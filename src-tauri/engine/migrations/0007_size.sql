-- What keeps the file small, and finds its rows by their place.

-- What was on the wire becomes one packed record. SQLite can't pack: store/upgrade.rs fills the new table from the old
-- one, and packs the chunks.
ALTER TABLE wire RENAME TO wire_before;
CREATE TABLE wire (
    id            INTEGER PRIMARY KEY,
    record        BLOB NOT NULL,        -- heads, framings, bodies and what else is known: store/record.rs, store/pack.rs
    request_key   INTEGER,              -- of a body in chunks
    response_key  INTEGER
);

-- What records are packed with. A frame names its dictionary by this number.
CREATE TABLE dictionary (
    id         INTEGER PRIMARY KEY,
    bytes      BLOB NOT NULL,
    learnt_at  INTEGER NOT NULL,        -- microseconds since 1970 UTC
    upto       INTEGER NOT NULL         -- the newest exchange at that time
);

-- Every record up to this exchange was packed with a dictionary, or is not smaller with one.
INSERT INTO meta VALUES ('repacked', 0);

-- How many numbers of a block of 1,024 are not there any more, so that the row at a place of the list is found without
-- walking to it: numbers are given without gaps.
CREATE TABLE hole (
    block  INTEGER PRIMARY KEY,
    gone   INTEGER NOT NULL
);
CREATE TRIGGER exchange_leaves_a_hole AFTER DELETE ON exchange BEGIN
    INSERT INTO hole VALUES (old.id / 1024, 1) ON CONFLICT DO UPDATE SET gone = gone + 1;
END;
