-- Grows whenever rows are hidden, shown again or taken away while they are shown: a search that is remembered holds for
-- one value of it. Not `revision`, which also grows with every read mark.

INSERT INTO meta VALUES ('shown', 0);
CREATE TRIGGER exchange_shown AFTER UPDATE OF deletion ON exchange BEGIN
    UPDATE meta SET value = value + 1 WHERE name = 'shown';
END;
CREATE TRIGGER exchange_shown_no_more AFTER DELETE ON exchange WHEN old.deletion IS NULL BEGIN
    UPDATE meta SET value = value + 1 WHERE name = 'shown';
END;
