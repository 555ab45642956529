-- schema: any

-- name: sequence-take
-- Move a sequence on by a block. args: count, name
UPDATE sequence SET next = next + ? WHERE name = ?
RETURNING next;

-- name: sequence-lock
-- Whoever takes of it waits until the end of the transaction. args: name
SELECT next FROM sequence WHERE name = ? FOR UPDATE;

-- name: sequence-add
-- A sequence starts when it is first used. args: name, next
INSERT INTO sequence (name, next) VALUES (?, ?)
    ON CONFLICT (name) DO NOTHING;

-- name: setting-find
-- args: key
SELECT value FROM setting WHERE key = ?;

-- name: setting-lock
-- A setting that this transaction will change. args: key
SELECT value FROM setting WHERE key = ? FOR UPDATE;

-- name: setting-add
-- Unless there is one. args: key, value
INSERT INTO setting (key, value) VALUES (?, ?)
    ON CONFLICT (key) DO NOTHING;

-- name: setting-put
-- args: key, value
INSERT INTO setting (key, value) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: setting-remove
-- args: key
DELETE FROM setting WHERE key = ?;
