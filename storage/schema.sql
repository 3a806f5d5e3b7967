-- storage/schema.sql - what one host remembers, in tables made to be read.
--
--   accounts --< mailboxes --< entries >-- messages --< queue --< recipients --< attempts
--                                             |
--                                             +------< archive
--
-- Look around:   sqlite3 -readonly STATE/mx.north.example.db
--                SELECT * FROM mail;        what lies in whose mailbox
--                SELECT * FROM waiting;     what still has to travel, and why it has not yet
--                SELECT * FROM tries;       every attempt to pass a message on
--                SELECT * FROM history;     what was passed on or given up lately
--
-- Times are seconds since 1970 by the world's clock (the views show them as text). Nothing here
-- asks for time or chance: the program binds them, so that a simulated world is reproducible.
--
-- A new database is made by this file. An older one is taken forward by migrations.sql, and is then
-- the same; columns that came later stand last in their tables.

-- ---- facts, users ----

-- Small facts of the whole database, by name.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
-- The highest UIDVALIDITY ever given: a mailbox made anew under an old name gets another.
INSERT INTO facts VALUES ('uidvalidity', 0);

-- The registered users. No password: the verifier proves that somebody knows it (RFC 5803).
CREATE TABLE accounts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    user     TEXT NOT NULL,             -- alice (lower case)
    domain   TEXT NOT NULL,             -- north.example
    verifier TEXT NOT NULL,             -- SCRAM-SHA-256$4096:salt$StoredKey:ServerKey
    UNIQUE (domain, user)
);

-- sales@north.example stands for alice and bob: a row for each.
CREATE TABLE aliases (
    domain   TEXT NOT NULL,
    user     TEXT NOT NULL,
    position INTEGER NOT NULL,          -- the order they were given in
    target   TEXT NOT NULL,             -- a full address
    PRIMARY KEY (domain, user, position)
) WITHOUT ROWID;

-- ---- messages ----

-- A message's octets, once, whatever the number of mailboxes that name it.
CREATE TABLE messages (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    arrived        INTEGER NOT NULL,
    octets         INTEGER NOT NULL,    -- head and content
    journey        TEXT,                -- j3: the same in trace and viewer
    event          INTEGER NOT NULL,    -- seq of the event that told its storing
    sender         TEXT NOT NULL,       -- the reverse-path; empty: a bounce
    token          TEXT NOT NULL,       -- the id in our Received line
    header_from    TEXT,                -- three header fields as they came
    header_subject TEXT,
    message_id     TEXT,
    sha256         TEXT NOT NULL,       -- of the content
    body_file      INTEGER,             -- content over 256 KB lies in NAME.bodies/<this>.body
    head           BLOB NOT NULL,       -- what we put on top: Received, the filter's verdict
    structure      TEXT NOT NULL,       -- JSON: where the MIME parts lie
    content        BLOB                 -- what the client sent, octet for octet
);
CREATE INDEX message_files ON messages (body_file) WHERE body_file IS NOT NULL;

-- What IMAP's ENVELOPE says of a message, as it is sent: made when the message came, so that a list of
-- 100,000 messages needs no look into their headers. Apart from messages, so that many lie on a page.
-- One that came with an older version has no row here: its header is read.
CREATE TABLE envelopes (
    message  INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    envelope TEXT NOT NULL
);

-- Messages that may not end with a line end: an IMAP client has put them there so. RETR of POP3 then adds
-- one, and the size that it lists counts it; of all others the size is known without a look at them.
CREATE TABLE unended (
    message INTEGER PRIMARY KEY
);

-- ---- mailboxes, and what lies in them ----

-- How many messages and octets a mailbox has, and which UID comes next, is counted along by the triggers
-- below, so that STATUS and a quota are one look and not a count. By its place what is below a mailbox comes right after
-- it: Work, Work/2026, Work-old. char(1) stands in no name, and sorts before all that may.
CREATE TABLE mailboxes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (length(name) <= 500), -- INBOX, Work/2026
    uidvalidity INTEGER NOT NULL,       -- while it stands, UIDs mean the same
    uidnext     INTEGER NOT NULL,       -- the next message's UID; only ever grows
    modseq      INTEGER NOT NULL,       -- grows with each change
    special     TEXT,                   -- \Junk, \Sent... (RFC 6154)
    octets      INTEGER NOT NULL DEFAULT 0,
    messages    INTEGER NOT NULL DEFAULT 0,
    unseen      INTEGER NOT NULL DEFAULT 0,         -- without \Seen
    deleted     INTEGER NOT NULL DEFAULT 0,         -- with \Deleted
    deleted_octets INTEGER NOT NULL DEFAULT 0,      -- and their octets
    place       TEXT GENERATED ALWAYS AS (replace(name, '/', char(1))),
    recent_after INTEGER NOT NULL DEFAULT 0,        -- higher UIDs: no IMAP session has been told of them
    UNIQUE (account, name)
);
CREATE INDEX mailbox_places ON mailboxes (account, place);

-- A subscription may outlive its mailbox, so it is a row of its own.
CREATE TABLE subscriptions (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name    TEXT NOT NULL,
    place   TEXT GENERATED ALWAYS AS (replace(name, '/', char(1))),
    PRIMARY KEY (account, name)
) WITHOUT ROWID;
CREATE INDEX subscription_places ON subscriptions (account, place);

-- What goes on over several groups, so that a crash in the middle leaves no half of it: DELETE of a
-- full mailbox, RENAME of INBOX. The rest is done when the database is opened.
CREATE TABLE unfinished (
    mailbox INTEGER PRIMARY KEY REFERENCES mailboxes ON DELETE CASCADE, -- its messages go
    target  INTEGER REFERENCES mailboxes ON DELETE CASCADE, -- there; NULL: away, and it with them
    below   INTEGER NOT NULL            -- UIDs from here on have come since, and stay
);
-- COPY of more messages than go in one group: all or nothing. These of a mailbox's UIDs are copies of a
-- COPY that is not whole yet; when the database is opened they are removed.
CREATE TABLE copies (
    mailbox INTEGER NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    copy    INTEGER NOT NULL,           -- which COPY: the UID of the first of its copies
    first   INTEGER NOT NULL,           -- UIDs, this and the last included
    last    INTEGER NOT NULL,
    PRIMARY KEY (mailbox, copy, first)
) WITHOUT ROWID;

-- One message in one mailbox.
CREATE TABLE entries (
    mailbox  INTEGER NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    uid      INTEGER NOT NULL,
    message  INTEGER NOT NULL REFERENCES messages,
    flags    INTEGER NOT NULL,          -- 1 seen + 2 answered + 4 flagged + 8 deleted + 16 draft
    keywords TEXT NOT NULL,             -- $Forwarded work
    modseq   INTEGER NOT NULL,
    date     INTEGER NOT NULL,          -- IMAP's INTERNALDATE
    octets   INTEGER NOT NULL,          -- prefix and message
    prefix   BLOB NOT NULL,             -- Return-Path: this mailbox's own line on top
    PRIMARY KEY (mailbox, uid)
) WITHOUT ROWID;
CREATE INDEX entry_messages ON entries (message);

CREATE TRIGGER entry_counted AFTER INSERT ON entries BEGIN
    UPDATE mailboxes SET uidnext = max(uidnext, new.uid + 1), modseq = max(modseq, new.modseq),
        messages = messages + 1, octets = octets + new.octets,
        unseen = unseen + (new.flags & 1 = 0), deleted = deleted + (new.flags & 8 <> 0),
        deleted_octets = deleted_octets + iif(new.flags & 8, new.octets, 0)
    WHERE id = new.mailbox;
END;
CREATE TRIGGER entry_uncounted AFTER DELETE ON entries BEGIN
    UPDATE mailboxes SET messages = messages - 1, octets = octets - old.octets,
        unseen = unseen - (old.flags & 1 = 0), deleted = deleted - (old.flags & 8 <> 0),
        deleted_octets = deleted_octets - iif(old.flags & 8, old.octets, 0)
    WHERE id = old.mailbox;
END;
CREATE TRIGGER entry_recounted AFTER UPDATE OF flags ON entries
WHEN (old.flags & 9) <> (new.flags & 9) BEGIN
    UPDATE mailboxes SET unseen = unseen + (new.flags & 1 = 0) - (old.flags & 1 = 0),
        deleted = deleted + (new.flags & 8 <> 0) - (old.flags & 8 <> 0),
        deleted_octets = deleted_octets + iif(new.flags & 8, new.octets, 0)
            - iif(old.flags & 8, old.octets, 0)
    WHERE id = new.mailbox;
END;
-- A message that moves is one less here and one more there.
CREATE TRIGGER entry_moved AFTER UPDATE OF mailbox ON entries BEGIN
    UPDATE mailboxes SET messages = messages - 1, octets = octets - old.octets,
        unseen = unseen - (old.flags & 1 = 0), deleted = deleted - (old.flags & 8 <> 0),
        deleted_octets = deleted_octets - iif(old.flags & 8, old.octets, 0)
    WHERE id = old.mailbox;
    UPDATE mailboxes SET messages = messages + 1, octets = octets + new.octets,
        unseen = unseen + (new.flags & 1 = 0), deleted = deleted + (new.flags & 8 <> 0),
        deleted_octets = deleted_octets + iif(new.flags & 8, new.octets, 0)
    WHERE id = new.mailbox;
END;

-- ---- mail that has to travel ----

-- A row a message...
CREATE TABLE queue (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    message  INTEGER REFERENCES messages ON DELETE SET NULL,
    sender   TEXT NOT NULL,             -- the reverse-path; empty: a bounce
    eightbit INTEGER NOT NULL,          -- BODY=8BITMIME
    arrived  INTEGER NOT NULL,
    octets   INTEGER NOT NULL,
    envid    TEXT,                      -- ENVID=: the sender's own name for the message (RFC 3461)
    ret      TEXT                       -- RET=: F whole message, H header; NULL: not said
);
CREATE INDEX queue_messages ON queue (message);

-- ...a row a recipient of it...
CREATE TABLE recipients (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    queue        INTEGER NOT NULL REFERENCES queue ON DELETE CASCADE,
    recipient    TEXT NOT NULL,
    domain       TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'trying', 'held', 'done', 'failed')),
    tries        INTEGER NOT NULL DEFAULT 0,
    next_attempt INTEGER NOT NULL,
    warned       INTEGER NOT NULL DEFAULT 0, -- the delay notice has gone
    last         TEXT,                  -- the last reply or reason
    journey      TEXT,
    branch       TEXT,
    event        INTEGER NOT NULL,      -- seq of what the next attempt follows from
    notify       INTEGER NOT NULL DEFAULT 0, -- NOTIFY=: 1 failure + 2 delay + 4 success, or 8
                                        -- never; 0: not said
    orcpt        TEXT,                  -- ORCPT=: whom the sender first wrote to
    finished     INTEGER                -- when it was done or failed
);
CREATE INDEX recipient_queues ON recipients (queue);
CREATE INDEX recipients_due ON recipients (next_attempt, id) WHERE state = 'waiting';
CREATE INDEX recipients_finished ON recipients (finished) WHERE finished IS NOT NULL;

-- ...and a row an attempt.
CREATE TABLE attempts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient   INTEGER NOT NULL REFERENCES recipients ON DELETE CASCADE,
    time        INTEGER NOT NULL,
    host        TEXT,
    address     TEXT,
    code        INTEGER NOT NULL,       -- 0: no reply came
    words       TEXT,
    duration_us INTEGER NOT NULL
);
CREATE INDEX attempt_recipients ON attempts (recipient);

-- ---- copies kept, strangers put off ----

CREATE TABLE archive (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message    INTEGER NOT NULL REFERENCES messages,
    time       INTEGER NOT NULL,
    sender     TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject    TEXT,
    why        TEXT NOT NULL            -- the rule or setting that asked for the copy
);
CREATE INDEX archive_messages ON archive (message);
CREATE INDEX archive_times ON archive (time);

-- Greylisting (RFC 6647). Who tried to deliver what to whom: a stranger's first try is put off, a
-- later one passes.
CREATE TABLE greylist (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    client    TEXT NOT NULL,             -- 127.0.0.2; of IPv6 the first 64 bits
    sender    TEXT NOT NULL,             -- the reverse-path; empty: a bounce
    recipient TEXT NOT NULL,
    first     INTEGER NOT NULL,          -- when the triplet came first
    last      INTEGER NOT NULL,          -- and when it came last
    tries     INTEGER NOT NULL,          -- how often it was put off
    passed    INTEGER,                   -- when it came back in time; NULL: it has not yet
    journey   TEXT,
    branch    TEXT,
    event     INTEGER NOT NULL,          -- seq of the event that told its last try
    UNIQUE (client, sender, recipient)
);
CREATE INDEX greylist_firsts ON greylist (first) WHERE passed IS NULL;
CREATE INDEX greylist_lasts ON greylist (last);

-- ---- messages that nobody names any more ----

-- Those that may have lost their last name: looked at before each COMMIT, and removed when no entry,
-- no travelling recipient and no archive row names them.
CREATE TABLE loose (
    message INTEGER PRIMARY KEY
);
CREATE TRIGGER entry_removed AFTER DELETE ON entries BEGIN
    INSERT OR IGNORE INTO loose VALUES (old.message);
END;
CREATE TRIGGER recipient_finished AFTER UPDATE OF state ON recipients
WHEN new.state IN ('done', 'failed') BEGIN
    INSERT OR IGNORE INTO loose SELECT message FROM queue
        WHERE id = new.queue AND message IS NOT NULL;
END;
CREATE TRIGGER recipient_removed AFTER DELETE ON recipients BEGIN
    INSERT OR IGNORE INTO loose SELECT message FROM queue
        WHERE id = old.queue AND message IS NOT NULL;
END;
CREATE TRIGGER archive_removed AFTER DELETE ON archive BEGIN
    INSERT OR IGNORE INTO loose VALUES (old.message);
END;

-- ---- views for reading ----

CREATE VIEW mail AS
SELECT a.user || '@' || a.domain AS account, b.name AS mailbox, e.uid AS uid,
       m.header_from AS "from", m.header_subject AS subject,
       trim(iif(e.flags & 1, 'seen ', '') || iif(e.flags & 2, 'answered ', '')
            || iif(e.flags & 4, 'flagged ', '') || iif(e.flags & 8, 'deleted ', '')
            || iif(e.flags & 16, 'draft ', '') || e.keywords) AS flags,
       e.octets AS octets, datetime(e.date, 'unixepoch') AS date, m.journey AS journey,
       m.id AS message
FROM entries e
JOIN mailboxes b ON b.id = e.mailbox
JOIN accounts a ON a.id = b.account
JOIN messages m ON m.id = e.message
ORDER BY account, mailbox, uid;

CREATE VIEW waiting AS
SELECT q.id AS queue, r.id AS recipient_id, q.sender AS sender, r.recipient AS recipient,
       r.state AS state, r.tries AS tries, datetime(r.next_attempt, 'unixepoch') AS next_attempt,
       r.last AS last, r.journey AS journey
FROM recipients r
JOIN queue q ON q.id = r.queue
WHERE r.state IN ('waiting', 'trying', 'held')
ORDER BY r.next_attempt, r.id;

CREATE VIEW tries AS
SELECT datetime(t.time, 'unixepoch') AS time, r.recipient AS recipient, t.host AS host,
       t.address AS address, t.code AS code, t.words AS words,
       t.duration_us / 1000 AS milliseconds
FROM attempts t
JOIN recipients r ON r.id = t.recipient
ORDER BY t.time, t.id;

CREATE VIEW history AS
SELECT datetime(r.finished, 'unixepoch') AS finished, r.state AS state, q.sender AS sender,
       r.recipient AS recipient, r.tries AS tries, r.last AS last, r.journey AS journey,
       r.id AS recipient_id
FROM recipients r
JOIN queue q ON q.id = r.queue
WHERE r.finished IS NOT NULL
ORDER BY r.finished, r.id;
