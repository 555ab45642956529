-- schema: audience
-- Columns are read by read_hook() of src/audience/batch/batch_webhook.c.

-- name: batch-webhook-list
SELECT id, hex, slot, url, is_enabled FROM batch_webhook ORDER BY id;

-- name: batch-webhook-get
-- To be read, or to be changed. args: hex
SELECT id, hex, slot, url, is_enabled FROM batch_webhook WHERE hex = ?
FOR UPDATE;

-- name: batch-webhook-of-id
-- args: id
SELECT id, hex, slot, url, is_enabled FROM batch_webhook WHERE id = ?;

-- name: batch-webhook-add
-- args: hex, slot, url, enabled, now
INSERT INTO batch_webhook (hex, slot, url, is_enabled, created_ms)
VALUES (?, ?, ?, ?, ?);

-- name: batch-webhook-disable
-- args: id
UPDATE batch_webhook SET is_enabled = 0 WHERE id = ?;

-- name: batch-webhook-remove
-- args: hex
DELETE FROM batch_webhook WHERE hex = ?;
