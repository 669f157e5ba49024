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

-- What else was read of a push for its delivery: its attempt, its states, what its service takes as success. NULL: it was
-- not kept yet, so nothing says that it is as it was.
ALTER TABLE event_key ADD COLUMN reading INTEGER;

-- Pushes are looked at by the name of their source: those that were read under its old one are looked at again.
CREATE TRIGGER source_is_renamed AFTER UPDATE OF name ON source WHEN new.name IS NOT old.name AND new.deleted_at IS NULL
BEGIN
    DELETE FROM again WHERE source_id = new.id;
    INSERT INTO again (source_id) VALUES (new.id);
END;
