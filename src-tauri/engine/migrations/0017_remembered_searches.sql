-- What a search that is remembered depends on besides `shown` and `revision`.

-- Grows whenever a replay or a forward changes whether its push counts as failed.
INSERT INTO meta VALUES ('forwarded', 0);
CREATE TRIGGER exchange_forwarded AFTER UPDATE OF forward_status, forward_failure ON exchange
WHEN (coalesce(old.forward_status >= 400, 0) OR old.forward_failure IS NOT NULL)
  <> (coalesce(new.forward_status >= 400, 0) OR new.forward_failure IS NOT NULL)
BEGIN
    UPDATE meta SET value = value + 1 WHERE name = 'forwarded';
END;

-- Pushes go to another delivery when the first of their own is taken away, which was hidden long before.
DROP TRIGGER delivery_headless;
CREATE TRIGGER delivery_headless AFTER DELETE ON exchange
WHEN old.delivery IS NULL AND EXISTS (SELECT 1 FROM exchange WHERE delivery = old.id) BEGIN
    UPDATE exchange SET delivery = nullif((SELECT min(id) FROM exchange WHERE delivery = old.id), id)
     WHERE delivery = old.id;
    UPDATE meta SET value = value + 1 WHERE name = 'shown';
END;
