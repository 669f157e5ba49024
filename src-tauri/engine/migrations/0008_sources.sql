-- A source that was deleted: its exchanges stay under its name, which the next push or the user may take up again.
ALTER TABLE source ADD COLUMN deleted_at INTEGER;       -- microseconds since 1970 UTC
