-- schema: audience
-- The demo's part of the engine, see src/api/demo/demo.h.

-- name: demo-address-member
-- Is anybody a member with that address? args: hash
SELECT 1 FROM member_address
WHERE list_id IN (SELECT id FROM list) AND email_hash = ? LIMIT 1;

-- name: demo-members-by-hash
-- args: list, JSON hashes
SELECT email_hash, member_id FROM member_address
WHERE list_id = ? AND email_hash IN JSON_TEXTS(?);

-- name: demo-members-by-id
-- args: JSON ids
SELECT email_hash, id FROM member WHERE id IN JSON_INTS(?) AND +list_id > 0;

-- name: demo-ledger-add
-- One who got it in the past. args: campaign, member, accepted, its place in
-- sent-to, accepted
INSERT INTO recipient (campaign_id, member_id, state, attempts, first_ms,
	sent_seq, at_ms)
VALUES (?, ?, :RECIPIENT_ACCEPTED, 1, ?, ?, ?);

-- name: demo-engine-campaign-sent
-- One writer: the job of the demo, which has just made it. args: send, done,
-- recipients, as many, created, updated, id
UPDATE campaign SET status = :CAMPAIGN_SENT, send_ms = ?, done_ms = ?,
	frozen = 1, recipients = ?, sent_seq = ?, created_ms = ?, updated_ms = ?
WHERE id = ?;

-- name: demo-ledger-applied
-- How far the log of events is applied.
SELECT event_id FROM event_cursor WHERE name = 'ledger';

-- name: demo-webhooks-busy
-- args: now
SELECT 1 FROM job WHERE kind = 'webhook'
	AND state IN (:JOB_QUEUED, :JOB_RUNNING) AND run_at_ms <= ? LIMIT 1;

-- name: demo-engine-drop-activity
-- args: campaign, JSON members
DELETE FROM activity WHERE campaign_id = ? AND member_id IN JSON_INTS(?);

-- name: demo-engine-members
-- Whom it was sent to. args: campaign
SELECT member_id FROM recipient WHERE campaign_id = ?;

-- name: demo-engine-drop-recipients
-- args: campaign
DELETE FROM recipient WHERE campaign_id = ?;

-- name: demo-engine-drop-cleaned
-- args: campaign
DELETE FROM member_cleaned WHERE campaign_id = ?;

-- name: demo-engine-drop-links
-- args: campaign
DELETE FROM campaign_link WHERE campaign_id = ?;

-- name: demo-engine-drop
-- args: campaign
DELETE FROM campaign WHERE id = ?;
