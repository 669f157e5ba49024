-- Grows with every change that someone asked for, and with every source that a push makes: what a process reads once and
-- keeps (sources, rules, collections, views) is read again when another one has changed it. Not with what is captured
-- or found out in the background.

INSERT INTO meta VALUES ('changes', 0);

-- Who sent a push twice is told by `event_key`.
DROP TABLE identity;
