-- A push may turn out to have failed after it was stored: its sender had left before our answer.
CREATE TRIGGER exchange_left AFTER UPDATE OF failure ON exchange
WHEN old.failure IS NULL AND new.failure IS NOT NULL AND NOT coalesce(new.status >= 400, 0)
 AND NOT coalesce(new.forward_status >= 400, 0) AND new.forward_failure IS NULL
BEGIN
    UPDATE meta SET value = value + 1 WHERE name = 'forwarded';
    UPDATE bucket SET failed = failed + 1
     WHERE minute = new.started_at / 60000000 AND direction = new.direction AND new.deletion IS NULL
       AND new.id <= (SELECT value FROM meta WHERE name = 'indexed');
    UPDATE meta SET value = value + 1
     WHERE name = 'failed' AND new.deletion IS NULL AND new.id <= (SELECT value FROM meta WHERE name = 'indexed');
END;
