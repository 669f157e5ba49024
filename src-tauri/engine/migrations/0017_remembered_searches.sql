-- What a search that is remembered depends on besides `shown` and `revision`.

-- Grows whenever a replay or a forward changes whether its push counts as failed.
INSERT INTO meta VALUES ('forwarded', 0);
CREATE TRIGGER exchange_forwarded AFTER UPDATE OF forward_status, forward_failure ON exchange
WHEN (coalesce(old.forward_status >= 400, 0) OR old.forward_failure IS NOT NULL)
  <> (coalesce(new.forward_status >= 400, 0) OR new.forward_failure IS NOT NULL)
BEGIN
    UPDATE meta SET value = value + 1 WHERE name = 'forwarded';
END;

-- A push goes to another delivery when the first of its own is taken away, which was hidden long before.
CREATE TRIGGER exchange_of_another_delivery AFTER UPDATE OF delivery ON exchange
WHEN old.delivery IS NOT NULL AND new.delivery IS NOT old.delivery BEGIN
    UPDATE meta SET value = value + 1 WHERE name = 'shown';
END;
