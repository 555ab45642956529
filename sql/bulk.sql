-- schema: crm
-- Bulk acts: see src/crm/browse/bulk.h.

-- name: bulk-add
-- args: job, JSON ids
INSERT INTO bulk_item (job_id, record_id)
SELECT CAST(? AS BIGINT), ids.value
FROM (SELECT CAST(value AS INTEGER) AS value FROM json_each(?)) AS ids
WHERE TRUE
ON CONFLICT (job_id, record_id) DO NOTHING;

-- name: bulk-add @pg
INSERT INTO bulk_item (job_id, record_id)
SELECT CAST(? AS BIGINT), ids.value
FROM (SELECT value::bigint AS value
      FROM json_array_elements_text(CAST(? AS TEXT)::json)) AS ids
ON CONFLICT (job_id, record_id) DO NOTHING;

-- name: bulk-next
-- args: job, limit
SELECT record_id FROM bulk_item WHERE job_id = ? ORDER BY record_id LIMIT ?;

-- name: bulk-done
-- All up to a record. args: job, record
DELETE FROM bulk_item WHERE job_id = ? AND record_id <= ?;

-- name: bulk-left-behind
-- A job that ended before its items did, or has been forgotten.
SELECT i.job_id FROM bulk_item i LEFT JOIN job j ON j.id = i.job_id
WHERE j.id IS NULL OR j.state IN (:JOB_ENDED)
LIMIT 1;

-- name: bulk-settled
-- Whom it is about stands in bulk_item now; the words that chose them may be
-- somebody's name. args: payload without them, job
UPDATE job SET payload = ? WHERE id = ?;
