-- Sources whose pushes are looked at again because what they are checked with has changed: a row from the change on,
-- in its transaction, until all are looked at. A newer change takes the place of an older one, under a newer number.
CREATE TABLE again (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id      INTEGER NOT NULL UNIQUE REFERENCES source(id) ON DELETE CASCADE,
    below          INTEGER DEFAULT 9223372036854775807, -- those below this exchange are to be looked at; NULL: none
    grouped_after  INTEGER NOT NULL DEFAULT 0,          -- then those after this one are to be grouped
    is_other       INTEGER NOT NULL DEFAULT 0           -- 1: one of those that are grouped was read otherwise
);

-- Deleted and inserted, not replaced: a statement that fires a trigger takes its own way of conflicts along.
CREATE TRIGGER source_is_set_otherwise AFTER UPDATE OF provider, chosen_provider, url, tolerance ON source
WHEN new.deleted_at IS NULL
 AND ((new.chosen_provider, new.url, new.tolerance) IS NOT (old.chosen_provider, old.url, old.tolerance)
      OR (new.chosen_provider IS NULL AND new.provider IS NOT old.provider))
BEGIN
    DELETE FROM again WHERE source_id = new.id;
    INSERT INTO again (source_id) VALUES (new.id);
END;
CREATE TRIGGER source_is_deleted AFTER UPDATE OF deleted_at ON source WHEN new.deleted_at IS NOT NULL BEGIN
    DELETE FROM again WHERE source_id = new.id;
    DELETE FROM unlearnt WHERE source_id = new.id;
END;
CREATE TRIGGER secret_is_added AFTER INSERT ON source_secret BEGIN
    DELETE FROM again WHERE source_id = new.source_id;
    INSERT INTO again (source_id) VALUES (new.source_id);
END;
CREATE TRIGGER secret_is_removed AFTER DELETE ON source_secret BEGIN
    DELETE FROM again WHERE source_id = old.source_id;
    INSERT INTO again (source_id) SELECT id FROM source WHERE id = old.source_id AND deleted_at IS NULL;
END;

-- New rules may recognise what nobody has recognised.
CREATE TRIGGER provider_is_added AFTER INSERT ON provider BEGIN
    DELETE FROM again WHERE source_id IN
        (SELECT id FROM source WHERE chosen_provider IS NULL OR chosen_provider = new.key);
    INSERT INTO again (source_id) SELECT id FROM source
     WHERE deleted_at IS NULL AND (chosen_provider IS NULL OR chosen_provider = new.key);
END;
CREATE TRIGGER provider_is_changed AFTER UPDATE OF definition ON provider WHEN new.definition IS NOT old.definition BEGIN
    DELETE FROM again WHERE source_id IN
        (SELECT id FROM source WHERE chosen_provider IS NULL OR chosen_provider = new.key);
    INSERT INTO again (source_id) SELECT id FROM source
     WHERE deleted_at IS NULL AND (chosen_provider IS NULL OR chosen_provider = new.key);
END;
CREATE TRIGGER provider_is_removed AFTER DELETE ON provider BEGIN
    DELETE FROM again WHERE source_id IN
        (SELECT id FROM source WHERE chosen_provider IS NULL OR chosen_provider = old.key);
    INSERT INTO again (source_id) SELECT id FROM source
     WHERE deleted_at IS NULL AND (chosen_provider IS NULL OR chosen_provider = old.key);
END;

-- Handshakes whose secret could not be kept when they came, because the vault was closed: it is when the vault opens.
-- From no other is one learnt later, so that a secret that was removed stays away.
CREATE TABLE unlearnt (
    id         INTEGER PRIMARY KEY REFERENCES exchange(id) ON DELETE CASCADE,
    source_id  INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE
);
CREATE INDEX unlearnt_of_source ON unlearnt (source_id);
