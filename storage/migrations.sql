-- storage/migrations.sql - how an older database is taken forward, a section a version.
--
-- A line "-- version N" begins what takes a database from version N-1 to N (PRAGMA user_version):
-- one that is opened runs those it has not seen. A new database runs none: it is made from schema.sql,
-- which says in one piece what all sections together give; tests/test_storage_store.c compares the two.
-- The first section is never run in a server. It shows how it began, and the test begins there.
--
-- Sections never change once they have been released; a change is a new section here, its result in
-- schema.sql, and STORE_SCHEMA_VERSION in storage/open.c counted up.

-- version 1

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

CREATE TABLE mailboxes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (length(name) <= 500), -- INBOX, Work/2026
    uidvalidity INTEGER NOT NULL,       -- while it stands, UIDs mean the same
    uidnext     INTEGER NOT NULL,       -- the next message's UID; only ever grows
    modseq      INTEGER NOT NULL,       -- grows with each change
    special     TEXT,                   -- \Junk, \Sent... (RFC 6154)
    UNIQUE (account, name)
);

-- A subscription may outlive its mailbox, so it is a row of its own.
CREATE TABLE subscriptions (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name    TEXT NOT NULL,
    PRIMARY KEY (account, name)
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

-- Mail that has to travel: a row a message...
CREATE TABLE queue (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    message  INTEGER REFERENCES messages ON DELETE SET NULL,
    sender   TEXT NOT NULL,             -- the reverse-path; empty: a bounce
    eightbit INTEGER NOT NULL,          -- BODY=8BITMIME
    arrived  INTEGER NOT NULL,
    octets   INTEGER NOT NULL
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
    event        INTEGER NOT NULL       -- seq of what the next attempt follows from
);
CREATE INDEX recipient_queues ON recipients (queue);
CREATE INDEX recipients_due ON recipients (next_attempt, id) WHERE state = 'waiting';

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

-- Messages that may have lost their last name: looked at before each COMMIT, and removed when no
-- entry, no travelling recipient and no archive row names them.
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

-- version 2: views for reading

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

-- version 3: how much lies in a mailbox, so that a quota is one look and not a count

ALTER TABLE mailboxes ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;
UPDATE mailboxes SET octets =
    (SELECT coalesce(sum(e.octets), 0) FROM entries e WHERE e.mailbox = mailboxes.id);
CREATE TRIGGER entry_weighed AFTER INSERT ON entries BEGIN
    UPDATE mailboxes SET octets = octets + new.octets WHERE id = new.mailbox;
END;
CREATE TRIGGER entry_lifted AFTER DELETE ON entries BEGIN
    UPDATE mailboxes SET octets = octets - old.octets WHERE id = old.mailbox;
END;

-- version 4: what a sender wants to be told (RFC 3461), and when a recipient's row was finished

ALTER TABLE queue ADD COLUMN envid TEXT;        -- ENVID=: the sender's own name for the message
ALTER TABLE queue ADD COLUMN ret TEXT;          -- RET=: F whole message, H header; NULL: not said
ALTER TABLE recipients ADD COLUMN notify INTEGER NOT NULL DEFAULT 0; -- NOTIFY=: 1 failure
                                                -- + 2 delay + 4 success, or 8 never; 0: not said
ALTER TABLE recipients ADD COLUMN orcpt TEXT;   -- ORCPT=: whom the sender first wrote to
ALTER TABLE recipients ADD COLUMN finished INTEGER; -- when it was done or failed
UPDATE recipients SET finished = next_attempt WHERE state IN ('done', 'failed');
CREATE INDEX recipients_finished ON recipients (finished) WHERE finished IS NOT NULL;
CREATE VIEW history AS
SELECT datetime(r.finished, 'unixepoch') AS finished, r.state AS state, q.sender AS sender,
       r.recipient AS recipient, r.tries AS tries, r.last AS last, r.journey AS journey,
       r.id AS recipient_id
FROM recipients r
JOIN queue q ON q.id = r.queue
WHERE r.finished IS NOT NULL
ORDER BY r.finished, r.id;

-- version 5: greylisting (RFC 6647), and the archive by time

-- Who tried to deliver what to whom: a stranger's first try is put off, a later one passes.
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
CREATE INDEX archive_times ON archive (time);
CREATE TRIGGER archive_removed AFTER DELETE ON archive BEGIN
    INSERT OR IGNORE INTO loose VALUES (old.message);
END;

-- version 6: counts, so that STATUS is one look and not a count; mailboxes in the order of a tree

ALTER TABLE mailboxes ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;         -- without \Seen
ALTER TABLE mailboxes ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;        -- with \Deleted
ALTER TABLE mailboxes ADD COLUMN deleted_octets INTEGER NOT NULL DEFAULT 0; -- and their octets
UPDATE mailboxes SET (messages, octets, unseen, deleted, deleted_octets) =
    (SELECT count(*), coalesce(sum(octets), 0), coalesce(sum(flags & 1 = 0), 0),
            coalesce(sum(flags & 8 <> 0), 0), coalesce(sum(iif(flags & 8, octets, 0)), 0)
     FROM entries e WHERE e.mailbox = mailboxes.id);
DROP TRIGGER entry_weighed;
DROP TRIGGER entry_lifted;
CREATE TRIGGER entry_counted AFTER INSERT ON entries BEGIN
    UPDATE mailboxes SET messages = messages + 1, octets = octets + new.octets,
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
-- What IMAP's ENVELOPE says of a message, as it is sent: made when the message came, so that a list of
-- 100,000 messages needs no look into their headers. Apart from messages, so that many lie on a page.
-- One that came with an older version has no row here: its header is read.
CREATE TABLE envelopes (
    message  INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    envelope TEXT NOT NULL
);
-- By its place what is below a mailbox comes right after it: Work, Work/2026, Work-old. char(1)
-- stands in no name, and sorts before all that may.
ALTER TABLE mailboxes ADD COLUMN place TEXT GENERATED ALWAYS AS (replace(name, '/', char(1)));
ALTER TABLE subscriptions ADD COLUMN place TEXT GENERATED ALWAYS AS (replace(name, '/', char(1)));
CREATE INDEX mailbox_places ON mailboxes (account, place);
CREATE INDEX subscription_places ON subscriptions (account, place);

-- version 7: what goes on over several groups, so that a crash in the middle leaves no half of it

-- DELETE of a full mailbox, RENAME of INBOX: the rest is done when the database is opened.
CREATE TABLE unfinished (
    mailbox INTEGER PRIMARY KEY REFERENCES mailboxes ON DELETE CASCADE, -- its messages go
    target  INTEGER REFERENCES mailboxes ON DELETE CASCADE, -- there; NULL: away, and it with them
    below   INTEGER NOT NULL            -- UIDs from here on have come since, and stay
);

-- version 8: an entry that is put in takes its UID and MODSEQ along with the counts

DROP TRIGGER entry_counted;
CREATE TRIGGER entry_counted AFTER INSERT ON entries BEGIN
    UPDATE mailboxes SET uidnext = max(uidnext, new.uid + 1), modseq = max(modseq, new.modseq),
        messages = messages + 1, octets = octets + new.octets,
        unseen = unseen + (new.flags & 1 = 0), deleted = deleted + (new.flags & 8 <> 0),
        deleted_octets = deleted_octets + iif(new.flags & 8, new.octets, 0)
    WHERE id = new.mailbox;
END;

-- version 9: a COPY that a crash interrupts leaves nothing

-- COPY of more messages than go in one group: all or nothing. These of a mailbox's UIDs are copies of a
-- COPY that is not whole yet; when the database is opened they are removed.
CREATE TABLE copies (
    mailbox INTEGER NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    copy    INTEGER NOT NULL,           -- which COPY: the UID of the first of its copies
    first   INTEGER NOT NULL,           -- UIDs, this and the last included
    last    INTEGER NOT NULL,
    PRIMARY KEY (mailbox, copy, first)
) WITHOUT ROWID;

-- version 10: POP3 need not look at the end of each message to know its size

-- Messages that may not end with a line end: an IMAP client has put them there so. RETR of POP3 then adds
-- one, and the size that it lists counts it; of all others the size is known without a look at them.
CREATE TABLE unended (
    message INTEGER PRIMARY KEY
);
-- Of a content in a file only a look can tell.
INSERT INTO unended SELECT id FROM messages WHERE content IS NULL OR substr(content, -2) <> x'0D0A';

-- version 11: IMAP's \Recent

-- Messages with higher UIDs are recent for the session that is told of them first (RFC 3501 §2.3.2). Until
-- now none was recent for anybody, so those that are there stay as they were.
ALTER TABLE mailboxes ADD COLUMN recent_after INTEGER NOT NULL DEFAULT 0;
UPDATE mailboxes SET recent_after = uidnext - 1;
