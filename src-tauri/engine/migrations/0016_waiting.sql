-- Pushes that could not be checked when they were looked at, because the vault was closed in the process that did: they
-- are checked once it is open, in whichever process that is.
CREATE TABLE waiting (
    id         INTEGER PRIMARY KEY REFERENCES exchange(id) ON DELETE CASCADE,
    source_id  INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE
);
CREATE INDEX waiting_of_source ON waiting (source_id);
INSERT INTO waiting
SELECT id, source_id FROM exchange e
 WHERE direction = 0 AND verdict IS NULL
   AND EXISTS (SELECT 1 FROM source_secret s WHERE s.source_id = e.source_id);
