-- schema: audience
-- Exports of the account: see src/audience/batch/account_export.h. Columns are
-- read by read_export().

-- name: account-export-get
-- args: id
SELECT id, job_id, stages, since_ms, is_open, started_ms, finished_ms,
	size_bytes
FROM account_export WHERE id = ?;

-- name: account-export-last
SELECT id, job_id, stages, since_ms, is_open, started_ms, finished_ms,
	size_bytes
FROM account_export ORDER BY id DESC LIMIT 1;

-- name: account-export-list
-- The newest first. args: limit, offset
SELECT id, job_id, stages, since_ms, is_open, started_ms, finished_ms,
	size_bytes
FROM account_export ORDER BY id DESC LIMIT ? OFFSET ?;

-- name: account-export-count
SELECT COUNT(*) FROM account_export;

-- name: account-export-add
-- args: user, key, stages, since or NULL, now
INSERT INTO account_export (job_id, user_id, key_id, stages, since_ms, is_open,
	started_ms)
VALUES (0, ?, ?, ?, ?, 1, ?) RETURNING id;

-- name: account-export-set-job
-- args: job, id
UPDATE account_export SET job_id = ? WHERE id = ?;

-- name: account-export-finish
-- args: now, size, id
UPDATE account_export SET is_open = 0, finished_ms = ?, size_bytes = ?
WHERE id = ? AND is_open = 1;

-- name: account-export-empty
-- One writer: the file of a finished one goes, and nothing else changes it.
-- args: id
UPDATE account_export SET size_bytes = 0 WHERE id = ? AND is_open = 0;

-- name: account-export-remove
-- args: id
DELETE FROM account_export WHERE id = ?;

-- name: account-export-old
-- args: started before
SELECT id FROM account_export WHERE started_ms < ? ORDER BY id LIMIT 1;

-- name: account-export-piece-add
-- args: export, nr, base64
INSERT INTO account_export_piece (export_id, nr, base64) VALUES (?, ?, ?);

-- name: account-export-piece-get
-- args: export, nr
SELECT base64 FROM account_export_piece WHERE export_id = ? AND nr = ?;

-- name: account-export-piece-remove
-- args: export
DELETE FROM account_export_piece WHERE export_id = ?;
