-- schema: audience
-- Acts on many members: see src/audience/side/many_done.h.

-- name: member-many-done-put
-- Only forward: nothing is written if another process was faster. args: job,
-- last id, changed, JSON refused, now
INSERT INTO member_many_done (job_id, through_id, changed, refused, at_ms)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (job_id) DO UPDATE SET through_id = excluded.through_id,
	changed = excluded.changed, refused = excluded.refused,
	at_ms = excluded.at_ms
WHERE member_many_done.through_id < excluded.through_id;

-- name: member-many-done-find
-- args: job
SELECT through_id, changed, refused FROM member_many_done WHERE job_id = ?;

-- name: member-many-done-remove
-- Of a job; and what others left behind who never came to their end. args: job,
-- weeks ago
DELETE FROM member_many_done WHERE job_id = ? OR at_ms < ?;
