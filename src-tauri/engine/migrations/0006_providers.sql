-- Providers that the user added: the same data as those that Pushpull knows, as JSON.
CREATE TABLE provider (
    key         TEXT PRIMARY KEY,
    definition  TEXT NOT NULL
) WITHOUT ROWID;
