-- What tells an event or a thing again stands with every push, not only with the newest: when one goes, the others still
-- tell it, and nothing of it stays.

ALTER TABLE event_key RENAME TO event_key_before;
CREATE TABLE event_key (
    id    INTEGER PRIMARY KEY,          -- the push
    key   INTEGER NOT NULL,             -- hash of the source and the number, or of the body
    body  INTEGER NOT NULL              -- hash of its body as it came
);
INSERT INTO event_key SELECT id, key, body FROM event_key_before WHERE id IN (SELECT id FROM exchange);
DROP TABLE event_key_before;
CREATE INDEX event_key_newest ON event_key (key, id);

ALTER TABLE object_state RENAME TO object_state_before;
CREATE TABLE object_state (
    id   INTEGER PRIMARY KEY,           -- the push
    key  INTEGER NOT NULL,              -- hash of the source and the thing
    at   INTEGER NOT NULL               -- as the service orders them
);
INSERT INTO object_state SELECT id, key, at FROM object_state_before WHERE id IN (SELECT id FROM exchange);
DROP TABLE object_state_before;
CREATE INDEX object_state_newest ON object_state (key, at, id);

CREATE TRIGGER exchange_tells_no_more AFTER DELETE ON exchange BEGIN
    DELETE FROM event_key WHERE id = old.id;
    DELETE FROM object_state WHERE id = old.id;
END;
