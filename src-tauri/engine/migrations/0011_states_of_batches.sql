-- A push that holds several events is about a state of each of their things.

DROP TRIGGER exchange_tells_no_more;
ALTER TABLE object_state RENAME TO object_state_before;
CREATE TABLE object_state (
    id   INTEGER NOT NULL,              -- the push
    key  INTEGER NOT NULL,              -- hash of the source and the thing
    at   INTEGER NOT NULL,              -- as the service orders them
    PRIMARY KEY (id, key)
) WITHOUT ROWID;
INSERT INTO object_state SELECT id, key, at FROM object_state_before;
DROP TABLE object_state_before;
CREATE INDEX object_state_newest ON object_state (key, at, id);

CREATE TRIGGER exchange_tells_no_more AFTER DELETE ON exchange BEGIN
    DELETE FROM event_key WHERE id = old.id;
    DELETE FROM object_state WHERE id = old.id;
END;
