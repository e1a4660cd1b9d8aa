-- Times are microseconds since 1970-01-01T00:00:00Z. Blobs named `sealed`, `refresh`, `payload` and `value` are
-- ciphertext; their keys are not in this file.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    id        INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    name      TEXT NOT NULL,
    UNIQUE (workspace, name)
) STRICT;

-- `seen` holds 12 bytes for each id that was processed lately: 8 of its SHA-256, 4 of the second in which it came in.
-- Older ones stand in the table `seen` when `spilled` is 1. `timer` is its number, after the id of its session when
-- that is not `session_id`. `recent` holds the last turns of the transcript, `last_turns` leads to the row of `turns` with
-- those before.
CREATE TABLE conversations (
    id           INTEGER PRIMARY KEY,
    channel      INTEGER NOT NULL,
    address      TEXT NOT NULL,
    tokens_epoch INTEGER NOT NULL DEFAULT 0,
    tokens_seen  INTEGER NOT NULL DEFAULT 0,
    calling      INTEGER,
    last_turns   INTEGER NOT NULL DEFAULT 0,
    lines        INTEGER NOT NULL DEFAULT 0,
    spilled      INTEGER NOT NULL DEFAULT 0,
    timer_at     INTEGER,
    timer        BLOB,
    version      INTEGER,
    session_id   BLOB,
    seen         BLOB NOT NULL DEFAULT x'',
    recent       BLOB NOT NULL DEFAULT x'',
    session      BLOB
) STRICT;
CREATE UNIQUE INDEX conversations_by_address ON conversations (channel, address);
CREATE INDEX conversations_by_timer ON conversations (timer_at) WHERE timer_at IS NOT NULL;

CREATE TABLE seen (
    conversation INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    second       INTEGER NOT NULL,
    PRIMARY KEY (conversation, id)
) STRICT, WITHOUT ROWID;

-- `kind`: 0 reply, 1 begin, 2 hung up, 3 outcome of a call, 4 timer. The last two have a session and a number.
CREATE TABLE inbox (
    seq          INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    kind         INTEGER NOT NULL,
    counted      INTEGER NOT NULL,
    id           TEXT NOT NULL,
    session      BLOB,
    number       INTEGER,
    received_at  INTEGER NOT NULL,
    expires_at   INTEGER,
    payload      BLOB
) STRICT;

CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    done         INTEGER NOT NULL DEFAULT 0,
    delivery     BLOB NOT NULL
) STRICT;

CREATE TABLE calls (
    seq          INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    session      BLOB NOT NULL,
    number       INTEGER NOT NULL,
    sent         INTEGER NOT NULL DEFAULT 0,
    request      BLOB NOT NULL
) STRICT;

-- Some turns of a transcript, from the line `first` of the conversation on. `before` leads to the row with those before.
-- `at` is the time of the newest of them, in milliseconds, which are shorter.
CREATE TABLE turns (
    seq          INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    before       INTEGER NOT NULL,
    first        INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    lines        BLOB NOT NULL
) STRICT;
CREATE INDEX turns_by_day ON turns (at / 86400000);

CREATE TABLE leads (
    seq          INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    form         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    answers      BLOB NOT NULL
) STRICT;
CREATE INDEX leads_by_conversation ON leads (conversation);

CREATE TABLE dead_letters (
    seq          INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    code         TEXT,
    delivery     BLOB NOT NULL
) STRICT;

-- The id of a token or an answer is that of its conversation times 4096, and a number from 0.
CREATE TABLE tokens (
    id            INTEGER PRIMARY KEY,
    bot           TEXT NOT NULL,
    component     TEXT NOT NULL,
    expires_at    INTEGER NOT NULL,
    logged_in_at  INTEGER NOT NULL,
    refresh_until INTEGER,
    refresh       BLOB,
    sealed        BLOB NOT NULL
) STRICT;
CREATE INDEX tokens_by_end ON tokens (max(expires_at, coalesce(refresh_until, 0)) / 1000000);

CREATE TABLE answers (
    id         INTEGER PRIMARY KEY,
    component  TEXT NOT NULL,
    number     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    value      BLOB NOT NULL
) STRICT;

CREATE TABLE counters (
    key        BLOB PRIMARY KEY,
    count      INTEGER NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `message` is 8 bytes of the SHA-256 of the provider's id. `state`: 0 queued, 1 sent, 2 delivered, 3 read, 4 failed.
CREATE TABLE receipts (
    conversation INTEGER NOT NULL,
    message      INTEGER NOT NULL,
    state        INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    code         TEXT,
    PRIMARY KEY (conversation, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE data_keys (
    workspace TEXT NOT NULL,
    version   INTEGER NOT NULL,
    master    TEXT NOT NULL,
    wrapped   BLOB NOT NULL,
    PRIMARY KEY (workspace, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE bots (
    id           INTEGER PRIMARY KEY,
    workspace    TEXT NOT NULL,
    bot          TEXT NOT NULL,
    version      INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    constants    BLOB NOT NULL,
    file         TEXT NOT NULL,
    UNIQUE (workspace, bot, version)
) STRICT;

-- For people. No view shows ciphertext.

CREATE VIEW v_conversations AS
SELECT c.id, h.workspace, h.name AS channel, c.address, c.lines, c.calling,
       printf('%016x', c.version) AS bot_version, length(c.session) AS session_bytes,
       c.tokens_epoch <> c.tokens_seen AS tokens_changed,
       datetime(c.timer_at / 1000000, 'unixepoch') AS timer_at
FROM conversations c JOIN channels h ON h.id = c.channel;

CREATE VIEW v_inbox AS
SELECT i.seq, h.workspace, h.name AS channel, c.address, i.id,
       CASE i.kind WHEN 0 THEN 'reply' WHEN 1 THEN 'begin' WHEN 2 THEN 'hung up' WHEN 3 THEN 'outcome'
           ELSE 'timer' END AS kind,
       datetime(i.received_at / 1000000, 'unixepoch') AS received_at, length(i.payload) AS sealed_bytes
FROM inbox i JOIN conversations c ON c.id = i.conversation JOIN channels h ON h.id = c.channel;

CREATE VIEW v_outbox AS
SELECT o.seq, h.workspace, h.name AS channel, c.address,
       datetime(o.created_at / 1000000, 'unixepoch') AS created_at,
       datetime(o.due / 1000000, 'unixepoch') AS due, o.attempts, o.done, length(o.delivery) AS bytes
FROM outbox o JOIN conversations c ON c.id = o.conversation JOIN channels h ON h.id = c.channel;

CREATE VIEW v_calls AS
SELECT l.seq, h.workspace, h.name AS channel, c.address, l.number, l.sent, length(l.request) AS bytes
FROM calls l JOIN conversations c ON c.id = l.conversation JOIN channels h ON h.id = c.channel;

CREATE VIEW v_tokens AS
SELECT h.workspace, h.name AS channel, c.address, t.bot, t.component,
       datetime(t.logged_in_at / 1000000, 'unixepoch') AS logged_in_at,
       datetime(t.expires_at / 1000000, 'unixepoch') AS expires_at,
       datetime(t.refresh_until / 1000000, 'unixepoch') AS refresh_until
FROM tokens t JOIN conversations c ON c.id = t.id / 4096 JOIN channels h ON h.id = c.channel;

CREATE VIEW v_transcripts AS
SELECT h.workspace, h.name AS channel, c.address, c.lines, length(c.recent) AS recent_bytes,
       (SELECT count(*) FROM turns t WHERE t.seq = c.last_turns) AS has_older
FROM conversations c JOIN channels h ON h.id = c.channel WHERE c.lines > 0;

CREATE VIEW v_dead_letters AS
SELECT d.seq, h.workspace, h.name AS channel, c.address, datetime(d.at / 1000000, 'unixepoch') AS given_up_at,
       d.code, length(d.delivery) AS bytes
FROM dead_letters d JOIN conversations c ON c.id = d.conversation JOIN channels h ON h.id = c.channel;
