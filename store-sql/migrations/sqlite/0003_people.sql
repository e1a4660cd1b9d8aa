-- Since when a person has a conversation.
ALTER TABLE conversations ADD COLUMN handed_over INTEGER;
CREATE INDEX conversations_handed_over ON conversations (handed_over) WHERE handed_over IS NOT NULL;

-- What was counted by hours since 1970. `bot` and `channel` are empty for what belongs to none.
CREATE TABLE stats (
    hour      INTEGER NOT NULL,
    workspace TEXT NOT NULL,
    bot       TEXT NOT NULL,
    channel   TEXT NOT NULL,
    what      TEXT NOT NULL,
    label     TEXT NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (hour, workspace, bot, channel, what, label)
) STRICT, WITHOUT ROWID;

-- Rows of `seen` with the conversation 0 are hashes of ids of conversations that were erased, together with whose they
-- were.

-- For people.

CREATE VIEW v_stats AS
SELECT datetime(hour * 3600, 'unixepoch') AS hour, workspace, bot, channel, what, label, count FROM stats;
