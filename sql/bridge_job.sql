-- schema: crm
-- Jobs for the bridge, as the records leave them.

-- name: bridge-job-scrub
-- Drop the hashes that an earlier version left in the job. args: job
UPDATE job SET payload = '{}' WHERE id = ? AND kind = 'bridge-forget';

-- name: bridge-job-people
-- As job-add of each. args: run_at_ms, created_ms, JSON ids
INSERT INTO job (kind, state, payload, single_key, run_at_ms, created_ms)
SELECT 'bridge-person', :JOB_QUEUED, '{"person_id":' || id || '}',
	'bridge/person/' || id, CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM person WHERE id IN JSON_INTS(?) ORDER BY id
ON CONFLICT (single_key) WHERE state IN (:JOB_WAITING)
	DO UPDATE SET single_key = excluded.single_key;

-- name: bridge-forget-member
-- No push passes such a member, and each sync tries to delete it until it is
-- gone. The contact is kept: it may have another address over there.
-- args: email_hash, now
INSERT INTO bridge_member (email_hash, status, changed_ms, to_forget_ms)
VALUES (?, :MIRROR_FORGOTTEN, 0, ?)
ON CONFLICT (email_hash) DO UPDATE SET status = :MIRROR_FORGOTTEN, changed_ms = 0,
	to_forget_ms = excluded.to_forget_ms, merge_hash = NULL, language = NULL, seen_ms = NULL,
	added_ms = NULL, archived_ms = NULL, unsubscribed_ms = NULL,
	strayed_added_ms = NULL;

-- name: bridge-forget-member-aside
-- The same in audiences that the bridge drove before. args: now, email_hash
UPDATE bridge_member_aside SET status = :MIRROR_FORGOTTEN, changed_ms = 0, to_forget_ms = ?,
	merge_hash = NULL, language = NULL, added_ms = NULL, archived_ms = NULL,
	unsubscribed_ms = NULL, strayed_added_ms = NULL
WHERE email_hash = ?;

-- name: bridge-job-left
-- The marketing address of somebody until now: its member is to be settled.
-- args: now, email
UPDATE email SET left_ms = ? WHERE id = ?;

-- name: bridge-job-left-out
-- The same of somebody who had opted out: also what they left before.
-- args: now, person, email
UPDATE email SET out_ms = ?
WHERE entity = :ENTITY_PERSON AND record_id = ? AND (id = ? OR left_ms IS NOT NULL);
