-- Sources that were given another name: their exchanges are indexed anew, the oldest first, so that they are found by it.
-- Those up to `done` are.

CREATE TABLE renamed (
    source_id  INTEGER PRIMARY KEY REFERENCES source(id) ON DELETE CASCADE,
    done       INTEGER NOT NULL
);
