-- What the user adds to exchanges (pins, read marks, notes, tags, deletions that can be taken back), saved views, and
-- counts that are kept so that nobody has to count a million rows.

ALTER TABLE exchange ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exchange ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;  -- 0 read up to meta.read_upto, 1 read, 2 unread
ALTER TABLE exchange ADD COLUMN deletion INTEGER;                 -- hidden by this deletion
CREATE INDEX exchange_pinned ON exchange (id) WHERE pinned = 1;
CREATE INDEX exchange_seen ON exchange (id) WHERE seen <> 0;
CREATE INDEX exchange_hidden ON exchange (deletion) WHERE deletion IS NOT NULL;

CREATE TABLE note (
    exchange    INTEGER PRIMARY KEY,
    text        TEXT NOT NULL,
    changed_at  INTEGER NOT NULL
);

CREATE TABLE tag (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE COLLATE NOCASE
);
CREATE TABLE tagged (
    exchange  INTEGER NOT NULL,
    tag       INTEGER NOT NULL REFERENCES tag(id),
    PRIMARY KEY (exchange, tag)
) WITHOUT ROWID;
CREATE INDEX tagged_by_tag ON tagged (tag, exchange);

-- Rows that `exchange.deletion` hides; gone for good once `due_at` has passed.
CREATE TABLE deletion (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    due_at   INTEGER                    -- microseconds; NULL while rows are still being hidden or shown again
);

CREATE TABLE view (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL,
    filter    TEXT NOT NULL,
    position  REAL NOT NULL
);

-- Visible exchanges up to `meta.indexed`, by minute. The rest is counted where it stands: it is little. No exchange of
-- the minute stands outside of `first` to `last`, which narrows a search by time.
CREATE TABLE bucket (
    minute     INTEGER NOT NULL,
    direction  INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    PRIMARY KEY (minute, direction)
) WITHOUT ROWID;

-- What was there before counts as read.
INSERT INTO meta SELECT 'read_upto', coalesce(max(id), 0) FROM exchange;
INSERT INTO meta VALUES ('revision', 0), ('unread', 0);
INSERT INTO bucket
    SELECT started_at / 60000000, direction, count(*),
           sum(failure IS NOT NULL OR coalesce(status >= 400, 0) OR coalesce(forward_status >= 400, 0)
               OR forward_failure IS NOT NULL),
           min(id), max(id)
      FROM exchange WHERE id <= (SELECT value FROM meta WHERE name = 'indexed') GROUP BY 1, 2;
INSERT INTO meta SELECT 'pushes', coalesce(sum(total), 0) FROM bucket WHERE direction = 0;
INSERT INTO meta SELECT 'pulls', coalesce(sum(total), 0) FROM bucket WHERE direction = 1;
INSERT INTO meta SELECT 'failed', coalesce(sum(failed), 0) FROM bucket;

-- Whoever deletes an exchange, its notes and counts go with it.
CREATE TRIGGER exchange_gone AFTER DELETE ON exchange BEGIN
    DELETE FROM note WHERE exchange = old.id;
    DELETE FROM tagged WHERE exchange = old.id;
    UPDATE meta SET value = value + 1 WHERE name = 'revision';
END;
CREATE TRIGGER exchange_uncounted AFTER DELETE ON exchange
WHEN old.deletion IS NULL AND old.id <= (SELECT value FROM meta WHERE name = 'indexed') BEGIN
    UPDATE bucket
       SET total = total - 1,
           failed = failed - (old.failure IS NOT NULL OR coalesce(old.status >= 400, 0)
                              OR coalesce(old.forward_status >= 400, 0) OR old.forward_failure IS NOT NULL)
     WHERE minute = old.started_at / 60000000 AND direction = old.direction;
    UPDATE meta
       SET value = value - CASE name
               WHEN 'pushes' THEN old.direction = 0
               WHEN 'pulls' THEN old.direction = 1
               WHEN 'failed' THEN old.failure IS NOT NULL OR coalesce(old.status >= 400, 0)
                                  OR coalesce(old.forward_status >= 400, 0) OR old.forward_failure IS NOT NULL
               ELSE old.direction = 0
                    AND (old.seen = 2 OR old.seen = 0 AND old.id > (SELECT value FROM meta WHERE name = 'read_upto'))
           END
     WHERE name IN ('pushes', 'pulls', 'failed', 'unread');
END;
CREATE TRIGGER exchange_touched AFTER UPDATE OF pinned, seen, deletion ON exchange BEGIN
    UPDATE meta SET value = value + 1 WHERE name = 'revision';
END;
CREATE TRIGGER exchange_recounted AFTER UPDATE OF seen, deletion, forward_status, forward_failure ON exchange
WHEN old.id <= (SELECT value FROM meta WHERE name = 'indexed')
 AND (old.deletion IS NULL OR new.deletion IS NULL)
 AND (old.seen <> new.seen OR (old.deletion IS NULL) <> (new.deletion IS NULL)
      OR (old.failure IS NOT NULL OR coalesce(old.status >= 400, 0) OR coalesce(old.forward_status >= 400, 0)
          OR old.forward_failure IS NOT NULL)
      <> (new.failure IS NOT NULL OR coalesce(new.status >= 400, 0) OR coalesce(new.forward_status >= 400, 0)
          OR new.forward_failure IS NOT NULL))
BEGIN
    UPDATE bucket
       SET total = total - (old.deletion IS NULL) + (new.deletion IS NULL),
           failed = failed
               - (old.deletion IS NULL AND (old.failure IS NOT NULL OR coalesce(old.status >= 400, 0)
                  OR coalesce(old.forward_status >= 400, 0) OR old.forward_failure IS NOT NULL))
               + (new.deletion IS NULL AND (new.failure IS NOT NULL OR coalesce(new.status >= 400, 0)
                  OR coalesce(new.forward_status >= 400, 0) OR new.forward_failure IS NOT NULL))
     WHERE minute = old.started_at / 60000000 AND direction = old.direction;
    UPDATE meta
       SET value = value + CASE name
               WHEN 'pushes' THEN (new.direction = 0) * ((new.deletion IS NULL) - (old.deletion IS NULL))
               WHEN 'pulls' THEN (new.direction = 1) * ((new.deletion IS NULL) - (old.deletion IS NULL))
               WHEN 'failed' THEN
                   (new.deletion IS NULL AND (new.failure IS NOT NULL OR coalesce(new.status >= 400, 0)
                    OR coalesce(new.forward_status >= 400, 0) OR new.forward_failure IS NOT NULL))
                   - (old.deletion IS NULL AND (old.failure IS NOT NULL OR coalesce(old.status >= 400, 0)
                      OR coalesce(old.forward_status >= 400, 0) OR old.forward_failure IS NOT NULL))
               ELSE
                   (new.direction = 0 AND new.deletion IS NULL AND (new.seen = 2
                    OR new.seen = 0 AND new.id > (SELECT value FROM meta WHERE name = 'read_upto')))
                   - (old.direction = 0 AND old.deletion IS NULL AND (old.seen = 2
                      OR old.seen = 0 AND old.id > (SELECT value FROM meta WHERE name = 'read_upto')))
           END
     WHERE name IN ('pushes', 'pulls', 'failed', 'unread');
END;
