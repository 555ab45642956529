-- schema: audience
-- Batches of the Marketing API: see src/audience/batch/api_batch.h. Columns are
-- read by read_batch() and read_operation().

-- name: api-batch-get
-- args: hex
SELECT id, hex, job_id, user_id, key_id, started_ms, completed_ms,
	submitted_ms, total, finished, errored, next_nr, next_offset
FROM api_batch WHERE hex = ?;

-- name: api-batch-of-id
-- args: id
SELECT id, hex, job_id, user_id, key_id, started_ms, completed_ms,
	submitted_ms, total, finished, errored, next_nr, next_offset
FROM api_batch WHERE id = ?;

-- name: api-batch-list
-- The newest first: of one user or key, or all.
-- args: 1 all, user, user, key, limit, offset
SELECT id, hex, job_id, user_id, key_id, started_ms, completed_ms,
	submitted_ms, total, finished, errored, next_nr, next_offset
FROM api_batch
WHERE (? = 1 OR (user_id = ? AND (user_id <> 0 OR key_id = ?)))
ORDER BY +id DESC LIMIT ? OFFSET ?;

-- name: api-batch-count
-- args: 1 all, user, key
SELECT COUNT(*) FROM api_batch
WHERE (? = 1 OR (user_id = ? AND (user_id <> 0 OR key_id = ?)));

-- name: api-batch-ids
SELECT id FROM api_batch ORDER BY id;

-- name: api-batch-any
-- Is anything kept for clients?
SELECT CASE WHEN EXISTS (SELECT 1 FROM api_batch)
	OR EXISTS (SELECT 1 FROM account_export) THEN 1 ELSE 0 END;

-- name: api-batch-count-open
SELECT COUNT(*) FROM api_batch WHERE completed_ms IS NULL;

-- name: api-batch-add
-- args: hex, user, key, now, total
INSERT INTO api_batch (hex, job_id, user_id, key_id, submitted_ms, total)
VALUES (?, 0, ?, ?, ?, ?) RETURNING id;

-- name: api-batch-set-job
-- args: job, id
UPDATE api_batch SET job_id = ? WHERE id = ?;

-- name: api-batch-start
-- args: now, id
UPDATE api_batch SET started_ms = ? WHERE id = ? AND started_ms IS NULL;

-- name: api-batch-note
-- One writer: who has the lease of its job.
-- args: total, finished, errored, next nr, next offset, id
UPDATE api_batch SET total = ?, finished = ?, errored = ?, next_nr = ?,
	next_offset = ?
WHERE id = ?;

-- name: api-batch-complete
-- args: now, id
UPDATE api_batch SET completed_ms = ? WHERE id = ? AND completed_ms IS NULL;

-- name: api-batch-remove
-- args: id
DELETE FROM api_batch WHERE id = ?;

-- name: api-batch-old
-- One that is kept long enough. args: submitted before, completed before
SELECT id FROM api_batch WHERE submitted_ms < ?
	AND (completed_ms IS NULL OR completed_ms < ?)
ORDER BY submitted_ms LIMIT 1;

-- name: api-batch-operation-add
-- args: batch, nr, method, path, query, operation_id, body
INSERT INTO api_batch_operation (batch_id, nr, method, path, query,
	operation_id, body)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: api-batch-operation-next
-- args: batch, nr
SELECT nr, method, path, query, operation_id, body FROM api_batch_operation
WHERE batch_id = ? AND nr >= ? ORDER BY nr LIMIT 1;

-- name: api-batch-operation-remove
-- args: batch
DELETE FROM api_batch_operation WHERE batch_id = ?;

-- name: api-batch-answer-add
-- args: batch, nr, bytes, packed
INSERT INTO api_batch_answer (batch_id, nr, bytes, packed) VALUES (?, ?, ?, ?);

-- name: api-batch-answer-sizes
-- args: batch, from nr, limit
SELECT nr, bytes FROM api_batch_answer
WHERE batch_id = ? AND nr >= ? ORDER BY nr LIMIT ?;

-- name: api-batch-answer-get
-- args: batch, nr
SELECT bytes, packed FROM api_batch_answer WHERE batch_id = ? AND nr = ?;

-- name: api-batch-answer-remove
-- args: batch
DELETE FROM api_batch_answer WHERE batch_id = ?;

-- name: api-batch-answer-put
-- One writer: a piece is written once, and changed by one job only.
-- args: bytes, packed, batch, nr
UPDATE api_batch_answer SET bytes = ?, packed = ? WHERE batch_id = ? AND nr = ?;
