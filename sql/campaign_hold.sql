-- schema: audience

-- name: campaign-hold-get
-- args: id
SELECT hold_reason, hold_detail, hold_ms, hold_override
FROM campaign WHERE id = ?;

-- name: campaign-hold-list
-- What stands still now, oldest first.
SELECT id, hex, status, hold_reason, hold_detail, hold_ms FROM campaign
WHERE hold_reason IS NOT NULL AND status IN (:CAMPAIGN_PAUSED, :CAMPAIGN_SENDING) ORDER BY hold_ms, id;

-- name: campaign-hold-put
-- Only what is in that status. One writer: it is found in that status, and what
-- is said now replaces what was said. args: reason, detail, hold_ms, id, status
UPDATE campaign SET hold_reason = ?, hold_detail = ?, hold_ms = ?
WHERE id = ? AND status = ?;

-- name: campaign-hold-end
-- args: id
UPDATE campaign SET hold_reason = NULL, hold_detail = NULL, hold_ms = NULL
WHERE id = ? AND status = :CAMPAIGN_SENDING AND hold_reason IS NOT NULL;

-- name: campaign-hold-override
-- A user resumes what had paused itself. args: id
UPDATE campaign SET hold_override = 1
WHERE id = ? AND status = :CAMPAIGN_PAUSED AND hold_reason IS NOT NULL;

-- name: campaign-last-bounces
-- Of the last outcomes, the newest first. args: campaign, limit
SELECT bounce FROM recipient WHERE campaign_id = ? AND sent_seq IS NOT NULL
ORDER BY sent_seq DESC LIMIT ?;
