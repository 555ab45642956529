-- schema: audience

-- name: webhook-list
-- args: list
SELECT id, list_id, hex, url, events, sources, disabled_ms
FROM webhook WHERE list_id = ? ORDER BY id;

-- name: webhook-lock
-- Before it is read to be changed. args: list, hex
SELECT id FROM webhook WHERE list_id = ? AND hex = ? FOR UPDATE;

-- name: webhook-by-id
-- args: id
SELECT id, list_id, hex, url, events, sources, disabled_ms
FROM webhook WHERE id = ?;

-- name: webhook-add
-- args: hex, list, url, events, sources, now
INSERT INTO webhook (hex, list_id, url, events, sources, created_ms)
VALUES (?, ?, ?, ?, ?, ?);

-- name: webhook-remove
-- args: list, hex
DELETE FROM webhook WHERE list_id = ? AND hex = ?;

-- name: webhook-disable
-- args: now, id
UPDATE webhook SET disabled_ms = ? WHERE id = ?;
