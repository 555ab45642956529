-- schema: crm
-- Addresses of malformed rows: see src/crm/consent/unclear_opt_out.h.

-- name: unclear-opt-out-add
-- args: import, hash, address, row, at
INSERT INTO unclear_opt_out (import_id, hash, address, row_number, at_ms)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (import_id, hash) DO NOTHING;

-- name: unclear-opt-out-find
-- Since when. args: hash
SELECT at_ms FROM unclear_opt_out WHERE hash = ? ORDER BY at_ms LIMIT 1;

-- name: unclear-opt-out-list
-- args: import, limit
SELECT row_number, address FROM unclear_opt_out
WHERE import_id = ? ORDER BY row_number, hash LIMIT ?;

-- name: unclear-opt-out-page
-- To be settled. args: import, limit
SELECT address FROM unclear_opt_out WHERE import_id = ? ORDER BY hash LIMIT ?;

-- name: unclear-opt-out-remove
-- args: import, hash
DELETE FROM unclear_opt_out WHERE import_id = ? AND hash = ?;

-- name: unclear-opt-out-remove-import
-- args: import
DELETE FROM unclear_opt_out WHERE import_id = ?;

-- name: unclear-opt-out-forget
-- Of an erased address. args: hash
DELETE FROM unclear_opt_out WHERE hash = ?;
