-- schema: audience
-- The end of a test, see src/delivery/spread/winner.h.

-- name: winner-sample-waits
-- Is anybody of the sample not handed over yet, or without an answer? args:
-- campaign, what is held
SELECT 1 FROM recipient
WHERE campaign_id = ? AND state IN (:RECIPIENT_QUEUED, :RECIPIENT_CLAIMED, :RECIPIENT_HANDED)
	AND state IN (:RECIPIENT_OPEN) AND next_ms < ?
LIMIT 1;

-- name: winner-await
-- When the winner is to be found. One writer: who finds it unset. args: at_ms,
-- campaign
UPDATE campaign SET winner_ms = ? WHERE id = ? AND winner = 0 AND winner_ms IS NULL;

-- name: winner-put
-- One writer: who finds none. args: variant, now_ms, campaign
UPDATE campaign SET winner = ?, winner_ms = ? WHERE id = ? AND winner = 0;

-- name: winner-held
-- Who waits for the winner. args: campaign, what is held, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND state = :RECIPIENT_QUEUED AND state IN (:RECIPIENT_OPEN)
	AND next_ms = ?
LIMIT ? FOR UPDATE;

-- name: winner-release
-- They get it now. By keys, see recipient-cancel. args: variant, now_ms,
-- campaign, JSON array of members, what is held
UPDATE recipient SET variant = ?, next_ms = ?
WHERE campaign_id = ? AND member_id IN JSON_INTS(?)
	AND +state = :RECIPIENT_QUEUED AND +next_ms = ?;

-- name: winner-due
-- Tests that ended before their winner was found. args: now_ms
SELECT id FROM campaign
WHERE winner = 0 AND winner_ms IS NOT NULL AND winner_ms <= ?
	AND status IN (:CAMPAIGN_SENT, :CAMPAIGN_ARCHIVED)
ORDER BY winner_ms LIMIT 20;
