-- schema: events

-- name: outbox-add
-- One caught message. args: at_ms, campaign (a test of it: below zero), sender,
-- rcpt, subject, file, offset, size
INSERT INTO outbox_message (at_ms, campaign_id, sender, rcpt, subject, file,
	file_offset, size_bytes)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: outbox-list
-- Newest first. args: below this id, limit
SELECT id, at_ms, campaign_id, sender, rcpt, subject, file, file_offset,
	size_bytes
FROM outbox_message WHERE id < ? ORDER BY id DESC LIMIT ?;

-- name: outbox-list-of
-- The same of one recipient. args: rcpt, below this id, limit
SELECT id, at_ms, campaign_id, sender, rcpt, subject, file, file_offset,
	size_bytes
FROM outbox_message WHERE rcpt = ? AND id < ? ORDER BY id DESC LIMIT ?;

-- name: outbox-get
-- args: id
SELECT id, at_ms, campaign_id, sender, rcpt, subject, file, file_offset,
	size_bytes
FROM outbox_message WHERE id = ?;

-- name: outbox-count
SELECT COUNT(*) FROM outbox_message;

-- name: outbox-count-of
-- args: rcpt
SELECT COUNT(*) FROM outbox_message WHERE rcpt = ?;

-- name: outbox-recipients
-- Of messages since then. args: at_ms
SELECT DISTINCT rcpt FROM outbox_message WHERE at_ms >= ?;

-- name: outbox-remove
-- args: id
DELETE FROM outbox_message WHERE id = ?;
