-- schema: any
-- set: JOB_ENDED = JOB_DONE JOB_FAILED JOB_CANCELED
-- set: JOB_WAITING = JOB_QUEUED JOB_NEEDS_CONFIRMATION
-- set: JOB_OPEN = JOB_QUEUED JOB_RUNNING JOB_NEEDS_CONFIRMATION

-- name: job-add
-- The one of that key that waits already, if there is one, which nobody starts
-- before the change that asks for it is there: it is locked by being written.
-- args: kind, payload, single_key, user_id, run_at_ms, created_ms
INSERT INTO job (kind, state, payload, single_key, user_id, run_at_ms, created_ms)
VALUES (?, :JOB_QUEUED, ?, ?, ?, ?, ?)
ON CONFLICT (single_key) WHERE state IN (:JOB_WAITING)
	DO UPDATE SET single_key = excluded.single_key
RETURNING id;

-- name: job-find-active
-- The job of that key that has not ended. args: single_key
SELECT id FROM job WHERE single_key = ? AND state IN (:JOB_OPEN) LIMIT 1;

-- name: job-get
-- Columns as read by job.c. args: id
SELECT id, kind, state, payload, state_json, result, error, done, total,
       attempts, user_id, run_at_ms, created_ms, started_ms, finished_ms,
       cancel_wanted, confirmed
  FROM job WHERE id = ?;

-- name: job-next
-- The first job that is due: queued, or nobody's any more (lease 0). Jobs of
-- one key run one after another. args: now_ms, kinds (JSON array)
SELECT id FROM job
 WHERE state IN (:JOB_QUEUED, :JOB_RUNNING) AND run_at_ms <= ?
   AND (state = :JOB_QUEUED OR lease_until_ms = 0)
   AND kind IN JSON_TEXTS(?)
   AND NOT EXISTS (SELECT 1 FROM job r WHERE r.single_key = job.single_key
                      AND r.state = :JOB_RUNNING AND r.id <> job.id)
 ORDER BY run_at_ms, id
 LIMIT 1;

-- name: job-claim
-- Nothing happens if somebody else was first, even if he is done by now and
-- queued it again for later. args: owner, lease_until_ms, now_ms, id, now_ms
UPDATE job
   SET state = :JOB_RUNNING, lease_owner = ?, lease_until_ms = ?,
       attempts = attempts + 1, started_ms = COALESCE(started_ms, ?)
 WHERE id = ? AND run_at_ms <= ?
   AND (state = :JOB_QUEUED OR (state = :JOB_RUNNING AND lease_until_ms = 0));

-- name: job-renew
-- args: lease_until_ms, id, owner
UPDATE job SET lease_until_ms = ?
 WHERE id = ? AND lease_owner = ? AND state = :JOB_RUNNING;

-- name: job-leases
-- args: kinds (JSON array)
SELECT id, lease_until_ms FROM job
 WHERE state = :JOB_RUNNING AND lease_until_ms <> 0 AND kind IN JSON_TEXTS(?);

-- name: job-free-lease
-- Its holder is dead, unless the lease was renewed meanwhile. args: id,
-- lease_until_ms as seen
UPDATE job SET lease_until_ms = 0
 WHERE id = ? AND state = :JOB_RUNNING AND lease_until_ms = ?;

-- name: job-free-leases
-- At the start of a process: what its predecessor held is due. It goes on before
-- others of its key, which wait. args: owner
UPDATE job SET lease_until_ms = 0 WHERE state = :JOB_RUNNING AND lease_owner = ?;

-- name: job-progress
-- Nothing happens if the lease was lost or the job shall stop. One writer: the
-- owner of the lease.
-- args: done, total, state_json or NULL, id, owner
UPDATE job
   SET done = ?, total = ?, state_json = COALESCE(?, state_json)
 WHERE id = ? AND lease_owner = ? AND state = :JOB_RUNNING AND cancel_wanted = 0;

-- name: job-end
-- One writer: the owner of the lease. args: state, result, error, run_at_ms,
-- attempts, finished_ms, 1: what it was told is forgotten, id, owner
UPDATE job
   SET state = ?, result = COALESCE(?, result), error = ?, run_at_ms = ?,
       attempts = ?, finished_ms = ?, lease_owner = NULL,
       lease_until_ms = NULL,
       payload = CASE WHEN CAST(? AS INTEGER) = 1 THEN '{}' ELSE payload END
 WHERE id = ? AND lease_owner = ? AND state = :JOB_RUNNING;

-- name: job-again-first
-- To be run again, before the one of its key that waits: it stays the running
-- one, without a lease. One writer: the owner of the lease.
-- args: error, run_at_ms, attempts, id, owner
UPDATE job SET error = ?, run_at_ms = ?, attempts = ?, lease_until_ms = 0
 WHERE id = ? AND lease_owner = ? AND state = :JOB_RUNNING;

-- name: job-take-along
-- Waiting ones that the job of another does with its own. args: owner,
-- lease_until_ms, now_ms, JSON ids
UPDATE job
   SET state = :JOB_RUNNING, lease_owner = ?, lease_until_ms = ?,
       started_ms = COALESCE(started_ms, ?)
 WHERE id IN JSON_INTS(?) AND state = :JOB_QUEUED;

-- name: job-end-along
-- They are done. args: now_ms, JSON ids, owner
UPDATE job
   SET state = :JOB_DONE, attempts = attempts + 1, finished_ms = ?,
       lease_owner = NULL, lease_until_ms = NULL
 WHERE id IN JSON_INTS(?) AND lease_owner = ? AND +state = :JOB_RUNNING;

-- name: job-leave-along
-- They are nobody's, and due. args: JSON ids, owner
UPDATE job SET lease_until_ms = 0
 WHERE id IN JSON_INTS(?) AND lease_owner = ? AND +state = :JOB_RUNNING;

-- name: job-cancel-idle
-- args: now_ms, 1: what it was told is forgotten, as when it ends, id
UPDATE job SET state = :JOB_CANCELED, finished_ms = ?,
       payload = CASE WHEN CAST(? AS INTEGER) = 1 THEN '{}' ELSE payload END
 WHERE id = ? AND state IN (:JOB_WAITING);

-- name: job-supersede
-- One that waits for confirmation. args: error, now_ms, id
UPDATE job SET state = :JOB_CANCELED, error = ?, finished_ms = ?
 WHERE id = ? AND state = :JOB_NEEDS_CONFIRMATION;

-- name: job-cancel-running
-- args: id
UPDATE job SET cancel_wanted = 1 WHERE id = ? AND state = :JOB_RUNNING;

-- name: job-confirm
-- args: now_ms, id
UPDATE job SET state = :JOB_QUEUED, confirmed = 1, run_at_ms = ?, attempts = 0
 WHERE id = ? AND state = :JOB_NEEDS_CONFIRMATION;

-- name: job-page
-- The newest first. args: before_id, kinds (JSON array) or NULL, kinds, limit
SELECT id, kind, state, payload, state_json, result, error, done, total,
       attempts, user_id, run_at_ms, created_ms, started_ms, finished_ms,
       cancel_wanted, confirmed
  FROM job
 WHERE id < ? AND (CAST(? AS TEXT) IS NULL OR kind IN JSON_TEXTS(?))
 ORDER BY id DESC
 LIMIT ?;

-- name: job-page-open
-- Those that have not ended, which have an index. args: as of job-page
SELECT id, kind, state, payload, state_json, result, error, done, total,
       attempts, user_id, run_at_ms, created_ms, started_ms, finished_ms,
       cancel_wanted, confirmed
  FROM job
 WHERE id < ? AND (CAST(? AS TEXT) IS NULL OR kind IN JSON_TEXTS(?))
   AND state IN (:JOB_OPEN)
 ORDER BY id DESC
 LIMIT ?;

-- name: job-count
-- args: kinds (JSON array) or NULL, kinds
SELECT COUNT(*) FROM job
 WHERE CAST(? AS TEXT) IS NULL OR kind IN JSON_TEXTS(?);

-- name: job-count-open
-- args: kinds (JSON array) or NULL, kinds
SELECT COUNT(*) FROM job
 WHERE (CAST(? AS TEXT) IS NULL OR kind IN JSON_TEXTS(?))
   AND state IN (:JOB_OPEN);

-- name: job-sweep
-- Forget some of what ended before a time. args: before_ms, limit
DELETE FROM job
 WHERE id IN (SELECT id FROM job
               WHERE state IN (:JOB_ENDED) AND finished_ms < ?
               ORDER BY finished_ms LIMIT ?);
