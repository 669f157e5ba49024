-- Deliveries: the pushes that are the same event. A delivery is named by the number of its first push.

ALTER TABLE exchange ADD COLUMN delivery INTEGER;       -- the first push of its delivery; NULL for the first itself
ALTER TABLE exchange ADD COLUMN repeats INTEGER;        -- 1 retry, 2 duplicate; NULL otherwise
ALTER TABLE exchange ADD COLUMN attempt INTEGER;        -- which attempt, where the service says so or it was counted
ALTER TABLE exchange ADD COLUMN overtaken_by INTEGER;   -- a push about a later state of the same thing came before it
CREATE INDEX exchange_heads ON exchange (delivery, id) WHERE delivery IS NULL;  -- the folded list walks it
CREATE INDEX exchange_of_delivery ON exchange (delivery, id) WHERE delivery IS NOT NULL;
CREATE INDEX exchange_repeats ON exchange (id) WHERE repeats IS NOT NULL;
CREATE INDEX exchange_overtaken ON exchange (id) WHERE overtaken_by IS NOT NULL;

-- The newest push of what tells an event again. `key` is a hash of the source and the number, or of the body.
CREATE TABLE event_key (
    key    INTEGER PRIMARY KEY,
    id     INTEGER NOT NULL,
    body   INTEGER NOT NULL             -- hash of its body as it came
);

-- The newest state of a thing that a push was about.
CREATE TABLE object_state (
    key    INTEGER PRIMARY KEY,         -- hash of the source and the thing
    at     INTEGER NOT NULL,            -- as the service orders them
    id     INTEGER NOT NULL
);

-- Bodies that hold several events, by type.
CREATE TABLE batch (
    exchange    INTEGER NOT NULL REFERENCES exchange(id) ON DELETE CASCADE,
    event_type  TEXT NOT NULL,
    events      INTEGER NOT NULL,
    PRIMARY KEY (exchange, event_type)
) WITHOUT ROWID;
CREATE INDEX batch_by_type ON batch (event_type, exchange);

-- Pushes up to this one have been looked at.
INSERT INTO meta VALUES ('grouped', 0);

-- If the first push of a delivery goes, the next one stands for it.
CREATE TRIGGER delivery_headless AFTER DELETE ON exchange
WHEN old.delivery IS NULL AND EXISTS (SELECT 1 FROM exchange WHERE delivery = old.id) BEGIN
    UPDATE exchange SET delivery = nullif((SELECT min(id) FROM exchange WHERE delivery = old.id), id)
     WHERE delivery = old.id;
END;
