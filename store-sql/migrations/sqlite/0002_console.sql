-- What people keep through the console. `workspace` is empty for what belongs to the whole server.
-- `alias` is a second name that one record of a kind has on the whole server.

CREATE TABLE records (
    workspace  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    id         TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    expires_at INTEGER,
    alias      TEXT,
    body       BLOB NOT NULL,
    PRIMARY KEY (workspace, kind, id)
) STRICT;
CREATE UNIQUE INDEX records_by_alias ON records (kind, alias) WHERE alias IS NOT NULL;
CREATE INDEX records_by_end ON records (expires_at) WHERE expires_at IS NOT NULL;

-- `hash` is over this line and the hash of the one before it, see the audit module of the store.
CREATE TABLE audit (
    workspace TEXT NOT NULL,
    number    INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    ip        TEXT,
    action    TEXT NOT NULL,
    object    TEXT NOT NULL,
    allowed   INTEGER NOT NULL,
    detail    TEXT NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (workspace, number)
) STRICT, WITHOUT ROWID;

-- For people.

CREATE VIEW v_records AS
SELECT workspace, kind, id, revision, datetime(changed_at / 1000000, 'unixepoch') AS changed_at,
       datetime(expires_at / 1000000, 'unixepoch') AS expires_at, length(body) AS bytes
FROM records;

CREATE VIEW v_audit AS
SELECT workspace, number, datetime(at / 1000000, 'unixepoch') AS at, actor, ip, action, object, allowed, detail
FROM audit;
