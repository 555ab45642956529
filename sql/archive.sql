-- schema: audience
-- What anybody may see of what was sent, see src/delivery/public.

-- name: archive-page
-- What all of a list were sent, the newest first, each once.
-- args: list, sent before, then id before, limit
SELECT id FROM campaign
WHERE list_id = ? AND status = :CAMPAIGN_SENT AND (send_ms, id) < (?, ?)
	AND COALESCE(segment_id, 0) = 0 AND segment_opts IS NULL
	AND resend_of IS NULL
ORDER BY send_ms DESC, id DESC LIMIT ?;

-- name: forward-count
-- args: how many more, campaign
UPDATE campaign SET forwards = forwards + ? WHERE id = ?;
